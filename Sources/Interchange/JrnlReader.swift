package import Query

/// Reads a journal of jrnl: `[2025-03-07 21:52] Title`, and the lines of the text below it.
///
/// Each becomes a note: what was written for oneself stays so.
package struct JrnlReader: Sendable {
    private let context: TimeExpression.Context
    private var lines = LineReader()
    private var open: (line: Int, time: Int64, text: String)?
    /// Whether the text under way belongs to an entry that can't be taken in.
    private var isSkipping = false

    /// A reader at the beginning of a file.
    ///
    /// - Parameter context: jrnl's dates have no zone: the reader's is meant.
    package init(in context: TimeExpression.Context) { self.context = context }

    /// Takes some bytes, and returns the entries that are whole now.
    package mutating func receive(_ bytes: some Collection<UInt8>) -> [FileItem] {
        var items: [FileItem] = []
        for (number, bytes) in lines.receive(bytes) { items += take(number, bytes) }
        return items
    }

    /// The end of the file.
    package mutating func finish() -> [FileItem] {
        var items: [FileItem] = []
        for (number, bytes) in lines.finish() { items += take(number, bytes) }
        return items + close()
    }

    private mutating func take(_ number: Int, _ bytes: [UInt8]?) -> [FileItem] {
        guard let bytes else { return [.failure(line: number, .tooLong)] }
        guard let line = String(validating: bytes, as: UTF8.self) else {
            return [.failure(line: number, .notText)]
        }
        if let (date, title) = Self.heading(line) {
            let closed = close()
            isSkipping = false
            guard let time = try? TimeExpression.microseconds(Self.plain(date), in: context) else {
                isSkipping = true
                return closed + [.failure(line: number, .badDate)]
            }
            open = (number, time, title)
            return closed
        }
        if isSkipping { return [] }
        if open == nil {
            // Blank lines before the first entry are nothing, and text belongs to none.
            return line.allSatisfy(\.isWhitespace) ? [] : [.failure(line: number, .beforeFirst)]
        }
        if (open?.text.utf8.count ?? 0) + line.utf8.count > longestField {
            (open, isSkipping) = (nil, true)
            return [.failure(line: number, .tooLong)]
        }
        open?.text += "\n" + line
        return []
    }

    /// `[date] title`; nil for a line that begins no entry.
    private static func heading(_ line: String) -> (date: Substring, title: String)? {
        guard line.hasPrefix("["), let end = line.firstIndex(of: "]") else { return nil }
        let date = line[line.index(after: line.startIndex)..<end]
        guard date.first?.isNumber ?? false, date.contains("-") || date.contains("/") else { return nil }
        let title = line[line.index(after: end)...].drop { $0 == " " }
        // A star at its end is how jrnl marks an entry.
        return (date, title.hasSuffix(" *") ? String(title.dropLast(2)) : String(title))
    }

    /// jrnl writes `2025-03-07 09:30:00 PM` in some places of the world.
    private static func plain(_ date: Substring) -> String {
        let words = date.split(separator: " ")
        guard words.count == 3, ["AM", "PM"].contains(words[2].uppercased()) else { return String(date) }
        var clock = words[1]
        if clock.hasPrefix("0") { clock.removeFirst() }
        return "\(words[0]) \(clock)\(words[2].lowercased())"
    }

    private mutating func close() -> [FileItem] {
        guard let open else { return [] }
        self.open = nil
        var text = open.text[...]
        while text.last?.isWhitespace ?? false { text.removeLast() }
        guard !text.isEmpty else { return [] }
        var record = FileRecord(line: open.line)
        record.add("KIND", "note")
        record.add("__REALTIME_TIMESTAMP", "\(open.time)")
        record.add("TEXT", String(text))
        return [.record(record)]
    }
}
