/// What a text consists of once it is read: a word by its number, a pause, the end of a sentence.
struct Token: Hashable, Sendable {
    /// A comma, a dash, a bracket or dots that trail off.
    static let pause = Token(number: 0)
    /// The end of a sentence; every text also begins with one.
    static let stop = Token(number: 1)
    /// A word that no phrase knows.
    static let otherWord = Token(number: 2)
    /// A number in figures, whichever.
    static let figure = Token(number: 3)

    /// Its place in the lexicon.
    let number: Int
    /// The value of a number in figures. To a phrase all numbers are the same.
    var value = 0

    var isWord: Bool { number > Token.stop.number }
}

/// The words that occur in some phrase, each with its number.
struct Lexicon: Sendable {
    private var known: [String: [Token]] = [",": [.pause], ".": [.stop], "#": [.figure]]
    private var next = Token.figure.number + 1

    /// The number of a word of a phrase, which is given one if it has none.
    mutating func enter(_ word: String) -> Token {
        if let token = known[word]?.first { return token }
        let token = Token(number: next)
        next += 1
        known[word] = [token]
        return token
    }

    /// Makes the ways in which people write the words of phrases known too.
    mutating func enterSpellings() {
        for (written, meant) in Spelling.all {
            // A phrase that spells a word in another way than texts are read could never be found.
            assert(known[written] == nil, "a phrase has \(written) for \(meant)")
            known[written] = meant.split(separator: " ").map { known[String($0)]?.first ?? .otherWord }
        }
    }

    /// A word as it is written, in lower case, as the words that it stands for.
    func tokens(of word: String) -> [Token] {
        if let tokens = known[word] { return tokens }
        guard let mark = word.firstIndex(of: "'") else { return [.otherWord] }
        let (stem, ending) = (String(word[..<mark]), word[mark...])
        if ending == "'t", stem.last == "n" { return token(of: stem.dropLast()) + token(of: "not") }
        if let meant = Spelling.endings[String(ending)] { return token(of: stem) + token(of: meant) }
        // Mum's: whose it is doesn't matter here.
        return token(of: stem)
    }

    private func token(of word: some StringProtocol) -> [Token] { known[String(word)] ?? [.otherWord] }
}
