/// What a receipt says of an answer, from least closed to most. It is never rendered as "forgiven".
package enum ReceiptChoice: UInt32, CaseIterable, Comparable, Sendable {
    case notYet = 1
    case partly = 2
    case enough = 3

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// The choice as people type and read it.
    package var name: String {
        switch self {
        case .notYet: "not_yet"
        case .partly: "partly"
        case .enough: "enough"
        }
    }

    /// A choice by its name; `not-yet` is taken too.
    package init?(name: some StringProtocol) {
        let plain = String(name.map { $0 == "-" ? "_" : $0 })
        guard let choice = ReceiptChoice.allCases.first(where: { $0.name == plain }) else { return nil }
        self = choice
    }
}

/// What a tag's write says, by its value.
package enum TagChange {
    /// The tag is put on the rift.
    package static let put: UInt32 = 0
    /// The tag is taken off again.
    package static let taken: UInt32 = 1
}
