import Causality
import HTTPTypes
import Journal
import LocalAPI
import NIOCore
import Query
import ServiceLifecycle
import Store

/// One reading of the timeline, piece by piece.
///
/// A page is read while the one before it is printed. No page holds the database while it is printed or sent, and what
/// a slow reader has not taken yet is not read.
struct EntriesReading: Sendable {
    private enum Phase { case begin, reading, following, over }

    private var query: EntriesQuery
    private let ledger: Ledger
    private let reader: Ledger.Reader
    /// Of a reading that follows.
    private let changes: AsyncStream<Void>?
    private var phase = Phase.begin
    /// What was told at once, and not handed over yet.
    private var beginning: [UInt8] = []
    private var source: EntriesSource
    private var printer: Printer
    /// How many more are told, and passed over first.
    private var (left, skip): (Int, Int)
    private var seen: (arrival: Int64, draft: Int64)
    /// How many entries were told.
    private(set) var told = 0
    /// Behind the last entry told.
    private(set) var cursor: Cursor?

    /// Begins to read, and tells the first page where that is known to be little.
    ///
    /// On the ledger's thread: for ten entries, to change threads takes longer than to tell them.
    static func open(
        _ query: EntriesQuery, of ledger: isolated Ledger
    ) async throws -> EntriesReading {
        // Changes first: what comes in between would wait for the next one.
        let changes = query.follows ? changes(of: ledger) : nil
        let reader = try ledger.reader(withDrafts: query.drafts != .none)
        var reading = EntriesReading(query, by: reader, changes: changes, of: ledger)
        if query.isLittle, reader.drafts.count <= EntriesQuery.little {
            reading.beginning = try await reading.begin()
            if reading.phase == .reading { reading.beginning += try await reading.piece() }
        }
        return reading
    }

    private init(
        _ query: EntriesQuery, by reader: Ledger.Reader, changes: AsyncStream<Void>?, of ledger: Ledger
    ) {
        (self.query, self.reader, self.ledger, self.changes) = (query, reader, ledger, changes)
        printer = Printer(query.printing)
        source = EntriesSource(query, reader, of: ledger)
        left = .max
        skip = query.skip
        seen = (reader.arrival, reader.drafts.last?.id ?? 0)
    }

    /// A signal after each change, which ends with the daemon: a follower that did not hear of its stop would keep it
    /// alive for ever.
    private static func changes(of ledger: isolated Ledger) -> AsyncStream<Void> {
        let all = ledger.changes()
        let (changes, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
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
        return changes
    }

    /// The next bytes, perhaps none yet; nil at the end.
    mutating func next() async throws -> [UInt8]? {
        try Task.checkCancellation()
        if !beginning.isEmpty {
            defer { beginning = [] }
            return beginning
        }
        switch phase {
        case .begin: return try await begin()
        case .reading: return try await piece()
        case .following:
            var change = changes?.makeAsyncIterator()
            guard await change?.next(isolation: #isolation) != nil else { return nil }
            try await query.resolve(in: ledger)
            let now = try await ledger.reader(withDrafts: query.drafts != .none)
            // Another journal took the place of the one that was followed.
            guard now.store == reader.store else {
                phase = .over
                return nil
            }
            source = EntriesSource(query, now, of: ledger, after: seen)
            seen = (now.arrival, max(seen.draft, now.drafts.last?.id ?? 0))
            phase = .reading
            return try await piece()
        case .over: return nil
        }
    }

    /// All of it, if it was told at once; nil if more is to be read.
    var whole: [UInt8]? { phase == .over ? beginning : nil }

    /// What is to be known at the end, as headers: how many entries there were, and where one may go on. They stand behind
    /// the last byte where they are not known before the first.
    var outcome: HTTPFields {
        var fields = HTTPFields()
        if let name = HTTPField.Name("Entries-Count") { fields[name] = "\(told)" }
        if let name = HTTPField.Name("Entries-Cursor"), let cursor { fields[name] = cursor.text }
        if let name = HTTPField.Name("Entries-Unknown-Rifts"), !query.unknownRifts.isEmpty {
            fields[name] = query.unknownRifts.map(percentEncoded).joined(separator: ",")
        }
        return fields
    }

    private mutating func begin() async throws -> [UInt8] {
        phase = .reading
        let (count, isFromEnd): (Int, Bool) =
            switch query.count {
            case .all: (.max, query.isReversed)
            case .newest(let count): (count, true)
            case .oldest(let count): (count, false)
            }
        left = count
        if count == 0 {
            // Nothing is told; where one may go on is what the reader wants to know.
            var search = EntriesSource(query, reader, of: ledger)
            if !query.isReversed { search.turn() }
            if let key = try await search.key(after: 1) {
                cursor = Cursor(store: reader.store, key: key, arrival: seen.arrival)
            }
        }
        guard count < .max, count > 0, isFromEnd != query.isReversed else { return [] }
        var search = source
        search.turn()
        guard count <= EntriesQuery.little else {
            // Where the last of them is, is found first; then they are told from there.
            if let key = try await search.key(after: count) { source.begin(at: key) }
            source.takeOver(search)
            left = .max
            return []
        }
        let records = try await search.records(count)
        var output: [UInt8] = []
        for (record, key) in records.reversed() { tell(record, key, to: &output) }
        end()
        return output
    }

    private mutating func end() {
        phase = query.follows ? .following : .over
        (left, skip) = (.max, 0)
    }

    private mutating func piece() async throws -> [UInt8] {
        guard left > 0, var page = try await source.next(limit: left == .max ? .max : left + skip) else {
            end()
            return []
        }
        var output: [UInt8] = []
        var record = LogRecord()
        output.reserveCapacity(page.count * 256)
        while left > 0, let key = try source.fill(&record, from: &page) {
            if skip > 0 {
                skip -= 1
                continue
            }
            tell(record, key, to: &output)
            // What arrived late is told in any case: behind a place in its middle one could not go on.
            if left < .max, !page.isLate { left -= 1 }
        }
        if left == 0 || source.isAtEnd { end() }
        return output
    }

    private mutating func tell(_ record: LogRecord, _ key: TimelineKey, to output: inout [UInt8]) {
        printer.append(record, to: &output)
        told += 1
        if query.isReversed, let begun = query.cursor {
            // Backwards, what arrived late was not looked for: one may go on where one was.
            cursor = begun.place
            return
        }
        // The greatest place, or what was read backwards would be shown again next time; and never one before the
        // place from which it was read, where only what arrived late is told.
        let greatest = max(key, cursor?.key ?? query.cursor?.place.key ?? key)
        cursor = Cursor(store: reader.store, key: greatest, arrival: seen.arrival)
    }
}
