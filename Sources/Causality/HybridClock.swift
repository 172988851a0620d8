/// A moment of a hybrid clock: milliseconds since 1970 in the upper 48 bits, a counter in the lower 16.
///
/// Any value is legal in an event and is only ever compared.
package struct Stamp: Hashable, Comparable, Sendable {
    /// The moment as one number.
    package let rawValue: UInt64

    /// A stamp from its number.
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// The first stamp of a millisecond; times before 1970 count as 1970, those past the range as its end.
    package init(milliseconds: Int64) {
        // Can't trap: held to 48 bits.
        rawValue = UInt64(min(max(milliseconds, 0), 1 << 48 - 1)) << 16
    }

    /// Milliseconds since 1970.
    // Can't trap: 48 bits.
    package var milliseconds: Int64 { Int64(rawValue >> 16) }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A hybrid logical clock (Kulkarni et al., 2014) that no one's wrong clock can poison.
///
/// It follows the wall clock and never repeats or falls behind what it has seen, with one exception: a stamp more
/// than one day beyond the wall clock is not taken over, not even its own last one. So a device whose clock was
/// once set to 2099 heals as soon as the clock is right, and nobody else catches it.
package struct HybridClock: Sendable {
    /// How far beyond the wall clock a stamp may lie to be taken over: one day, in milliseconds.
    package static let tolerance: Int64 = 86_400_000

    /// The greatest stamp given out or taken over.
    package private(set) var last: Stamp

    /// A clock that goes on from a stored stamp.
    package init(last: Stamp = Stamp(0)) { self.last = last }

    /// The stamp of a new event, greater than all that came before within tolerance.
    package mutating func tick(wall milliseconds: Int64) -> Stamp {
        let physical = Stamp(milliseconds: milliseconds)
        if last <= Self.horizon(milliseconds), last >= physical {
            last = Stamp(last.rawValue + 1)
        } else {
            last = physical
        }
        return last
    }

    /// Takes over the stamp of an event from elsewhere, if it is within tolerance.
    package mutating func observe(_ stamp: Stamp, wall milliseconds: Int64) {
        let horizon = Self.horizon(milliseconds)
        guard stamp <= horizon else { return }
        if stamp > last || last > horizon { last = stamp }
    }

    private static func horizon(_ milliseconds: Int64) -> Stamp {
        // A wall clock near Int64.max must not overflow; such a clock is past the range of stamps anyway.
        let (sum, overflow) = max(milliseconds, 0).addingReportingOverflow(tolerance)
        return Stamp(milliseconds: overflow ? milliseconds : sum)
    }
}
