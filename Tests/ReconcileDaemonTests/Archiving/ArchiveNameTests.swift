import ReconcileDaemon
import Testing

/// What an archive may be called, and is called by itself.
@Suite struct ArchiveNameTests {
    /// 2026-11-30 in any zone of which it is counted.
    private static let november: Int64 = 1_796_000_000

    @Test(arguments: [
        ("Ben", "with-ben-2026-11"), ("Anna  Maria!", "with-anna-maria-2026-11"),
        ("Łucja", "with-łucja-2026-11"),
        ("…", "with-partner-2026-11"), ("../x", "with-x-2026-11"),
    ])
    func `it is called by the partner and the month`(partner: String, expected: String) {
        #expect(ArchiveName.usual(partner: partner, at: Self.november) == expected)
        #expect(ArchiveName.isValid(expected))
    }

    @Test func `whatever a partner is called, the name is one`() {
        let odd = [
            nil, "", "\u{301}", "a\u{301}\u{301}", String(repeating: "長", count: 60), "\n/..", "💔 me", "١٢",
        ]
        for name in odd { #expect(ArchiveName.isValid(ArchiveName.usual(partner: name, at: Self.november))) }
    }

    @Test(arguments: [
        "a", "2026", "with-ben-2026-11", "Ben_1.old", "łódź", String(repeating: "a", count: 64),
    ])
    func `names that are good`(name: String) { #expect(ArchiveName.isValid(name)) }

    @Test(arguments: [
        "", ".", "..", ".hidden", "-rf", "a/b", "a b", "a\n", "a\0", String(repeating: "a", count: 65),
    ])
    func `names that are none`(name: String) { #expect(!ArchiveName.isValid(name)) }
}
