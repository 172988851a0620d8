/// Parts bytes into lines, however they come.
struct LineReader: Sendable {
    private var rest: [UInt8] = []
    private var number = 0

    /// Takes some bytes, and returns the lines that are whole now, with their numbers; nil for one that is too long.
    mutating func receive(_ bytes: some Collection<UInt8>) -> [(number: Int, bytes: [UInt8]?)] {
        rest += bytes
        var lines: [(Int, [UInt8]?)] = []
        var start = 0
        while let end = rest[start...].firstIndex(of: 0x0A) {
            number += 1
            lines.append((number, end - start > longestField * 4 ? nil : Array(rest[start..<end])))
            start = end + 1
        }
        rest.removeFirst(start)
        return lines
    }

    /// The last line, if the file doesn't end with a newline.
    mutating func finish() -> [(number: Int, bytes: [UInt8]?)] {
        guard !rest.isEmpty else { return [] }
        defer { rest = [] }
        return [(number + 1, rest)]
    }
}
