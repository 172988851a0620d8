import EventLog
import Testing

/// The vectors of BIP-39 for the words; the keys were worked out by another implementation of HKDF and Ed25519.
@Suite struct RecoveryWordsTests {
    struct Vector: Sendable {
        let byte: UInt8
        let words, key: String
    }

    static let vectors = [
        Vector(
            byte: 0x00,
            words:
                "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
            key: "50bc59cf2584ea32df2effc41080344d4367b64cf620b1f362ffb6fab9f77ae7"),
        Vector(
            byte: 0x7F,
            words: "legal winner thank year wave sausage worth useful legal winner thank yellow",
            key: "7106a99c5a7806b2b12d409cb78225d79f332e76bc37e7fe66e9bdec4e0509b1"),
        Vector(
            byte: 0xFF, words: "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong",
            key: "7dacf6aad685367af7761846574e2b8e79be7200f0ddbab4b77ee69cd5627ac1"),
    ]

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test(arguments: vectors)
    func `bytes, words and key are those of the vector`(vector: Vector) throws {
        let bytes = [UInt8](repeating: vector.byte, count: 16)
        let words = try #require(RecoveryWords(bytes: bytes))
        #expect(words.words.joined(separator: " ") == vector.words)
        #expect(try RecoveryWords(vector.words) == words)
        #expect(Self.hex(try words.publicKey()) == vector.key)
    }

    @Test func `every byte survives the way to words and back`() throws {
        for _ in 0..<500 {
            let bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
            let words = try #require(RecoveryWords(bytes: bytes))
            #expect(try RecoveryWords(words.words.joined(separator: " ")).bytes == bytes)
        }
    }

    @Test(arguments: [
        "LEGAL Winner thank year wave sausage worth useful legal winner thank yellow",
        "  legal winner\n thank year\twave sausage\r\nworth useful, legal winner thank yellow\n",
        "lega winn than year wave saus wort usef lega winn than yell",
        "1. legal 2. winne 3. thank 4. year 5. wave 6. sausag 7. worth 8. useful 9. legal 10. winner 11. than 12. yello",
    ])
    func `words are read as people write them`(text: String) throws {
        #expect(try RecoveryWords(text).bytes == [UInt8](repeating: 0x7F, count: 16))
    }

    @Test func `what is wrong with them is told`() {
        func problem(_ text: String) -> RecoveryWords.Problem? {
            do throws(RecoveryWords.Problem) { _ = try RecoveryWords(text) } catch { return error }
            return nil
        }
        let right = Self.vectors[1].words
        #expect(problem("") == .count(0))
        #expect(problem(right + " zoo") == .count(13))
        #expect(
            problem(right.replacing("sausage", with: "sausages")) == .unknown(word: "sausages", number: 6))
        #expect(problem(right.replacing("wave", with: "wav")) == .unknown(word: "wav", number: 5))
        #expect(problem(right.replacing("yellow", with: "zzz")) == .unknown(word: "zzz", number: 12))
        #expect(problem(right.replacing("yellow", with: "young")) == .checksum)
        #expect(
            problem(right.replacing("legal winner thank year", with: "winner legal thank year")) == .checksum)
        #expect(RecoveryWords(bytes: [UInt8](repeating: 0, count: 15)) == nil)
    }
}
