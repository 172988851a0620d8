import Causality
import EventLog
import Journal
import Simulator
import Store
import TestSupport
import Testing

@Suite struct StandingTests {
    /// Follows a device of a simulated world with a real store, reads now and then, and compares what is kept with
    /// what the whole log comes to.
    @Test func `what is kept equals what is derived from the whole log, whatever was committed between`()
        throws
    {
        var (hits, misses) = (0, 0)
        for seed in UInt64(1)...16 {
            let scratch = try Scratch()
            let store = try Store(path: scratch.path("j"))
            var world = try World(seed: seed)
            let follower = Follower(
                store: store, keys: world.keys(of: 0), genesis: world.genesis, seed: seed)
            world.mirror(0, follower.commit)
            try world.run()
            if let failure = follower.failure { throw failure }
            #expect(try follower.replica().headsDigest == world.headsDigest(of: 0), "seed \(seed)")
            try follower.compare(all: true)
            hits += follower.hits
            misses += follower.misses
        }
        // Otherwise nothing was compared.
        #expect(hits > 50 && misses > 50, "\(hits) read as kept, \(misses) derived anew")
    }

    /// Priya's rest names an event of Elin's that has not come yet. When it does, in another rift, the rest turns out to
    /// have seen the hurt: what was kept of the first rift is no longer true, though nothing of it came.
    @Test func `an event that was named before it came changes rifts that it is no part of`() throws {
        let scratch = try Scratch()
        let couple = try Couple()
        var elin = try Copy(of: couple, side: 0, in: Store(path: scratch.path("elin")))
        var priya = try Copy(of: couple, side: 1, in: Store(path: scratch.path("priya")))
        var reader = try Copy(readerOf: couple, in: Store(path: scratch.path("reader")))
        func standing() throws -> Standing {
            try reader.replica.standing(ofRift: rift, joins: reader.replica.joins())
        }

        let rift = try elin.write(NewEvent(.rift))
        try elin.write(NewEvent(.hurt, rift: rift))
        try elin.write(NewEvent(.rest, rift: rift))
        try elin.write(NewEvent(.rift))
        try priya.take(from: elin, through: 4)
        try priya.write(NewEvent(.rest, rift: rift))

        try reader.take(from: elin, through: 3)
        try reader.take(from: priya, through: 1)
        let early = try standing()
        #expect(early.state == .spoken)
        try reader.store.keep([(early, [rift])])
        try reader.take(from: elin, through: 4)
        #expect(try reader.store.standing(of: rift) == nil)
        #expect(try standing().state == .resting)
    }

    /// Whoever could name any number of a retired device's log would have seen all of it, and outvoted what they never had.
    @Test func `an event behind a cut that is named and not here proves nothing`() throws {
        let scratch = try Scratch()
        let couple = try Couple()
        var elin = try Copy(of: couple, side: 0, in: Store(path: scratch.path("elin")))
        var priya = try Copy(of: couple, side: 1, in: Store(path: scratch.path("priya")))
        var reader = try Copy(readerOf: couple, in: Store(path: scratch.path("reader")))
        func state() throws -> RiftState {
            try reader.replica.standing(ofRift: rift, joins: reader.replica.joins()).state
        }

        let rift = try elin.write(NewEvent(.rift))
        try elin.write(NewEvent(.hurt, rift: rift))
        try elin.write(NewEvent(.rest, rift: rift))
        try elin.write(NewEvent(.retire, retired: elin.replica.device))
        try elin.write(NewEvent(.rift))
        try priya.take(from: elin)
        try priya.write(NewEvent(.rest, rift: rift))

        try reader.take(from: elin, through: 4)
        try reader.take(from: priya)
        #expect(reader.replica.membership.cuts[elin.replica.device] != nil)
        #expect(try state() == .spoken)
        try reader.take(from: elin)
        #expect(try state() == .resting)
    }

