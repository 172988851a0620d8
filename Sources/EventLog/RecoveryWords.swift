import Crypto

/// What a person writes on paper to come back by after a loss: 128 bits as twelve words.
///
/// The words and their checksum are those of BIP-39 for English; the key that they give is this program's own.
package struct RecoveryWords: Hashable, Sendable {
    /// How many words there are.
    package static let count = 12

    /// Why some text is no recovery words. It holds what a person typed: never to be logged.
    package enum Problem: Error, Hashable, Sendable {
        /// Other than twelve words; how many there are.
        case count(Int)
        /// A word that the list does not have, and where it stands, from 1.
        case unknown(word: String, number: Int)
        /// All are words of the list, but not together: one is wrong, or two changed places.
        case checksum
    }

    /// The 16 bytes that the words say.
    package let bytes: [UInt8]

    /// Words for 16 random bytes; nil for any other number of bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Words as people write them: in any case, on any number of lines, of each at least the first four letters.
    package init(_ text: some StringProtocol) throws(Problem) {
        let typed = text.split { !$0.isLetter }.map { $0.lowercased() }
        guard typed.count == Self.count else { throw .count(typed.count) }
        var bits: [Bool] = []
        for (place, word) in typed.enumerated() {
            guard let index = Self.index(of: word) else { throw .unknown(word: word, number: place + 1) }
            bits += (0..<11).map { index >> (10 - $0) & 1 == 1 }
        }
        let bytes = (0..<16).map { byte in
            bits[byte * 8..<byte * 8 + 8].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
        }
        guard Array(bits[128...]) == Self.checksum(of: bytes) else { throw .checksum }
        self.bytes = bytes
    }

    /// The twelve words, in order.
    package var words: [String] {
        let bits =
            bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 == 1 } }
            + Self.checksum(of: bytes)
        return (0..<Self.count).map { place in
            recoveryWordList[bits[place * 11..<place * 11 + 11].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }]
        }
    }

    /// The Ed25519 public key that the words give, 32 bytes: all of them that the journal has.
    package func publicKey() throws -> [UInt8] { Array(try key().publicKey.rawRepresentation) }

    /// An Ed25519 signature over a transcript, by the words' key.
    package func sign(_ transcript: Transcript) throws -> [UInt8] {
        Array(try key().signature(for: transcript.bytes))
    }

    /// The secret half is nowhere but on the paper.
    private func key() throws -> Curve25519.Signing.PrivateKey {
        let secret = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: bytes), info: Array(Label.recovery.rawValue.utf8),
            outputByteCount: 32)
        // Safe: the bytes are copied while the key lives.
        let raw = unsafe secret.withUnsafeBytes { unsafe Array($0) }
        return try Curve25519.Signing.PrivateKey(rawRepresentation: raw)
    }

    /// The first four bits of SHA-256 of the bytes.
    private static func checksum(of bytes: [UInt8]) -> [Bool] {
        let first = Digest(SHA256.hash(data: bytes)).prefix
        return [63, 62, 61, 60].map { first >> $0 & 1 == 1 }
    }

    /// A word by all of it, or by its first four letters and as much more as was written.
    private static func index(of typed: String) -> Int? {
        let place = recoveryWordList.partitioningIndex { $0 >= typed }
        guard recoveryWordList.indices.contains(place) else { return nil }
        let word = recoveryWordList[place]
        return word == typed || typed.utf8.count >= 4 && word.hasPrefix(typed) ? place : nil
    }
}
