import Query

/// Time expressions, spans and zones: the input is a zone's file, or a zone in words, a now, and expressions.
///
/// - A zone that is accepted tells of any moment and any wall, and each moment can be printed in it in every mode.
/// - What is accepted as a time is printed as a time that is accepted, and that is the same one; in a repeated hour, one
///   that the wall shows alike.
/// - Spans add up.
///
/// The input `TZif…` is a file as a whole; else its lines are a zone, microseconds since 1970, and expressions.
package func fuzzTimes(_ bytes: [UInt8]) {
    if bytes.starts(with: "TZif".utf8) {
        guard let zone = try? TimeZoneRules(tzif: bytes) else { return }
        let names = ZoneFile(bytes)?.names ?? [:]
        let isPlain =
            zone.hasPlainNames
            && names.allSatisfy { $0.value.count == 1 && $0.key.isPlainName && $0.key != "utc" }
        checkZone(zone, moments: numbers(bytes), isPlain: isPlain)
        return
    }
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(\.text)
    let words = lines.first ?? ""
    let zone = ZoneNames.zone(words) ?? TimeZoneRules(posix: words) ?? .utc
    let now = lines.dropFirst().first.flatMap { Int64($0) } ?? 1_736_944_496_789_012
    let context = TimeExpression.Context(now: now, zone: zone, zoneNamed: ZoneNames.zone)
    let isOurTime = (0...lastTime).contains(now)
    let isPlain = zone.hasPlainNames
    for line in lines.dropFirst(2) {
        checkSpan(line)
        guard let time = try? TimeExpression.microseconds(line, in: context), isOurTime else {
            continue
        }
        checkPrinted(time, context, isPlain: isPlain, "\(line.debugDescription) in \(words)")
    }
    for (one, other) in zip(lines, lines.dropFirst()) { checkSum(one, other) }
    checkZone(zone, moments: numbers(bytes) + [now], isPlain: isPlain)
}

/// The few zones that there are, in words, so that the machine's files have no say.
private enum ZoneNames {
    static let all = [
        "UTC": "UTC0", "CET": "CET-1CEST,M3.5.0,M10.5.0/3", "EST": "EST5",
        "Europe/Berlin": "CET-1CEST,M3.5.0,M10.5.0/3", "Europe/Dublin": "IST-1GMT0,M10.5.0,M3.5.0/1",
        "America/New_York": "EST5EDT,M3.2.0,M11.1.0", "America/Nuuk": "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
        "Australia/Lord_Howe": "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "Asia/Kolkata": "IST-5:30",
        "Pacific/Chatham": "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45",
        "Asia/Gaza": "EET-2EEST,J83/50,J300/2",
    ]

    @Sendable static func zone(_ name: String) -> TimeZoneRules? {
        all[name].flatMap { TimeZoneRules(posix: $0) }
    }
}

