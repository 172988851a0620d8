import Foundation
import LocalAPI
import Query
import Testing

/// What systemd 252 says of hundreds of expressions, in several zones and across the changes of their clocks: see
/// `Times/generate`.
@Suite struct TimeExpressionTests {
    struct Golden {
        let line: Int
        let columns: [String]
    }

    static func goldens(_ name: String) throws -> [Golden] {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Times/\(name).tsv")
        let lines = try String(contentsOf: url, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        return lines.enumerated().dropFirst().compactMap { number, line in
            guard !line.isEmpty else { return nil }
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map { column in
                String(column).replacing("\\t", with: "\t").replacing("\\n", with: "\n").replacing(
                    "\\\\", with: "\\")
            }
            return Golden(line: number + 1, columns: columns)
        }
    }

    static func context(_ zone: String, now: Int64) -> TimeExpression.Context {
        TimeExpression.Context(now: now, zone: SystemZones.local(zone), zoneNamed: SystemZones.named)
    }

    @Test func `every timestamp is read as systemd reads it`() throws {
        let goldens = try Self.goldens("timestamps")
        var distinct: Set<String> = []
        for golden in goldens {
            let (zone, expression, result) = (golden.columns[0], golden.columns[2], golden.columns[3])
            distinct.insert(expression)
            let context = Self.context(zone, now: try #require(Int64(golden.columns[1])))
            let found = try? TimeExpression.systemd(expression, in: context)
            #expect(
                found.map(String.init) ?? "refused" == result,
                "line \(golden.line): \(expression.debugDescription) in \(zone)")
        }
        #expect(distinct.count >= 200)
    }

    @Test func `every span is read as systemd reads it`() throws {
        for golden in try Self.goldens("timespans") {
            let found = try? TimeSpan.microseconds(golden.columns[0])
            #expect(
                found.map(String.init) ?? "refused" == golden.columns[1],
                "line \(golden.line): \(golden.columns[0].debugDescription)")
        }
    }
}

/// Times as people write them, and as `log` itself prints them.
@Suite struct FamiliarTimeTests {
    /// Wednesday, 15 January 2025, 12:00 in Berlin.
    private static let context = TimeExpressionTests.context("Europe/Berlin", now: 1_736_938_800_000_000)

    @Test(
        arguments: [
            ("1h", "-1h"), ("3 weeks", "3 weeks ago"), ("yesterday 10:00", "2025-01-14 10:00"),
            ("tomorrow 9:30pm", "2025-01-16 21:30"), ("monday", "2025-01-13"), ("wednesday", "2025-01-15"),
            ("last monday", "2025-01-13"), ("last wednesday", "2025-01-08"),
            ("fri 10:00", "2025-01-10 10:00"),
            ("10am", "2025-01-15 10:00"), ("12am", "2025-01-15"), ("noon", "2025-01-15 12:00"),
            ("2024-12", "2024-12-01"), ("2025-03-07T21:52:30Z", "2025-03-07 21:52:30 UTC"),
            ("2025-03-07T21:52", "2025-03-07 21:52"),
            ("2025-03-07t21:52:30.5+01:00", "2025-03-07 21:52:30.5"),
            ("2025-03-07 21:52:30 -0500", "2025-03-08 02:52:30 UTC"), ("7 Mar 2025", "2025-03-07"),
            ("Fri 7 Mar 2025 21:52", "2025-03-07 21:52"), ("Mar 7 2025 9am", "2025-03-07 09:00"),
            ("1741384350.123000", "@1741384350.123"), ("1741384350", "@1741384350"),
        ])
    func `what people type is understood`(words: String, same: String) throws {
        #expect(
            try TimeExpression.microseconds(words, in: Self.context)
                == TimeExpression.microseconds(same, in: Self.context))
    }

    @Test(
        arguments: [
            "", " ", "soon", "32 Mar 2025", "2025-13", "2025-02-30T10:00", "13pm", "0am", "last",
            "last tuesday week",
            "1741384350.", "5", "99999999999999", "Thu 7 Mar 2025", "2025-03-07T25:00Z", "-1741384350", "@-1",
            "@253402214400", "@infinity", "10:00 XYZ",
        ])
    func `and what means nothing is refused`(words: String) {
        #expect(throws: TimeExpression.Failure.self) {
            try TimeExpression.microseconds(words, in: Self.context)
        }
    }

    @Test(arguments: [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Asuncion", "Asia/Kathmandu",
    ])
    func `whatever is printed as a time is taken back, across every change of the clock`(zone: String) throws
    {
        let context = TimeExpressionTests.context(zone, now: 1_736_938_800_000_000)
        // Every five hours of eighty years, and the hours around each change.
        var moment: Int64 = 0
        var before = context.zone.period(at: 0)
        while moment < 2_524_608_000 {
            let period = context.zone.period(at: moment)
            let step: Int64 = period == before ? 18_000 : 900
            for time in period == before
                ? [moment] : Array(stride(from: moment - 36_000, to: moment + 36_000, by: 900))
            where time >= 0 {
                let microseconds = time * 1_000_000 + (time % 2 == 0 ? 0 : 123_000)
                let told = Printer.time(microseconds, in: context.zone)
                #expect(
                    try TimeExpression.microseconds(told, in: context) == microseconds, "\(told) in \(zone)")
            }
            before = period
            moment += step
        }
    }

    @Test func `zones are read from files and from words, and what is neither is refused`() throws {
        #expect(throws: TimeZoneRules.Failure.notTZif) { try TimeZoneRules(tzif: Array("TZxx".utf8)) }
        #expect(throws: TimeZoneRules.Failure.truncated) { try TimeZoneRules(tzif: Array("TZif2".utf8)) }
        #expect(
            TimeZoneRules(posix: "CET-1CEST,M3.5.0,M10.5.0/3")?.period(at: 1_751_000_000).abbreviation
                == "CEST")
        #expect(TimeZoneRules(posix: "nonsense") == nil)
        #expect(SystemZones.named("../../etc/passwd") == nil)
        #expect(SystemZones.named("/etc/localtime") == nil)
    }
}
