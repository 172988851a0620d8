import Query
import Testing

@Suite struct TextWidthTests {
    /// Joiners between what doesn't join, and two syllables whose width wcwidth and we find by different rules.
    private static let exceptions: Set<String> = [
        "0061 200D 0062", "1F468 200D 0061", "0061 200D 1F468", "200D 1F468", "6F22 200D 5B57",
        "1F1E9 200D 1F1EA",
        "0A38 0A4D 0A30 0A40", "1019 103C 1014 103A 1019 102C",
    ]

    @Test func `texts are as wide as a terminal shows them`() throws {
        let goldens = try TimeExpressionTests.goldens("widths").filter {
            !Self.exceptions.contains($0.columns[0])
        }
        #expect(goldens.count > 800)
        for golden in goldens {
            let scalars = golden.columns[0].split(separator: " ").compactMap { UInt32($0, radix: 16) }
                .compactMap(Unicode.Scalar.init)
            let text = String(String.UnicodeScalarView(scalars))
            #expect(
                "\(TextWidth.width(of: text))" == golden.columns[1],
                "line \(golden.line): \(golden.columns[0])")
        }
    }

    @Test func `lines are broken at blanks and between wide characters, and words stay whole`() {
        #expect(TextWidth.wrap("one two  three", to: 7) == ["one two", "three"])
        #expect(TextWidth.wrap("  in verse", to: 20) == ["  in verse"])
        #expect(TextWidth.wrap("漢字漢字漢字", to: 5) == ["漢字", "漢字", "漢字"])
        #expect(TextWidth.wrap("https://example.org/long end", to: 6) == ["https://example.org/long", "end"])
        #expect(TextWidth.wrap("", to: 5) == [""])
    }
}
