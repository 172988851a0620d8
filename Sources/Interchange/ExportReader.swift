/// Reads the Journal Export Format, piece by piece: `K=V`, or `K`, a length and bytes; an empty line ends an entry.
package struct ExportReader: Sendable {
    private var buffer: [UInt8] = []
    private var start = 0
    private var line = 1
    private var record: FileRecord?
    /// Whether the rest of a line is passed over, that was too long.
    private var isSkippingLine = false
    /// How many bytes of a field are passed over, that was too long: they are no lines.
    private var skipped: UInt64 = 0
    /// Whether the entry under way holds something that can't be read: then none of it is taken.
    private var isBroken = false

    /// A reader at the beginning of a file.
    package init() {}

    /// Takes some bytes, and returns the entries that are whole now.
    package mutating func receive(_ bytes: some Collection<UInt8>) -> [FileItem] {
        buffer.removeFirst(start)
        start = 0
        buffer += bytes
        var items: [FileItem] = []
        while let step = next(isEnd: false) { items += step }
        return items
    }

    /// The end of the file.
    package mutating func finish() -> [FileItem] {
        var items: [FileItem] = []
        while let step = next(isEnd: true) { items += step }
        if start < buffer.count { items.append(.failure(line: line, .truncated)) }
        start = buffer.count
        if let record, !isBroken { items.append(.record(record)) }
        record = nil
        return items
    }

    /// Takes the next line, or field of bytes; nil where there is none whole.
    private mutating func next(isEnd: Bool) -> [FileItem]? {
        guard start < buffer.count else { return nil }
        if skipped > 0 {
            // Can't trap: no more than is in the buffer.
            let count = Int(min(skipped, UInt64(buffer.count - start)))
            line += buffer[start..<start + count].count { $0 == 0x0A }
            (start, skipped) = (start + count, skipped - UInt64(count))
            return []
        }
        if isSkippingLine {
            guard let end = buffer[start...].firstIndex(of: 0x0A) else {
                start = buffer.count
                return nil
            }
            (start, isSkippingLine) = (end + 1, false)
            line += 1
            return []
        }
        guard let end = buffer[start...].firstIndex(of: 0x0A) ?? (isEnd ? buffer.count : nil) else {
            guard buffer.count - start > longestField + 65 else { return nil }
            isSkippingLine = true
            return fail(.tooLong, from: buffer.count)
        }
        let text = buffer[start..<end]
        let behind = min(end + 1, buffer.count)
        if text.isEmpty {
            defer {
                (start, record, isBroken) = (behind, nil, false)
                line += 1
            }
            return record.map { isBroken ? [] : [.record($0)] } ?? []
        }
        if let sign = text.firstIndex(of: UInt8(ascii: "=")) {
            return field(text[..<sign], text[(sign + 1)...], behind: behind, lines: 1)
        }
        guard text.count <= 64 else { return fail(.tooLong, from: behind) }
        // A name alone: a length of eight bytes, little-endian, the bytes and a newline follow.
        guard end < buffer.count else { return isEnd ? fail(.notAField, from: behind) : nil }
        guard buffer.count - behind >= 8 else { return isEnd ? fail(.truncated, from: buffer.count) : nil }
        let length = buffer[behind..<behind + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // Can't trap: a constant.
        guard length <= UInt64(longestField) else {
            // Its bytes and the newline behind them.
            skipped = length == .max ? length : length + 1
            return fail(.tooLong, from: behind + 8)
        }
        let value = behind + 8
        // Can't trap: no longer than the longest field.
        let close = value + Int(length)
        guard close < buffer.count else { return isEnd ? fail(.truncated, from: buffer.count) : nil }
        guard buffer[close] == 0x0A else { return fail(.notAField, from: behind) }
        let lines = 2 + buffer[behind..<close].count { $0 == 0x0A }
        return field(text, buffer[value..<close], behind: close + 1, lines: lines)
    }

    private mutating func field(
        _ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>, behind: Int, lines: Int
    ) -> [FileItem] {
        guard name.count <= 64, value.count <= longestField else { return fail(.tooLong, from: behind) }
        guard let name = String(validating: name, as: UTF8.self),
            let value = String(validating: value, as: UTF8.self)
        else { return fail(.notText, from: behind) }
        if record == nil { record = FileRecord(line: line) }
        record?.add(name, value)
        start = behind
        line += lines
        return []
    }

    /// Tells of a failure, and goes on behind it: all of a file's failures are told at once.
    private mutating func fail(_ failure: FileFailure, from next: Int) -> [FileItem] {
        let failed = FileItem.failure(line: line, failure)
        isBroken = true
        if record == nil { record = FileRecord(line: line) }
        line += buffer[start..<next].count { $0 == 0x0A }
        start = next
        return [failed]
    }
}
