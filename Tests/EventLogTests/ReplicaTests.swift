import Causality
import EventLog
import Journal
import Store
import TestSupport
import Testing
import Wire

/// A device's copy with its store, which commits what the replica decides.
private struct Copy {
    let store: Store
    var replica: Replica<Store>

    mutating func commit(_ batch: EventBatch) throws {
        try store.commit(batch)
        try replica.applied(batch)
    }

    mutating func write(_ count: Int = 1, words: Int = 5) throws {
        let body = try Body(
            [Field(.text, String(repeating: "w", count: words))], salt: [UInt8](repeating: 7, count: 16))
        try commit(
            replica.append(
                (0..<count).map { _ in NewEvent(.account, body: body) },
                at: WallTime(milliseconds: 1_741_380_000_000)))
    }

    /// All runs that another copy lacks.
    func runs(for other: Copy) throws -> [Run] {
        try runs(lackedBy: PeerKnowledge(heads: other.replica.heads))
    }

    func runs(lackedBy knowledge: PeerKnowledge) throws -> [Run] {
        var runs: [Run] = []
        for outgoing in try replica.plan(for: knowledge).sends {
            var rest: SyncPlan.Outgoing? = outgoing
            while let next = rest, let found = try replica.run(of: next) {
                runs.append(found.run)
                rest = found.rest
            }
        }
        return runs
    }

    @discardableResult
    mutating func receive(
        _ run: Run, wall: WallTime = WallTime(milliseconds: 0)
    ) throws -> Reception {
        let reception = try replica.receive(
            run, wall: wall, freshEpoch: .random(in: 1 ... .max))
        if case .batch(let batch) = reception {
            if let mark = replica.markBefore(storing: run) { replica.marked(mark) }
            try commit(batch)
        }
        return reception
    }
}

extension Copy {
    /// Receives all that another copy has without its words; the ids of these.
    mutating func missing(from other: Copy) throws -> [EntryID] {
        for run in try other.runs(for: self) { try receive(run.withoutBodies) }
        return try store.missingBodies(after: nil, limit: .max)
    }
}

extension Run {
    fileprivate var withoutBodies: Run {
        Run(
            log: log, from: from, previous: previous, headers: headers, bodies: bodies.map { _ in [] },
            closing: closing)
    }
}

@Suite struct ReplicaTests {
    private let couple: Couple
    private let scratch: Scratch

    init() throws {
        couple = try Couple()
        scratch = try Scratch()
    }

    private func copy(_ side: Int, _ name: String, mark: Mark? = Mark()) throws -> Copy {
        let store = try Store(path: scratch.path(name))
        return Copy(store: store, replica: try couple.replica(side, store, mark: mark))
    }

    // MARK: Words that are missing

    @Test func `words that count are asked for, however many don't`() throws {
        var (own, other) = (try copy(0, "a"), try copy(1, "b"))
        try own.write(2)
        let counting = Set(try other.missing(from: own))
        let retirement = NewEvent(.retire, retired: own.replica.device)
        try own.commit(own.replica.append([retirement], at: WallTime(milliseconds: 0)))
        // By chance their ids lie before the others', too.
        try own.write(40)
        for run in try own.runs(for: other) { try other.receive(run.withoutBodies) }
        var found: [EntryID] = []
        while let next = try other.replica.missingBodies(after: found.last, limit: 1).first {
            found.append(next)
        }
        #expect(counting.count == 2 && Set(found) == counting)
    }

    @Test func `what a log named of a device is found by the device, whatever else it named`() throws {
        var (own, other) = (try copy(0, "a"), try copy(1, "b"))
        try other.write()
        for run in try other.runs(for: own) { try own.receive(run) }
        try own.write()
        let (log, device) = (own.replica.ownLog, other.replica.device)
        #expect(try own.store.names(device, in: log, through: 1))
        #expect(try !own.store.names(device, in: log, through: 0))
        #expect(try !own.store.names(own.replica.device, in: log, through: 1))
    }

    // MARK: Files

