package import Causality
package import EventLog
import FoundationEssentials
import GRDB
package import Journal

/// A place in the timeline: immutable and the same everywhere.
package struct TimelineKey: Sendable {
    package let at: Int64
    package let stamp: Stamp
    package let position: Position
}

/// An event as it is read for people.
package struct LoggedEvent: Sendable {
    /// Its arrival number here, never reused.
    package let arrival: Int64
    /// What it says and where it stands.
    package let placed: PlacedEvent
    /// Its words; nil where they are absent.
    package let body: [UInt8]?
    /// Whether it was written here.
    package let isLocal: Bool

    /// Its place in the timeline.
    package var key: TimelineKey {
        TimelineKey(
            at: placed.effective.header.at, stamp: placed.effective.header.stamp, position: placed.position)
    }
}

extension Store {
    /// Which events a page of the timeline holds.
    package struct PageRequest: Sendable {
        /// Only what lies behind this key, in reading direction.
        package var after: TimelineKey?
        /// Newest first.
        package var isDescending = false
        /// At most so many.
        package var limit = 500
        /// Only these rifts; all if nil.
        package var rifts: [EntryID]?
        /// Only what had arrived by then.
        package var throughArrival = Int64.max
        /// Only what arrived after that.
        package var afterArrival: Int64 = 0

        /// The first page of everything.
        package init() {}
    }

    /// A page of the timeline: entries and what changes them, nothing about membership.
    package func page(_ request: PageRequest) throws -> [LoggedEvent] {
        let (comparison, order) = request.isDescending ? ("<", "DESC") : (">", "ASC")
        var conditions = ["kind < 40", "arrival <= ?", "arrival > ?"]
        var arguments: StatementArguments = [request.throughArrival, request.afterArrival]
        if let key = request.after {
            conditions.append("(at, stamp, device, epoch, sequence) \(comparison) (?, ?, ?, ?, ?)")
            arguments += [
                key.at, key.stamp.column, key.position.log.device.data,
                Int64(bitPattern: key.position.log.epoch),
                Int64(key.position.sequence),
            ]
        }
        if let rifts = request.rifts {
            conditions.append("rift IN (\(rifts.map { _ in "?" }.joined(separator: ",")))")
            arguments += StatementArguments(rifts.map(\.data))
        }
        arguments += [request.limit]
        let sql = """
            SELECT arrival, log, sequence, header, event.id, transport, bytes
            FROM event JOIN log ON log.id = log LEFT JOIN body ON event = arrival
            WHERE \(conditions.joined(separator: " AND "))
            ORDER BY at \(order), stamp \(order), device \(order), epoch \(order), sequence \(order) LIMIT ?
            """
        return try queue.unsafeRead { db in
            let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
            var events: [LoggedEvent] = []
            while let row = try rows.next() {
                events.append(
                    LoggedEvent(
                        arrival: row["arrival"], placed: try self.placed(row),
                        body: row.hasNull(atIndex: 6) ? nil : row.bytes("bytes"),
                        isLocal: row["transport"] == 0))
            }
            return events
        }
    }

    /// The last arrival number given out; zero at first.
    package func lastArrival() throws -> Int64 {
        try queue.unsafeRead { db in try Int64.fetchOne(db, sql: "SELECT max(arrival) FROM event") ?? 0 }
    }

    /// How many events there are.
    package func count() throws -> Int64 {
        try queue.unsafeRead { db in try Int64.fetchOne(db, sql: "SELECT count(*) FROM event") ?? 0 }
    }

    /// The ids of all rifts, in order of arrival.
    package func rifts() throws -> [EntryID] {
        try placed("kind = ? ORDER BY arrival", [Int64(Kind.rift.rawValue)]).map(\.effective.id)
    }

    /// The ids that begin with some bytes, and then a half byte if one is given; at most two, to tell if it is one.
    package func ids(from low: EntryID, through high: EntryID) throws -> [EntryID] {
        try queue.unsafeRead { db in
            try Data.fetchAll(
                db, sql: "SELECT DISTINCT id FROM event WHERE id BETWEEN ? AND ? LIMIT 2",
                arguments: [low.data, high.data]
            ).compactMap(EntryID.init)
        }
    }

    /// An event by its id, as it is read for people.
    package func logged(_ id: EntryID) throws -> LoggedEvent? {
        guard let placed = try placed("event.id = ? LIMIT 1", [id.data]).first else { return nil }
        return LoggedEvent(arrival: 0, placed: placed, body: try bodies(of: [id])[id], isLocal: false)
    }
}