    @Test func `of many names of a device as many are read as there are logs`() throws {
        let scratch = try Scratch()
        let couple = try Couple()
        var elin = try Copy(of: couple, side: 0, in: Store(path: scratch.path("elin")))
        let subject = elin.replica.device.bytes
        var last: EntryID?
        for _ in 0..<50 { last = try elin.write(NewEvent(.deviceName, subject: subject)) }
        try elin.write(NewEvent(.personName, subject: subject))
        let log = elin.replica.ownLog
        #expect(
            try elin.store.names(.deviceName, of: subject, in: [(log, .max)]).map(\.effective.id) == [last])
        #expect(
            try elin.store.names(.deviceName, of: subject, in: [(log, 7)]).map(\.position.sequence) == [7])
        let person = try #require(elin.replica.membership.person(of: elin.replica.device))
        #expect(elin.replica.counting(of: person).map(\.end) == [51])
    }

    @Test func `what names a device or says that others are one outdates no other rift`() throws {
        let scratch = try Scratch()
        let couple = try Couple()
        var elin = try Copy(of: couple, side: 0, in: Store(path: scratch.path("elin")))
        let (left, right, other) = (
            try elin.write(NewEvent(.rift)), try elin.write(NewEvent(.rift)), try elin.write(NewEvent(.rift))
        )
        for rift in [left, right, other] {
            let joins = try elin.replica.joins()
            try elin.store.keep([(try elin.replica.standing(ofRift: rift, joins: joins), [rift])])
        }
        try elin.write(NewEvent(.deviceName, subject: elin.replica.device.bytes))
        #expect(try elin.store.keptRifts().count == 3)
        try elin.write(NewEvent(.sameAs, rift: left, references: [Reference(right)]))
        #expect(try elin.store.keptRifts() == [other])
    }

    @Test func `an event that was named before it came outdates what was derived only when it comes`() throws
    {
        let scratch = try Scratch()
        let couple = try Couple()
        var elin = try Copy(of: couple, side: 0, in: Store(path: scratch.path("elin")))
        var priya = try Copy(of: couple, side: 1, in: Store(path: scratch.path("priya")))
        var reader = try Copy(readerOf: couple, in: Store(path: scratch.path("reader")))
        let rift = try elin.write(NewEvent(.rift))
        try elin.write(NewEvent(.rift))
        try priya.take(from: elin)
        // Names Elin's second event, of which the reader has the first only.
        try priya.write(NewEvent(.rift))
        try reader.take(from: elin, through: 1)
        try reader.store.keep([
            (try reader.replica.standing(ofRift: rift, joins: reader.replica.joins()), [rift])
        ])
        try reader.take(from: priya)
        #expect(try reader.store.keptRifts() == [rift])
        try reader.take(from: elin)
        #expect(try reader.store.keptRifts().isEmpty)
    }
}

/// A store that is committed to as the virtual disk is.
private final class Follower {
    let store: Store
    let keys: DeviceKeys
    let genesis: Genesis
    private var generator: SeededGenerator
    private(set) var failure: (any Error)?
    /// How often something kept was there, and how often it had to be derived.
    private(set) var (hits, misses) = (0, 0)

    init(store: Store, keys: DeviceKeys, genesis: Genesis, seed: UInt64) {
        self.store = store
        self.keys = keys
        self.genesis = genesis
        generator = SeededGenerator(seed: seed)
    }

    func replica() throws -> Replica<Store> {
        try Replica(
            keys: keys, genesis: genesis, storage: store, segments: store.segments(),
            clock: store.clock(), epoch: store.epoch(), mark: Mark(), freshEpoch: 1)
    }

    func commit(_ batch: EventBatch) {
        guard failure == nil else { return }
        do {
            try store.commit(batch)
            try compare(all: false)
        } catch {
            failure = error
        }
    }

    func compare(all: Bool) throws {
        let replica = try replica()
        let joins = try replica.joins()
        for rift in try Set(store.rifts()).sorted() where all || Int.random(in: 0..<3, using: &generator) == 0
        {
            let derived = try replica.standing(ofRift: rift, joins: joins)
            if let kept = try store.standing(of: rift) {
                hits += 1
                try #require(kept == derived)
            } else {
                misses += 1
                try store.keep([(derived, joins.component(of: rift))])
                try #require(try store.standing(of: rift) == derived)
            }
        }
    }
}
