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
                guard let log = logs.log(try row.number(at: 0)), let hash = Digest(row.bytes(at: 2)) else {
                    continue
                }
                let sequence = try UInt64(sequence: row.number(at: 1))
                knowledge.learn(.init(sequence: sequence, hash: hash), of: log)
            }
            return knowledge
        }
    }
}
