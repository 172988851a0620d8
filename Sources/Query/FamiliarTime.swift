import Causality

/// Moments as people write them and systemd refuses them: `1h`, `2025-03-07T21:52:30Z`, `yesterday 10:00`,
/// `last monday`, `10am`, `2025-03`, `Fri 7 Mar 2025 21:52`, and each time that `log` itself prints.
enum FamiliarTime {
    /// A moment in microseconds since 1970; nil for what means nothing here either.
    static func microseconds(_ text: String, in context: TimeExpression.Context) -> Int64? {
        let trimmed = Array(text.utf8)[...].trimmed
        guard !trimmed.isEmpty, trimmed.count <= 64 else { return nil }
        return number(trimmed) ?? span(trimmed, context) ?? iso(trimmed, context)
            ?? calendar(trimmed, context)
    }

    /// `Sat 2024-03-23 21:59:59.5 -03`, a time as it is told here, by the period that was called so then.
    ///
    /// systemd knows two names a zone, and takes the nearest time of summer or winter for them; where a place has
    /// changed its mind about what time it keeps, what was printed would be read as another time.
    static func told(_ text: String, in context: TimeExpression.Context) -> Int64? {
        var words = text.split(separator: " ", omittingEmptySubsequences: false)
        let weekday = words.count == 4 ? CivilTime.weekdays.firstIndex { $0 == words[0] } : nil
        if words.count == 4, weekday == nil { return nil }
        if weekday != nil { words.removeFirst() }
        guard words.count == 3 else { return nil }
        var scanner = TimeScanner(rest: Array((words[0] + " " + words[1]).utf8)[...])
        var wall = CivilTime(year: 0, month: 1, day: 1)
        guard scanner.scan("Y-m-d H:M:S", into: &wall), isDay(wall), wall.second < 60,
            weekday.map({ $0 == wall.weekday }) ?? true, let local = wall.secondsSince1970
        else { return nil }
        var fraction: UInt64 = 0
        if scanner.rest.popFirst() == UInt8(ascii: ".") {
            guard let part = scanner.fraction(), part < 1_000_000 else { return nil }
            fraction = part
        }
        guard scanner.rest.isEmpty else { return nil }
        let name = String(words[2])
        for period in context.zone.periods(called: name) {
            let moment = local - Int64(period.offset)
            if context.zone.period(at: moment) == period { return finish(moment, plus: fraction) }
        }
        return nil
    }

