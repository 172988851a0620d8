package import Causality
package import Crypto

/// A SHA-256: 32 bytes, held as four words so that comparing and storing one allocates nothing.
package struct Digest: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// A digest from exactly 32 bytes; nil for any other length.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self.init(thirtyTwo: Array(bytes))
    }

    private init(thirtyTwo bytes: [UInt8]) {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for index in 0..<8 { words.0 = words.0 << 8 | UInt64(bytes[index]) }
        for index in 8..<16 { words.1 = words.1 << 8 | UInt64(bytes[index]) }
        for index in 16..<24 { words.2 = words.2 << 8 | UInt64(bytes[index]) }
        for index in 24..<32 { words.3 = words.3 << 8 | UInt64(bytes[index]) }
        self.words = words
    }

    /// The digest that a hash function came to.
    package init(_ digest: SHA256.Digest) { self.init(thirtyTwo: Array(digest)) }

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