    /// What following runs comes to at a copy, one after the other.
    private func outcomes(_ runs: [Run], at copy: Copy) throws -> [String] {
        var rehearsal = Rehearsal()
        return try runs.map { run in
            "\(try rehearsal.follow(PreparedRun(run, journal: couple.genesis.journal), in: copy.replica))"
        }
    }

    @Test func `runs fit that continue what is here, or what comes before them in the same file`() throws {
        var (own, other) = (try copy(0, "a"), try copy(1, "b"))
        // Heads at every commit, so that each of these is a run of its own.
        var runs: [Run] = []
        for _ in 0..<3 {
            let before = PeerKnowledge(heads: own.replica.heads)
            try own.write()
            runs += try own.runs(lackedBy: before)
        }
        #expect(runs.count == 3)
        #expect(try outcomes(runs, at: other) == ["fits", "fits", "fits"])
        #expect(try outcomes(Array(runs.dropFirst()), at: other) == ["gap", "gap"])
        #expect(try outcomes([runs[0], runs[2]], at: other) == ["fits", "gap"])
        try other.receive(runs[0])
        #expect(try outcomes([runs[1], runs[0], runs[2]], at: other) == ["fits", "fits", "fits"])
    }

    @Test func `a run is refused whose head someone else has signed`() throws {
        var (own, other) = (try copy(0, "a"), try copy(1, "b"))
        try own.write()
        try other.write()
        let (run, strange) = (
            try #require(own.runs(for: other).first), try #require(other.runs(for: own).first)
        )
        let head = Head(
            log: run.log, sequence: run.closing.sequence, hash: run.closing.hash,
            signature: strange.closing.signature)
        let forged = Run(
            log: run.log, from: run.from, previous: run.previous, headers: run.headers, bodies: run.bodies,
            closing: head)
        #expect(try outcomes([forged], at: other) == ["refused"])
    }

    @Test func `a device counts as known that the file itself lets in`() throws {
        var (own, other) = (try copy(0, "a"), try copy(1, "b"))
        let keys = DeviceKeys()
        let person = try #require(own.replica.membership.person(of: own.replica.device))
        let bundle = keys.bundle(of: person)
        let consent = try keys.sign(Membership.consent(of: bundle, journal: couple.genesis.journal))
        try own.commit(
            own.replica.append(
                [NewEvent(.admit, admission: .init(bundle: bundle, signature: consent))],
                at: WallTime(milliseconds: 1_741_380_000_000)))
        let admitting = try own.runs(for: other)
        let store = try Store(path: scratch.path("c"))
        var newcomer = Copy(
            store: store,
            replica: try Replica(
                keys: keys, genesis: couple.genesis, storage: store, segments: [], clock: store.clock(),
                epoch: nil, mark: Mark(), freshEpoch: 5))
        for run in admitting { try newcomer.receive(run) }
        let before = PeerKnowledge(heads: newcomer.replica.heads)
        try newcomer.write(2)
        let written = try newcomer.runs(lackedBy: before)
        // Passed over where nobody has let it in, as in a sync.
        #expect(try outcomes(written, at: other) == ["fits"])
        // The second half of its log is a gap only for those who know it.
        let last = try #require(written.first)
        let half = Run(
            log: last.log, from: 2, previous: last.closing.hash, headers: Array(last.headers.dropFirst()),
            bodies: Array(last.bodies.dropFirst()), closing: last.closing)
        #expect(throws: RunRejection.self) { try outcomes(admitting + [half], at: other) }
        #expect(try outcomes(admitting + written, at: other) == ["fits", "fits"])
        for run in admitting { try other.receive(run) }
        #expect(try outcomes(written, at: other) == ["fits"])
    }

    // MARK: Restored copies

    @Test func `a log goes on in its epoch where nothing was put back`() throws {
        var own = try copy(0, "a")
        try own.write(3)
        let again = try couple.replica(
            0, own.store, mark: Mark([own.replica.epoch: 3], epoch: own.replica.epoch))
        #expect(again.epoch == own.replica.epoch)
    }

