package import Causality
package import Wire

/// Whether a person goes on sharing with the other one: what that person's own devices tell each other, and nobody else.
///
/// No event: the other person only sees that nobody is connected.
package struct Partnership: Hashable, Sendable {
    /// When it was decided, by the hybrid clock of the device on which it was.
    package let stamp: Stamp
    /// Whether nothing goes to the partner's devices or comes from them.
    package let isApart: Bool

    /// Together from the beginning.
    package static let initial = Partnership(stamp: Stamp(0), isApart: false)

    /// A decision from its parts.
    package init(stamp: Stamp, isApart: Bool) {
        self.stamp = stamp
        self.isApart = isApart
    }

    /// A stored decision; nil if the bytes are none.
    package init?(bytes: [UInt8]) {
        guard let wire = try? WirePartnership(decoding: bytes) else { return nil }
        self.init(wire)
    }

    /// The bytes to be stored.
    package func encoded() throws(EncodingError) -> [UInt8] { try wire.encodedBytes() }

    init(_ wire: WirePartnership) { self.init(stamp: Stamp(wire.stamp), isApart: wire.apart) }

    var wire: WirePartnership {
        var wire = WirePartnership()
        wire.stamp = stamp.rawValue
        wire.apart = isApart
        return wire
    }

    /// The later of two decisions; of two at once the one to be apart.
    package func merged(with other: Self) -> Self {
        (stamp.rawValue, isApart ? 1 : 0) >= (other.stamp.rawValue, other.isApart ? 1 : 0) ? self : other
    }
}
