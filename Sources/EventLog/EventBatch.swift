package import Causality
package import Journal

/// Everything that changes at once: committed in one transaction, or not at all.
package struct EventBatch: Sendable {
    /// A stretch that turned out to have a fork in it.
    package struct Split: Sendable {
        /// The stretch as it was named so far.
        package let log: LogID
        /// The last event that keeps this name; zero if none does.
        package let sequence: UInt64
        /// That event's hash.
        package let hash: Digest
        /// The last head that stays with it.
        package let head: Head?
        /// The new name of the events behind it.
        package let continuation: LogID
    }

    /// Events of one's own that nobody ever saw, on a log that others know differently: taken out, to be carried.
    package struct Truncation: Sendable {
        /// The stretch.
        package let log: LogID
        /// The last event that stays.
        package let sequence: UInt64
        /// That event's hash.
        package let hash: Digest
        /// The last head that stays.
        package let head: Head?
    }

    /// A batch that changes nothing.
    package init() {}

    /// Forks found, applied before anything is added.
    package var splits: [Split] = []
    /// Events taken out, after the splits.
    package var truncations: [Truncation] = []
    /// Events added, each behind those that it follows.
    package var events: [StoredEvent] = []
    /// For each stretch that begins with these events, what it continues.
    package var parents: [LogID: Position] = [:]
    /// Heads by the stretch in which their event stands.
    package var heads: [(log: LogID, head: Head)] = []
    /// Bodies that come after their headers.
    package var bodies: [(id: EntryID, bytes: [UInt8])] = []
    /// The clock after this.
    package var clock = Stamp(0)
    /// The epoch in which this device writes from here on.
    package var epoch: UInt64 = 0
    /// How many new logs and branches were taken today, if this batch begins one of them.
    package var door: Door?
    /// How the events came.
    package var isLocal = false
    /// Whether they were written here by taking in a file.
    package var isImported = false

    /// This batch and then another one that was made after it was applied, in one transaction.
    package func followed(by later: EventBatch) -> EventBatch {
        var whole = later
        whole.splits = splits + later.splits
        whole.truncations = truncations + later.truncations
        whole.events = events + later.events
        whole.parents = parents.merging(later.parents) { first, _ in first }
        whole.heads = heads + later.heads
        whole.bodies = bodies + later.bodies
        whole.door = later.door ?? door
        return whole
    }

    /// Whether nothing changes.
    package var isEmpty: Bool { splits.isEmpty && truncations.isEmpty && events.isEmpty && bodies.isEmpty }
}
