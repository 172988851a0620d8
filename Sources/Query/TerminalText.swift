/// Text from anyone, made harmless for a terminal.
package enum TerminalText {
    /// What becomes of the ends of lines within a text.
    package enum LineBreaks: Sendable {
        /// They stay.
        case kept
        /// The next line is indented by so many spaces, and tabs are as wide as eight.
        case indented(Int)
        /// The next line is indented by so many spaces.
        case aligned(Int)
        /// What follows the first is left out.
        case cut
        /// They become spaces: the text has a place of one line.
        case spaces
    }

    /// The text with control characters and those that change its direction shown instead of sent.
    package static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        append(Array(text.utf8)[...], to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The same for a place of one line: a name or a title can't pretend to be further lines.
    package static func line(_ text: String) -> String {
        var bytes: [UInt8] = []
        append(Array(text.utf8)[...], to: &bytes, lineBreaks: .spaces)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends a text, with control characters and those that change its direction shown instead of sent.
    package static func append(
        _ text: ArraySlice<UInt8>, to output: inout [UInt8], lineBreaks: LineBreaks = .kept
    ) {
        var start = text.startIndex
        var index = start
        let end = text.endIndex
        while index < end {
            let byte = text[index]
            // Most bytes are letters; of the others only a few begin something to look at.
            if byte >= 0x20, byte < 0x7F || byte == 0xC3 || byte > 0xE2 || (0x80..<0xC2).contains(byte) {
                index += 1
                continue
            }
            if byte == 0x09, case .indented = lineBreaks {
                // A tab's stops would be counted from the line's beginning; journalctl does the same.
                output.append(contentsOf: text[start..<index])
                for _ in 0..<8 { output.append(0x20) }
                index += 1
                start = index
                continue
            }
            if byte == 0x0A {
                switch lineBreaks {
                case .kept: break
                case .indented(let width), .aligned(let width):
                    output.append(contentsOf: text[start...index])
                    for _ in 0..<width { output.append(0x20) }
                    start = index + 1
                case .cut:
                    output.append(contentsOf: text[start..<index])
                    return
                case .spaces:
                    output.append(contentsOf: text[start..<index])
                    output.append(0x20)
                    start = index + 1
                }
                index += 1
                continue
            }
            guard let harm = harm(at: index, in: text) else {
                index += 1
                continue
            }
            output.append(contentsOf: text[start..<index])
            append(shown: harm.value, to: &output)
            index += harm.length
            start = index
        }
        output.append(contentsOf: text[start..<end])
    }

    /// C0 but for newline and tab, DEL, C1, line separators, and the controls of text direction.
    static func isHarmful(_ value: UInt32) -> Bool {
        switch value {
        case 0x0A, 0x09: false
        case 0..<0x20, 0x7F..<0xA0: true
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// What a terminal would obey at a place, and how many bytes it has.
    static func harm(at index: Int, in text: ArraySlice<UInt8>) -> (value: UInt32, length: Int)? {
        // Can't trap: a byte.
        let first = UInt32(text[index])
        func next(_ offset: Int) -> UInt32 {
            // Can't trap: a byte.
            index + offset < text.endIndex ? UInt32(text[index + offset]) & 0x3F : 0
        }
        let (value, length): (UInt32, Int) =
            switch first {
            case 0..<0x80: (first, 1)
            case 0xC2, 0xD8: ((first & 0x1F) << 6 | next(1), 2)
            case 0xE2: ((first & 0x0F) << 12 | next(1) << 6 | next(2), 3)
            default: (0x20, 1)
            }
        return isHarmful(value) ? (value, length) : nil
    }

    /// `<U+001B>`.
    private static func append(shown value: UInt32, to output: inout [UInt8]) {
        output.append(contentsOf: "<U+".utf8)
        for shift in stride(from: 12, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: value >> UInt32(shift) & 0xF)
            output.append(digit < 10 ? 48 + digit : 55 + digit)
        }
        output.append(UInt8(ascii: ">"))
    }
}
