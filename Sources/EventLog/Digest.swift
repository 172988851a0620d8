package import Causality
package import Crypto

/// A SHA-256: 32 bytes, held as four words so that comparing and storing one allocates nothing.
package struct Digest: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// A digest from exactly 32 bytes; nil for any other length.
    package init?(_ bytes: some Collection<UInt8>) {
        // In place, where the bytes lie in a row, as they nearly always do.
        let read = bytes.withContiguousStorageIfAvailable { buffer in
            unsafe Self(bytes: UnsafeRawBufferPointer(buffer))
        }
        if let read {
            guard let digest = read else { return nil }
            self = digest
        } else {
            let bytes = Array(bytes)
            guard let digest = unsafe bytes.withUnsafeBytes({ unsafe Self(bytes: $0) }) else { return nil }
            self = digest
        }
    }

    /// Safe: reads what it has looked for first.
    private init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        func word(_ number: Int) -> UInt64 {
            UInt64(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: number * 8, as: UInt64.self))
        }
        words = (word(0), word(1), word(2), word(3))
    }

    /// The digest that a hash function came to.
    package init(_ digest: SHA256.Digest) {
        self = unsafe digest.withUnsafeBytes { unsafe Self(bytes: $0) } ?? .zero
    }

    /// 32 zero bytes: what stands before the first event of a log.
    package static let zero = Digest(words: (0, 0, 0, 0))

    private init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// The first eight bytes, big-endian: enough to name a header that is at hand anyway.
    package var prefix: UInt64 { words.0 }

    /// The first 16 bytes, as the identifier of what was hashed.
    package func identifier<Subject>() -> Identifier<Subject> { Identifier(high: words.0, low: words.1) }

    /// The 32 bytes.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        append(to: &bytes)
        return bytes
    }

    func append(to bytes: inout [UInt8]) {
        for word in [words.0, words.1, words.2, words.3] { bytes.append(bigEndian: word) }
    }

    package static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

extension [UInt8] {
    mutating func append(bigEndian word: UInt64) {
        // Safe: the bytes of a local value, read before it goes.
        unsafe Swift.withUnsafeBytes(of: word.bigEndian) { unsafe append(contentsOf: $0) }
    }
}
