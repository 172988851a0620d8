/// Which of several writes nobody had seen yet goes first: the greatest wins.
///
/// The stamp decides, and what follows makes the order total, the same everywhere.
package struct Precedence: Hashable, Comparable, Sendable {
    /// The hybrid clock's moment at which it was written.
    package let stamp: Stamp
    /// Where it stands.
    package let position: Position

    /// A precedence from stamp and place.
    package init(stamp: Stamp, position: Position) {
        self.stamp = stamp
        self.position = position
    }

    package static func < (left: Self, right: Self) -> Bool {
        if left.stamp != right.stamp { return left.stamp < right.stamp }
        let (mine, other) = (left.position, right.position)
        if mine.log.device != other.log.device { return mine.log.device < other.log.device }
        if mine.log.epoch != other.log.epoch { return mine.log.epoch < other.log.epoch }
        if mine.sequence != other.sequence { return mine.sequence < other.sequence }
        return mine.log.branch < other.log.branch
    }
}

/// A last-writer-wins register.
///
/// In its own log a later write supersedes every earlier one, so of each log only the last write is asked. It is
/// superseded if the last write of another log had seen it. Among the unsuperseded ones the greatest ``Precedence``
/// wins; the others were written apart and stay readable. So a later edit wins by having seen the earlier one and not
/// by its clock. Keeping one running winner instead of the unsuperseded set would make the result depend on the order
/// of arrival. What was superseded is history: the log keeps it, the register does not.
package struct Register<Write> {
    /// The write that is shown; nil only if nothing was ever written.
    package let winner: Write?
    /// The other unsuperseded writes, greatest precedence first.
    package let apart: [Write]

    /// Resolves a set of writes, in whatever order they are given: linear in the writes, quadratic in the logs.
    ///
    /// - Parameters:
    ///   - places: all places of a write, one for each log that has it.
    ///   - precedence: the total order among writes that had not seen each other.
    ///   - isSuperseded: whether the first write was seen by the second one. Never asked of a write and itself, and
    ///     only of the last ones of their logs.
    package init(
        _ writes: [Write],
        places: (Write) -> [Position],
        precedence: (Write) -> Precedence,
        isSuperseded: (_ earlier: Write, _ later: Write) -> Bool
    ) {
        let ordered = Self.latest(of: writes, places: places, precedence: precedence)
            .sorted { precedence($0) > precedence($1) }
        let standing = ordered.indices.filter { index in
            !ordered.indices.contains { $0 != index && isSuperseded(ordered[index], ordered[$0]) }
        }
        // Only a device that carries its events can claim that they have all seen each other.
        self.init(standing: standing.isEmpty ? Array(ordered.prefix(1)) : standing.map { ordered[$0] })
    }

    /// A register as it was resolved.
    ///
    /// - Parameter standing: the unsuperseded writes, the winner first.
    package init(standing: [Write]) {
        winner = standing.first
        apart = Array(standing.dropFirst())
    }

    /// The last write of each log: the only ones that can stand. One that was also carried into a later log has to be
    /// the last in both; where logs have them in different orders, so that none is, the greatest precedence is left.
    package static func latest(
        of writes: [Write], places: (Write) -> [Position], precedence: (Write) -> Precedence
    ) -> [Write] {
        guard writes.count > 1 else { return writes }
        var ends: [LogID: UInt64] = [:]
        for write in writes {
            for place in places(write) { ends[place.log] = max(ends[place.log] ?? 0, place.sequence) }
        }
        let latest = writes.filter { places($0).allSatisfy { ends[$0.log] == $0.sequence } }
        guard latest.isEmpty else { return latest }
        return writes.max { precedence($0) < precedence($1) }.map { [$0] } ?? []
    }
}

extension Register: Sendable where Write: Sendable {}
extension Register: Equatable where Write: Equatable {}
