/// What an event is. The raw value is its number on the wire and never changes its meaning.
package enum Kind: UInt32, CaseIterable, Sendable {
    // Entries, in the order of the page that gives their meaning.
    case rift = 1
    case account = 2
    case hurt = 3
    case reflection = 4
    case recognition = 5
    case amends = 6
    case receipt = 7
    case letBe = 8
    case kept = 9
    case reply = 10
    case thanks = 11
    /// For oneself; never in the log.
    case note = 12

    // What changes an entry.
    case revise = 20
    case retract = 21
    case erase = 22
    case consent = 23

    // What concerns a rift.
    case rest = 30
    case reopen = 31
    case sameAs = 32
    case title = 33
    case agreement = 34
    case tag = 35

    // Who takes part.
    case admit = 40
    case retire = 41
    case personName = 43
    case deviceName = 44
    /// Words on paper that can let a device in.
    case recovery = 45
    /// Such words count no longer.
    case withdraw = 46
    /// A device is let in by such words.
    case recover = 47
    /// Nothing but what its device had seen, where another event has no room for it.
    case sight = 48

    /// An event of another epoch of the same device, issued anew.
    case carry = 50

    /// The vocabulary in which this kind first appears; a device of an earlier one can't have understood it.
    package var vocabulary: UInt32 { 1 }

    /// The vocabulary that this program writes and fully understands.
    package static let currentVocabulary: UInt32 = 1

    /// Whether it decides if a rift can rest: what is told, owned and answered.
    package var isContent: Bool {
        switch self {
        case .account, .hurt, .reflection, .recognition, .amends: true
        default: false
        }
    }

    /// Whether it answers a hurt.
    package var isAnswer: Bool { self == .recognition || self == .amends }

    /// Whether it is one person's vote on a subject.
    package var isVote: Bool {
        switch self {
        case .receipt, .letBe, .rest, .reopen: true
        default: false
        }
    }

    /// The value of an `erase` of what no other device had: it needs nobody's consent, and deletes nothing elsewhere.
    package static let erasedAlone: UInt32 = 1

    /// Whether it is an entry that its author may reword or take back.
    package var isEntry: Bool { rawValue <= Kind.thanks.rawValue }

    /// Whether it tells about devices and persons rather than about what came between them.
    package var isMembership: Bool { (40..<50).contains(rawValue) }

    /// The kinds that say who takes part.
    package static let claims: [Kind] = [.admit, .retire, .recovery, .withdraw, .recover]

    /// Whether it says what a person or device is called, which decides nothing.
    package var isName: Bool { self == .personName || self == .deviceName }

    /// The kind's name as people type and read it.
    package var name: String {
        switch self {
        case .rift: "rift"
        case .account: "account"
        case .hurt: "hurt"
        case .reflection: "reflection"
        case .recognition: "recognition"
        case .amends: "amends"
        case .receipt: "receipt"
        case .letBe: "let_be"
        case .kept: "kept"
        case .reply: "reply"
        case .thanks: "thanks"
        case .note: "note"
        case .revise: "revise"
        case .retract: "retract"
        case .erase: "erase"
        case .consent: "consent"
        case .rest: "rest"
        case .reopen: "reopen"
        case .sameAs: "same_as"
        case .title: "title"
        case .agreement: "agreement"
        case .tag: "tag"
        case .admit: "admit"
        case .retire: "retire"
        case .personName: "person_name"
        case .deviceName: "device_name"
        case .recovery: "recovery"
        case .withdraw: "withdraw"
        case .recover: "recover"
        case .sight: "sight"
        case .carry: "carry"
        }
    }

    /// A kind by its name.
    package init?(name: some StringProtocol) {
        guard let kind = Kind.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }
}
