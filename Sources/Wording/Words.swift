/// A text as it is checked: its words in one spelling, its pauses, and where its sentences end.
struct Words {
    /// Everything, quoted or not.
    let all: [Token]
    /// The writer's own words, if they quote others; each quote is one unknown word.
    let own: [Token]?

    /// Reads a text once, from its beginning to its end.
    init(_ text: String, _ lexicon: Lexicon) {
        var reader = WordReader(lexicon)
        for scalar in text.unicodeScalars { reader.read(scalar) }
        reader.finish()
        all = reader.tokens
        own = reader.quotes.isEmpty ? nil : Self.leavingOut(reader.quotes, of: reader.tokens)
    }

    private static func leavingOut(_ quotes: [Range<Int>], of tokens: [Token]) -> [Token] {
        var isQuoted = Array(repeating: false, count: tokens.count)
        // Quotes of one sort don't overlap, so no word is marked more often than there are sorts.
        for quote in quotes { for index in quote { isQuoted[index] = true } }
        var own: [Token] = []
        for (index, token) in tokens.enumerated() {
            if !isQuoted[index] {
                // Many put the end of their own sentence inside the quote.
                if index > 0, isQuoted[index - 1], tokens[index - 1] == .stop, token.isWord {
                    own.append(.stop)
                }
                own.append(token)
            } else if index == 0 || !isQuoted[index - 1] {
                own.append(.otherWord)
            }
        }
        return own
    }
}

/// Turns scalars into tokens, with one scalar in hand to look ahead.
private struct WordReader {
    /// What has been read. There are never two stops or pauses in a row.
    private(set) var tokens: [Token] = [.stop]
    /// Where something is quoted, by tokens. A mark that nothing closes quotes nothing.
    private(set) var quotes: [Range<Int>] = []

    private let lexicon: Lexicon
    private var word = ""
    private var length = 0
    private var number: Int?
    private var before: Unicode.Scalar = " "
    private var current: Unicode.Scalar = " "
    private var newlines = 0
    private var doubleQuote: Int?
    private var singleQuote: Int?

    init(_ lexicon: Lexicon) { self.lexicon = lexicon }

    mutating func read(_ scalar: Unicode.Scalar) {
        if scalar.isInvisible { return }
        take(current, before: scalar)
        before = current
        current = scalar
    }

    mutating func finish() {
        take(current, before: " ")
        endWord()
        mark(.stop)
    }

    private mutating func take(_ scalar: Unicode.Scalar, before next: Unicode.Scalar) {
        if scalar.isWordPart { return add(scalar) }
        if scalar.isApostrophe { return takeApostrophe(before: next) }
        endWord()
        if !scalar.isBlank { newlines = 0 }
        switch scalar {
        case "\n", "\u{2028}", "\u{2029}":
            newlines += 1
            // A line may break anywhere; an empty one ends whatever was open.
            if newlines == 2 { endParagraph() }
        case ".", "。":
            if before != ".", !(before.isDigit && next.isDigit) { mark(next == "." ? .pause : .stop) }
        case "!", "?", "！", "？": mark(.stop)
        case ",", ";", ":", "(", ")", "–", "—", "…", "、", "，": mark(.pause)
        case "-": if before.isBlank || next.isBlank || next == "-" { mark(.pause) }
        case "&": tokens += lexicon.tokens(of: "and")
        case "“", "„", "«": doubleQuote = tokens.count
        case "”", "»": closeDouble()
        case "\"": if doubleQuote != nil { closeDouble() } else { doubleQuote = tokens.count }
        default: break
        }
    }

    private mutating func add(_ scalar: Unicode.Scalar) {
        newlines = 0
        if scalar.isDigit, length == 0 || number != nil {
            number = min((number ?? 0) * 10 + Int(scalar.value - 48), 9_999)
        }
        length += 1
        // No phrase has a longer word, so what lies beyond can't matter.
        guard length <= 24 else { return }
        if scalar.isASCII {
            word.unicodeScalars.append(scalar.lowercased)
        } else {
            word += scalar.properties.lowercaseMapping
        }
    }

    private mutating func takeApostrophe(before next: Unicode.Scalar) {
        let (follows, precedes) = (before.isWordPart, next.isWordPart)
        if follows, precedes {
            length += 1
            word += "'"
            return
        }
        endWord()
        if precedes, !follows {
            if singleQuote == nil { singleQuote = tokens.count }
        } else if let start = singleQuote, !before.isBlank {
            singleQuote = nil
            quotes.append(start..<tokens.count)
        }
    }

    private mutating func endWord() {
        guard length > 0 else { return }
        if let number {
            tokens.append(Token(number: Token.figure.number, value: number))
        } else if length > 24 {
            tokens.append(.otherWord)
        } else {
            tokens += lexicon.tokens(of: word)
        }
        (word, length, number) = ("", 0, nil)
    }

    private mutating func mark(_ token: Token) {
        switch tokens.last {
        case .stop: break
        case .pause: tokens[tokens.count - 1] = token
        default: tokens.append(token)
        }
    }

    private mutating func endParagraph() {
        mark(.stop)
        (doubleQuote, singleQuote) = (nil, nil)
    }

    private mutating func closeDouble() {
        guard let start = doubleQuote else { return }
        doubleQuote = nil
        if start < tokens.count { quotes.append(start..<tokens.count) }
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { (48...57).contains(value) }

    fileprivate var isBlank: Bool {
        switch self {
        case " ", "\n", "\t", "\u{A0}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }

    fileprivate var isApostrophe: Bool {
        switch self {
        case "'", "’", "‘", "ʼ", "`", "´", "′", "＇", "‛": true
        default: false
        }
    }

    /// What doesn't show and would split a word: soft hyphens, joiners, marks on letters, returns before
    /// newlines.
    fileprivate var isInvisible: Bool {
        if isASCII { return self == "\r" }
        switch value {
        case 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0xFEFF, 0x300...0x36F, 0xFE00...0xFE0F:
            return true
        default: return false
        }
    }

    fileprivate var isWordPart: Bool {
        if isASCII { return (97...122).contains(value | 0x20) || isDigit }
        return properties.isAlphabetic
    }

    fileprivate var lowercased: Unicode.Scalar {
        (65...90).contains(value) ? Unicode.Scalar(UInt8(value) | 0x20) : self
    }
}
