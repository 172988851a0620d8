package import Causality
package import EventLog
import FoundationEssentials
import GRDB
package import Journal

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

/// Some events of the timeline as they are stored: where each has its bytes among those of the page.
package struct StoredPage: Sendable {
    /// One event.
    package struct Row: Sendable {
        /// Its arrival number here, never reused.
        package let arrival: Int64
        /// Its log, by the store's own number.
        package let log: Int64
        package let sequence: UInt64
        package let id: EntryID
        package let kind: UInt32
        package let rift: EntryID?
        /// Milliseconds since 1970.
        package let at: Int64
        package let stamp: Stamp
        package let transport: Condition.Transport
        /// Where its header lies.
        package let header: Range<Int>
        /// Where its body lies; nil where it is absent.
        package let body: Range<Int>?
    }

    /// The events in reading order.
    package internal(set) var rows: [Row] = []
    /// The bytes of all.
    package var bytes: [UInt8] = []
    /// Whether nothing follows.
    package internal(set) var isLast = false
    /// The place of the last event; nil if there is none.
    package internal(set) var lastKey: TimelineKey?

    /// A page of nothing.
    package init() {}
}

extension Store {
    /// Which events a page of the timeline holds.
    package struct PageRequest: Sendable {
        /// Nothing that is earlier in the timeline.
        package var lower: Bound?
        /// Nothing that is later in the timeline.
        package var upper: Bound?
        /// Newest first.
        package var isDescending = false
        /// At most so many.
        package var limit = 500
        /// Only these rifts; all if nil.
        package var rifts: [EntryID]?
        /// Only what this lets through.
        package var condition: Condition?
        /// Nothing before this time, in milliseconds since 1970.
        package var since: Int64?
        /// Nothing after this time, in milliseconds since 1970.
        package var until: Int64?
        /// Only what had arrived by then.
        package var throughArrival = Int64.max
        /// Only what arrived after that.
        package var afterArrival: Int64 = 0
        /// Whether what arrived is few, to be found by its arrival and sorted.
        package var isRecent = false
        /// What tells about devices and persons, instead of what came between them.
        package var isMembership = false

        /// The first page of everything.
        package init() {}

        /// A place where a reading ends or begins.
        package struct Bound: Sendable {
            package let key: TimelineKey
            /// Whether what stands there is read too.
            package let isIncluded: Bool

            /// A place, with or without what stands there.
            package init(_ key: TimelineKey, isIncluded: Bool) {
                (self.key, self.isIncluded) = (key, isIncluded)
            }
        }

        /// Goes on behind a place, in reading direction.
        package mutating func begin(at key: TimelineKey, isIncluded: Bool = false) {
            let bound = Bound(key, isIncluded: isIncluded)
            if isDescending { upper = bound } else { lower = bound }
        }
    }

    /// Some events of the timeline, in reading order.
    package struct Page: Sendable {
        package let events: [LoggedEvent]
        /// Whether nothing follows.
        package let isLast: Bool
    }

    /// About so many bytes of words make a page, however few events they are.
    private static let pageBytes = 1 << 20

    /// A page of the timeline, decoded: entries and what changes them, nothing about membership.
    package func page(_ request: PageRequest) throws -> Page {
        let page = try storedPage(request)
        return Page(
            events: try page.rows.map { row in
                guard let log = logs.log(row.log),
                    let header = try? EventHeader(bytes: Array(page.bytes[row.header])),
                    let effective = try? EffectiveEvent(id: row.id, storedHeader: header)
                else { throw StoreError.damaged(arrival: row.arrival) }
                return LoggedEvent(
                    arrival: row.arrival,
                    placed: PlacedEvent(
                        position: Position(log: log, sequence: row.sequence), effective: effective),
                    body: row.body.map { Array(page.bytes[$0]) }, isLocal: row.transport != .sync)
            }, isLast: page.isLast)
    }

    /// A page of the timeline as it is stored.
    package func storedPage(_ request: PageRequest) throws -> StoredPage {
        let (sql, arguments) = select(
            "arrival, log, sequence, event.id, kind, rift, at, stamp, transport, header, bytes",
            from: "event JOIN log ON log.id = log LEFT JOIN body ON event = arrival", request)
        return try queue.unsafeRead { db in
            let statement = try db.cachedStatement(sql: sql)
            try statement.setArguments(arguments)
            var page = StoredPage()
            page.rows.reserveCapacity(min(request.limit, 1_024))
            // Row by row through SQLite itself: a million rows pass here, and GRDB's rows take twice the time.
            let cursor = unsafe StatementRows(statement.sqliteStatement)
            defer { unsafe cursor.reset() }
            while page.bytes.count < Self.pageBytes, page.rows.count < request.limit, try unsafe cursor.step()
            {
                try unsafe cursor.append(to: &page)
            }
            page.isLast = page.bytes.count < Self.pageBytes && page.rows.count < request.limit
            page.lastKey = page.rows.last.flatMap(self.key)
            return page
        }
    }

