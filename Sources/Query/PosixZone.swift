import Causality

/// A zone in the words of POSIX, as in `CET-1CEST,M3.5.0,M10.5.0/3`: what holds year after year.
struct PosixZone: Sendable {
    /// A moment that comes every year.
    private enum Rule: Sendable {
        /// 1 to 365, February 29 never counted.
        case julian(Int)
        /// 0 to 365.
        case day(Int)
        /// The week's day of some week of a month; week 5 is the last one.
        case weekday(month: Int, week: Int, day: Int)

        /// Seconds from 1970 to the beginning of that day, on a wall there.
        func start(of year: Int64) -> Int64 {
            let january = CivilTime(year: year, month: 1, day: 1)
            let first = january.secondsSince1970 ?? 0
            switch self {
            case .julian(let day):
                let isLong = CivilTime.days(inMonth: 2, of: year) == 29 && day >= 60
                return first + Int64(day - 1 + (isLong ? 1 : 0)) * 86_400
            case .day(let day): return first + Int64(day) * 86_400
            case .weekday(let month, let week, let day):
                let begin = CivilTime(year: year, month: month, day: 1)
                var date = 1 + (day - begin.weekday + 7) % 7 + (week - 1) * 7
                while date > CivilTime.days(inMonth: month, of: year) { date -= 7 }
                return CivilTime(year: year, month: month, day: date).secondsSince1970 ?? 0
            }
        }
    }

    /// The time outside of summer time.
    let standard: TimeZoneRules.Period
    /// Summer time, where there is one.
    private(set) var summer: TimeZoneRules.Period?
    private var begin: (rule: Rule, time: Int)?
    private var end: (rule: Rule, time: Int)?

    /// Nil for what is no such words.
    init?(_ text: some StringProtocol) {
        var scanner = Scanner(rest: Array(text.utf8)[...])
        guard let name = scanner.name(), let offset = scanner.offset() else { return nil }
        standard = .init(offset: -offset, isSummer: false, abbreviation: name)
        guard !scanner.rest.isEmpty else { return }
        guard let name = scanner.name() else { return nil }
        let shift = scanner.offset() ?? offset - 3_600
        summer = .init(offset: -shift, isSummer: true, abbreviation: name)
        // Without rules, those of the United States hold, as everywhere.
        begin = (.weekday(month: 3, week: 2, day: 0), 7_200)
        end = (.weekday(month: 11, week: 1, day: 0), 7_200)
        guard !scanner.rest.isEmpty else { return }
        guard let begin = scanner.rule(), let end = scanner.rule(), scanner.rest.isEmpty else { return nil }
        (self.begin, self.end) = (begin, end)
    }

    /// How time is kept at a moment, in seconds since 1970.
    func period(at seconds: Int64) -> TimeZoneRules.Period {
        guard let summer, let begin, let end else { return standard }
        let year = CivilTime(seconds: seconds.addingClamped(Int64(standard.offset))).year
        let start = begin.rule.start(of: year) + Int64(begin.time - standard.offset)
        let stop = end.rule.start(of: year) + Int64(end.time - summer.offset)
        let isSummer =
            start < stop ? seconds >= start && seconds < stop : seconds >= start || seconds < stop
        return isSummer ? summer : standard
    }

    /// Reads the words from the front.
    private struct Scanner {
        var rest: ArraySlice<UInt8>

        mutating func accept(_ character: Character) -> Bool {
            guard rest.first == character.asciiValue else { return false }
            rest.removeFirst()
            return true
        }

        mutating func name() -> String? {
            let isQuoted = accept("<")
            let name = rest.prefix { byte in
                isQuoted ? byte != UInt8(ascii: ">") : (65...90).contains(byte & 0xDF)
            }
            rest = rest.dropFirst(name.count)
            guard name.count >= 3, !isQuoted || accept(">") else { return nil }
            return String(decoding: name, as: UTF8.self)
        }

        mutating func number() -> Int? {
            let digits = rest.prefix { (48...57).contains($0) }
            guard !digits.isEmpty, digits.count <= 4 else { return nil }
            rest = rest.dropFirst(digits.count)
            return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
        }

        /// Hours, and minutes and seconds if they are there.
        mutating func offset() -> Int? {
            let isNegative = accept("-")
            if !isNegative { _ = accept("+") }
            guard let hours = number() else { return nil }
            var seconds = hours * 3_600
            if accept(":") {
                guard let minutes = number() else { return nil }
                seconds += minutes * 60
                if accept(":") {
                    guard let more = number() else { return nil }
                    seconds += more
                }
            }
            return isNegative ? -seconds : seconds
        }

        mutating func rule() -> (Rule, Int)? {
            guard accept(",") else { return nil }
            let rule: Rule
            if accept("M") {
                guard let month = number(), accept("."), let week = number(), accept("."),
                    let day = number(), (1...12).contains(month), (1...5).contains(week), day <= 6
                else { return nil }
                rule = .weekday(month: month, week: week, day: day)
            } else if accept("J") {
                guard let day = number(), (1...365).contains(day) else { return nil }
                rule = .julian(day)
            } else {
                guard let day = number(), day <= 365 else { return nil }
                rule = .day(day)
            }
            guard accept("/") else { return (rule, 7_200) }
            guard let time = offset() else { return nil }
            return (rule, time)
        }
    }
}
