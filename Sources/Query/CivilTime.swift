/// A moment as a calendar and a clock on the wall show it, proleptic Gregorian.
package struct CivilTime: Equatable, Sendable {
    /// As astronomers count: the year before 1 is 0.
    package var year: Int64
    /// 1 to 12.
    package var month: Int
    /// 1 to 31.
    package var day: Int
    /// 0 to 23.
    package var hour: Int
    /// 0 to 59.
    package var minute: Int
    /// 0 to 59.
    package var second: Int

    /// A moment from its parts, which may lie beyond their ranges: ``secondsSince1970`` carries over.
    package init(year: Int64, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        (self.year, self.month, self.day) = (year, month, day)
        (self.hour, self.minute, self.second) = (hour, minute, second)
    }

    /// A moment from seconds since 1970, in the zone in which they are counted.
    ///
    /// The calendar is Howard Hinnant's `civil_from_days`; far beyond any date that milliseconds in an Int64 can tell.
    package init(seconds: Int64) {
        let days = seconds.flooredQuotient(by: 86_400)
        let rest = Int(seconds.flooredRemainder(by: 86_400))
        (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60)
        let shifted = days + 719_468
        let era = shifted.flooredQuotient(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Seconds since 1970 in the zone of this wall; nil for a year that is none. The way back of ``init(seconds:)``.
    package var secondsSince1970: Int64? {
        guard (-1_000_000...1_000_000).contains(year) else { return nil }
        let months = Int64(month) - 1
        let carried = year + months.flooredQuotient(by: 12)
        let month = months - months.flooredQuotient(by: 12) * 12 + 1
        let shifted = month <= 2 ? carried - 1 : carried
        let era = shifted.flooredQuotient(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return days * 86_400 + Int64(hour) * 3_600 + Int64(minute) * 60 + Int64(second)
    }

    /// 0 for Sunday to 6 for Saturday.
    package var weekday: Int {
        let days = (secondsSince1970 ?? 0).flooredQuotient(by: 86_400) + 4
        return Int(days - days.flooredQuotient(by: 7) * 7)
    }

    /// How many days a month has.
    package static func days(inMonth month: Int, of year: Int64) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// The weekdays' names, Sunday first.
    package static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    /// The months' names.
    package static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `2025-03-07 21:52`.
    package var minutes: String {
        var bytes: [UInt8] = []
        appendDate(to: &bytes)
        bytes.append(0x20)
        bytes.append(decimal: hour, width: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: minute, width: 2)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends `2025-03-07`.
    func appendDate(to bytes: inout [UInt8]) {
        bytes.append(decimal: Int(clamping: year), width: 4)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(decimal: month, width: 2)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(decimal: day, width: 2)
    }

    /// Appends `Mar 07`.
    func appendDay(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: Self.months[month - 1].utf8)
        bytes.append(0x20)
        bytes.append(decimal: day, width: 2)
    }

    /// Appends `21:52:30`.
    func appendClock(to bytes: inout [UInt8]) {
        bytes.append(decimal: hour, width: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: minute, width: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: second, width: 2)
    }
}

extension Int64 {
    func flooredQuotient(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// What is left of it; without multiplying, which the ends of the range don't bear.
    func flooredRemainder(by divisor: Int64) -> Int64 {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
