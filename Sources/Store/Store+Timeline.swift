package import Causality
package import EventLog
import FoundationEssentials
import GRDB
package import Journal

/// An event as it is read for people.
package struct LoggedEvent: Sendable {
    /// What it says and where it stands.
    package let placed: PlacedEvent
    /// Its words; nil where they are absent.
    package let body: [UInt8]?

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
        /// Its number in that log.
        package let sequence: UInt64
        /// The id by which others refer to it.
        package let id: EntryID
        /// The number of its kind; of a `carry`, that of the event inside.
        package let kind: UInt32
        /// The rift that it belongs to, for a rift itself its own id; nil outside of any.
        package let rift: EntryID?
        /// Milliseconds since 1970.
        package let at: Int64
        /// The hybrid clock's moment at which it was written.
        package let stamp: Stamp
        /// How it came here.
        package let transport: Condition.Transport
        /// Where its header lies; nil where it was not read.
        package let header: Range<Int>?
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
        /// Only the events with these arrival numbers, few enough to be sorted; all if nil.
        package var arrivals: [Int64]?
        /// Whether headers are read only where the words alone don't tell what an event says: of receipts, and of
        /// events whose words are absent.
        package var skipsHeaders = false
        /// What tells about devices and persons, instead of what came between them.
        package var isMembership = false

        /// The first page of everything.
        package init() {}

        /// A place where a reading ends or begins.
        package struct Bound: Sendable {
            /// The place.
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
        /// The events, in reading order.
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
                let placed = try placed(
                    row.id, log: row.log, row.sequence, header: row.header.map { Array(page.bytes[$0]) },
                    arrival: row.arrival)
                return LoggedEvent(placed: placed, body: row.body.map { Array(page.bytes[$0]) })
            }, isLast: page.isLast)
    }

    /// A page of the timeline as it is stored.
    ///
    /// The index knows `at` and stamp. What has both in common is put in order here, for SQLite would go through a
    /// sorter at every row; only where a page is full of a single moment, SQLite has to.
    package func storedPage(_ request: PageRequest) throws -> StoredPage {
        guard !request.isRecent, !request.isMembership, request.arrivals == nil else {
            return try read(request, isExact: true)
        }
        var page = try read(request, isExact: false)
        var wasCut = false
        if !page.isLast, let last = page.rows.last {
            // The last moment may not be here as a whole.
            let whole = page.rows.prefix { $0.at != last.at || $0.stamp != last.stamp }.count
            guard whole > 0 else { return try read(request, isExact: true) }
            wasCut = true
            page.rows.removeLast(page.rows.count - whole)
        }
        page.lastKey = page.rows.last.flatMap(key)
        page.rows.removeAll { !isWithin(request, $0) }
        // All of it lay before the place: what comes has to be read by its exact one.
        if page.rows.isEmpty, wasCut { return try read(request, isExact: true) }
        sortMoments(&page, isDescending: request.isDescending)
        page.lastKey = page.rows.last.flatMap(key)
        return page
    }

    /// Whether an event of the moment at which a reading begins or ends lies within it.
    private func isWithin(_ request: PageRequest, _ row: StoredPage.Row) -> Bool {
        for (bound, isLower) in [(request.lower, true), (request.upper, false)] {
            guard let bound, row.at == bound.key.at, row.stamp == bound.key.stamp, let key = key(row) else {
                continue
            }
            if key == bound.key ? !bound.isIncluded : (key < bound.key) == isLower { return false }
        }
        return true
    }

    /// Puts in order what has `at` and stamp in common.
    private func sortMoments(_ page: inout StoredPage, isDescending: Bool) {
        var start = 0
        while start < page.rows.count {
            var end = start + 1
            while end < page.rows.count, page.rows[end].at == page.rows[start].at,
                page.rows[end].stamp == page.rows[start].stamp
            {
                end += 1
            }
            if end - start > 1 {
                page.rows[start..<end].sort { one, other in
                    guard let one = key(one), let other = key(other) else { return false }
                    return isDescending ? one > other : one < other
                }
            }
            start = end
        }
    }

    private func read(_ request: PageRequest, isExact: Bool) throws -> StoredPage {
        let header = request.skipsHeaders ? "CASE WHEN kind = 7 OR bytes IS NULL THEN header END" : "header"
        let columns = "arrival, log, sequence, event.id, kind, rift, at, stamp, transport, \(header), bytes"
        // What tells about devices is little, and the timeline long.
        let events = request.isMembership ? "event INDEXED BY event_kind" : "event"
        let tables =
            events + (isExact ? " JOIN log ON log.id = log" : "")
            + " LEFT JOIN body ON event = arrival AND lacks_body < \(Words.erased)"
        // One row more than a page holds tells whether something follows.
        let limit = request.limit == .max ? Int.max : request.limit + 1
        let (sql, arguments) = select(columns, from: tables, request, limit: limit, isExact: isExact)
        return try queue.unsafeRead { db in
            let statement = try db.cachedStatement(sql: sql)
            try statement.setArguments(arguments)
            var page = StoredPage()
            page.rows.reserveCapacity(min(limit, 1_024))
            // Row by row through SQLite itself: a million rows pass here, and GRDB's rows take twice the time.
            let cursor = unsafe StatementRows(statement.sqliteStatement)
            defer { unsafe cursor.reset() }
            while page.bytes.count < Self.pageBytes, page.rows.count < limit, try unsafe cursor.step() {
                try unsafe cursor.append(to: &page)
            }
            page.isLast = page.bytes.count < Self.pageBytes && page.rows.count < limit
            if isExact, !page.isLast, page.rows.count == limit { page.rows.removeLast() }
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
                // Can't trap: kinds have 32 bits.
                arguments: [entry.data] + StatementArguments(kinds.map { Int64($0.rawValue) })) ?? false
        }
    }

    /// How SQLite goes about a page; for a test that it never sorts or scans the whole log.
    package func queryPlan(of request: PageRequest) throws -> [String] {
        let (sql, arguments) = select("arrival", from: "event", request, limit: request.limit, isExact: false)
        return try queue.unsafeRead { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: arguments).map {
                $0.text("detail")
            }
        }
    }

    /// The timeline's order. Epochs are unsigned, and SQLite's numbers are not.
    private static let keyColumns = ["at", "stamp", "device", "epoch < 0", "epoch", "sequence", "branch"]

    private static func values(of key: TimelineKey) -> StatementArguments {
        let log = key.position.log
        return [
            // Can't trap: a constant.
            key.at, key.stamp.column, log.device.data, log.epoch > UInt64(Int64.max),
            Int64(bitPattern: log.epoch), Int64(clamping: key.position.sequence), log.branch.data,
        ]
    }

    /// - Parameter isExact: whether it is ordered and bounded by whole keys, or by what the index knows of them.
    private func select(
        _ columns: String, from tables: String, _ request: PageRequest, limit: Int, isExact: Bool
    ) -> (sql: String, arguments: StatementArguments) {
        let key = isExact ? Self.keyColumns : Array(Self.keyColumns.prefix(2))
        // The plus keeps SQLite from choosing the index of a column that is not the one to go by.
        let isByArrival = request.isRecent || request.arrivals != nil
        let (arrival, at) = isByArrival ? ("arrival", "+at") : ("+arrival", "at")
        var conditions = [
            request.isMembership ? "kind BETWEEN 40 AND 49" : "+kind NOT BETWEEN 40 AND 49",
            "\(arrival) <= ?", "\(arrival) > ?",
        ]
        var arguments: StatementArguments = [request.throughArrival, request.afterArrival]
        for (bound, comparison) in [(request.lower, ">"), (request.upper, "<")] {
            guard let bound else { continue }
            // The first condition is the one that an index serves; the second is narrower.
            conditions.append("\(at) \(comparison)= ?")
            let marks = key.map { _ in "?" }.joined(separator: ", ")
            let equal = bound.isIncluded || !isExact ? "=" : ""
            conditions.append("(\(key.joined(separator: ", "))) \(comparison)\(equal) (\(marks))")
            arguments += [bound.key.at]
            arguments += isExact ? Self.values(of: bound.key) : [bound.key.at, bound.key.stamp.column]
        }
        if let arrivals = request.arrivals {
            // As one argument: there may be more of them than a statement takes.
            conditions.append("arrival IN (SELECT value FROM json_each(?))")
            arguments += ["[" + arrivals.map { "\($0)" }.joined(separator: ",") + "]"]
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
        arguments += [limit]
        let order = key.map { "\($0) \(request.isDescending ? "DESC" : "ASC")" }.joined(separator: ", ")
        let sql = """
            SELECT \(columns) FROM \(tables) WHERE \(conditions.joined(separator: " AND "))
            ORDER BY \(order) LIMIT ?
            """
        return (sql, arguments)
    }

    /// The last arrival number given out; zero at first.
    package func lastArrival() throws -> Int64 {
        try queue.unsafeRead { db in
            // Asked for with each page: kept ready, as what prepares it touches far more memory than what reads it.
            try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(arrival) FROM event")) ?? 0
        }
    }

    /// How many events there are. By the ends of the logs, which have no gaps: counting rows would read them all.
    package func count() throws -> Int64 {
        try queue.unsafeRead { db in
            try Int64.fetchOne(
                db,
                sql: """
                    SELECT sum(last - parent_sequence) FROM (
                        SELECT parent_sequence,
                            (SELECT max(sequence) FROM event WHERE event.log = log.id) AS last FROM log)
                    """) ?? 0
        }
    }

    /// The ids of all rifts, in order of arrival.
    package func rifts() throws -> [EntryID] {
        try placed("kind = ? ORDER BY arrival", [Int64(Kind.rift.rawValue)]).map(\.effective.id)
    }

    /// The ids from one through another, in no order; at most two, to tell whether it is one.
    package func ids(from low: EntryID, through high: EntryID) throws -> [EntryID] {
        try queue.unsafeRead { db in
            try Data.fetchAll(
                db, sql: "SELECT DISTINCT id FROM event WHERE id BETWEEN ? AND ? LIMIT 2",
                arguments: [low.data, high.data]
            ).compactMap(EntryID.init)
        }
    }

    /// Which device wrote an event, without reading it; nil for one that isn't here.
    package func device(of id: EntryID) throws -> DeviceID? {
        try queue.unsafeRead { db in
            try Data.fetchOne(
                db.cachedStatement(
                    sql: "SELECT device FROM event JOIN log ON log.id = event.log WHERE event.id = ? LIMIT 1"),
                arguments: [id.data])
        }.flatMap { DeviceID($0) }
    }

    /// An event by its id, as it is read for people.
    package func logged(_ id: EntryID) throws -> LoggedEvent? {
        guard let placed = try placed("event.id = ? LIMIT 1", [id.data]).first else { return nil }
        return LoggedEvent(placed: placed, body: try bodies(of: [id])[id])
    }
}
