import Causality

/// How far the clocks of a place are from UTC, and when that changes.
///
/// Read from the system's own files (TZif, RFC 8536), whose bytes the caller brings: the daemon formats times in the
/// zone of whoever asks, which neither glibc's `TZ` (one a process) nor Foundation without ICU can do.
package struct TimeZoneRules: Sendable {
    /// One way of keeping time there.
    package struct Period: Equatable, Sendable {
        /// Seconds east of UTC.
        package let offset: Int
        /// Whether it is summer time.
        package let isSummer: Bool
        /// What it is called, as in `CET`.
        package let abbreviation: String
    }

    /// Why bytes tell no zone.
    package enum Failure: Error, Equatable, Sendable {
        case notTZif
        case truncated
        case malformed
    }

    /// When a period begins, in seconds since 1970, in ascending order.
    private let transitions: [(at: Int64, period: Int)]
    private let periods: [Period]
    /// What holds behind the last transition.
    private let tail: PosixZone?

    /// Universal time.
    package static let utc = TimeZoneRules(
        transitions: [], periods: [Period(offset: 0, isSummer: false, abbreviation: "UTC")], tail: nil)

    private init(transitions: [(at: Int64, period: Int)], periods: [Period], tail: PosixZone?) {
        (self.transitions, self.periods, self.tail) = (transitions, periods, tail)
    }

    /// A zone as `TZ` spells it out: `CET-1CEST,M3.5.0,M10.5.0/3`; nil for anything else.
    package init?(posix text: some StringProtocol) {
        guard let zone = PosixZone(text) else { return nil }
        self.init(transitions: [], periods: [zone.standard], tail: zone)
    }

    /// A zone from a file under `/usr/share/zoneinfo`.
    package init(tzif bytes: [UInt8]) throws(Failure) {
        var reader = Reader(bytes: bytes)
        let first = try Header(&reader)
        guard first.version >= UInt8(ascii: "2") else { throw .notTZif }
        // The first block has 32-bit times, for old readers; the second one says the same in 64 bits.
        try reader.skip(first.bodyLength(timeSize: 4))
        let header = try Header(&reader)
        guard header.types > 0 else { throw .malformed }
        var times: [Int64] = []
        for _ in 0..<header.times { times.append(Int64(bitPattern: try reader.number(8))) }
        let indexes = try reader.take(header.times)
        var types: [(offset: Int, isSummer: Bool, name: Int)] = []
        for _ in 0..<header.types {
            let offset = Int(Int32(truncatingIfNeeded: try reader.number(4)))
            types.append((offset, try reader.number(1) != 0, Int(try reader.number(1))))
        }
        let names = try reader.take(header.names)
        try reader.skip(header.leaps * 12 + header.standards + header.universals)
        var periods: [Period] = []
        for type in types {
            guard type.name < names.count, abs(type.offset) < 200_000 else { throw .malformed }
            let name = names[(names.startIndex + type.name)...].prefix { $0 != 0 }
            periods.append(
                Period(
                    offset: type.offset, isSummer: type.isSummer,
                    abbreviation: String(decoding: name, as: UTF8.self)))
        }
        var transitions: [(at: Int64, period: Int)] = []
        for (time, index) in zip(times, indexes) {
            guard Int(index) < periods.count, transitions.last.map({ $0.at < time }) ?? true else {
                throw .malformed
            }
            transitions.append((time, Int(index)))
        }
        let footer = reader.rest.dropFirst().prefix { $0 != 0x0A }
        self.init(
            transitions: transitions, periods: periods,
            tail: PosixZone(String(decoding: footer, as: UTF8.self)))
    }

    /// How time is kept at a moment, in seconds since 1970.
    package func period(at seconds: Int64) -> Period {
        if let last = transitions.last, seconds >= last.at {
            return tail?.period(at: seconds) ?? periods[last.period]
        }
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].at <= seconds { low = middle + 1 } else { high = middle }
        }
        if low > 0 { return periods[transitions[low - 1].period] }
        if transitions.isEmpty, let tail { return tail.period(at: seconds) }
        return periods.first { !$0.isSummer } ?? periods[0]
    }

    /// The moment at which a wall there shows a time, found as glibc's `mktime` finds it; nil for no year of ours.
    ///
    /// A time that is skipped counts as if the clock had not been changed yet. One that comes twice is meant the second
    /// time east of Greenwich and the first time west of it, unless `isSummer` says which.
    package func seconds(of wall: CivilTime, isSummer: Bool? = nil) -> Int64? {
        guard let local = wall.secondsSince1970 else { return nil }
        func shown(_ moment: Int64) -> Int64 { moment.addingClamped(Int64(period(at: moment).offset)) }
        var (moment, last, beforeLast) = (local, local, local)
        var wasSummer = false
        for _ in 0..<6 {
            let difference = local - shown(moment)
            let found = period(at: moment)
            if difference == 0 {
                guard let isSummer, isSummer != found.isSummer else { return moment }
                return nearest(to: moment, isSummer: isSummer, showing: local)
            }
            // Back and forth around a change: the time is skipped.
            if moment == last, moment != beforeLast,
                isSummer.map({ $0 != found.isSummer }) ?? (!wasSummer || found.isSummer)
            {
                return moment
            }
            (last, beforeLast, moment, wasSummer) = (beforeLast, moment, moment + difference, found.isSummer)
        }
        return nil
    }

    /// The same wall's time in the nearest period that is, or is not, summer time.
    private func nearest(to moment: Int64, isSummer: Bool, showing local: Int64) -> Int64 {
        for distance in stride(from: Int64(601_200), to: 229_205_805, by: 601_200) {
            for other in [moment - distance, moment + distance] {
                let period = period(at: other)
                if period.isSummer == isSummer { return local - Int64(period.offset) }
            }
        }
        return moment + (isSummer ? -3_600 : 3_600)
    }

    /// What its time is called outside of summer time and in it, as `tzname` has it; the same if there is only one.
    package var names: (standard: String, summer: String) {
        var (standard, summer) = (String?.none, String?.none)
        for period in periods + [tail?.standard, tail?.summer].compactMap(\.self) {
            if period.isSummer { summer = period.abbreviation } else { standard = period.abbreviation }
        }
        let only = standard ?? summer ?? ""
        return (only, summer ?? only)
    }

    /// All ways of keeping time there that have exactly this abbreviation, the later ones first.
    func periods(called abbreviation: String) -> [Period] {
        (periods + [tail?.standard, tail?.summer].compactMap(\.self)).reversed().filter {
            $0.abbreviation == abbreviation
        }
    }

    /// A way of keeping time there by its abbreviation, also one of former years.
    package func period(called abbreviation: some StringProtocol) -> Period? {
        let all = periods + [tail?.standard, tail?.summer].compactMap(\.self)
        return all.last { $0.abbreviation.lowercased() == abbreviation.lowercased() }
    }
}

