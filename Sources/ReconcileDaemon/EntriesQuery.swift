import Hummingbird
import Journal
import LocalAPI
import Query
import ServiceLifecycle
import Store

/// One reading of the timeline, streamed page by page.
struct EntriesQuery: Sendable {
    let mode: OutputMode
    private let isPortable: Bool
    private let follows: Bool
    private let isReversed: Bool
    /// At most so many, the newest.
    private let newest: Int?
    /// At most so many, the oldest.
    private let oldest: Int?
    private let rifts: [EntryID]?
    private let isUTC: Bool
    private let isQuiet: Bool

    init(_ request: Request, ledger: Ledger) async throws {
        try await ledger.requireJournal()
        let query = request.uri.queryParameters
        guard let mode = OutputMode(rawValue: query.get("output") ?? "short") else {
            throw ErrorPayload("unknown_output", query.get("output"))
        }
        self.mode = mode
        isPortable = query.get("portable") != nil
        follows = query.get("follow") != nil
        isReversed = query.get("reverse") != nil
        isUTC = query.get("utc") != nil
        isQuiet = query.get("quiet") != nil
        newest = query.get("newest").flatMap { Int($0) }.map { max($0, 0) }
        oldest = query.get("oldest").flatMap { Int($0) }.map { max($0, 0) }
        if let name = query.get("rift") {
            rifts = try await ledger.component(of: try await ledger.rift(name))
        } else {
            rifts = nil
        }
    }

    /// Reads it all in pages: no page holds the database while it is written.
    func pages(of ledger: Ledger) async throws -> Pages {
        let all = await ledger.changes()
        let (changes, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        // A follower that did not hear of the daemon's stop would keep it alive for ever.
        let relay = Task {
            // Not by cancelOnGracefulShutdown: the merge in it can lock up with the cancellation of its task.
            await withGracefulShutdownHandler {
                for await _ in all { signal.yield() }
            } onGracefulShutdown: {
                signal.finish()
            }
            signal.finish()
        }
        signal.onTermination = { _ in relay.cancel() }
        return Pages(
            query: self, ledger: ledger, changes: changes.makeAsyncIterator(),
            start: try await ledger.lastArrival())
    }

    /// The pages of one reading, one after the other; if it follows, there is always a next one.
    struct Pages {
        private enum Phase { case begin, going, following, over }

        private let query: EntriesQuery
        private let ledger: Ledger
        private var changes: AsyncStream<Void>.AsyncIterator
        private var phase = Phase.begin
        private var request = Store.PageRequest()
        private var left = Int.max
        private var isEmpty = true

        fileprivate init(
            query: EntriesQuery, ledger: Ledger,
            changes: AsyncStream<Void>.AsyncIterator, start: Int64
        ) {
            self.query = query
            self.ledger = ledger
            self.changes = changes
            request.rifts = query.rifts
            request.throughArrival = start
        }

        /// The next page's bytes; nil at the end.
        mutating func next() async throws -> [UInt8]? {
            switch phase {
            case .begin:
                try await begin()
                return try await page()
            case .going: return try await page()
            case .following:
                guard await changes.next(isolation: #isolation) != nil else { return nil }
                let seen = request.throughArrival
                request = Store.PageRequest()
                request.rifts = query.rifts
                request.afterArrival = seen
                request.throughArrival = try await ledger.lastArrival()
                phase = .going
                return try await page()
            case .over: return nil
            }
        }

        private mutating func begin() async throws {
            phase = .going
            request.isDescending = query.isReversed
            left = query.newest ?? query.oldest ?? .max
            guard query.isReversed != (query.newest != nil), left < .max else { return }
            // The newest are told forwards, the oldest backwards: where they begin is found from the other end.
            var search = request
            search.isDescending.toggle()
            search.limit = left
            guard let key = try await ledger.lastKey(of: search) else { return }
            request.after = key
            request.includesAfter = true
        }

        private mutating func page() async throws -> [UInt8] {
            request.limit = min(500, left)
            let page = try await ledger.page(request)
            left -= page.events.count
            if let last = page.events.last {
                request.after = last.key
                request.includesAfter = false
            }
            if page.isLast || left == 0 {
                phase = query.follows ? .following : .over
                left = .max
            }
            return try await render(page.events)
        }

        private mutating func render(_ events: [LoggedEvent]) async throws -> [UInt8] {
            isEmpty = isEmpty && events.isEmpty
            if isEmpty, phase == .over, query.mode == .short, !query.isQuiet {
                return Array("-- No entries --\n".utf8)
            }
            var bytes: [UInt8] = []
            for record in events.isEmpty ? [] : try await ledger.records(events) {
                bytes += query.mode.render(query.isPortable ? record.portable : record) { seconds in
                    query.isUTC ? 0 : Machine.offset(at: seconds)
                }
            }
            return bytes
        }
    }
}