    @Test(arguments: ["ends before the mark", "the mark is missing", "the mark names another epoch"])
    func `a database that may have been put back goes on in a new epoch`(why: String) throws {
        var own = try copy(0, "a")
        try own.write(3)
        let epoch = own.replica.epoch
        let mark: Mark? =
            switch why {
            case "ends before the mark": Mark([epoch: 4], epoch: epoch)
            case "the mark is missing": nil
            default: Mark([epoch: 3], epoch: epoch &+ 1)
            }
        let again = try couple.replica(0, own.store, mark: mark)
        #expect(again.epoch != epoch)
        #expect(again.currentMark.epoch == again.epoch)
    }

    @Test func `a lost mark counts as everything handed out`() throws {
        var own = try copy(0, "a")
        try own.write(3)
        let again = try couple.replica(0, own.store, mark: nil)
        #expect(again.mark[own.replica.epoch] == 3)
    }

    @Test func `the mark stands only once its owner says that it is durable`() throws {
        var own = try copy(0, "a")
        try own.write(3)
        let run = try #require(try own.runs(lackedBy: PeerKnowledge()).first)
        let mark = try #require(own.replica.markBefore(handingOut: run))
        #expect(mark[own.replica.epoch] == 3)
        // Saving failed: the next time it is asked for again.
        #expect(own.replica.markBefore(handingOut: run) != nil)
        own.replica.marked(mark)
        #expect(own.replica.markBefore(handingOut: run) == nil)
    }

    @Test func `what nobody had is carried into a new epoch, with its id and its words`() throws {
        var own = try copy(0, "a")
        try own.write(2)
        // A twin writes on from here, and its events are what the others know.
        let twin = try Store(path: scratch.path("twin"))
        var other = Copy(store: twin, replica: try couple.replica(0, twin))
        for run in try own.runs(for: other) { try other.commit(try batch(run, on: other)) }
        try twin.set(epoch: own.replica.epoch)
        other.replica = try couple.replica(0, twin, mark: Mark(epoch: own.replica.epoch))
        try other.write(1, words: 50)
        try own.write(1, words: 9)
        let lost = try own.store.events(
            of: own.replica.ownLog, from: 3, through: 3)[0]
        let old = own.replica.ownLog
        for run in try other.runs(lackedBy: PeerKnowledge()) { try own.receive(run) }
        #expect(own.replica.ownLog != old)
        #expect(own.replica.forest.tips(of: old).count == 1)
        let carried = try own.store.events(
            of: own.replica.ownLog, from: 1, through: 1)
        #expect(carried.map(\.effective.id) == [lost.effective.id])
        #expect(carried.map(\.body) == [lost.body])
    }

    private func batch(_ run: Run, on copy: Copy) throws -> EventBatch {
        guard
            case .batch(let batch) = try copy.replica.receive(
                run, wall: WallTime(milliseconds: 0), freshEpoch: 1)
        else { throw FormatError.malformed }
        return batch
    }

    // MARK: Forks

    @Test func `both branches of a fork get the same names in whatever order they come`() throws {
        var first = try copy(0, "a")
        try first.write(2)
        let epoch = first.replica.epoch
        let twin = try Store(path: scratch.path("twin"))
        try twin.set(epoch: epoch)
        var second = Copy(store: twin, replica: try couple.replica(0, twin, mark: Mark(epoch: epoch)))
        for run in try first.runs(for: second) { try second.commit(try batch(run, on: second)) }
        try twin.set(epoch: epoch)
        second.replica = try couple.replica(0, twin, mark: Mark(epoch: epoch))
        try first.write(2)
        try second.write(3, words: 9)
        var readers = [try copy(1, "x"), try copy(1, "y")]
        for (reader, order) in [[first, second], [second, first]].enumerated() {
            for source in order {
                for run in try source.runs(lackedBy: PeerKnowledge()) { try readers[reader].receive(run) }
            }
        }
        #expect(readers[0].replica.forest.all == readers[1].replica.forest.all)
        #expect(readers[0].replica.forest.tips.count == 2)
        #expect(readers[0].replica.headsDigest == readers[1].replica.headsDigest)
        for reader in readers {
            // What is remembered is what is on the disk.
            #expect(LogForest(try reader.store.segments()).all == reader.replica.forest.all)
        }
    }

