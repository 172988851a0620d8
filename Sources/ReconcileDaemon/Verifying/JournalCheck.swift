import Causality
import EventLog
import Glibc
import Journal
import LocalAPI
import NIOCore
import NIOPosix
import Store

/// Looks whether a copy of the journal is what its devices signed, and whether all that was derived follows from it.
///
/// It reads on a thread of its own and checks on all others that are free; whoever writes or reads meanwhile takes
/// turns with it.
actor JournalCheck {
    /// Something that is not as it has to be.
    struct Problem: Sendable {
        /// As ``ChainVerifier/Fault`` has it; or `signature`, `standing` or `index`.
        let kind: String
        var entry: EntryID?
        var author: String?
        /// Milliseconds since 1970.
        var at: Int64?
        var count: UInt64?
    }

    /// Large enough that handing a page over costs nothing, small enough that nobody else's turn comes late.
    private static let pageBytes = 512 << 10
    private static let atOnce = System.coreCount

    private static let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()

    private let path: String
    private var store: Store?
    private let genesis: Genesis
    private let identity: DeviceIdentity
    private let membership: Membership
    private let names: Names
    private let isKept: Bool
    private var stretches: ArraySlice<Store.Stretch> = []
    /// Pages that are read and not yet checked.
    private var pages: [JournalPage] = []
    private var place: JournalPage.Place?
    /// Why it can't go on, to be told once all is that was found before.
    private var failure: (any Error)?
    /// What the headers say that is kept beside them in tables of its own.
    private var expected = DerivedRows()
    private var hasCompared = false
    private var rifts: ArraySlice<EntryID> = []
    private var replica: Replica<Store>?
    private var joins: Joins?
    private var rows = 0
    private(set) var checked = 0
    private(set) var all = 0

    /// Safe: the executor lives as long as the process.
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe Self.loop.executor.asUnownedSerialExecutor()
    }

    /// - Parameters:
    ///   - path: the copy.
    ///   - isKept: whether the copy stays at the end, for someone else.
    init(
        of path: String, genesis: Genesis, identity: DeviceIdentity, membership: Membership, names: Names,
        isKept: Bool = false
    ) {
        (self.path, self.genesis, self.identity) = (path, genesis, identity)
        (self.membership, self.names, self.isKept) = (membership, names, isKept)
    }

    deinit { if !isKept { Self.remove(path) } }

    /// Deletes a copy and what lies beside it: it holds everyone's words.
    static func remove(_ path: String) {
        for suffix in ["", "-wal", "-shm", "-journal"] { _ = unsafe unlink(path + suffix) }
    }

    /// Begins; throws where the copy can't even be opened.
    func begin() throws -> [Problem] {
        let store = try Store(path: path)
        self.store = store
        stretches = try store.stretches()[...]
        rifts = try store.keptRifts()[...]
        rows = Int(clamping: try store.rows())
        all = rows + rifts.count
        return try store.indexesAreWhole(rows: Int64(clamping: rows)) ? [] : [Problem(kind: "index")]
    }

    /// Checks some more; nil when all is done.
    func next() async throws -> [Problem]? {
        guard let store else { return nil }
        if !stretches.isEmpty || !pages.isEmpty { return try await check(store) }
        if let failure { throw failure }
        if !hasCompared {
            hasCompared = true
            let isWhole = try store.derivedRows() == expected && rows == checked
            return isWhole ? [] : [Problem(kind: "index")]
        }
        guard !rifts.isEmpty else {
            try store.close()
            self.store = nil
            return nil
        }
        return try await checkStandings(store)
    }

    /// Checks what was read before, on as many cores as there are, while more is read.
    private func check(_ store: Store) async throws -> [Problem] {
        let pages = pages
        self.pages = []
        async let outcomes = Self.inParallel(pages) { $0.check() }
        var found: [Problem] = []
        // What was read is told before what can't be.
        do { try read(store, &found) } catch { fail(error) }
        var problems: [Problem] = []
        for (page, outcome) in zip(pages, await outcomes) {
            checked += page.events.count
            expected.add(outcome.derived)
            problems += outcome.faults.map { problem($0.fault, $0.event, page.stretch.log) }
        }
        return problems + found
    }

    /// Reads some pages, and adds what is to be said of the logs that end with them.
    private func read(_ store: Store, _ problems: inout [Problem]) throws {
        while pages.count < Self.atOnce, let stretch = stretches.first {
            let page = try store.page(
                of: stretch, after: place, journal: genesis.journal, bytes: Self.pageBytes)
            if let page {
                pages.append(page)
                place = page.end
            } else {
                problems += try checkHeads(of: stretch, through: place?.sequence ?? stretch.after, store)
                stretches.removeFirst()
                place = nil
            }
        }
    }

    private func problem(_ fault: ChainVerifier.Fault, _ event: ChainVerifier.Stored, _ log: LogID) -> Problem
    {
        let author = membership.person(of: log.device).map(names.person)
        return switch fault {
        case .missing(let count):
            Problem(kind: "missing", entry: event.id, author: author, at: event.at, count: count)
        case .header: Problem(kind: "header", entry: event.id, author: author, at: event.at)
        case .columns: Problem(kind: "columns", entry: event.id, author: author, at: event.at)
        case .body: Problem(kind: "body", entry: event.id, author: author, at: event.at)
        }
    }

    /// Each head is its device's, and stands for the event that is here; the last event has one.
    private func checkHeads(
        of stretch: Store.Stretch, through sequence: UInt64, _ store: Store
    ) throws -> [Problem] {
        guard let bundle = membership.member(stretch.log.device)?.bundle else { return [] }
        let author = membership.person(of: stretch.log.device).map(names.person)
        let heads = try store.heads(stretch.number, of: stretch.log)
        var problems: [Problem] = []
        for (head, stored) in heads {
            // Where the event is gone, the gap in its log tells.
            guard let stored else { continue }
            guard head.isSigned(by: bundle, journal: genesis.journal), stored == head.hash else {
                problems.append(Problem(kind: "signature", entry: stored.identifier(), author: author))
                continue
            }
        }
        // Where a log departs from another, what both share may end without a head.
        if !stretch.isContinued, heads.last?.head.sequence ?? stretch.after != sequence {
            // An event that ought to be the last is gone, or its head is.
            problems.append(Problem(kind: "missing", author: author, count: 0))
        }
        return problems
    }

    private func checkStandings(_ store: Store) async throws -> [Problem] {
        if replica == nil {
            replica = try Replica(
                keys: identity.keys(), genesis: genesis, storage: store, segments: store.segments(),
                clock: store.clock(), epoch: store.epoch(), mark: nil, freshEpoch: 1)
            joins = try replica?.joins()
        }
        guard let replica, let joins else { return [] }
        let some = rifts.prefix(Self.atOnce * 4)
        rifts = rifts.dropFirst(some.count)
        let agree = await Self.inParallel(Array(some)) { rift in
            Result { try store.standing(of: rift) == replica.standing(ofRift: rift, joins: joins) }
        }
        checked += some.count
        var problems: [Problem] = []
        for (rift, agrees) in zip(some, agree) {
            switch agrees {
            case .success(true): break
            case .success(false): problems.append(Problem(kind: "standing", entry: rift))
            case .failure(let error): fail(error)
            }
        }
        return problems
    }

    private func fail(_ error: any Error) {
        failure = failure ?? error
        (stretches, rifts) = ([], [])
    }

    /// Work done on all cores, its outcomes in the order of the work.
    private static func inParallel<Work: Sendable, Outcome: Sendable>(
        _ work: [Work], _ carryOut: @escaping @Sendable (Work) -> Outcome
    ) async -> [Outcome] {
        await withTaskGroup(of: (Int, Outcome).self) { group in
            for (number, item) in work.enumerated() {
                group.addTask(priority: .utility) { (number, carryOut(item)) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
