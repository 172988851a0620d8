/// Something that a text can show.
enum Sign: Int, CaseIterable, Sendable {
    case alwaysNever, label, sorryIf, sorryBut, nobodyDidIt, allOfIt, youMadeMe, smaller, severalAtOnce
    /// A time at which they did something.
    case occasion
    /// Words that promise nothing one could see.
    case vagueness
    /// What makes a promise one that can be seen to be kept.
    case detail
    /// That something will be done.
    case promise
    /// That the writer fears the reader.
    case fear

    /// How it is told.
    var pattern: Pattern {
        switch self {
        case .alwaysNever: .alwaysNever
        case .label: .label
        case .sorryIf: .sorryIf
        case .sorryBut: .sorryBut
        case .nobodyDidIt: .nobodyDidIt
        case .allOfIt: .allOfIt
        case .youMadeMe: .youMadeMe
        case .smaller: .smaller
        case .severalAtOnce: .severalAtOnce
        case .occasion: .occasion
        case .vagueness: .vagueness
        case .detail: .detail
        case .promise: .promise
        case .fear: .fear
        }
    }
}
