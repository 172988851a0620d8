import Causality
import Journal
import Query
import Store

/// The entries that a query is about, page by page in one direction, drafts in their places among them.
struct EntriesSource: Sendable {
    /// Some entries that were read and are not told yet.
    struct Page: Sendable {
        fileprivate var log: LogPage
        fileprivate var next = 0
        fileprivate var drafts: ArraySlice<Ledger.DraftView>
        /// Whether these arrived late: earlier in the timeline than the cursor from which is read.
        fileprivate(set) var isLate = false

        /// How many entries there are at the most.
        var count: Int { log.stored.rows.count + drafts.count }
    }

    private let query: EntriesQuery
    private let ledger: Ledger
    /// The store's random id.
    private let store: String
    private var maker: RecordMaker
    private var searcher: RecordMaker
    private var isDescending: Bool
    /// The stretches that are still to be read, one behind the other.
    private var stretches: [Store.PageRequest]
    private var drafts: ArraySlice<Ledger.DraftView>
    private var ahead: Task<LogPage, any Error>?
    /// What all words are looked through for once so many events were read; nil if that is no use, or done.
    private var sought: TextSearch.Sought?
    private var unsearched = 1_000
    /// What that found.
    private var found: [Int64]?

    /// - Parameter after: only what arrived after that, where something is followed.
    init(
        _ query: EntriesQuery, _ reader: Ledger.Reader, of ledger: Ledger,
        after seen: (arrival: Int64, draft: Int64)? = nil
    ) {
        self.query = query
        self.ledger = ledger
        store = reader.store
        let isDescending = query.isReversed
        var needed = Printer(query.printing).fields.union(query.filter.fields)
        if query.pattern != nil { needed.insert(LogFieldSet(.message)) }
        // Two devices in two zones tell the same.
        let zone = query.isPortable ? .utc : query.printing.zone
        let maker = RecordMaker(
            needed: needed, reader: reader, unfolds: query.unfolds, zone: zone,
            hasHeadings: [.prose, .markdown].contains(query.printing.mode))
        var request = Store.PageRequest()
        request.throughArrival = reader.arrival
        request.afterArrival = seen?.arrival ?? 0
        request.isRecent = seen != nil
        request.isMembership = query.isMembership
        request.condition = query.condition
        request.skipsHeaders = !maker.needsHeaders
        request.since = query.since.map { $0 / 1_000 + ($0 % 1_000 > 0 ? 1 : 0) }
        request.until = query.until.map { $0 / 1_000 - ($0 % 1_000 < 0 ? 1 : 0) }
        request.isDescending = isDescending
        stretches =
            query.drafts == .only ? [] : Self.stretches(of: request, from: seen == nil ? query.cursor : nil)
        let drafts = reader.drafts.filter { draft in
            guard query.drafts != .none, draft.id > seen?.draft ?? 0 else { return false }
            let time = draft.written.multipliedClamped(by: 1_000)
            guard query.since.map({ time >= $0 }) ?? true, query.until.map({ time <= $0 }) ?? true else {
                return false
            }
            guard let cursor = query.cursor, seen == nil else { return true }
            let key = maker.key(of: draft)
            if cursor.isIncluded, key == cursor.place.key { return true }
            return query.isReversed ? key < cursor.place.key : key > cursor.place.key
        }
        self.drafts =
            drafts.sorted {
                isDescending
                    ? ($0.written, $0.id) > ($1.written, $1.id) : ($0.written, $0.id) < ($1.written, $1.id)
            }[...]
        (self.maker, self.isDescending) = (maker, isDescending)
        sought = query.isMembership ? nil : TextSearch.Sought(query)
        searcher = RecordMaker(
            needed: LogFieldSet(.message), reader: reader, unfolds: query.unfolds, zone: zone,
            hasHeadings: false)
    }

    /// Behind a cursor comes what arrived late, all of it earlier in the timeline, and then what is later there.
    /// Backwards there is only what is earlier.
    private static func stretches(
        of request: Store.PageRequest, from cursor: (place: Cursor, isIncluded: Bool)?
    ) -> [Store.PageRequest] {
        guard let cursor else { return [request] }
        var later = request
        later.begin(at: cursor.place.key, isIncluded: cursor.isIncluded)
        if request.isDescending { return [later] }
        var late = request
        late.afterArrival = max(request.afterArrival, cursor.place.arrival)
        late.upper = .init(cursor.place.key, isIncluded: !cursor.isIncluded)
        late.isRecent = true
        return request.throughArrival > late.afterArrival ? [late, later] : [later]
    }

    /// Looks through all words, where what is looked for has not been found among the first events.
    private mutating func search() async throws {
        guard unsearched <= 0, let sought, let last = stretches.first?.throughArrival,
            let first = stretches.map(\.afterArrival).min()
        else { return }
        self.sought = nil
        ahead?.cancel()
        ahead = nil
        let search = TextSearch(of: ledger, for: sought, after: first, through: last)
        found = try await search.candidates()
        narrow()
    }

    /// Does without another search where one was made of the same events.
    mutating func takeOver(_ other: EntriesSource) {
        (sought, found) = (other.sought, other.found)
        narrow()
    }

