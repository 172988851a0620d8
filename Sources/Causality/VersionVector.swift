/// What a device had at some moment: for each log, the highest sequence number of a gapless prefix.
///
/// An absent log counts as zero, and zero is never stored, so equality is plain. Deliberately not `Comparable`:
/// the order is partial.
package struct VersionVector: Hashable, Sendable {
    private var entries: [LogID: UInt64] = [:]

    /// The empty vector: nothing of any log.
    package init() {}

    /// A vector from sequence numbers by log.
    package init(_ entries: [LogID: UInt64]) {
        self.entries = entries.filter { $0.value > 0 }
    }

    /// The sequence number for a log; zero where nothing of it is there.
    package subscript(log: LogID) -> UInt64 {
        get { entries[log] ?? 0 }
        set { entries[log] = newValue == 0 ? nil : newValue }
    }

    /// The logs of which anything is there, in no particular order.
    package var logs: some Collection<LogID> { entries.keys }

    /// Whether the event at a place was there.
    package func includes(_ position: Position) -> Bool {
        position.sequence <= self[position.log]
    }

    /// Raises one log to a sequence number, never lowers it.
    package mutating func raise(_ log: LogID, to sequence: UInt64) {
        if sequence > self[log] { self[log] = sequence }
    }

    /// The least vector that contains both: the greater number of each log.
    package func merged(with other: Self) -> Self {
        var result = self
        for (log, sequence) in other.entries { result.raise(log, to: sequence) }
        return result
    }

    /// The greatest vector that both contain: the lesser number of each log.
    package func common(with other: Self) -> Self {
        Self(entries.reduce(into: [:]) { $0[$1.key] = min($1.value, other[$1.key]) })
    }

    /// How this vector lies to another one.
    package func causalOrder(comparedTo other: Self) -> CausalOrder {
        let less = entries.contains { $0.value > other[$0.key] }
        let greater = other.entries.contains { $0.value > self[$0.key] }
        return switch (less, greater) {
        case (false, false): .equal
        case (false, true): .before
        case (true, false): .after
        case (true, true): .concurrent
        }
    }
}
