/// How records are printed. The names are journalctl's.
package enum OutputMode: String, CaseIterable, Sendable {
    case short
    case json
    case cat

    /// The bytes of one record, its last newline included.
    ///
    /// - Parameter zone: the offset from UTC in seconds at a moment, given in seconds since 1970.
    package func render(_ record: LogRecord, zone: (Int64) -> Int) -> [UInt8] {
        switch self {
        case .short: Self.short(record, zone: zone)
        case .json: Self.json(record)
        case .cat: Array(TerminalText.escaped(record["MESSAGE"] ?? "").utf8) + [0x0A]
        }
    }

    private static func short(_ record: LogRecord, zone: (Int64) -> Int) -> [UInt8] {
        let microseconds = record["__REALTIME_TIMESTAMP"].flatMap { Int64($0) } ?? 0
        let seconds = microseconds.flooredQuotient(by: 1_000_000)
        let time = CivilTime(seconds: seconds.addingClamped(Int64(zone(seconds))))
        let device = TerminalText.escaped(record["_DEVICE"] ?? "-").replacingNewlines
        let message = TerminalText.escaped(record["MESSAGE"] ?? "")
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        let text = lines.joined(separator: "\n    ")
        let mark = record["_CUT_OFF"] == nil ? "" : " (written after this device was retired)"
        return Array("\(time.short) \(device) \(record["KIND"] ?? "?")\(mark): \(text)\n".utf8)
    }

    private static func json(_ record: LogRecord) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        var done: Set<String> = []
        for field in record.fields where done.insert(field.name).inserted {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            JSONText.append(field.name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            let values = record.fields.filter { $0.name == field.name }.map(\.value)
            if values.count == 1 {
                JSONText.append(values[0], to: &bytes)
                continue
            }
            for (index, value) in values.enumerated() {
                bytes.append(UInt8(ascii: index == 0 ? "[" : ","))
                JSONText.append(value, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        }
        bytes += Array("}\n".utf8)
        return bytes
    }
}

/// Strings as JSON has them.
enum JSONText {
    /// Appends a string; what a terminal would obey is escaped, so the value stays the same and the line harmless.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": bytes += Array("\\\"".utf8)
            case "\\": bytes += Array("\\\\".utf8)
            case "\n": bytes += Array("\\n".utf8)
            case "\t": bytes += Array("\\t".utf8)
            case "\r": bytes += Array("\\r".utf8)
            case _ where TerminalText.isHarmful(scalar):
                let digits = String(scalar.value, radix: 16)
                bytes += Array(("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).utf8)
            default: bytes += Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension Int64 {
    func flooredQuotient(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}

extension String {
    var replacingNewlines: String { String(map { $0 == "\n" ? " " : $0 }) }
}
