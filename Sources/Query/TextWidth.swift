/// How many columns text takes on a terminal: one for most, two for CJK and emoji, none for what combines.
package enum TextWidth {
    /// The columns of a text.
    package static func width(of text: some StringProtocol) -> Int { text.reduce(0) { $0 + width(of: $1) } }

    /// The columns of a text in UTF-8.
    static func width(of bytes: ArraySlice<UInt8>) -> Int {
        if bytes.allSatisfy({ $0 < 0x80 }) { return bytes.count }
        return width(of: String(decoding: bytes, as: UTF8.self))
    }

    /// The columns of what a reader sees as one character.
    ///
    /// Terminals differ in scripts whose letters join; this counts as Python's wcwidth does, which is what most follow.
    package static func width(of character: Character) -> Int {
        if character.isASCII { return 1 }
        var (total, joins, isConjunct) = (0, false, false)
        var base: Unicode.Scalar?
        var emoji: Unicode.Scalar?
        var previous: Unicode.Scalar?
        for scalar in character.unicodeScalars {
            defer { previous = scalar }
            // What is joined to an emoji takes no room of its own.
            if joins {
                joins = false
                continue
            }
            switch scalar.value {
            case 0x200D: joins = previous?.properties.canonicalCombiningClass != .virama
            case 0xFE0F:
                if let base, base.properties.isEmoji, width(of: base) == 1 { total += 1 }
                base = nil
            case 0x1F3FB...0x1F3FF where emoji.map(takesSkinTone) ?? false: break
            case 0x1F1E6...0x1F1FF where previous.map { (0x1F1E6...0x1F1FF).contains($0.value) } ?? false:
                break
            default:
                if scalar.properties.generalCategory == .spacingMark {
                    if base != nil { total += 1 }
                    base = nil
                } else if case let width = width(of: scalar), width > 0 {
                    isConjunct = isConjunct || previous?.properties.canonicalCombiningClass == .virama
                    total += width
                    (base, emoji) = (scalar, scalar)
                }
            }
        }
        return isConjunct ? 2 : total
    }

    private static func takesSkinTone(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isEmoji && scalar.value > 0x7F && !(0x1F3FB...0x1F3FF).contains(scalar.value)
    }

    private static func width(of scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0xAD, 0x0600...0x0605, 0x06DD, 0x070F, 0x08E2: return 1
        // Vowels and finals of Hangul stand in the same square as their consonant; fillers are nothing.
        case 0x1160...0x11FF, 0xD7B0...0xD7FF, 0x3164, 0xFFA0: return 0
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator: return 0
        default: break
        }
        var (low, high) = (0, wide.count)
        while low < high {
            let middle = (low + high) / 2
            if wide[middle].upperBound < scalar.value { low = middle + 1 } else { high = middle }
        }
        return low < wide.count && wide[low].contains(scalar.value) ? 2 : 1
    }

    /// A line in pieces that fit: broken at blanks, or between wide characters, which have none.
    ///
    /// A word that fits nowhere stays whole: a link that was cut is no link.
    package static func wrap(_ line: String, to columns: Int) -> [String] {
        var lines: [String] = []
        var (current, used) = ("", 0)
        for word in pieces(of: line) {
            let isBlank = word.text == " "
            if used + word.width > columns, !isBlank, used > 0 {
                while current.last == " " { current.removeLast() }
                lines.append(current)
                (current, used) = ("", 0)
            }
            if isBlank, used == 0, !lines.isEmpty { continue }
            current += word.text
            used += word.width
        }
        while current.last == " ", !lines.isEmpty { current.removeLast() }
        return lines + [current]
    }

    /// What may be parted: words, single blanks, and each wide character.
    private static func pieces(of line: String) -> [(text: String, width: Int)] {
        var pieces: [(text: String, width: Int)] = []
        var joins = false
        for character in line {
            let width = width(of: character)
            let isWord = character != " " && width < 2
            if isWord, joins {
                pieces[pieces.count - 1].text.append(character)
                pieces[pieces.count - 1].width += width
            } else {
                pieces.append((String(character), width))
            }
            joins = isWord
        }
        return pieces
    }

    /// East Asian wide and full-width, and emoji shown as such; unassigned gaps are filled. Unicode 16.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x23F0...0x23F0,
        0x23F3...0x23F3, 0x25FD...0x25FE, 0x2614...0x2615, 0x2630...0x2637, 0x2648...0x2653,
        0x267F...0x267F, 0x268A...0x268F, 0x2693...0x2693, 0x26A1...0x26A1, 0x26AA...0x26AB,
        0x26BD...0x26BE, 0x26C4...0x26C5, 0x26CE...0x26CE, 0x26D4...0x26D4, 0x26EA...0x26EA,
        0x26F2...0x26F3, 0x26F5...0x26F5, 0x26FA...0x26FA, 0x26FD...0x26FD, 0x2705...0x2705,
        0x270A...0x270B, 0x2728...0x2728, 0x274C...0x274C, 0x274E...0x274E, 0x2753...0x2755,
        0x2757...0x2757, 0x2795...0x2797, 0x27B0...0x27B0, 0x27BF...0x27BF, 0x2B1B...0x2B1C,
        0x2B50...0x2B50, 0x2B55...0x2B55, 0x2E80...0x3029, 0x3030...0x303E, 0x3041...0x3096,
        0x309B...0x3163, 0x3165...0x3247, 0x3250...0xA4C6, 0xA960...0xA97C, 0xAC00...0xD7A3,
        0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
        0x16FE0...0x16FE3, 0x16FF2...0x1B2FB, 0x1D300...0x1D376, 0x1F004...0x1F004, 0x1F0CF...0x1F0CF,
        0x1F18E...0x1F18E, 0x1F191...0x1F19A, 0x1F1E6...0x1F320, 0x1F32D...0x1F335, 0x1F337...0x1F37C,
        0x1F37E...0x1F393, 0x1F3A0...0x1F3CA, 0x1F3CF...0x1F3D3, 0x1F3E0...0x1F3F0, 0x1F3F4...0x1F3F4,
        0x1F3F8...0x1F43E, 0x1F440...0x1F440, 0x1F442...0x1F4FC, 0x1F4FF...0x1F53D, 0x1F54B...0x1F54E,
        0x1F550...0x1F567, 0x1F57A...0x1F57A, 0x1F595...0x1F596, 0x1F5A4...0x1F5A4, 0x1F5FB...0x1F64F,
        0x1F680...0x1F6C5, 0x1F6CC...0x1F6CC, 0x1F6D0...0x1F6D2, 0x1F6D5...0x1F6DF, 0x1F6EB...0x1F6EC,
        0x1F6F4...0x1F6FC, 0x1F7E0...0x1F7F0, 0x1F90C...0x1F93A, 0x1F93C...0x1F945, 0x1F947...0x1F9FF,
        0x1FA70...0x1FAF8, 0x20000...0x3FFFD,
    ]
}
