/// Strings as JSON has them.
enum JSONText {
    /// Appends a string; what a terminal would obey is escaped, so that the value stays the same and the line harmless.
    static func append(_ text: ArraySlice<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var start = text.startIndex
        var index = start
        let end = text.endIndex
        let span = text.span
        while index < end {
            let byte = span[index - text.startIndex]
            let isPlain =
                byte >= 0x20 && byte != 0x22 && byte != 0x5C
                && (byte < 0x7F || byte == 0xC3 || byte > 0xE2 || (0x80..<0xC2).contains(byte))
            if isPlain {
                index += 1
                continue
            }
            var length = 1
            switch byte {
            case 0x22, 0x5C:
                output.append(contentsOf: text[start..<index])
                output.append(0x5C)
                output.append(byte)
            case 0x0A, 0x09, 0x0D:
                output.append(contentsOf: text[start..<index])
                output.append(0x5C)
                output.append(byte == 0x0A ? 0x6E : byte == 0x09 ? 0x74 : 0x72)
            default:
                guard let harm = TerminalText.harm(at: index, in: text) else {
                    index += 1
                    continue
                }
                output.append(contentsOf: text[start..<index])
                append(escaped: harm.value, to: &output)
                length = harm.length
            }
            index += length
            start = index
        }
        output.append(contentsOf: text[start..<end])
        output.append(UInt8(ascii: "\""))
    }

    private static func append(escaped value: UInt32, to output: inout [UInt8]) {
        output.append(contentsOf: "\\u".utf8)
        for shift in stride(from: 12, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: value >> UInt32(shift) & 0xF)
            output.append(digit < 10 ? 48 + digit : 87 + digit)
        }
    }
}
