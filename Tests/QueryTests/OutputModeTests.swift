import Query
import Testing

@Suite struct OutputModeTests {
    private func record(_ message: String, local: Bool = true) -> LogRecord {
        var record = LogRecord()
        record.add("__REALTIME_TIMESTAMP", "1741384350000000")
        if local { record.add("__SEQNUM", "7") }
        record.add("KIND", "hurt")
        record.add("_DEVICE", "home")
        record.add("ANSWERS", "aa")
        record.add("ANSWERS", "bb")
        record.add("MESSAGE", message)
        return record
    }

    private func text(_ mode: OutputMode, _ record: LogRecord, zone: Int = 0) -> String {
        String(decoding: mode.render(record) { _ in zone }, as: UTF8.self)
    }

    @Test func `short is a line as journalctl's, continued with four spaces`() {
        #expect(text(.short, record("one\ntwo"), zone: 3_600) == "Mar 07 22:52:30 home hurt: one\n    two\n")
    }

    @Test func `an entry that counts no more says so`() {
        var record = record("one")
        record.add("_CUT_OFF", "1")
        #expect(
            text(.short, record, zone: 3_600)
                == "Mar 07 22:52:30 home hurt (written after this device was retired): one\n")
    }

    @Test func `json holds strings only, and a field that repeats as an array`() {
        #expect(
            text(.json, record("a \"b\"\u{1}\nü"))
                == #"{"__REALTIME_TIMESTAMP":"1741384350000000","__SEQNUM":"7","KIND":"hurt","_DEVICE":"home","#
                + #""ANSWERS":["aa","bb"],"MESSAGE":"a \"b\"\u0001\nü"}"# + "\n")
    }

    @Test func `portable leaves out what is local`() {
        #expect(text(.json, record("x").portable) == text(.json, record("x", local: false)))
    }

    @Test(arguments: ["\u{1B}[2J", "\u{9B}31m", "\u{202E}evil", "\u{7}", "\u{2066}", "\r"])
    func `what could harm a terminal is shown instead of sent`(harm: String) {
        for mode in [OutputMode.short, .cat] {
            let shown = text(mode, record("a" + harm + "b"))
            #expect(!shown.unicodeScalars.contains { $0 == harm.unicodeScalars.first })
        }
    }

    @Test func `the calendar is right at its corners`() {
        #expect(CivilTime(seconds: 0).minutes == "1970-01-01 00:00")
        #expect(CivilTime(seconds: -1).minutes == "1969-12-31 23:59")
        #expect(CivilTime(seconds: 951_782_400).minutes == "2000-02-29 00:00")
        #expect(CivilTime(seconds: 4_107_542_400).minutes == "2100-03-01 00:00")
        _ = CivilTime(seconds: .min / 2)
        _ = CivilTime(seconds: .max / 2)
    }
}