    /// `1741384350.123456`: seconds since 1970, as `short-unix` prints them.
    private static func number(_ text: ArraySlice<UInt8>) -> Int64? {
        var scanner = TimeScanner(rest: text)
        let digits = scanner.rest.prefix { (48...57).contains($0) }
        guard (1...12).contains(digits.count) else { return nil }
        scanner.rest = scanner.rest.dropFirst(digits.count)
        let seconds = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 48) }
        // Fewer digits are a year or a day, unless six decimals make plain what they are.
        if scanner.rest.isEmpty { return digits.count >= 9 ? finish(seconds, plus: 0) : nil }
        let hasMicroseconds = scanner.rest.count == 7
        guard digits.count >= 9 || hasMicroseconds,
            scanner.rest.popFirst() == UInt8(ascii: "."), let fraction = scanner.fraction(),
            scanner.rest.isEmpty
        else { return nil }
        return finish(seconds, plus: fraction)
    }

    /// `1h`, `3 weeks`: so long ago. Only with a unit: a number alone may mean anything.
    private static func span(_ text: ArraySlice<UInt8>, _ context: TimeExpression.Context) -> Int64? {
        guard let last = text.last, !(48...57).contains(last), last != UInt8(ascii: "."),
            let span = try? TimeSpan.microseconds(String(decoding: text, as: UTF8.self)), span != .max
        else { return nil }
        let time = context.now.addingClamped(-Int64(clamping: span))
        return time >= 0 ? time : nil
    }

    /// `2025-03-07T21:52[:30[.5]][Z|+01:00]`, and the same with a blank in the place of the T before an offset.
    private static func iso(_ text: ArraySlice<UInt8>, _ context: TimeExpression.Context) -> Int64? {
        var scanner = TimeScanner(rest: text)
        var wall = CivilTime(year: 0, month: 1, day: 1)
        guard scanner.scan("Y-m-d", into: &wall), isDay(wall), let separator = scanner.rest.popFirst(),
            separator | 0x20 == UInt8(ascii: "t") || separator == 0x20, scanner.scan("H:M", into: &wall)
        else { return nil }
        var fraction: UInt64 = 0
        if scanner.rest.first == UInt8(ascii: ":") {
            guard scanner.scan(":S", into: &wall) else { return nil }
            if scanner.rest.first == UInt8(ascii: ".") || scanner.rest.first == UInt8(ascii: ",") {
                scanner.rest.removeFirst()
                guard let part = scanner.fraction() else { return nil }
                fraction = part
            }
        }
        let offset = offset(scanner.rest)
        if scanner.rest.isEmpty {
            guard separator != 0x20 else { return nil }
            return moment(wall, context, plus: fraction)
        }
        guard let offset, let local = wall.secondsSince1970 else { return nil }
        return finish(local - Int64(offset), plus: fraction)
    }

    /// `Z`, `+01`, `+0100` or `+01:00` in seconds.
    private static func offset(_ text: ArraySlice<UInt8>) -> Int? {
        let text = text.trimmed
        if text.count == 1, let only = text.first { return only | 0x20 == UInt8(ascii: "z") ? 0 : nil }
        guard let sign = text.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
            return nil
        }
        let digits = text.dropFirst().filter { $0 != UInt8(ascii: ":") }
        guard digits.count == 2 || digits.count == 4, digits.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        let hours = Int(digits[0] - 48) * 10 + Int(digits[1] - 48)
        let minutes = digits.count == 4 ? Int(digits[2] - 48) * 10 + Int(digits[3] - 48) : 0
        guard hours < 24, minutes < 60 else { return nil }
        return (hours * 3_600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
    }

    // MARK: Days and times of day

    /// A day by name or date, a time of day, or both: `yesterday 10:00`, `last monday`, `7 Mar 2025 21:52`, `10am`.
    private static func calendar(_ text: ArraySlice<UInt8>, _ context: TimeExpression.Context) -> Int64? {
        let seconds = context.now.flooredQuotient(by: 1_000_000)
        var wall = CivilTime(seconds: seconds.addingClamped(Int64(context.zone.period(at: seconds).offset)))
        (wall.hour, wall.minute, wall.second) = (0, 0, 0)
        var words = text.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self).lowercased() }[...]
        var period: TimeZoneRules.Period?
        if words.count > 1, let last = words.last, last != "utc", last.first?.isNumber == false,
            clock(last) == nil, let named = context.zone.period(called: last)
        {
            period = named
            words.removeLast()
        }
        guard let hasDay = day(&words, &wall) else { return nil }
        var fraction: UInt64 = 0
        if let word = words.popFirst() {
            guard let clock = clock(words.isEmpty ? word : word + (words.popFirst() ?? "")) else {
                return nil
            }
            (wall.hour, wall.minute, wall.second, fraction) = clock
        } else if !hasDay {
            return nil
        }
        guard words.isEmpty else { return nil }
        if let period {
            guard let local = wall.secondsSince1970 else { return nil }
            return finish(local - Int64(period.offset), plus: fraction)
        }
        return moment(wall, context, plus: fraction)
    }

    /// Takes a day from the front; whether there is one, or nil where it can't be.
    private static func day(_ words: inout ArraySlice<String>, _ wall: inout CivilTime) -> Bool? {
        guard let first = words.first else { return nil }
        if let distance = ["today": 0, "yesterday": -1, "tomorrow": 1][first] {
            words.removeFirst()
            wall.day += distance
            return true
        }
        let isLast = first == "last"
        if isLast { words.removeFirst() }
        let weekday = words.first.flatMap(weekday)
        if weekday != nil { words.removeFirst() }
        if isLast || weekday != nil, words.first.map({ clock($0) != nil }) ?? true {
            guard let weekday else { return nil }
            let back = (wall.weekday - weekday + 7) % 7
            // The last Monday isn't today.
            wall.day -= isLast && back == 0 ? 7 : back
            return true
        }
        guard !isLast, let date = date(&words, wall) else { return weekday == nil && !isLast ? false : nil }
        wall = date
        return weekday.map { $0 == date.weekday } ?? true ? true : nil
    }

    /// Takes a date from the front: `2025-03`, `2025-03-07`, `7 Mar`, `7 Mar 2025` or `Mar 7 2025`.
    private static func date(_ words: inout ArraySlice<String>, _ now: CivilTime) -> CivilTime? {
        let saved = words
        var date = now
        var scanner = TimeScanner(rest: Array((words.first ?? "").utf8)[...])
        if scanner.scan("Y-m", into: &date), date.year > 31 {
            date.day = 1
            if !scanner.rest.isEmpty {
                guard scanner.scan("-d", into: &date), scanner.rest.isEmpty else { return nil }
            }
            words.removeFirst()
            return isDay(date) ? date : nil
        }
        guard words.count >= 2, let one = words.popFirst(), let other = words.popFirst() else {
            words = saved
            return nil
        }
        let (number, name) = one.first?.isNumber == true ? (one, other) : (other, one)
        var month = TimeScanner(rest: Array(name.utf8)[...])
        guard let found = month.month(), month.rest.isEmpty, let day = Int(number), (1...31).contains(day)
        else {
            words = saved
            return nil
        }
        (date.month, date.day) = (found, day)
        if let year = words.first.flatMap({ Int64($0) }), (1_970...9_999).contains(year) {
            words.removeFirst()
            date.year = year
        }
        return isDay(date) ? date : nil
    }

    private static func weekday(_ word: String) -> Int? {
        let names = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
        return names.firstIndex { $0 == word || $0.prefix(3) == word }
    }

    /// `10am`, `10:30pm`, `noon`, `midnight`, `21:52`, `21:52:30.5`.
    private static func clock(_ word: String) -> (hour: Int, minute: Int, second: Int, fraction: UInt64)? {
        if word == "noon" { return (12, 0, 0, 0) }
        if word == "midnight" { return (0, 0, 0, 0) }
        var wall = CivilTime(year: 0, month: 1, day: 1)
        var scanner = TimeScanner(rest: Array(word.utf8)[...])
        guard scanner.rest.first.map({ (48...57).contains($0) }) ?? false, scanner.scan("H", into: &wall)
        else {
            return nil
        }
        let hasMinutes = scanner.rest.first == UInt8(ascii: ":")
        if hasMinutes { guard scanner.scan(":M", into: &wall) else { return nil } }
        if hasMinutes, scanner.rest.first == UInt8(ascii: ":") {
            guard scanner.scan(":S", into: &wall) else { return nil }
        }
        var fraction: UInt64 = 0
        if hasMinutes, scanner.rest.first == UInt8(ascii: ".") {
            scanner.rest.removeFirst()
            guard let part = scanner.fraction() else { return nil }
            fraction = part
        }
        switch String(decoding: scanner.rest, as: UTF8.self) {
        case "" where hasMinutes: return (wall.hour, wall.minute, wall.second, fraction)
        case "am" where (1...12).contains(wall.hour):
            return (wall.hour % 12, wall.minute, wall.second, fraction)
        case "pm" where (1...12).contains(wall.hour):
            return (wall.hour % 12 + 12, wall.minute, wall.second, fraction)
        default: return nil
        }
    }

    private static func isDay(_ date: CivilTime) -> Bool {
        date.day <= CivilTime.days(inMonth: date.month, of: date.year)
    }

    private static func moment(
        _ wall: CivilTime, _ context: TimeExpression.Context, plus fraction: UInt64
    ) -> Int64? {
        context.zone.seconds(of: wall).flatMap { finish($0, plus: fraction) }
    }

    private static func finish(_ seconds: Int64, plus fraction: UInt64) -> Int64? {
        let (last, time) = (Int64(253_402_214_399), Int64(fraction))
        return seconds >= 0 && (seconds, time) <= (last, 0) ? seconds * 1_000_000 + time : nil
    }
}

extension ArraySlice<UInt8> {
    fileprivate var trimmed: ArraySlice<UInt8> {
        var text = self
        while text.first == 0x20 { text.removeFirst() }
        while text.last == 0x20 { text.removeLast() }
        return text
    }
}
