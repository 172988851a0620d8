import Testing
import Wording

/// Texts that nobody would write, and that must do no harm.
@Suite struct HostileTests {
    /// Numbers that are the same for the same seed, by SplitMix64.
    private struct SeededGenerator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }

    private static let scraps = [
        "you", "always", "never", "are", "so", "selfish", "sorry", "if", "but", "just", "it", "was", "hit",
        "me",
        "afraid", "of", "on", "Monday", "I", "'ll", "n't", "do", "better", "'", "’", "“", "”", "\"", ".",
        "...", "…",
        "\n", "\n\n", "\r\n", ",", "-", "—", "\u{301}", "\u{200D}", "\u{FEFF}", "👩‍👩‍👧", "ﬁ", "İ", "ß", "١٢",
        "漢字", "\0",
        "17th", "99999999999999999999999", "\u{1F1E6}",
    ]

    /// Any scalars at all, among words that the phrases know.
    private static func text(_ generator: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...200, using: &generator) {
            if Int.random(in: 0..<3, using: &generator) == 0 {
                if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &generator)) {
                    text.unicodeScalars.append(scalar)
                }
            } else {
                text += scraps.randomElement(using: &generator) ?? ""
            }
            if Bool.random(using: &generator) { text += " " }
        }
        return text
    }

    @Test(arguments: UInt64(1)...20)
    func `whatever is written, it is read, and the same each time`(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        for kind in ["hurt", "amends", "recognition", "reflection", "account", "reply"] {
            let text = Self.text(&generator)
            let fields = ["act", "own", "heard", "part", "text", "change"].map { Review.Field($0, text) }
            let review = Review(kind: kind, fields: fields)
            #expect(review == Review(kind: kind, fields: fields), "seed \(seed)")
            #expect(review.asides.count <= 2, "seed \(seed)")
        }
    }

    /// What holds as many phrases open as can be.
    static let hostile = [
        "you ", "you are ", "sorry ", "sorry if i hurt ", "you you are so so so ", "I'm sorry. But ", "'",
        "\"", "a",
        "it was just ", "on monday you ", "i was scared of you threw at me ", "every time whenever all you ",
        "…",
        "i'll try to be more and do it again to you ", "\n", "you said you told me you are not if ",
        "'a' \"b\" ",
        "\u{301}", "nothing i ever do said it that you over about a ", "you grabbed threw it he said you ",
    ]

    @Test(arguments: hostile)
    func `work grows with the length of the text and no faster`(scrap: String) {
        func steps(_ bytes: Int) -> Int {
            let text = String(repeating: scrap, count: bytes / scrap.utf8.count)
            let kind = text.hasPrefix("you") || text.hasPrefix("on") ? "hurt" : "amends"
            return Review(kind: kind, fields: [.init("act", text), .init("own", "I left.")]).steps
        }
        let (short, long) = (steps(4_096), steps(16_384))
        #expect(long <= 4 * short + 1_000)
        #expect(long <= 16_384 * 40, "\(long)")
    }

    @Test(arguments: [
        "you are so ", "you said you told me you are not if ", "sorry if i hurt you, but it was just ", "a",
        "'“",
    ])
    func `the longest text that may be shared is read`(scrap: String) {
        let text = String(repeating: scrap, count: 262_144 / scrap.utf8.count)
        let clock = ContinuousClock()
        let time = clock.measure { _ = Review(kind: "amends", fields: [.init("own", text)]) }
        print("256 KiB of \(scrap.debugDescription): \(time)")
    }
}
