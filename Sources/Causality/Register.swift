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

/// A last-writer-wins register that forgets nothing.
///
/// A write is superseded if another write of the same register had seen it. Among the unsuperseded ones the
/// greatest ``Precedence`` wins; the others were written apart and stay readable. So a later edit wins by having
/// seen the earlier one and not by its clock. Keeping one running winner instead of the unsuperseded set would make
/// the result depend on the order of arrival.
package struct Register<Write> {
    /// The write that is shown; nil only if nothing was ever written.
    package let winner: Write?
    /// The other unsuperseded writes, greatest precedence first.
    package let apart: [Write]
    /// What some other write had seen: history.
    package let superseded: [Write]

    /// Resolves a set of writes, in whatever order they are given.
    ///
    /// - Parameters:
    ///   - precedence: the total order among writes that had not seen each other.
    ///   - isSuperseded: whether the first write was seen by the second one. Never asked of a write and itself.
    package init(
        _ writes: [Write],
        precedence: (Write) -> Precedence,
        isSuperseded: (_ earlier: Write, _ later: Write) -> Bool
    ) {
        var standing: [Write] = []
        var superseded: [Write] = []
        let ordered = writes.sorted { precedence($0) > precedence($1) }
        for (index, write) in ordered.enumerated() {
            let seen = ordered.indices.contains { $0 != index && isSuperseded(write, ordered[$0]) }
            if seen { superseded.append(write) } else { standing.append(write) }
        }
        self.init(standing: standing, superseded: superseded)
    }

    /// A register as it was resolved.
    ///
    /// - Parameter standing: the unsuperseded writes, the winner first.
    package init(standing: [Write], superseded: [Write]) {
        winner = standing.first
        apart = Array(standing.dropFirst())
        self.superseded = superseded
    }
}

extension Register: Sendable where Write: Sendable {}
extension Register: Equatable where Write: Equatable {}
