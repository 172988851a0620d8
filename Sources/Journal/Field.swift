/// The fields that hold human words. The raw value is the field's number on the wire.
package enum FieldName: UInt32, CaseIterable, Sendable {
    case title = 1
    case text = 2
    case felt = 3
    case act = 4
    case impact = 5
    case ask = 6
    case part = 7
    case noneHere = 8
    case effect = 9
    case underneath = 10
    case kindness = 11
    case heard = 12
    case makesSense = 13
    case own = 14
    case remorse = 15
    case repair = 16
    case by = 17
    case change = 18
    case stillNeed = 19
    /// When the entry was written, if its author lets that be known.
    case written = 20

    /// The field's name as people type it: `makes-sense`.
    package var name: String {
        switch self {
        case .noneHere: "none-here"
        case .makesSense: "makes-sense"
        case .stillNeed: "still-need"
        default: "\(self)"
        }
    }

    /// The field's name in records: `MAKES_SENSE`.
    package var recordName: String {
        String(name.map { $0 == "-" ? "_" : Character($0.uppercased()) })
    }

    /// A field by the name people type.
    package init?(name: some StringProtocol) {
        guard let field = FieldName.allCases.first(where: { $0.name == name }) else { return nil }
        self = field
    }
}

/// One field and the words in it.
package struct Field: Hashable, Sendable {
    /// Which field it is.
    package let name: FieldName
    /// What was written.
    package var text: String

    /// A field with its words.
    package init(_ name: FieldName, _ text: String) {
        self.name = name
        self.text = text
    }
}

extension Kind {
    /// One field that a kind has.
    package struct FieldRule: Sendable {
        /// Which field.
        package let name: FieldName
        /// Whether the kind makes no sense without it.
        package let isRequired: Bool
        /// Whether it stays on this device unless chosen when sharing.
        package let isPrivate: Bool
        /// Whether it may stand several times.
        package let repeats: Bool

        init(_ name: FieldName, required: Bool = false, isPrivate: Bool = false, repeats: Bool = false) {
            self.name = name
            self.isRequired = required
            self.isPrivate = isPrivate
            self.repeats = repeats
        }
    }

    /// The kind's fields, in the order in which they are asked for and shown.
    package var fields: [FieldRule] {
        switch self {
        case .rift, .title: [.init(.title, required: true)]
        case .account: [.init(.felt, repeats: true), .init(.text, required: true)]
        case .hurt: [.init(.act, required: true), .init(.impact, required: true), .init(.ask)]
        case .reflection:
            [
                .init(.part), .init(.noneHere), .init(.effect),
                .init(.underneath, isPrivate: true), .init(.kindness, isPrivate: true),
            ]
        case .recognition: [.init(.heard, required: true), .init(.makesSense)]
        case .amends:
            [.init(.own, required: true), .init(.remorse), .init(.repair), .init(.by), .init(.change)]
        case .receipt: [.init(.text), .init(.stillNeed)]
        case .letBe: [.init(.text)]
        case .kept, .reply, .thanks, .agreement: [.init(.text, required: true)]
        // A note also holds what stayed behind when an entry was shared.
        case .note: [.init(.text), .init(.underneath, isPrivate: true), .init(.kindness, isPrivate: true)]
        case .tag, .personName, .deviceName: [.init(.text, required: true)]
        default: []
        }
    }
}
