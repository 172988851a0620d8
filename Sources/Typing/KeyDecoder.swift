/// Turns the bytes of a terminal into keys, in whatever pieces they come.
///
/// The escape sequences are those of ECMA-48 as xterm sends them, and its bracketed paste; what is unknown is passed
/// over. What isn't UTF-8 becomes a replacement character: a terminal that sends such things can't be helped.
package struct KeyDecoder: Sendable {
    private var pending: [UInt8] = []
    private var pasted: [UInt8]?

    /// A decoder that has read nothing.
    package init() {}

    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    /// The keys that some bytes complete.
    package mutating func keys(_ bytes: [UInt8]) -> [Key] {
        pending += bytes
        var keys: [Key] = []
        while let key = next() {
            if case .text(let more)? = key, case .text(let text)? = keys.last {
                keys[keys.count - 1] = .text(text + more)
            } else if let key {
                keys.append(key)
            }
        }
        return keys
    }

    /// The next key, or the inner nil for something that is none; the outer nil where more bytes are needed.
    private mutating func next() -> Key?? {
        if pasted != nil { return paste() }
        guard let first = pending.first else { return nil }
        switch first {
        case 0x1B: return escape()
        case 0x20...0x7E, 0x80...0xFF: return text()
        default:
            pending.removeFirst()
            return .some(Self.control(first))
        }
    }

    /// Nothing has come for a while: a lone escape is the key of that name, and begins nothing.
    package mutating func pause() {
        if pending == [0x1B] { pending = [] }
    }

    private static func control(_ byte: UInt8) -> Key? {
        switch byte {
        case 0x01: .home
        case 0x02: .left
        case 0x03: .interrupt
        case 0x04: .endOfInput
        case 0x05: .end
        case 0x06: .right
        case 0x08, 0x7F: .backspace
        case 0x09: .text("\t")
        case 0x0A: .newline
        case 0x0B: .deleteToEnd
        case 0x0C: .redraw
        case 0x0D: .enter
        case 0x0E: .down
        case 0x10: .up
        case 0x15: .deleteToStart
        case 0x17: .deleteWord
        case 0x18: .editor
        case 0x1A: .suspend
        default: nil
        }
    }

    private mutating func text() -> Key?? {
        var end = 0
        while end < pending.count, pending[end] >= 0x20, pending[end] != 0x7F { end += 1 }
        // The beginning of a character whose end has not come yet stays.
        let whole = end < pending.count ? end : end - Self.unfinished(pending[..<end])
        guard whole > 0 else { return nil }
        let text = String(decoding: pending[..<whole], as: UTF8.self)
        pending.removeFirst(whole)
        return .some(.text(text))
    }

    /// How many bytes at the end begin a character and don't end it.
    private static func unfinished(_ bytes: ArraySlice<UInt8>) -> Int {
        for (back, byte) in bytes.reversed().prefix(4).enumerated() {
            let length =
                switch byte {
                case 0xC2...0xDF: 2
                case 0xE0...0xEF: 3
                case 0xF0...0xF4: 4
                default: 0
                }
            if length > 0 { return back + 1 < length ? back + 1 : 0 }
            if byte < 0x80 { return 0 }
        }
        return 0
    }

    private mutating func escape() -> Key?? {
        guard pending.count > 1 else { return nil }
        switch pending[1] {
        case UInt8(ascii: "["): return sequence()
        case UInt8(ascii: "O"):
            guard pending.count > 2 else { return nil }
            let final = pending[2]
            pending.removeFirst(3)
            return .some(Self.key(final, []))
        case 0x0D, 0x0A:
            pending.removeFirst(2)
            return .some(.newline)
        case UInt8(ascii: "b"):
            pending.removeFirst(2)
            return .some(.wordLeft)
        case UInt8(ascii: "f"):
            pending.removeFirst(2)
            return .some(.wordRight)
        case 0x7F:
            pending.removeFirst(2)
            return .some(.deleteWord)
        case 0x1B:
            pending.removeFirst()
            return .some(nil)
        default:
            pending.removeFirst(2)
            return .some(nil)
        }
    }

    private mutating func sequence() -> Key?? {
        guard let end = pending[2...].firstIndex(where: { (0x40...0x7E).contains($0) }) else {
            // Nothing that is meant is as long as this.
            if pending.count > 64 { pending.removeFirst(2) }
            return pending.count > 64 ? .some(nil) : nil
        }
        let parameters = String(decoding: pending[2..<end], as: UTF8.self)
            .split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        let final = pending[end]
        pending.removeFirst(end + 1)
        if final == UInt8(ascii: "~"), parameters.first == 200 {
            pasted = []
            return .some(nil)
        }
        return .some(Self.key(final, parameters))
    }

    private static func key(_ final: UInt8, _ parameters: [Int]) -> Key? {
        let isByWord = parameters.count > 1 && parameters[1] != 2
        return switch (final, parameters.first ?? 0) {
        case (UInt8(ascii: "A"), _): .up
        case (UInt8(ascii: "B"), _): .down
        case (UInt8(ascii: "C"), _): isByWord ? .wordRight : .right
        case (UInt8(ascii: "D"), _): isByWord ? .wordLeft : .left
        case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), 1), (UInt8(ascii: "~"), 7): .home
        case (UInt8(ascii: "F"), _), (UInt8(ascii: "~"), 4), (UInt8(ascii: "~"), 8): .end
        case (UInt8(ascii: "~"), 3): .delete
        default: nil
        }
    }

    /// What is pasted is text, whatever stands in it: a line's end in it ends no answer.
    private mutating func paste() -> Key?? {
        guard let end = pending.firstRange(of: Self.pasteEnd) else {
            // The last bytes may be the beginning of the end.
            let whole = max(0, pending.count - Self.pasteEnd.count + 1)
            pasted? += pending[..<whole]
            pending.removeFirst(whole)
            return nil
        }
        let bytes = (pasted ?? []) + pending[..<end.lowerBound]
        pending.removeFirst(end.upperBound)
        pasted = nil
        let lines = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
            .replacing("\r", with: "\n")
        let plain = lines.unicodeScalars.filter { $0 == "\n" || $0 == "\t" || !isControl($0) }
        return .some(plain.isEmpty ? nil : .text(String(String.UnicodeScalarView(plain))))
    }

    private func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
    }
}
