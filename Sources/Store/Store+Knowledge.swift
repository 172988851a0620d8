package import Causality
package import EventLog
import FoundationEssentials
import GRDB

extension Store {
    /// The ends of all logs as they were at an arrival number: what someone has who had all that was here then.
    ///
    /// - Parameter device: a device that has all that it wrote itself, too.
    package func knowledge(through arrival: Int64, of device: DeviceID?) throws -> PeerKnowledge {
        try queue.read { db in
            var knowledge = PeerKnowledge()
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT log, max(sequence), hash FROM event
                    WHERE arrival <= ? OR log IN (SELECT id FROM log WHERE device = ?) GROUP BY log
                    """, arguments: [arrival, device?.data])
            while let row = try rows.next() {
                guard let log = logs.log(row[0]), let hash = Digest(row[2] as Data) else { continue }
                knowledge.learn(.init(sequence: UInt64(row[1] as Int64), hash: hash), of: log)
            }
            return knowledge
        }
    }
}
