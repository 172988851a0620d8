/// What was found in one text.
struct Findings {
    /// What a phrase speaks for.
    struct Source: Equatable, Sendable {
        fileprivate let place: Int

        init(_ sign: Sign, isExcuse: Bool) { place = sign.rawValue * 2 + (isExcuse ? 1 : 0) }
    }

    /// The text.
    let tokens: [Token]
    /// How many moves it took.
    var steps = 0
    /// Where phrases were found, by what they speak for.
    private var ranges: [[Range<Int>]]

    init(_ tokens: [Token]) {
        self.tokens = tokens
        ranges = Array(repeating: [], count: Sign.allCases.count * 2)
    }

    mutating func add(_ source: Source, _ range: Range<Int>) { ranges[source.place].append(range) }

    /// Where a sign shows that nothing around it excuses.
    ///
    /// An excuse counts if it covers the first or the last word of what it excuses: "I told you | it was just
    /// a joke", "sorry for nothing | but".
    func places(of sign: Sign) -> [Range<Int>] {
        let found = ranges[Source(sign, isExcuse: false).place]
        let excuses = ranges[Source(sign, isExcuse: true).place]
        if found.isEmpty || excuses.isEmpty { return found }
        var depth = Array(repeating: 0, count: tokens.count + 1)
        for excuse in excuses {
            depth[excuse.lowerBound] += 1
            depth[excuse.upperBound] -= 1
        }
        for index in depth.indices.dropFirst() { depth[index] += depth[index - 1] }
        return found.filter { depth[$0.lowerBound] == 0 && depth[$0.upperBound - 1] == 0 }
    }

    /// Whether a sign shows.
    func show(_ sign: Sign) -> Bool { !places(of: sign).isEmpty }
}
