import Causality

/// A moment as people write it: all of systemd.time(7), and what journalctl refuses and people type all the same.
///
/// The first part reads as systemd 252 does, its corners included; ``FamiliarTime`` has what it would refuse.
package struct TimeExpression: Sendable {
    /// Why words are no moment.
    package enum Failure: Error, Equatable, Sendable {
        case malformed
        /// That day is another day of the week.
        case wrongWeekday
    }

    /// Where and when it is read.
    package struct Context: Sendable {
        /// Now, in microseconds since 1970.
        package let now: Int64
        /// The zone of the reader.
        package let zone: TimeZoneRules
        /// A zone by its name in the system's files, if there is one of that name.
        package let zoneNamed: @Sendable (String) -> TimeZoneRules?

        /// A place and time.
        package init(
            now: Int64, zone: TimeZoneRules, zoneNamed: @escaping @Sendable (String) -> TimeZoneRules?
        ) {
            (self.now, self.zone, self.zoneNamed) = (now, zone, zoneNamed)
        }
    }

    /// A moment in microseconds since 1970.
    package static func microseconds(_ text: String, in context: Context) throws(Failure) -> Int64 {
        if let time = FamiliarTime.told(text, in: context) { return time }
        do throws(Failure) {
            let time = try systemd(text, in: context)
            // systemd takes @ beyond what it can tell; what can't be told can't be said either.
            guard time <= last else { throw .malformed }
            return Int64(time)
        } catch {
            guard let time = FamiliarTime.microseconds(text, in: context) else { throw error }
            return time
        }
    }

    /// A moment as systemd reads it; it may be "infinity", the greatest number.
    package static func systemd(_ text: String, in context: Context) throws(Failure) -> UInt64 {
        let bytes = Array(text.utf8)[...]
        guard let space = bytes.lastIndex(of: 0x20), !bytes.lowercasedEnds(with: " utc"),
            case let name = String(decoding: bytes[(space + 1)...], as: UTF8.self), !name.isEmpty,
            let zone = context.zoneNamed(name)
        else {
            var expression = TimeExpression(bytes, context.now, context.zone, hasZone: false)
            return try expression.read()
        }
        let isOwnName = name == zone.names.standard || name == zone.names.summer
        var expression = TimeExpression(
            isOwnName ? bytes : bytes[..<space], context.now, zone, hasZone: !isOwnName)
        return try expression.read()
    }

    private var text: ArraySlice<UInt8>
    private let now: Int64
    private var zone: TimeZoneRules
    private let hasZone: Bool

    private init(_ text: ArraySlice<UInt8>, _ now: Int64, _ zone: TimeZoneRules, hasZone: Bool) {
        (self.text, self.now, self.zone, self.hasZone) = (text, now, zone, hasZone)
    }

    /// The last moment that systemd can tell: 9999-12-30 23:59:59.
    private static let last: UInt64 = 253_402_214_399_000_000

    private mutating func read() throws(Failure) -> UInt64 {
        if !hasZone, let relative = try relative() { return relative }
        var isSummer: Bool?
        if !hasZone { isSummer = takeAbbreviation() }
        let seconds = now.flooredQuotient(by: 1_000_000)
        var wall = CivilTime(seconds: seconds.addingClamped(Int64(zone.period(at: seconds).offset)))
        var weekday: Int?
        var fraction: UInt64 = 0
        switch String(decoding: text, as: UTF8.self) {
        case "today": (wall.hour, wall.minute, wall.second) = (0, 0, 0)
        case "yesterday": (wall.day, wall.hour, wall.minute, wall.second) = (wall.day - 1, 0, 0, 0)
        case "tomorrow": (wall.day, wall.hour, wall.minute, wall.second) = (wall.day + 1, 0, 0, 0)
        default:
            weekday = takeWeekday()
            (wall, fraction) = try formatted(wall)
        }
        if let weekday, weekday != wall.weekday { throw .wrongWeekday }
        // Seconds of 60 and 61 are added on at the end.
        let extra = Int64(max(0, wall.second - 59))
        wall.second -= Int(extra)
        guard let found = zone.seconds(of: wall, isSummer: isSummer), found + extra >= 0 else {
            throw .malformed
        }
        let result = UInt64(found + extra) * 1_000_000 + fraction
        guard result <= Self.last else { throw .malformed }
        return result
    }

    private func relative() throws(Failure) -> UInt64? {
        let whole = String(decoding: text, as: UTF8.self)
        func span(_ part: ArraySlice<UInt8>) throws(Failure) -> UInt64 {
            do { return try TimeSpan.microseconds(String(decoding: part, as: UTF8.self)) } catch {
                throw .malformed
            }
        }
        let now = UInt64(clamping: now)
        if text.first == UInt8(ascii: "@") { return try span(text.dropFirst()) }
        if whole == "now" { return now }
        let isLater: Bool
        let part: ArraySlice<UInt8>
        switch text.first {
        case UInt8(ascii: "+"): (isLater, part) = (true, text.dropFirst())
        case UInt8(ascii: "-"): (isLater, part) = (false, text.dropFirst())
        default:
            if whole.hasSuffix(" ago") {
                (isLater, part) = (false, text.dropLast(4))
            } else if whole.hasSuffix(" left") {
                (isLater, part) = (true, text.dropLast(5))
            } else {
                return nil
            }
        }
        let distance = try span(part)
        let (result, overflow) =
            isLater ? now.addingReportingOverflow(distance) : now.subtractingReportingOverflow(distance)
        guard !overflow, result <= Self.last else { throw .malformed }
        return result
    }

    /// Takes a zone's abbreviation from the end; whether it means summer time.
    private mutating func takeAbbreviation() -> Bool? {
        if text.lowercasedEnds(with: " utc") {
            text = text.dropLast(4)
            zone = .utc
            return nil
        }
        let names = zone.names
        for (isSummer, name) in [(false, names.standard), (true, names.summer)]
        where !name.isEmpty && text.lowercasedEnds(with: " " + name.lowercased()) {
            text = text.dropLast(name.utf8.count + 1)
            return isSummer
        }
        return nil
    }

    private static let weekdays = [
        ("sunday", 0), ("sun", 0), ("monday", 1), ("mon", 1), ("tuesday", 2), ("tue", 2), ("wednesday", 3),
        ("wed", 3), ("thursday", 4), ("thu", 4), ("friday", 5), ("fri", 5), ("saturday", 6), ("sat", 6),
    ]

    private mutating func takeWeekday() -> Int? {
        for (name, number) in Self.weekdays {
            let length = name.utf8.count
            guard text.count > length, text.prefix(length).lowercasedEnds(with: name),
                text[text.startIndex + length] == 0x20
            else { continue }
            text = text.dropFirst(length + 1)
            return number
        }
        return nil
    }

    private static let formats: [(format: String, hasFraction: Bool)] = [
        ("y-m-d H:M:S", true), ("Y-m-d H:M:S", true), ("b d H:M:S", true), ("y-m-d H:M", false),
        ("Y-m-d H:M", false), ("y-m-d", false), ("Y-m-d", false), ("H:M:S", true), ("H:M", false),
    ]

    private func formatted(_ now: CivilTime) throws(Failure) -> (CivilTime, fraction: UInt64) {
        for (format, hasFraction) in Self.formats {
            var scanner = TimeScanner(rest: text)
            var wall = now
            guard scanner.scan(format, into: &wall) else { continue }
            if !format.contains("S") { wall.second = 0 }
            if !format.contains("H") { (wall.hour, wall.minute) = (0, 0) }
            if scanner.rest.isEmpty { return (wall, 0) }
            guard hasFraction, scanner.rest.first == UInt8(ascii: ".") else { continue }
            scanner.rest.removeFirst()
            guard let fraction = scanner.fraction(), scanner.rest.isEmpty else { throw .malformed }
            return (wall, fraction)
        }
        throw .malformed
    }
}

extension ArraySlice<UInt8> {
    /// Whether the text ends in a lowercase one, whatever its own case.
    func lowercasedEnds(with ending: String) -> Bool {
        suffix(ending.utf8.count).elementsEqual(ending.utf8) { byte, wanted in
            ((65...90).contains(byte) ? byte | 0x20 : byte) == wanted
        }
    }
}