    private mutating func narrow() {
        guard let found else { return }
        for index in stretches.indices { stretches[index].arrivals = found }
    }

    /// Reads in the other direction.
    mutating func turn() {
        isDescending.toggle()
        drafts = Array(drafts.reversed())[...]
        stretches.reverse()
        for index in stretches.indices { stretches[index].isDescending.toggle() }
    }

    /// Begins at a place, which is told too.
    mutating func begin(at key: TimelineKey) {
        drafts = drafts.filter { isDescending ? maker.key(of: $0) <= key : maker.key(of: $0) >= key }[...]
        for index in stretches.indices {
            // A stretch that ends before that place has nothing, and one that begins behind it has all of its own.
            let own = isDescending ? stretches[index].upper : stretches[index].lower
            if own.map({ isDescending ? $0.key > key : $0.key < key }) ?? true {
                stretches[index].begin(at: key, isIncluded: true)
            }
        }
    }

    /// Whether nothing is left to be read.
    var isAtEnd: Bool { stretches.isEmpty && drafts.isEmpty }

    /// The next page; nil at the end.
    mutating func next(limit: Int) async throws -> Page? {
        try await search()
        guard var request = stretches.first else {
            guard !drafts.isEmpty else { return nil }
            defer { drafts = [] }
            return Page(log: LogPage(stored: StoredPage()), drafts: drafts)
        }
        let isLate = request.isRecent && request.upper != nil
        request.limit = query.isExact && query.pattern == nil && !isLate ? min(1_000, limit) : 1_000
        let page: LogPage
        if let ahead {
            self.ahead = nil
            page = try await ahead.value
        } else {
            page = try await ledger.logPage(request, of: store)
        }
        unsearched -= page.stored.rows.count
        if page.stored.isLast {
            stretches.removeFirst()
        } else if let key = page.stored.lastKey {
            stretches[0].begin(at: key)
        }
        if limit == .max, sought == nil || unsearched > 0, var following = stretches.first {
            following.limit = 1_000
            // At once: a task that waits for its turn here would only begin when this page is printed.
            ahead = Task.immediate { [ledger, store] in try await ledger.logPage(following, of: store) }
        }
        // Drafts come where they were written; behind the last event, all that are left.
        let due =
            stretches.isEmpty
            ? drafts
            : drafts.prefix { draft in
                guard let last = page.stored.lastKey else { return false }
                return isDescending ? maker.key(of: draft) > last : maker.key(of: draft) < last
            }
        drafts = drafts.dropFirst(due.count)
        return Page(log: page, drafts: due, isLate: isLate)
    }

    /// Fills a record with the next entry of a page that the query is about, and tells its place; nil at its end.
    mutating func fill(_ record: inout LogRecord, from page: inout Page) throws -> TimelineKey? {
        while true {
            let row = page.next < page.log.stored.rows.count ? page.log.stored.rows[page.next] : nil
            if let draft = page.drafts.first,
                row.map({ isDescending ? draft.written > $0.at : draft.written <= $0.at }) ?? true
            {
                page.drafts.removeFirst()
                maker.fill(&record, with: draft)
                if query.filter.matches(record), isFound(in: record) { return maker.key(of: draft) }
                continue
            }
            guard let row else { return nil }
            page.next += 1
            // A search that finds nothing writes nothing, and so would not hear that its reader has left.
            if page.next % 64 == 0 { try Task.checkCancellation() }
            // What is behind a retirement's cut is offered to nobody.
            if query.isPortable, page.log.cutOff.contains(row.arrival) { continue }
            if query.pattern != nil {
                // Most entries are not looked for: of those no more is made than the text.
                try searcher.fill(&record, with: row, of: &page.log)
                guard isFound(in: record) else { continue }
            }
            try maker.fill(&record, with: row, of: &page.log)
            if !query.isExact, !query.filter.matches(record) { continue }
            guard let log = page.log.logs[row.log]?.log else { continue }
            if query.isPortable { record.keep { !$0.isLocal } }
            return TimelineKey(
                at: row.at, stamp: row.stamp, position: Position(log: log, sequence: row.sequence))
        }
    }

    private func isFound(in record: LogRecord) -> Bool {
        query.pattern.map { $0.isFound(in: record.first(.message) ?? []) } ?? true
    }

    /// The first so many entries, held.
    mutating func records(_ count: Int) async throws -> [(LogRecord, TimelineKey)] {
        var records: [(LogRecord, TimelineKey)] = []
        var record = LogRecord()
        while records.count < count, var page = try await next(limit: count - records.count) {
            while records.count < count, let key = try fill(&record, from: &page) {
                records.append((record, key))
            }
        }
        ahead?.cancel()
        return records
    }

    /// The place of the last of the first so many entries; nil if there are fewer.
    mutating func key(after count: Int) async throws -> TimelineKey? {
        var (left, last) = (count, TimelineKey?.none)
        var record = LogRecord()
        while left > 0, var page = try await next(limit: left) {
            while left > 0, let key = try fill(&record, from: &page) {
                left -= 1
                last = key
            }
        }
        return left == 0 ? last : nil
    }
}