    /// The place of a stored event.
    package func key(_ row: StoredPage.Row) -> TimelineKey? {
        logs.log(row.log).map {
            TimelineKey(at: row.at, stamp: row.stamp, position: Position(log: $0, sequence: row.sequence))
        }
    }

    /// The log behind the store's own number for it.
    package func log(numbered number: Int64) -> LogID? { logs.log(number) }

    /// The place of the last event of a page that may be long, without reading its words; nil if it has none.
    package func lastKey(of request: PageRequest) throws -> TimelineKey? {
        guard request.limit > 0 else { return nil }
        let (inner, arguments) = select(
            "log, sequence, at, stamp, device, epoch, branch", from: "event JOIN log ON log.id = log", request
        )
        let sql =
            "SELECT log, sequence, at, stamp FROM (\(inner)) ORDER BY \(Self.order(!request.isDescending)) LIMIT 1"
        return try queue.unsafeRead { db in
            guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments),
                let log = logs.log(row["log"])
            else { return nil }
            return TimelineKey(
                at: row["at"], stamp: Stamp(column: row["stamp"]),
                position: Position(log: log, sequence: UInt64(bitPattern: row["sequence"])))
        }
    }

    /// Whether an event is here.
    package func has(_ id: EntryID) throws -> Bool {
        try queue.unsafeRead { db in
            try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM event WHERE id = ?)"),
                arguments: [id.data])
                ?? false
        }
    }

    /// Whether some event of these kinds refers to an entry.
    package func isAnswered(_ entry: EntryID, by kinds: [Kind]) throws -> Bool {
        let marks = kinds.map { _ in "?" }.joined(separator: ",")
        return try queue.unsafeRead { db in
            try Bool.fetchOne(
                db.cachedStatement(
                    sql: "SELECT EXISTS (SELECT 1 FROM reference WHERE target = ? AND kind IN (\(marks)))"),
                arguments: [entry.data] + StatementArguments(kinds.map { Int64($0.rawValue) })) ?? false
        }
    }

    /// How SQLite goes about a page; for a test that it never sorts or scans the whole log.
    package func queryPlan(of request: PageRequest) throws -> [String] {
        let (sql, arguments) = select("arrival", from: "event JOIN log ON log.id = log", request)
        return try queue.unsafeRead { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: arguments).map { $0["detail"] }
        }
    }

    /// The timeline's order. Epochs are unsigned, and SQLite's numbers are not.
    private static let keyColumns = ["at", "stamp", "device", "epoch < 0", "epoch", "sequence", "branch"]

    private static func order(_ isDescending: Bool) -> String {
        keyColumns.map { "\($0) \(isDescending ? "DESC" : "ASC")" }.joined(separator: ", ")
    }

    private static func values(of key: TimelineKey) -> StatementArguments {
        let log = key.position.log
        return [
            key.at, key.stamp.column, log.device.data, log.epoch > UInt64(Int64.max),
            Int64(bitPattern: log.epoch), Int64(clamping: key.position.sequence), log.branch.data,
        ]
    }

    private func select(
        _ columns: String, from tables: String, _ request: PageRequest
    ) -> (sql: String, arguments: StatementArguments) {
        // The plus keeps SQLite from choosing the index of a column that is not the one to go by.
        let (arrival, at) = request.isRecent ? ("arrival", "+at") : ("+arrival", "at")
        var conditions = [
            request.isMembership ? "+kind BETWEEN 40 AND 49" : "+kind NOT BETWEEN 40 AND 49",
            "\(arrival) <= ?", "\(arrival) > ?",
        ]
        var arguments: StatementArguments = [request.throughArrival, request.afterArrival]
        for (bound, comparison) in [(request.lower, ">"), (request.upper, "<")] {
            guard let bound else { continue }
            let (key, equal) = (bound.key, bound.isIncluded ? "=" : "")
            // The first condition is the one that an index serves; the second makes it exact.
            conditions.append("\(at) \(comparison)= ?")
            let marks = Self.keyColumns.map { _ in "?" }.joined(separator: ", ")
            conditions.append("(\(Self.keyColumns.joined(separator: ", "))) \(comparison)\(equal) (\(marks))")
            arguments += [key.at]
            arguments += Self.values(of: key)
        }
        for (limit, comparison) in [(request.since, ">="), (request.until, "<=")] {
            guard let limit else { continue }
            conditions.append("\(at) \(comparison) ?")
            arguments += [limit]
        }
        for condition in [request.rifts.map(Condition.rifts), request.condition].compactMap(\.self) {
            let (sql, values) = condition.sql { device in
                self.logs.ids(of: device)
            }
            conditions.append(sql)
            arguments += values
        }
        arguments += [request.limit]
        let sql = """
            SELECT \(columns) FROM \(tables) WHERE \(conditions.joined(separator: " AND "))
            ORDER BY \(Self.order(request.isDescending)) LIMIT ?
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