/// The few moments that the last bytes spell.
private func numbers(_ bytes: [UInt8]) -> [Int64] {
    stride(from: max(0, bytes.count - 24), to: bytes.count, by: 8).map { start in
        Int64(bitPattern: bytes[start...].prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}

// MARK: Spans

private func checkSpan(_ text: String) {
    guard let span = try? TimeSpan.microseconds(text), span < .max / 2 else { return }
    require((try? TimeSpan.microseconds("\(span)us")) == span, "\(text.debugDescription) is \(span) µs")
}

private func checkSum(_ one: String, _ other: String) {
    guard let first = try? TimeSpan.microseconds(one), let second = try? TimeSpan.microseconds(other),
        first < .max / 4, second < .max / 4
    else { return }
    let sum = try? TimeSpan.microseconds(one + " " + other)
    require(
        sum == first + second,
        "\(one.debugDescription) and \(other.debugDescription) come to \(first + second)")
}

// MARK: Times

/// The last time that an expression can name: 9999-12-30 23:59:59.
private let lastTime: Int64 = 253_402_214_399_999_999

private func checkPrinted(
    _ time: Int64, _ context: TimeExpression.Context, isPlain: Bool, _ source: @autoclosure () -> String
) {
    let zone = context.zone
    require((0...lastTime).contains(time), "\(source()) is \(time), which no time can say")
    let offset = zone.period(at: time.seconds).offset
    guard isPlain, abs(offset) <= 90_000 else { return }
    let printed = Printer.time(time, in: zone)
    guard let again = try? TimeExpression.microseconds(printed, in: context) else {
        fatalError("violated: \(source()) is \(time), printed as \(printed), which is refused")
    }
    require(again == time || zone.shows(time, again), "\(source()) is \(time), \(printed) is \(again)")
    // One mode a time: all of them would take most of the time.
    let modes: [OutputMode] = [
        .shortISO, .shortISOPrecise, .shortFull, .shortUnix, .shortPrecise, .short, .verbose,
    ]
    checkPrinted(time, modes[Int(time % 7)], context, source())
}

private func checkPrinted(
    _ time: Int64, _ mode: OutputMode, _ context: TimeExpression.Context, _ source: @autoclosure () -> String
) {
    // Times without a year mean this one, and offsets are told in minutes.
    let hasYear = mode != .short && mode != .shortPrecise
    let offset = context.zone.period(at: time.seconds).offset
    if mode == .shortISO || mode == .shortISOPrecise, offset % 60 != 0 || abs(offset) >= 86_400 { return }
    let isPrecise = mode != .short && mode != .shortISO && mode != .shortFull
    let wanted = isPrecise ? time : time.seconds * 1_000_000
    let context = TimeExpression.Context(
        now: hasYear ? context.now : time, zone: context.zone, zoneNamed: context.zoneNamed)
    let printed = context.zone.printed(time, mode)
    guard let again = try? TimeExpression.microseconds(printed, in: context) else {
        fatalError(
            "violated: \(source()) is \(time), printed by \(mode.rawValue) as \(printed), which is refused")
    }
    require(
        again == wanted || context.zone.shows(wanted, again),
        "\(source()) is \(time), printed by \(mode.rawValue) as \(printed) it is \(again)")
}

extension Int64 {
    /// Whole seconds of microseconds, rounded down.
    fileprivate var seconds: Int64 { self >= 0 ? self / 1_000_000 : (self + 1) / 1_000_000 - 1 }
}

extension TimeZoneRules {
    /// Whether a clock on the wall shows the same at two moments, so that its hour is a repeated one.
    fileprivate func shows(_ one: Int64, _ other: Int64) -> Bool {
        func wall(_ time: Int64) -> Int64 { time + Int64(period(at: time.seconds).offset) * 1_000_000 }
        return wall(one) == wall(other)
    }

    /// A time as a mode prints it before everything else.
    fileprivate func printed(_ time: Int64, _ mode: OutputMode) -> String {
        var options = Printer.Options()
        (options.mode, options.zone, options.showsDevice) = (mode, self, false)
        var printer = Printer(options)
        var record = LogRecord()
        record.realtime = time
        var bytes: [UInt8] = []
        printer.append(record, to: &bytes)
        return bytes.dropLast(mode == .verbose ? 1 : 4).text
    }

    /// Whether what its time is called says which time that is, and is no other zone's name.
    fileprivate var hasPlainNames: Bool {
        let (standard, summer) = names
        let periods = [standard, summer].compactMap { period(called: $0) }
        return standard.isPlainName && summer.isPlainName
            && (standard.lowercased() != summer.lowercased() || periods.allSatisfy { !$0.isSummer })
            && periods.allSatisfy { period in
                if period.abbreviation.lowercased() == "utc" { return period.offset == 0 }
                return ZoneNames.zone(period.abbreviation).map {
                    $0.period(called: period.abbreviation)?.offset == period.offset
                } ?? true
            }
    }
}

extension String {
    /// Whether it can be a zone's name that means nothing else.
    fileprivate var isPlainName: Bool {
        let others = ["now", "ago", "left", "noon"]
        return (3...6).contains(utf8.count) && !others.contains(lowercased())
            && (utf8.allSatisfy { (65...90).contains($0 & 0xDF) }
                || (hasPrefix("+") || hasPrefix("-"))
                    && utf8.dropFirst().allSatisfy { (48...57).contains($0) })
    }
}

// MARK: Zones

private func checkZone(_ zone: TimeZoneRules, moments: [Int64], isPlain: Bool) {
    let modes: [OutputMode] = [.shortISOPrecise, .shortFull, .shortDelta, .shortUnix, .verbose, .prose]
    let corners: [Int64] = [
        .min, .min + 1, .min / 1_000_000, -1, 0, .max / 1_000_000, .max - 1, .max,
    ]
    for (index, moment) in (corners + moments).enumerated() {
        let period = zone.period(at: moment)
        require(zone.period(at: moment) == period, "a zone tells the same twice")
        _ = zone.printed(moment, modes[index % modes.count])
        checkDelta(moment)
        checkWall(zone, moment)
    }
    let context = TimeExpression.Context(now: 1_736_944_496_789_012, zone: zone, zoneNamed: ZoneNames.zone)
    for moment in moments {
        // A moment that a time can say, most of them of our own century.
        let time = Int64(moment.magnitude % UInt64(moment < 0 ? lastTime : 4_102_444_800_000_000))
        checkPrinted(time, context, isPlain: isPlain, "\(time)")
    }
}

/// Any two records may follow each other.
private func checkDelta(_ time: Int64) {
    var options = Printer.Options()
    options.mode = .shortDelta
    var printer = Printer(options)
    var bytes: [UInt8] = []
    for time in [0, time, .max, time, 0] {
        var record = LogRecord()
        record.realtime = time
        printer.append(record, to: &bytes)
    }
}

/// A wall leads to a moment, also one whose parts lie beyond their ranges.
private func checkWall(_ zone: TimeZoneRules, _ number: Int64) {
    func part(_ shift: Int64) -> Int { Int(Int16(truncatingIfNeeded: number >> shift)) }
    let odd = CivilTime(
        year: Int64(part(0)), month: part(8), day: part(16), hour: part(24), minute: part(32),
        second: part(40))
    let far = CivilTime(year: number, month: 1, day: part(0))
    for wall in [odd, far] {
        for isSummer in [nil, false, true] { _ = zone.seconds(of: wall, isSummer: isSummer) }
        require((0...6).contains(wall.weekday), "\(wall) is a day of the week")
    }
    let wall = CivilTime(seconds: number)
    require(
        (1...12).contains(wall.month) && (0...23).contains(wall.hour) && (0...59).contains(wall.minute)
            && (0...59).contains(wall.second)
            && (1...CivilTime.days(inMonth: wall.month, of: wall.year)).contains(wall.day),
        "\(number) is \(wall)")
    if let back = wall.secondsSince1970 { require(back == number, "\(wall) leads back to \(number)") }
}
