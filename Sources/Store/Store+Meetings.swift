package import Causality
import FoundationEssentials
import GRDB

/// What is remembered of a device between two runs of the daemon: facts about machines, never about reading.
package struct Meeting: Equatable, Sendable {
    /// Where it was reached.
    package struct Place: Equatable, Sendable {
        /// `host:port`.
        package let address: String
        /// The network on which that was.
        package let network: NetworkID

        /// A place on a network.
        package init(address: String, network: NetworkID) {
            (self.address, self.network) = (address, network)
        }
    }

    /// Where it was reached, the latest first.
    package var places: [Place] = []
    /// When it was connected last, in milliseconds since 1970; zero for never.
    package var seen: Int64 = 0
    /// The arrival number up to which it has all that is here.
    package var settled: Int64 = 0
    /// Its clock less ours at the last meeting, in milliseconds.
    package var skew: Int64?
    /// Whether it sent more than any honest device does, and nobody has said that it may go on.
    package var isPaused = false

    /// A device that was never met.
    package init() {}
}

extension Store {
    /// What is remembered of each device.
    package func meetings() throws -> [DeviceID: Meeting] {
        try queue.read { db in
            var meetings: [DeviceID: Meeting] = [:]
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT device, addresses, seen, settled, skew, is_paused FROM meeting")
            while let row = try rows.next() {
                guard let device = DeviceID(row.bytes(at: 0)) else { continue }
                var meeting = Meeting()
                meeting.places = places(row.text(at: 1))
                meeting.seen = try row.number(at: 2)
                meeting.settled = try row.number(at: 3)
                meeting.skew = try row.optionalNumber(at: 4)
                meeting.isPaused = try row.number(at: 5) != 0
                meetings[device] = meeting
            }
            return meetings
        }
    }

    /// Remembers a device as it was met last.
    package func keep(_ meeting: Meeting, of device: DeviceID) throws {
        try write { db in
            try db.cachedStatement(
                sql: """
                    INSERT INTO meeting (device, addresses, seen, settled, skew, is_paused)
                    VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET addresses = excluded.addresses, seen = excluded.seen,
                        settled = excluded.settled, skew = excluded.skew, is_paused = excluded.is_paused
                    """
            ).execute(arguments: [
                device.data, text(meeting.places), meeting.seen, meeting.settled,
                meeting.skew, meeting.isPaused,
            ])
        }
    }

    /// A line for each place: its address, a space, and the network in hexadecimal.
    private func text(_ places: [Meeting.Place]) -> String {
        places.map { "\($0.address) \($0.network)" }.joined(separator: "\n")
    }

    private func places(_ text: String) -> [Meeting.Place] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ")
            guard parts.count == 2, let network = NetworkID(hexadecimal: parts[1]) else { return nil }
            return Meeting.Place(address: String(parts[0]), network: network)
        }
    }

    /// What came on the last day, by the person or device that has an allowance of its own.
    package func allowances() throws -> [[UInt8]: [UInt8]] {
        try queue.read { db in
            Dictionary(
                try Row.fetchAll(db, sql: "SELECT key, content FROM allowance").map {
                    ($0.bytes("key"), $0.bytes("content"))
                }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// Remembers what came on a day.
    package func keep(allowance: [UInt8], of key: [UInt8]) throws {
        try write { db in
            try db.cachedStatement(sql: "INSERT OR REPLACE INTO allowance (key, content) VALUES (?, ?)")
                .execute(arguments: [key.data, allowance.data])
        }
    }

    /// The devices whose codes were compared here: their bundles' bytes, and when, in milliseconds since 1970.
    package func introduced() throws -> [(bundle: [UInt8], at: Int64)] {
        try queue.read { db in
            try Row.fetchAll(db, sql: "SELECT bundle, at FROM introduced").map {
                ($0.bytes("bundle"), try $0.number("at"))
            }
        }
    }

    /// How many events came after an arrival number that a device did not write itself.
    ///
    /// Within a log events arrive in their order and without gaps, so where a number falls is found by halving: counting
    /// rows would read every event that a device lacks, which may be all of them.
    package func count(after arrival: Int64, exceptBy device: DeviceID) throws -> Int64 {
        try queue.read { db in
            let arrivals = try db.cachedStatement(
                sql: "SELECT arrival FROM event WHERE log = ? AND sequence = ?")
            let logs = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, parent_sequence, (SELECT max(sequence) FROM event WHERE event.log = log.id)
                    FROM log WHERE device <> ?
                    """, arguments: [device.data])
            return try logs.reduce(0) { count, log in
                guard let last = try log.optionalNumber(at: 2) else { return count }
                // Whatever lies at `known` or below is there, and what lies above `end` is not.
                // Never negative, so that nothing below overflows.
                var (known, end) = (max(0, try log.number(at: 1)), max(0, last))
                let number = try log.number(at: 0)
                while known < end {
                    let middle = known + (end - known - 1) / 2 + 1
                    let found = try Int64.fetchOne(arrivals, arguments: [number, middle])
                    if let found, found <= arrival { known = middle } else { end = middle - 1 }
                }
                return count.addingClamped(max(0, last) - known)
            }
        }
    }
}
