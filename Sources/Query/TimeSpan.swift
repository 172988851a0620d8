/// Spans of time as systemd.time(7) writes them: `2h 30min`, `3 weeks`, `1.5s`.
package enum TimeSpan {
    /// Why words are no span.
    package enum Failure: Error, Equatable, Sendable {
        case malformed
        case tooLong
    }

    /// Microseconds that each unit has. Longer names stand before their own beginnings.
    private static let units: [(name: String, microseconds: UInt64)] = [
        ("seconds", 1_000_000), ("second", 1_000_000), ("sec", 1_000_000), ("s", 1_000_000),
        ("minutes", 60_000_000), ("minute", 60_000_000), ("min", 60_000_000),
        ("months", 2_629_800_000_000), ("month", 2_629_800_000_000), ("M", 2_629_800_000_000),
        ("msec", 1_000), ("ms", 1_000), ("m", 60_000_000),
        ("hours", 3_600_000_000), ("hour", 3_600_000_000), ("hr", 3_600_000_000), ("h", 3_600_000_000),
        ("days", 86_400_000_000), ("day", 86_400_000_000), ("d", 86_400_000_000),
        ("weeks", 604_800_000_000), ("week", 604_800_000_000), ("w", 604_800_000_000),
        ("years", 31_557_600_000_000), ("year", 31_557_600_000_000), ("y", 31_557_600_000_000),
        ("usec", 1), ("us", 1), ("µs", 1), ("μs", 1),
    ]

    /// A span in microseconds; a number without a unit counts seconds.
    package static func microseconds(_ text: some StringProtocol) throws(Failure) -> UInt64 {
        var rest = Array(text.utf8)[...]
        skipBlanks(&rest)
        if rest.starts(with: "infinity".utf8) {
            rest = rest.dropFirst(8)
            skipBlanks(&rest)
            guard rest.isEmpty else { throw .malformed }
            return .max
        }
        var sum: UInt64 = 0
        var isEmpty = true
        while true {
            skipBlanks(&rest)
            if rest.isEmpty { break }
            // As strtoll: a sign belongs to digits, so that "+.5" is none.
            if rest.first == UInt8(ascii: "+"), let next = rest.dropFirst().first, (48...57).contains(next) {
                rest.removeFirst()
            }
            let whole = digits(&rest)
            var fraction: ArraySlice<UInt8>?
            if rest.first == UInt8(ascii: ".") {
                rest.removeFirst()
                fraction = digits(&rest)
            }
            guard !whole.isEmpty || fraction != nil, fraction.map({ !$0.isEmpty }) ?? true else {
                throw .malformed
            }
            let afterNumber = rest
            skipBlanks(&rest)
            let unit = try unit(&rest, directly: afterNumber)
            try add(whole, fraction ?? [], times: unit, to: &sum)
            isEmpty = false
        }
        guard !isEmpty else { throw .malformed }
        return sum
    }

    private static func add(
        _ whole: ArraySlice<UInt8>, _ fraction: ArraySlice<UInt8>, times unit: UInt64, to sum: inout UInt64
    ) throws(Failure) {
        var number: Int64 = 0
        for digit in whole {
            let (tens, isTooMuch) = number.multipliedReportingOverflow(by: 10)
            let (next, isTooMuchAlso) = tens.addingReportingOverflow(Int64(digit - 48))
            guard !isTooMuch, !isTooMuchAlso else { throw .tooLong }
            number = next
        }
        // The greatest number means "infinity", so nothing else may come to it.
        guard UInt64(number) < .max / unit else { throw .tooLong }
        try add(UInt64(number) * unit, to: &sum)
        var place = unit / 10
        for digit in fraction {
            try add(UInt64(digit - 48) * place, to: &sum)
            place /= 10
        }
    }

    private static func add(_ part: UInt64, to sum: inout UInt64) throws(Failure) {
        guard part < .max - sum else { throw .tooLong }
        sum += part
    }

    /// The unit behind a number; seconds where none is named. Two numbers need something between them.
    private static func unit(
        _ rest: inout ArraySlice<UInt8>, directly afterNumber: ArraySlice<UInt8>
    ) throws(Failure) -> UInt64 {
        for unit in units where rest.starts(with: unit.name.utf8) {
            rest = rest.dropFirst(unit.name.utf8.count)
            return unit.microseconds
        }
        guard rest.isEmpty || rest.startIndex != afterNumber.startIndex else { throw .malformed }
        return 1_000_000
    }

    private static func digits(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = rest.prefix { (48...57).contains($0) }
        rest = rest.dropFirst(digits.count)
        return digits
    }

    private static func skipBlanks(_ rest: inout ArraySlice<UInt8>) {
        while let byte = rest.first, byte == 0x20 || (0x09...0x0D).contains(byte) { rest.removeFirst() }
    }
}