/// The counts at the beginning of each block of a TZif file.
private struct Header {
    let version: UInt8
    let universals: Int, standards: Int, leaps: Int, times: Int, types: Int, names: Int

    init(_ reader: inout Reader) throws(TimeZoneRules.Failure) {
        guard try reader.take(4).elementsEqual("TZif".utf8) else { throw .notTZif }
        version = UInt8(try reader.number(1))
        try reader.skip(15)
        universals = Int(try reader.number(4))
        standards = Int(try reader.number(4))
        leaps = Int(try reader.number(4))
        times = Int(try reader.number(4))
        types = Int(try reader.number(4))
        names = Int(try reader.number(4))
    }

    func bodyLength(timeSize: Int) -> Int {
        times * (timeSize + 1) + types * 6 + names + leaps * (timeSize + 4) + standards + universals
    }
}

/// Big-endian numbers one after the other.
private struct Reader {
    let bytes: [UInt8]
    var offset = 0

    var rest: ArraySlice<UInt8> { bytes[offset...] }

    mutating func take(_ count: Int) throws(TimeZoneRules.Failure) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - offset else { throw .truncated }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    mutating func skip(_ count: Int) throws(TimeZoneRules.Failure) { _ = try take(count) }

    mutating func number(_ size: Int) throws(TimeZoneRules.Failure) -> UInt64 {
        try take(size).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
