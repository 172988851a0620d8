/// A place in the timeline: immutable and the same everywhere.
///
/// Ordered by (`at`, stamp, device, epoch, sequence, branch), epochs as unsigned numbers.
package struct TimelineKey: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970.
    package let at: Int64
    /// The hybrid clock's moment, which decides at the same `at`.
    package let stamp: Stamp
    /// The event's place in its log, which decides where both are the same.
    package let position: Position

    /// A place from its parts.
    package init(at: Int64, stamp: Stamp, position: Position) {
        (self.at, self.stamp, self.position) = (at, stamp, position)
    }

    package static func < (left: Self, right: Self) -> Bool {
        if left.at != right.at { return left.at < right.at }
        if left.stamp != right.stamp { return left.stamp < right.stamp }
        let (one, other) = (left.position, right.position)
        if one.log.device != other.log.device { return one.log.device < other.log.device }
        if one.log.epoch != other.log.epoch { return one.log.epoch < other.log.epoch }
        return (one.sequence, one.log.branch) < (other.sequence, other.log.branch)
    }
}
