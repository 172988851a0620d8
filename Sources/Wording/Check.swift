/// One thing about the wording that may be worth a second look before an entry is shared.
///
/// The order of the cases is the order of importance: what would undo the entry for its reader comes first.
/// The raw value is the name by which a check is switched off.
package enum Check: String, CaseIterable, Sendable {
    // An apology that takes itself back.
    case sorryIf = "sorry-if"
    case sorryBut = "sorry-but"
    case youMadeMe = "you-made-me"
    case smaller = "smaller"
    case nobodyDidIt = "nobody-did-it"
    case allOfIt = "all-of-it"
    case vaguePromise = "vague-promise"

    // A hurt that can't be answered, as it names no act.
    case label = "label"
    case alwaysNever = "always-never"
    case severalAtOnce = "several-at-once"

    /// The line that is shown beside the text: a question, or nearly one.
    package var aside: String {
        switch self {
        case .alwaysNever: "Is there one time to point to?"
        case .label: "What did they do?"
        case .sorryIf: "What was the thing you did?"
        case .sorryBut: "Could the second half wait?"
        case .nobodyDidIt: "Who did what?"
        case .allOfIt: "That's the whole of it. Which piece was yours?"
        case .youMadeMe: "That may be true and still be its own entry."
        case .smaller: "How big was it for them?"
        case .vaguePromise: "What would they notice?"
        case .severalAtOnce: "One each? This can be its own rift."
        }
    }

    /// The kinds of entries that it is for, by their names.
    package var kinds: Set<String> {
        switch self {
        case .alwaysNever: ["hurt", "account"]
        case .label, .severalAtOnce: ["hurt"]
        case .sorryIf, .sorryBut, .nobodyDidIt: ["reflection", "recognition", "amends"]
        case .allOfIt, .youMadeMe: ["reflection", "amends"]
        case .smaller: ["recognition", "amends"]
        case .vaguePromise: ["amends"]
        }
    }

    /// Whether it looks at a field of those kinds.
    ///
    /// What is asked for may say "always": it is a wish, not a charge. And what happened to the hurt person
    /// took as many days as it took; only the act should be one.
    func looks(at field: String) -> Bool {
        switch self {
        case .alwaysNever: field != "ask"
        case .severalAtOnce: field == "act"
        default: true
        }
    }
}
