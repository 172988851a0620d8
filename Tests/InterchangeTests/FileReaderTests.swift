import Interchange
import LocalAPI
import Query
import Testing

@Suite struct FileReaderTests {
    private static let context = TimeExpression.Context(
        now: 1_736_938_800_000_000, zone: .utc, zoneNamed: SystemZones.named)

    private func read(_ format: FileFormat, _ bytes: [UInt8]) -> (records: [FileRecord], failures: [String]) {
        var reader = FileReader(format, in: Self.context)
        var records: [FileRecord] = []
        var failures: [String] = []
        for item in reader.receive(bytes) + reader.finish() {
            switch item {
            case .record(let record): records.append(record)
            case .failure(let line, let failure): failures.append("\(line) \(failure.rawValue)")
            }
        }
        return (records, failures)
    }

    private func read(_ format: FileFormat, _ text: String) -> (records: [FileRecord], failures: [String]) {
        read(format, Array(text.utf8))
    }

    @Test func `the export format has lines, and lengths for what no line holds`() {
        let (records, failures) = read(
            .export, "KIND=hurt\nTAG=a\nTAG=b\nACT\n\u{3}\0\0\0\0\0\0\0a\nb\n\nKIND=thanks\nTEXT=x=y\n")
        #expect(failures == [])
        #expect(records.map(\.line) == [1, 8])
        #expect(records[0].all("TAG") == ["a", "b"] && records[0]["ACT"] == "a\nb")
        #expect(records[1]["TEXT"] == "x=y")
    }

    @Test func `an entry of which something can't be read is no entry, and the next one is`() {
        let name = String(repeating: "N", count: 70)
        #expect(read(.export, "KIND=hurt\n\(name)\n\nKIND=thanks\n").records.map { $0["KIND"] } == ["thanks"])
        #expect(
            read(.export, Array("KIND=".utf8) + [0xFF, 0x0A, 0x0A] + Array("KIND=note\n".utf8)).records.count
                == 1)
        #expect(read(.export, "KIND=hurt\nACT\n\u{9}\0\0\0\0\0\0\0a").failures == ["2 truncated"])
    }

    @Test func `a field that is too long is passed over as a whole, whatever stands in it`() {
        let inner = "\n\nKIND=note\nTEXT=not an entry\n\n"
        let long = inner + String(repeating: "x", count: 1 << 20)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: long.utf8.count >> (8 * $0)) }
        let file =
            Array("KIND=hurt\nACT\n".utf8) + length + Array(long.utf8)
            + Array("\n\nKIND=thanks\nTEXT=good\n".utf8)
        let (records, failures) = read(.export, file)
        #expect(failures == ["2 too_long"])
        #expect(records.map { $0["TEXT"] } == ["good"])
    }

    @Test func `json is an object a line, of strings and arrays of strings`() {
        let (records, failures) = read(
            .json,
            #"{"KIND":"hurt","TAG":["a","b"],"ASK":null}"# + "\n\n[1]\n{\"KIND\":5}\n{\"KIND\":\"note\"}")
        #expect(failures == ["3 not_an_object", "4 not_an_object"])
        #expect(records.map { $0["KIND"] } == ["hurt", "note"])
        #expect(records[0].all("TAG") == ["a", "b"] && records[0]["ASK"] == nil)
    }

    @Test func `jrnl's entries begin with a date in brackets, and become notes`() {
        let (records, failures) = read(
            .jrnl,
            "\n[2019-01-02 03:04] Title. *\nBody\n[not a date] in the text\n\n[2019-13-01 10:00] bad\nlost\n[2019-01-03 09:30:00 PM] Second.\n"
        )
        #expect(failures == ["6 bad_date"])
        #expect(records.map { $0["TEXT"] } == ["Title.\nBody\n[not a date] in the text", "Second."])
        #expect(records.map { $0["__REALTIME_TIMESTAMP"] } == ["1546398240000000", "1546551000000000"])
        #expect(read(.jrnl, "words without a date\n").failures == ["1 before_first"])
    }
}
