import Causality
import Query
import Testing

@Suite struct MatchesTests {
    private func record(_ fields: [(LogField, String)]) -> LogRecord {
        var record = LogRecord()
        for (field, value) in fields { record.add(field, value) }
        return record
    }

    @Test func `different fields hold together, values of one are alternatives, and a plus parts groups`()
        throws
    {
        let ana = record([(.author, "ana"), (.kind, "hurt"), (.tag, "old"), (.tag, "money")])
        func matches(_ words: String...) throws -> Bool { try Matches.parse(words).matches(ana) }
        #expect(try matches("AUTHOR=ana"))
        #expect(try !matches("AUTHOR=Ana"))
        #expect(try matches("AUTHOR=ana", "KIND=hurt"))
        #expect(try !matches("AUTHOR=ana", "KIND=amends"))
        #expect(try matches("KIND=amends", "KIND=hurt"))
        #expect(try matches("TAG=money"))
        #expect(try matches("KIND=amends", "+", "AUTHOR=ana"))
        #expect(try !matches("KIND=amends", "AUTHOR=ana", "+", "AUTHOR=ben"))
        #expect(try matches("KIND!=amends"))
        #expect(try !matches("KIND!=amends", "KIND!=hurt"))
        #expect(try matches("TAG=*"))
        #expect(try !matches("RIFT=*"))
        #expect(try matches("RIFT!=*"))
        #expect(try !matches("NOSUCH=x"))
        #expect(try matches("NOSUCH!=x"))
        #expect(try matches())
    }

    @Test(
        arguments: [
            ("kind=hurt", .badField("kind")), ("hurt", .bare("hurt")), ("", .bare("")), ("=x", .badField("")),
            ("K-D=x", .badField("K-D")),
            ("__CURSOR=x", .address("__CURSOR")),
            ("+", .looseDisjunction),
        ] as [(String, MatchError)])
    func `a word that is no match is refused`(word: String, error: MatchError) {
        #expect(throws: error) { try Matches.parse([word]) }
    }

    @Test func `a plus needs something on both sides`() {
        for words in [["+", "KIND=x"], ["KIND=x", "+"], ["KIND=x", "+", "+", "KIND=y"]] {
            #expect(throws: MatchError.looseDisjunction) { try Matches.parse(words) }
        }
    }

    @Test func `a cursor is read back as it was printed, and nothing else is one`() throws {
        let log = LogID(device: DeviceID(high: 1, low: .max), epoch: .max, branch: .init(high: 3, low: 4))
        for log in [log, log.trunk] {
            let cursor = Cursor(
                store: "00ff",
                key: TimelineKey(at: -5, stamp: Stamp(9), position: Position(log: log, sequence: 7)),
                arrival: 12)
            #expect(Cursor(cursor.text) == cursor)
            #expect(Cursor(cursor.text + ";x=1") != nil)
            #expect(Cursor(cursor.text + ";s=1") == nil)
            for length in 0..<cursor.text.count - 1 { _ = Cursor(String(cursor.text.prefix(length))) }
        }
        #expect(Cursor("") == nil)
        #expect(Cursor("s=1;i=2;b=3;m=4;t=5;x=6") == nil)
    }
}
