import Causality
package import EventLog
package import Journal
package import Store

/// One device's copy of a journal in a store, for tests that pass single logs on by hand.
package struct Copy {
    private static let wall = WallTime(milliseconds: 1_741_380_000_000)

    /// Where it is kept.
    package let store: Store
    /// What it is.
    package private(set) var replica: Replica<Store>

    /// A copy of a founding device.
    package init(of couple: Couple, side: Int, in store: Store) throws {
        self.store = store
        replica = try couple.replica(side, store)
    }

    /// An empty copy of a device that founded nothing.
    package init(readerOf couple: Couple, in store: Store) throws {
        self.store = store
        replica = try Replica(
            keys: DeviceKeys(), genesis: couple.genesis, storage: store, segments: [], clock: store.clock(),
            epoch: nil, mark: Mark(), freshEpoch: 1)
    }

    /// Writes an event, and returns its id.
    @discardableResult
    package mutating func write(_ event: NewEvent) throws -> EntryID {
        let batch = try replica.append([event], at: Self.wall)
        try store.commit(batch)
        try replica.applied(batch)
        return batch.events[0].effective.id
    }

    /// Takes in another device's own log, up to a number or whole; false where it was not taken in.
    @discardableResult
    package mutating func take(from other: Copy, through: UInt64 = .max) throws -> Bool {
        let log = other.replica.ownLog
        let end = min(through, other.replica.forest[log]?.end ?? 0)
        let outgoing = SyncPlan.Outgoing(
            end: Position(log: log, sequence: end), after: replica.forest[log]?.end ?? 0)
        guard let run = try other.replica.run(of: outgoing)?.run,
            case .batch(let batch) = try replica.receive(run, wall: Self.wall, freshEpoch: 1)
        else { return false }
        try store.commit(batch)
        try replica.applied(batch)
        return true
    }
}
