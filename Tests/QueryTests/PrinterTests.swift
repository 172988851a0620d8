import Query
import Testing

@Suite struct PrinterTests {
    private func record(_ message: String, local: Bool = true) -> LogRecord {
        var record = LogRecord()
        record.realtime = 1_741_384_350_123_000
        record.add(.realtimeTimestamp, number: record.realtime)
        if local { record.add(.sequenceNumber, number: 7) }
        record.add(.kind, "hurt")
        record.add(.device, "home")
        record.add(.riftTitle, "Dad's toolbox")
        record.add(.answers, "aa")
        record.add(.answers, "bb")
        record.add(.message, message)
        return record
    }

    private func text(
        _ mode: OutputMode, _ records: [LogRecord], _ change: (inout Printer.Options) -> Void = { _ in }
    ) -> String {
        var options = Printer.Options()
        options.mode = mode
        options.zone = TimeZoneRules(posix: "CET-1") ?? .utc
        change(&options)
        var printer = Printer(options)
        var bytes: [UInt8] = []
        for record in records { printer.append(record, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        arguments: [
            (.short, "Mar 07 22:52:30 home hurt: one\n    two\n"),
            (.shortFull, "Fri 2025-03-07 22:52:30 CET home hurt: one\n    two\n"),
            (.withUnit, "Fri 2025-03-07 22:52:30 CET home Dad's toolbox: one\n    two\n"),
            (.shortISO, "2025-03-07T22:52:30+0100 home hurt: one\n    two\n"),
            (.shortISOPrecise, "2025-03-07T22:52:30.123000+0100 home hurt: one\n    two\n"),
            (.shortPrecise, "Mar 07 22:52:30.123000 home hurt: one\n    two\n"),
            (.shortUnix, "1741384350.123000 home hurt: one\n    two\n"),
            (.shortMonotonic, "[1741384350.123000] home hurt: one\n    two\n"),
            (.cat, "one\ntwo\n"),
        ] as [(OutputMode, String)])
    func `short modes are lines as journalctl's, continued with four spaces`(mode: OutputMode, wanted: String)
    {
        #expect(text(mode, [record("one\ntwo\n")]) == wanted + (mode == .cat ? "\n" : ""))
    }

    @Test func `short-delta tells the time since the entry before`() {
        var later = record("b")
        later.realtime += 5_100_000
        #expect(
            text(.shortDelta, [record("a"), later])
                == "[1741384350.123000                ] home hurt: a\n"
                + "[1741384355.223000 <    5.100000 >] home hurt: b\n")
    }

    @Test func `an entry that counts no more says so`() {
        var record = record("one")
        record.add(.cutOff, "1")
        #expect(
            text(.short, [record])
                == "Mar 07 22:52:30 home hurt (written after this device was retired): one\n")
    }

    @Test func `json holds strings only, and a field that repeats as an array`() {
        #expect(
            text(.json, [record("a \"b\"\u{1}\nü")])
                == #"{"__REALTIME_TIMESTAMP":"1741384350123000","__SEQNUM":"7","KIND":"hurt","_DEVICE":"home","#
                + #""RIFT_TITLE":"Dad's toolbox","ANSWERS":["aa","bb"],"MESSAGE":"a \"b\"\u0001\nü"}"# + "\n")
        #expect(text(.jsonSSE, [LogRecord()]) == "data: {}\n\n")
        #expect(text(.jsonSequence, [LogRecord()]) == "\u{1E}{}\n")
    }

    @Test func `json-pretty is indented by tabs as journalctl's`() {
        var record = LogRecord()
        record.add(.kind, "hurt")
        record.add(.tag, "a")
        record.add(.tag, "b")
        #expect(
            text(.jsonPretty, [record])
                == "{\n\t\"KIND\" : \"hurt\",\n\t\"TAG\" : [\n\t\t\"a\",\n\t\t\"b\"\n\t]\n}\n")
    }

    @Test func `export gives the length of what a line can't hold`() {
        var record = LogRecord()
        record.add(.kind, "hurt")
        record.add(.message, "a\nb")
        #expect(text(.export, [record]) == "KIND=hurt\nMESSAGE\n\u{3}\0\0\0\0\0\0\0a\nb\n\n")
    }

    @Test func `only the chosen fields are printed, and those that address the entry`() {
        let chosen: (inout Printer.Options) -> Void = { $0.fields = LogFieldSet([.kind, .answers]) }
        #expect(
            text(.json, [record("x")], chosen)
                == #"{"__REALTIME_TIMESTAMP":"1741384350123000","__SEQNUM":"7","KIND":"hurt","ANSWERS":["aa","bb"]}"#
                + "\n")
        #expect(text(.cat, [record("x")], chosen) == "hurt\naa\nbb\n")
    }

    @Test func `a line is shortened in its middle, by columns`() {
        let long =
            "second one that is very long and goes on and on until it does not fit into eighty columns any more"
        #expect(
            text(.short, [record(long)]) { $0.isFull = false }
                == "Mar 07 22:52:30 home hurt: second one that is very long and goes on and on… more\n")
        #expect(
            text(.cat, [record("a\nb")]) { $0.truncatesNewline = true } == "a\n")
    }

    @Test(arguments: [
        "\u{1B}[2J", "\u{9B}31m", "\u{202E}evil", "\u{7}", "\u{2066}", "\r", "\u{200F}", "\u{61C}",
    ])
    func `what could harm a terminal is shown instead of sent, in every mode`(harm: String) {
        for mode in OutputMode.allCases where mode != .export {
            var record = record("a" + harm + "b")
            record.add(.author, harm)
            record.add(.text, harm)
            record.heading = Array(TerminalText.line(harm).utf8)
            let shown = text(mode, [record])
            #expect(!shown.unicodeScalars.contains { $0 == harm.unicodeScalars.first }, "\(mode)")
        }
    }

    @Test func `the calendar is right at its corners, and leads back`() {
        #expect(CivilTime(seconds: 0).minutes == "1970-01-01 00:00")
        #expect(CivilTime(seconds: -1).minutes == "1969-12-31 23:59")
        #expect(CivilTime(seconds: 951_782_400).minutes == "2000-02-29 00:00")
        #expect(CivilTime(seconds: 4_107_542_400).minutes == "2100-03-01 00:00")
        _ = CivilTime(seconds: .min / 2)
        _ = CivilTime(seconds: .max / 2)
        for seconds in stride(from: Int64(-90_000_000_000), to: 90_000_000_000, by: 999_999_937) {
            #expect(CivilTime(seconds: seconds).secondsSince1970 == seconds)
        }
    }
}
