/// A version of a title or an agreement.
package struct WordingPayload: Codable, Sendable {
    package var id: String
    package var text: String
    package var author: String
    package init(id: String, text: String, author: String) {
        self.id = id
        self.text = text
        self.author = author
    }
}

/// A rift and where it stands.
package struct RiftPayload: Codable, Sendable {
    package var id: String
    package var state: String
    package var title: WordingPayload?
    package var titlesApart: [WordingPayload] = []
    package var agreement: WordingPayload?
    package var agreementsApart: [WordingPayload] = []
    package var resting: [String] = []
    package var entries: [EntryPayload] = []
    /// The arrival number up to which this was read.
    package var arrival: Int64 = 0
    package init(id: String, state: String) {
        self.id = id
        self.state = state
    }
}

/// An entry and where it stands.
package struct EntryPayload: Codable, Sendable {
    package var id: String
    package var kind: String
    package var author: String
    package var device: String
    /// Milliseconds since 1970.
    package var at: Int64
    package var about: [String] = []
    package var choice: String?
    package var fields: [FieldPayload] = []
    /// A hurt's state.
    package var state: String?
    package var takenBack = false
    /// When it was taken back, in milliseconds since 1970.
    package var takenBackAt: Int64?
    /// Whether its words are nowhere any more.
    package var isErased = false
    /// Whether its author asks for it to be erased.
    package var isToBeErased = false
    package var reworded = false
    /// The wordings that it answers, where these are not the ones that count now.
    package var pinned: [WordingPayload] = []
    /// Whether something that it is about was taken back, and whose that was.
    package var wasTakenBack = false
    package var aboutAuthor: String?
    package var apart: [WordingPayload] = []
    /// Why it has no effect, or that it waits for something: `waiting`, `newer`, `cut_off`, or the name of a rule.
    package var note: String?
    package init(id: String, kind: String, author: String, device: String, at: Int64) {
        self.id = id
        self.kind = kind
        self.author = author
        self.device = device
        self.at = at
    }
}
