/// Parts bytes into lines, however they come.
struct LineReader: Sendable {
    private var rest: [UInt8] = []
    /// How much of the rest was looked through.
    private var searched = 0
    private var isTooLong = false
    private var number = 0
    private static let longest = 4 * longestField

    /// Takes some bytes, and returns the lines that are whole now, with their numbers; nil for one that is too long.
    mutating func receive(_ bytes: some Collection<UInt8>) -> [(number: Int, bytes: [UInt8]?)] {
        rest += bytes
        var lines: [(Int, [UInt8]?)] = []
        var start = 0
        while let end = rest[max(start, searched)...].firstIndex(of: 0x0A) {
            number += 1
            lines.append((number, isTooLong || end - start > Self.longest ? nil : Array(rest[start..<end])))
            (start, isTooLong) = (end + 1, false)
        }
        rest.removeFirst(start)
        if rest.count > Self.longest {
            // Nobody will want it; only its end is waited for.
            rest.removeAll()
            isTooLong = true
        }
        searched = rest.count
        return lines
    }

    /// The last line, if the file doesn't end with a newline.
    mutating func finish() -> [(number: Int, bytes: [UInt8]?)] {
        guard !rest.isEmpty || isTooLong else { return [] }
        defer { (rest, searched, isTooLong) = ([], 0, false) }
        return [(number + 1, isTooLong ? nil : rest)]
    }
}
