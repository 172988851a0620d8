package import Causality

import Crypto

/// The bytes under a hash or signature: a label, then parts of which each says its length.
package struct Transcript {
    /// The bytes so far.
    package private(set) var bytes: [UInt8]

    /// An empty transcript for one purpose.
    package init(_ label: Label) {
        bytes = []
        bytes.reserveCapacity(512)
        append(Array(label.rawValue.utf8))
    }

    /// Adds bytes, behind their length as 32 bits.
    package mutating func append(_ part: some Collection<UInt8>) {
        // Can't trap: parts are hashes, headers, bodies and chunks, of some MiB at most.
        let count = UInt32(part.count)
        // Safe: the bytes of a local value, read before it goes.
        unsafe withUnsafeBytes(of: count.bigEndian) { unsafe bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: part)
    }

    /// Adds a number as 64 bits.
    package mutating func append(_ number: UInt64) { bytes.append(bigEndian: number) }

    /// Adds a digest.
    package mutating func append(_ digest: Digest) { digest.append(to: &bytes) }

    /// Adds an identifier.
    package mutating func append<Subject>(_ id: Identifier<Subject>) {
        bytes.append(bigEndian: id.high)
        bytes.append(bigEndian: id.low)
    }

    /// SHA-256 of all of it.
    package var digest: Digest { Digest(SHA256.hash(data: bytes)) }
}
