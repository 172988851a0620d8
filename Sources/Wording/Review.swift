/// What is worth saying to someone about an entry before they share it.
///
/// It is made from the words alone, kept nowhere, and seen by nobody else.
package struct Review: Equatable, Sendable {
    /// The checks whose asides are shown: at most two, the most important first, each once.
    package let asides: [Check]
    /// Whether the text suggests that its writer fears its reader; no check switches this off.
    package let suggestsFear: Bool
    /// How many moves the reading took: in proportion to the length of the text, whatever it says.
    package let steps: Int

    /// Looks at the fields of an entry of a kind, by its name, without the checks that are switched off.
    package init(kind: String, fields: [Field], without off: Set<Check> = []) {
        let checks = Check.allCases.filter { $0.kinds.contains(kind) && !off.contains($0) }
        let vocabulary = Vocabulary.shared
        var (steps, suggestsFear) = (0, false)
        var read: [(field: String, findings: Findings)] = []
        // A note is for oneself as a whole.
        for field in fields where kind != "note" && !field.isPrivate {
            let words = Words(field.text, vocabulary.lexicon)
            var findings = vocabulary.phrases.findings(in: words.all)
            steps += words.all.count + findings.steps
            // A threat is one in quotes too. All else that is quoted is another's, or was said another time.
            suggestsFear = suggestsFear || findings.show(.fear)
            if let own = words.own {
                findings = vocabulary.phrases.findings(in: own)
                steps += findings.steps
            }
            read.append((field.name, findings))
        }
        asides = Array(checks.lazy.filter { $0.isFound(in: read) }.prefix(2))
        self.suggestsFear = suggestsFear
        self.steps = steps
    }
}

extension Check {
    fileprivate func isFound(in read: [(field: String, findings: Findings)]) -> Bool {
        if self == .vaguePromise { return Promises(read).areVague }
        return read.contains { field, findings in looks(at: field) && isFound(in: findings) }
    }

    private func isFound(in findings: Findings) -> Bool {
        switch self {
        case .alwaysNever: findings.show(.alwaysNever)
        case .label: findings.show(.label)
        case .sorryIf: findings.show(.sorryIf)
        case .sorryBut: findings.show(.sorryBut)
        case .nobodyDidIt: findings.show(.nobodyDidIt)
        case .allOfIt: findings.show(.allOfIt)
        case .youMadeMe: findings.show(.youMadeMe)
        case .smaller: findings.show(.smaller)
        case .severalAtOnce: findings.show(.severalAtOnce) || findings.hasSeveralOccasions
        // It is about all fields together.
        case .vaguePromise: false
        }
    }
}
