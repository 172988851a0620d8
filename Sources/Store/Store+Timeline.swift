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
        /// That key itself, too.
        package var includesAfter = false
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

    /// Some events of the timeline, in reading order.
    package struct Page: Sendable {
        package let events: [LoggedEvent]
        /// Whether nothing follows.
        package let isLast: Bool
    }

    /// About so many bytes of words make a page, however few events they are.
    private static let pageBytes = 1 << 20

    /// A page of the timeline: entries and what changes them, nothing about membership.
    package func page(_ request: PageRequest) throws -> Page {
        let (sql, arguments) = select(
            "arrival, log, sequence, header, event.id, transport, bytes",
            from: "event JOIN log ON log.id = log LEFT JOIN body ON event = arrival", request)
        return try queue.unsafeRead { db in
            let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
            var events: [LoggedEvent] = []
            var bytes = 0
            while bytes < Self.pageBytes, let row = try rows.next() {
                let body = row.hasNull(atIndex: 6) ? nil : row.bytes("bytes")
                bytes += body?.count ?? 0
                events.append(
                    LoggedEvent(
                        arrival: row["arrival"], placed: try self.placed(row), body: body,
                        isLocal: row["transport"] == 0))
            }
            return Page(
                events: events, isLast: events.count < request.limit && bytes < Self.pageBytes)
        }
    }

    /// The place of the last event of a page that may be long, without reading its words; nil if it has none.
    package func lastKey(of request: PageRequest) throws -> TimelineKey? {
        guard request.limit > 0 else { return nil }
        let (inner, arguments) = select(
            "log, sequence, at, stamp, device, epoch", from: "event JOIN log ON log.id = log", request)
        let (_, order) = Self.order(request)
        let sql = """
            SELECT log, sequence, at, stamp FROM (\(inner))
            ORDER BY at \(order == "ASC" ? "DESC" : "ASC"), stamp \(order == "ASC" ? "DESC" : "ASC"),
                device \(order == "ASC" ? "DESC" : "ASC"), epoch \(order == "ASC" ? "DESC" : "ASC"),
                sequence \(order == "ASC" ? "DESC" : "ASC")
            LIMIT 1
            """
        return try queue.unsafeRead { db in
            guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments),
                let log = logs.log(row["log"])
            else { return nil }
            return TimelineKey(
                at: row["at"], stamp: Stamp(column: row["stamp"]),
                position: Position(log: log, sequence: UInt64(bitPattern: row["sequence"])))
        }
    }

    /// How SQLite goes about a page; for a test that it never sorts or scans the whole log.
    package func queryPlan(of request: PageRequest) throws -> [String] {
        let (sql, arguments) = select("arrival", from: "event JOIN log ON log.id = log", request)
        return try queue.unsafeRead { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: arguments).map { $0["detail"] }
        }
    }

    private static func order(_ request: PageRequest) -> (comparison: String, order: String) {
        request.isDescending ? ("<", "DESC") : (">", "ASC")
    }

    private func select(
        _ columns: String, from tables: String, _ request: PageRequest
    ) -> (sql: String, arguments: StatementArguments) {
        let (comparison, order) = Self.order(request)
        // The plus keeps SQLite from choosing the index of a column that is not the one to go by.
        var conditions = ["+kind < 40", "+arrival <= ?", "+arrival > ?"]
        var arguments: StatementArguments = [request.throughArrival, request.afterArrival]
        if let key = request.after {
            // The first condition is the one that an index serves; the second makes it exact.
            conditions.append("at \(comparison)= ?")
            let equal = request.includesAfter ? "=" : ""
            conditions.append(
                "(at, stamp, device, epoch, sequence) \(comparison)\(equal) (?, ?, ?, ?, ?)")
            arguments += [
                key.at, key.at, key.stamp.column, key.position.log.device.data,
                Int64(bitPattern: key.position.log.epoch), Int64(clamping: key.position.sequence),
            ]
        }
        if let rifts = request.rifts {
            conditions.append("rift IN (\(rifts.map { _ in "?" }.joined(separator: ",")))")
            arguments += StatementArguments(rifts.map(\.data))
        }
        arguments += [request.limit]
        let sql = """
            SELECT \(columns) FROM \(tables) WHERE \(conditions.joined(separator: " AND "))
            ORDER BY at \(order), stamp \(order), device \(order), epoch \(order), sequence \(order) LIMIT ?
            """
        return (sql, arguments)
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