    @Test func `a fork at the very beginning leaves no empty stretch behind`() throws {
        var first = try copy(0, "a")
        let epoch = first.replica.epoch
        let twin = try Store(path: scratch.path("twin"))
        try twin.set(epoch: epoch)
        var second = Copy(store: twin, replica: try couple.replica(0, twin, mark: Mark(epoch: epoch)))
        try first.write(1)
        try second.write(1, words: 9)
        var reader = try copy(1, "x")
        for _ in 0..<2 {
            for source in [first, second] {
                for run in try source.runs(lackedBy: PeerKnowledge()) { try reader.receive(run) }
            }
        }
        #expect(try reader.store.rows() == 2)
        #expect(LogForest(try reader.store.segments()).all == reader.replica.forest.all)
    }

    // MARK: Limits

    @Test func `of each device no more new logs are taken on a day, and all of them in the end`() throws {
        var reader = try copy(1, "x")
        var runs = try (0..<18).map { number in
            var writer = try copy(0, "w\(number)")
            try writer.write(1)
            return try #require(try writer.runs(lackedBy: PeerKnowledge()).first)
        }
        for day in 0..<5 as Range<Int64> {
            let wall = WallTime(milliseconds: 1_741_380_000_000 + day * Door.length)
            var left: [Run] = []
            for run in runs {
                switch try reader.receive(run, wall: wall) {
                case .batch: break
                case .later: left.append(run)
                default: Issue.record("neither taken nor put off")
                }
            }
            #expect(runs.count - left.count == min(Limits.dailyLogs, runs.count))
            runs = left
            // A restart changes nothing, and what is here already can always be continued.
            #expect(try couple.replica(1, reader.store).door == reader.replica.door)
        }
        #expect(runs.isEmpty && reader.replica.forest.trunks.count == 18)
    }

    @Test func `events that came with one branch can be relayed to one who lacks the other`() throws {
        // One head at the end of each branch, and none where they part.
        let keys = couple.keys[0]
        let log = LogID(device: keys.device, epoch: 7)
        func run(_ count: Int, from: UInt64, after previous: Digest, zone: Int32) throws -> Run {
            var header = EventHeader(kind: .account)
            header.zone = zone
            let bytes = try header.encoded()
            let hashes = (0..<count).reduce(into: [previous]) { hashes, index in
                hashes.append(
                    EventHeader.hash(
                        of: bytes, journal: couple.genesis.journal, log: log, sequence: from + UInt64(index),
                        previous: hashes[index]))
            }
            let head = try Head.sign(
                log: log, sequence: from + UInt64(count) - 1, hash: hashes[count],
                journal: couple.genesis.journal, by: keys)
            middles[from] = hashes[min(count, 500)]
            return Run(
                log: log, from: from, previous: previous, headers: Array(repeating: bytes, count: count),
                bodies: Array(repeating: [], count: count), closing: head)
        }
        var middles: [UInt64: Digest] = [:]
        let first = try run(1_000, from: 1, after: .zero, zone: 0)
        let middle = try #require(middles[1])
        let second = try run(1_000, from: 501, after: middle, zone: 1)
        var relay = try copy(1, "a")
        for run in [first, second] { try relay.receive(run) }
        var reader = try copy(1, "b")
        for run in try relay.runs(lackedBy: PeerKnowledge()) { try reader.receive(run) }
        #expect(reader.replica.headsDigest == relay.replica.headsDigest)
        #expect(reader.replica.forest.tips.count == 2)
    }

    @Test func `a run of more bytes than anyone can relay is refused`() throws {
        func run(_ count: Int, of length: Int) -> WireRun {
            var wire = WireRun()
            wire.device = couple.keys[0].device.bytes.wireBytes
            wire.epoch = 1
            wire.from = 1
            wire.previous = Digest.zero.bytes.wireBytes
            wire.headers = (0..<count).map { _ in [UInt8](repeating: 0, count: length).wireBytes }
            wire.bodies = (0..<count).map { _ in [UInt8]().wireBytes }
            wire.closing =
                Head(
                    log: LogID(device: couple.keys[0].device, epoch: 1), sequence: UInt64(count), hash: .zero,
                    signature: [UInt8](repeating: 0, count: 64)
                ).wire
            return wire
        }
        // 496 × (2,104 + 8), and one more byte in each of them.
        #expect(try Run(run(496, of: 2_104)).length == Limits.runBytes)
        #expect(throws: RunRejection.tooLong) { try Run(run(496, of: 2_105)) }
    }

