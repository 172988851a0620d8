/// A 16-byte identifier, typed by what it names.
///
/// Ordered as its bytes are. Everything that is referred to across devices is named like this:
/// devices, persons and entries by the first 16 bytes of a SHA-256, so that names cannot be chosen.
package struct Identifier<Subject>: Hashable, Comparable, Sendable {
    /// The first eight bytes, big-endian.
    package let high: UInt64
    /// The last eight bytes, big-endian.
    package let low: UInt64

    /// An identifier from its two halves.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// An identifier from exactly 16 bytes; nil for any other length.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self.init(prefix: bytes)
    }

    /// An identifier from the first 16 bytes of a digest.
    ///
    /// - Precondition: there are at least 16 bytes. Callers pass digests, whose length is fixed.
    package init(prefix bytes: some Collection<UInt8>) {
        // In place, where the bytes lie in a row: a million headers are read in a few seconds, with some in each.
        let read = bytes.withContiguousStorageIfAvailable { buffer in
            unsafe Self(bytes: UnsafeRawBufferPointer(buffer))
        }
        if let read {
            self = read
        } else {
            let bytes = Array(bytes)
            self = unsafe bytes.withUnsafeBytes { unsafe Self(bytes: $0) }
        }
    }

    /// Safe: looks first whether there are so many.
    private init(bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count >= 16)
        self.init(
            high: UInt64(bigEndian: unsafe bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    /// An identifier from 32 hexadecimal digits; nil for anything else.
    package init?(hexadecimal text: some StringProtocol) {
        guard text.utf8.count == 32 else { return nil }
        guard let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16),
            text.utf8.first != UInt8(ascii: "+"), !text.suffix(16).hasPrefix("+")
        else { return nil }
        self.init(high: high, low: low)
    }

    /// The 16 bytes.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        for half in [high, low] {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: half >> shift))
            }
        }
        return bytes
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension Identifier: CustomStringConvertible {
    /// 32 hexadecimal digits.
    package var description: String { Self.hexadecimal(high) + Self.hexadecimal(low) }

    /// The first eight hexadecimal digits, as people see it.
    package var short: String { String(description.prefix(8)) }

    private static func hexadecimal(_ half: UInt64) -> String {
        let digits = String(half, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// What a ``DeviceID`` names.
package enum DeviceSubject {}

/// The first 16 bytes of SHA-256 of a device's event key.
package typealias DeviceID = Identifier<DeviceSubject>

/// What a ``NetworkID`` names.
package enum NetworkSubject {}

/// The first 16 bytes of SHA-256 of what a network is told apart by.
package typealias NetworkID = Identifier<NetworkSubject>
