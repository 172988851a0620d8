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
    @Test(arguments: [UInt64(1), 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14])
    func `what is kept equals what is derived from the whole log, whatever was committed between`(
        seed: UInt64
    ) throws {
        let scratch = try Scratch()
        let store = try Store(path: scratch.path("j"))
        var world = try World(seed: seed)
        let follower = Follower(
            store: store, keys: world.keys(of: 0), genesis: world.genesis, seed: seed)
        world.mirror(0, follower.commit)
        try world.run()
        if let failure = follower.failure { throw failure }
        #expect(try follower.replica().headsDigest == world.headsDigest(of: 0))
        try follower.compare(all: true)
        #expect(follower.hits > 0 && follower.misses > 0)
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
            keys: keys, genesis: genesis, storage: store, segments: store.segments(), claims: store.claims(),
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
