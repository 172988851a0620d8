/// One entry as `log` shows it: fields with their values, a field once for each value, all in one stretch of bytes.
///
/// A record is filled, printed and emptied again a million times over in one reading, so it holds on to its memory
/// and knows no strings. Values are UTF-8.
package struct LogRecord: Sendable {
    /// A field and where its value lies.
    package struct Entry: Sendable {
        /// Which field.
        package let field: LogField
        /// The place of its value in ``LogRecord/bytes``.
        package let range: Range<Int>
    }

    /// The fields, in the order in which they are printed.
    package private(set) var entries: [Entry] = []
    /// All values, one behind the other.
    package private(set) var bytes: [UInt8] = []
    /// When it was shared, in microseconds since 1970.
    package var realtime: Int64 = 0
    /// Whether it is folded: taken back or erased, and not asked to be shown all the same.
    package var isFolded = false
    /// Whether the person of this device wrote it.
    package var isOwn = false
    /// What prose says above the entries of a rift: its title, its state, and what was written apart.
    package var heading: [UInt8] = []

    /// An empty record.
    package init() {}

    /// Empties it, to be filled again.
    package mutating func clear() {
        entries.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        (realtime, isFolded, isOwn) = (0, false, false)
        heading.removeAll(keepingCapacity: true)
    }

    /// Adds a field by its value's bytes.
    package mutating func add(_ field: LogField, _ value: some Collection<UInt8>) {
        let start = bytes.count
        bytes.append(contentsOf: value)
        entries.append(Entry(field: field, range: start..<bytes.count))
    }

    /// Adds a field by its value; nothing for nil.
    package mutating func add(_ field: LogField, _ value: String?) {
        guard let value else { return }
        add(field, value.utf8)
    }

    /// Adds a field that is a number.
    package mutating func add(_ field: LogField, number: Int64) {
        let start = bytes.count
        bytes.append(decimal: number)
        entries.append(Entry(field: field, range: start..<bytes.count))
    }

    /// Adds where an entry stands.
    package mutating func add(_ cursor: Cursor) {
        let start = bytes.count
        cursor.append(to: &bytes)
        entries.append(Entry(field: .cursor, range: start..<bytes.count))
    }

    /// Adds a field that holds sixteen bytes as hexadecimal digits.
    package mutating func add(_ field: LogField, high: UInt64, low: UInt64) {
        let start = bytes.count
        bytes.append(hexadecimal: high)
        bytes.append(hexadecimal: low)
        entries.append(Entry(field: field, range: start..<bytes.count))
    }

    /// Adds bytes that belong to no field yet, and tells where.
    package mutating func append(_ value: some Collection<UInt8>) -> Range<Int> {
        let start = bytes.count
        bytes.append(contentsOf: value)
        return start..<bytes.count
    }

    /// Adds a field whose value is there already.
    package mutating func add(_ field: LogField, at range: Range<Int>) {
        entries.append(Entry(field: field, range: range))
    }

    /// Adds a field that is made of others already there, with newlines between them.
    package mutating func add(_ field: LogField, joining parts: [Range<Int>]) {
        if parts.count == 1 {
            entries.append(Entry(field: field, range: parts[0]))
            return
        }
        let start = bytes.count
        for (index, part) in parts.enumerated() {
            if index > 0 { bytes.append(0x0A) }
            bytes.append(contentsOf: bytes[part])
        }
        entries.append(Entry(field: field, range: start..<bytes.count))
    }

    /// The first value of a field.
    package func first(_ field: LogField) -> ArraySlice<UInt8>? {
        for entry in entries where entry.field == field { return bytes[entry.range] }
        return nil
    }

    /// The first value of a field as text.
    package subscript(field: LogField) -> String? { first(field).map { String(decoding: $0, as: UTF8.self) } }

    /// Keeps only some fields.
    package mutating func keep(where isKept: (LogField) -> Bool) { entries.removeAll { !isKept($0.field) } }
}

extension [UInt8] {
    /// Appends a number in decimal digits.
    mutating func append(decimal number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        let start = count
        var rest = number.magnitude
        repeat {
            // Can't trap: a digit.
            append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        self[start...].reverse()
    }

    /// Appends a number in decimal digits, with zeros before it up to a width.
    mutating func append(decimal number: Int, width: Int) {
        var divisor = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > number.magnitude, divisor > 1 {
            append(UInt8(ascii: "0"))
            divisor /= 10
        }
        // Can't trap: an Int is as wide.
        append(decimal: Int64(number))
    }

    /// Appends sixteen hexadecimal digits.
    mutating func append(hexadecimal number: UInt64) { append(hexadecimal: number, digits: 16) }

    /// Appends as many hexadecimal digits as a number has.
    mutating func append(shortHexadecimal number: UInt64) {
        append(hexadecimal: number, digits: Swift.max(1, (67 - number.leadingZeroBitCount) / 4))
    }

    private mutating func append(hexadecimal number: UInt64, digits: Int) {
        for shift in stride(from: digits * 4 - 4, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: number >> UInt64(shift) & 0xF)
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
