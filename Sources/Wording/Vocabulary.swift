/// The phrases of all signs, and the words that they are made of; built once.
struct Vocabulary: Sendable {
    static let shared = Vocabulary()

    let lexicon: Lexicon
    let phrases: PhraseBook
    /// The words by which occasions differ.
    let times: Set<Token>

    private init() {
        var lexicon = Lexicon()
        phrases = PhraseBook(Sign.allCases, &lexicon)
        times = Set(Pattern.times.map { lexicon.enter($0) })
        lexicon.enterSpellings()
        self.lexicon = lexicon
    }
}
