import Interchange
import Query

/// Files of entries: the input is a line that says how it is read, `json 3 1 7`, and what is read, in such pieces.
///
/// - However a file is parted, the same is read of it, and lines are numbered by what is in it.
/// - What is read of a file is printed, by the modes for programs, as a file of which the same is read.
/// - What is printed holds nothing that a terminal would obey.
///
/// A format that is none means all of them. With the word `long` a byte of 255, which no text has, stands with the next
/// for a run of up to two million letters.
package func fuzzImports(_ bytes: [UInt8]) {
    let header = bytes.prefix { $0 != 0x0A }
    let words = header.split(separator: 0x20).map(\.text)
    var file = Array(bytes.dropFirst(header.count + 1))
    if words.contains("long") { file = lengthened(file) }
    // A long file isn't read byte by byte.
    let pieces = words.compactMap { Int($0) }.filter { $0 > 0 }.map { max($0, file.count / 256) }
    let formats = words.first.flatMap { FileFormat(rawValue: $0) }.map { [$0] } ?? FileFormat.allCases
    for format in formats { checkReading(file, format, pieces) }
}

private func lengthened(_ bytes: [UInt8]) -> [UInt8] {
    var file: [UInt8] = []
    var rest = bytes[...]
    while let byte = rest.popFirst() {
        if byte == 0xFF, let count = rest.popFirst() {
            file += Array(
                repeating: UInt8(ascii: "a"), count: min(Int(count) << 13, max(0, 6 << 20 - file.count)))
        } else {
            file.append(byte)
        }
    }
    return file
}

private let context = TimeExpression.Context(
    now: 1_736_944_496_789_012, zone: TimeZoneRules(posix: "CET-1CEST,M3.5.0,M10.5.0/3") ?? .utc,
    zoneNamed: { $0 == "UTC" ? .utc : nil })

private func checkReading(_ file: [UInt8], _ format: FileFormat, _ pieces: [Int]) {
    let whole = read(file, format, [])
    let lines = file.count { $0 == 0x0A } + 1
    for item in whole {
        require((1...lines).contains(item.line), "\(format) has no line \(item.line)")
        // What takes its time is printed when it is short.
        if case .record(let record) = item, file.count < 65_536 { checkPrinted(record) }
    }
    for pieces in file.count < 65_536 ? [pieces, [1 + file.count / 64]] : [pieces] {
        let parted = read(file, format, pieces)
        for (one, other) in zip(whole, parted) {
            require(one.isSame(as: other), "\(format) in pieces of \(pieces): \(other) instead of \(one)")
        }
        require(
            whole.count == parted.count, "\(format) in pieces of \(pieces): \(parted.count) of \(whole.count)"
        )
    }
}

/// Reads a file in pieces of these lengths, in turns; as a whole if there are none.
private func read(_ file: [UInt8], _ format: FileFormat, _ pieces: [Int]) -> [FileItem] {
    var reader = FileReader(format, in: context)
    var items: [FileItem] = []
    var rest = file[...]
    var turn = 0
    while !rest.isEmpty {
        let piece = rest.prefix(pieces.isEmpty ? rest.count : pieces[turn % pieces.count])
        items += reader.receive(piece)
        rest = rest.dropFirst(piece.count)
        turn += 1
    }
    return items + reader.finish()
}

extension FileItem {
    fileprivate var line: Int {
        switch self {
        case .record(let record): record.line
        case .failure(let line, _): line
        }
    }

    fileprivate func isSame(as other: FileItem) -> Bool {
        switch (self, other) {
        case (.record(let one), .record(let other)):
            one.line == other.line && one.fields.elementsEqual(other.fields, by: isSameField)
        case (.failure(let line, let failure), .failure(let otherLine, let otherFailure)):
            line == otherLine && failure == otherFailure
        default: false
        }
    }
}

private func isSameField(_ one: (name: String, value: String), _ other: (name: String, value: String)) -> Bool
{
    one.name.hasBytes(of: other.name) && one.value.hasBytes(of: other.value)
}

// MARK: Printing

private func checkPrinted(_ read: FileRecord) {
    var record = LogRecord()
    var fields: [(name: String, value: String)] = []
    for (name, value) in read.fields {
        guard let field = LogField(name: name) else { continue }
        // What is no one's words is of the program's making, and never escaped.
        let isPlain = value.utf8.allSatisfy { (97...122).contains($0) || $0 == 95 }
        if [.kind, .choice, .cursor].contains(field), !isPlain { continue }
        record.add(field, value)
        fields.append((name, value))
    }
    record.realtime = record[.realtimeTimestamp].flatMap { Int64($0) } ?? 0
    record.heading = Array((record[.riftTitle] ?? "").utf8)
    for mode in OutputMode.allCases {
        let bytes = printed(record, mode, isFull: true)
        if mode != .export { requireHarmless(bytes, mode) }
        if !mode.isData { requireHarmless(printed(record, mode, isFull: false), mode) }
    }
    guard !fields.isEmpty else { return }
    requireSame(fields, reread(printed(record, .export, isFull: true, times: 1), .export), "export")
    // An object has no order of its own: the reader's is by name.
    let sorted = fields.enumerated().sorted { ($0.element.name, $0.offset) < ($1.element.name, $1.offset) }
    requireSame(sorted.map(\.element), reread(printed(record, .json, isFull: true, times: 1), .json), "json")
}

private func requireSame(
    _ fields: [(name: String, value: String)], _ again: [(name: String, value: String)], _ mode: String
) {
    require(fields.elementsEqual(again, by: isSameField), "\(mode) leads from \(fields) to \(again)")
}

/// The fields of the one record in a file.
private func reread(_ bytes: [UInt8], _ format: FileFormat) -> [(name: String, value: String)] {
    let items = read(bytes, format, [])
    guard items.count == 1, case .record(let record) = items[0] else {
        fatalError("violated: what \(format) printed is read as \(items)")
    }
    return record.fields
}

private func printed(_ record: LogRecord, _ mode: OutputMode, isFull: Bool, times: Int = 2) -> [UInt8] {
    var options = Printer.Options()
    (options.mode, options.isFull, options.explains) = (mode, isFull, !isFull)
    if !isFull { options.width = 20 }
    var printer = Printer(options)
    var bytes: [UInt8] = []
    // The second time it has another before it.
    for _ in 0..<times { printer.append(record, to: &bytes) }
    return bytes
}

private func requireHarmless(_ bytes: [UInt8], _ mode: OutputMode) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
        fatalError("violated: \(mode.rawValue) prints what is no text: \(bytes.text)")
    }
    let harm = text.unicodeScalars.first { scalar in
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0x1E: mode != .jsonSequence
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
    require(harm == nil, "\(mode.rawValue) prints \(harm.map { $0.value } ?? 0): \(text.debugDescription)")
}
