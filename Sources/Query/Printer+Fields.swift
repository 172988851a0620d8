/// The modes that print fields by their names.
extension Printer {
    /// The fields' names as JSON has them before a value: `"KIND":`.
    private static let keys = LogField.allCases.map { Array("\"\($0.name)\":".utf8) }

    func appendJSON(_ record: LogRecord, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
        let keys = Self.keys
        var done: LogFieldSet = []
        for (index, entry) in record.entries.enumerated()
        where shows(entry.field) && !done.contains(entry.field) {
            if done != [] { output.append(UInt8(ascii: ",")) }
            done.formUnion(LogFieldSet(entry.field))
            // Can't trap: a byte.
            output.append(contentsOf: keys[Int(entry.field.rawValue)])
            let isRepeated = record.entries[(index + 1)...].contains { $0.field == entry.field }
            guard isRepeated else {
                JSONText.append(record.bytes[entry.range], to: &output)
                continue
            }
            var separator = UInt8(ascii: "[")
            for other in record.entries[index...] where other.field == entry.field {
                output.append(separator)
                JSONText.append(record.bytes[other.range], to: &output)
                separator = UInt8(ascii: ",")
            }
            output.append(UInt8(ascii: "]"))
        }
        output.append(UInt8(ascii: "}"))
    }

    func appendPrettyJSON(_ record: LogRecord, to output: inout [UInt8]) {
        var done: LogFieldSet = []
        output.append(UInt8(ascii: "{"))
        for (index, entry) in record.entries.enumerated()
        where shows(entry.field) && !done.contains(entry.field) {
            output.append(contentsOf: (done == [] ? "\n\t" : ",\n\t").utf8)
            done.formUnion(LogFieldSet(entry.field))
            JSONText.append(Array(entry.field.name.utf8)[...], to: &output)
            output.append(contentsOf: " : ".utf8)
            let values = record.entries[index...].filter { $0.field == entry.field }
            guard values.count > 1 else {
                JSONText.append(record.bytes[entry.range], to: &output)
                continue
            }
            for (place, value) in values.enumerated() {
                output.append(contentsOf: (place == 0 ? "[\n\t\t" : ",\n\t\t").utf8)
                JSONText.append(record.bytes[value.range], to: &output)
            }
            output.append(contentsOf: "\n\t]".utf8)
        }
        output.append(contentsOf: "\n}\n".utf8)
    }

    /// The Journal Export Format: text as `K=V`, and all that a line can't hold with its length before it.
    func appendExport(_ record: LogRecord, to output: inout [UInt8]) {
        for entry in record.entries where shows(entry.field) {
            let value = record.bytes[entry.range]
            output.append(contentsOf: entry.field.name.utf8)
            if value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) {
                output.append(UInt8(ascii: "="))
            } else {
                output.append(0x0A)
                for shift in stride(from: 0, to: 64, by: 8) {
                    output.append(UInt8(truncatingIfNeeded: value.count >> shift))
                }
            }
            output.append(contentsOf: value)
            output.append(0x0A)
        }
        output.append(0x0A)
    }

    func appendVerbose(_ record: LogRecord, to output: inout [UInt8]) {
        appendFullTime(record.realtime, precise: true, to: &output)
        if let cursor = record.first(.cursor) {
            output.append(contentsOf: " [".utf8)
            output.append(contentsOf: cursor)
            output.append(UInt8(ascii: "]"))
        }
        output.append(0x0A)
        for entry in record.entries where shows(entry.field) && !entry.field.isAddress {
            output.append(contentsOf: "    ".utf8)
            output.append(contentsOf: entry.field.name.utf8)
            output.append(UInt8(ascii: "="))
            var value = record.bytes[entry.range]
            // The end of the last line is the end of the value.
            if value.last == 0x0A { value.removeLast() }
            TerminalText.append(value, to: &output, lineBreaks: .aligned(5 + entry.field.name.utf8.count))
            output.append(0x0A)
        }
    }
}