    @Test func `every event that can be written can be relayed, with its words and without`() throws {
        let lengths = [0, 1, 4_000, 130_000, Limits.body - 64]
        let references = (0..<UInt64(Limits.references)).map { Reference(EntryID(high: 1, low: $0)) }
        for (number, (many, words)) in [1, 3, 20].flatMap({ many in lengths.map { (many, $0) } }).enumerated()
        {
            let writer = try copy(0, "w\(number)")
            let events = try (0..<many).map { _ in
                let body =
                    words == 0
                    ? nil : try Body([Field(.text, String(repeating: "x", count: words))], salt: [])
                return NewEvent(.amends, references: references, body: body)
            }
            var own = writer
            try own.commit(own.replica.append(events, at: WallTime(milliseconds: 0)))
            var relay = try copy(1, "r\(number)")
            let runs = try own.runs(lackedBy: PeerKnowledge())
            for run in runs {
                #expect(run.length <= Limits.runBytes)
                let isLate = number.isMultiple(of: 2)
                try relay.receive(isLate ? run.withoutBodies : run)
            }
            let missing = try relay.store.missingBodies(after: nil, limit: .max)
            try relay.commit(relay.replica.receive(bodies: own.store.bodies(of: missing).map { ($0, $1) }))
            #expect(try relay.store.missingBodies(after: nil, limit: 1).isEmpty)
            let relayed = try relay.runs(lackedBy: PeerKnowledge())
            #expect(relayed.reduce(0) { $0 + $1.headers.count } == many)
            #expect(relayed.allSatisfy { $0.length <= Limits.runBytes })
        }
    }

    @Test func `a header finds room for what was seen, however many logs there are`() throws {
        let store = try Store(path: scratch.path("a"))
        let segments = (0..<200).map { number in
            LogForest.Segment(
                log: LogID(device: DeviceID(high: 9, low: UInt64(number)), epoch: .max), parent: nil,
                end: .max, hash: .zero, head: nil)
        }
        let replica = try Replica(
            keys: couple.keys[0], genesis: couple.genesis, storage: store, segments: segments,
            clock: HybridClock(last: Stamp(0)), epoch: 1, mark: Mark(epoch: 1), freshEpoch: 1)
        let references = (0..<UInt64(Limits.references)).map {
            Reference(EntryID(high: 1, low: $0), wording: EntryID(high: 2, low: $0))
        }
        let batch = try replica.append(
            (0..<40).map { _ in NewEvent(.amends, references: Array(references.prefix(20))) },
            at: WallTime(milliseconds: 0))
        let told = batch.events.flatMap(\.effective.header.seen)
        #expect(batch.events.allSatisfy { $0.headerBytes.count <= Limits.writtenHeader })
        // None is told twice, and in the end each was told once.
        #expect(told.count == 200 && Set(told).count == 200)
    }

    @Test func `words that came late don't keep a log from being relayed`() throws {
        var writer = try copy(0, "a")
        try writer.write(1_000, words: 300)
        var relay = try copy(1, "b")
        for run in try writer.runs(lackedBy: PeerKnowledge()) {
            let bare = Run(
                log: run.log, from: run.from, previous: run.previous, headers: run.headers,
                bodies: run.bodies.map { _ in [] }, closing: run.closing)
            try relay.receive(bare)
        }
        let missing = try relay.store.missingBodies(after: nil, limit: .max)
        #expect(missing.count == 1_000)
        // Longer together than a run may be, with no head in between.
        let found = try writer.store.bodies(of: missing)
        try relay.commit(relay.replica.receive(bodies: found.map { ($0.key, $0.value) }))
        #expect(try relay.store.missingBodies(after: nil, limit: 1).isEmpty)
        let relayed = try relay.runs(lackedBy: PeerKnowledge())
        #expect(relayed.reduce(0) { $0 + $1.headers.count } == 1_000)
    }
}
