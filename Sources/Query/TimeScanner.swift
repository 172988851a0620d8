/// Reads dates and times from the front of a text as glibc's `strptime` does.
struct TimeScanner {
    var rest: ArraySlice<UInt8>

    /// Reads by a format: `y` two digits of a year, `Y` four, `m`, `d`, `H`, `M`, `S` numbers, `b` a month's name, a
    /// space any blanks, and everything else as it stands. False where the text is another one.
    mutating func scan(_ format: String, into wall: inout CivilTime) -> Bool {
        for character in format.utf8 {
            switch character {
            case UInt8(ascii: "y"):
                guard let year = number(2, through: 99) else { return false }
                wall.year = Int64(year < 69 ? 2_000 + year : 1_900 + year)
            case UInt8(ascii: "Y"):
                guard let year = number(4, through: 9_999) else { return false }
                wall.year = Int64(year)
            case UInt8(ascii: "m"):
                guard let month = number(2, through: 12), month > 0 else { return false }
                wall.month = month
            case UInt8(ascii: "d"):
                guard let day = number(2, through: 31), day > 0 else { return false }
                wall.day = day
            case UInt8(ascii: "H"):
                guard let hour = number(2, through: 23) else { return false }
                wall.hour = hour
            case UInt8(ascii: "M"):
                guard let minute = number(2, through: 59) else { return false }
                wall.minute = minute
            case UInt8(ascii: "S"):
                guard let second = number(2, through: 61) else { return false }
                wall.second = second
            case UInt8(ascii: "b"):
                guard let month = month() else { return false }
                wall.month = month
            case 0x20: skipBlanks()
            default:
                guard rest.first == character else { return false }
                rest.removeFirst()
            }
        }
        return true
    }

    /// The part of a second behind its point, in microseconds; the seventh digit rounds.
    mutating func fraction() -> UInt64? {
        let digits = rest.prefix { (48...57).contains($0) }
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        var value: UInt64 = 0
        for place in 0..<6 {
            let index = digits.startIndex + place
            value = value * 10 + (index < digits.endIndex ? UInt64(digits[index] - 48) : 0)
        }
        return digits.count > 6 && digits[digits.startIndex + 6] >= 53 ? value + 1 : value
    }

    /// A number of at most so many digits, which stops where another digit would make it too great.
    mutating func number(_ most: Int, through limit: Int) -> Int? {
        skipBlanks()
        var value = 0
        var count = 0
        while count < most, count == 0 || value * 10 <= limit, let byte = rest.first, (48...57).contains(byte)
        {
            value = value * 10 + Int(byte - 48)
            rest.removeFirst()
            count += 1
        }
        return count > 0 && value <= limit ? value : nil
    }

    private static let monthNames = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november", "december",
    ]

    /// A month by its name or the first three letters of it.
    mutating func month() -> Int? {
        skipBlanks()
        for (index, name) in Self.monthNames.enumerated() {
            for length in [name.utf8.count, 3]
            where rest.prefix(length).lowercasedEnds(with: String(name.prefix(length))) {
                rest = rest.dropFirst(length)
                return index + 1
            }
        }
        return nil
    }

    mutating func skipBlanks() {
        while let byte = rest.first, byte == 0x20 || (0x09...0x0D).contains(byte) { rest.removeFirst() }
    }
}
