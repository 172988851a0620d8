/// A version of a title, an agreement or an entry's words.
package struct WordingPayload: Codable, Sendable {
    /// The id of the event that wrote it, or a draft's: `d7`.
    package var id: String
    /// The first field's words; empty where they are absent.
    package var text: String
    /// All of its words, in the order in which they are read.
    package var fields: [FieldPayload]
    /// The name of the person who wrote it.
    package var author: String
    /// A version from its parts.
    package init(id: String, fields: [FieldPayload], author: String) {
        (self.id, self.fields, self.author) = (id, fields, author)
        text = fields.first?.text ?? ""
    }
}

/// A rift and where it stands.
package struct RiftPayload: Codable, Sendable {
    /// Its id, or a draft's: `d7`.
    package var id: String
    /// Where it stands, by the state's name; `draft` for one that isn't shared.
    package var state: String
    /// The title that counts; nil if there is none.
    package var title: WordingPayload?
    /// The titles that were written apart from it.
    package var titlesApart: [WordingPayload] = []
    /// What both will do from here, in the wording that counts; nil if there is none.
    package var agreement: WordingPayload?
    /// The agreements that were written apart from it.
    package var agreementsApart: [WordingPayload] = []
    /// The names of those whose current vote is to rest.
    package var resting: [String] = []
    /// Its entries, a page of them in the order of the timeline; none in a list of rifts.
    package var entries: [EntryPayload] = []
    /// Where the next page begins; nil if nothing follows.
    package var next: String?
    /// The arrival number up to which this was read.
    package var arrival: Int64 = 0
    /// A rift in that state; what else is told of it is set afterwards.
    package init(id: String, state: String) {
        self.id = id
        self.state = state
    }
}

/// An entry and where it stands.
package struct EntryPayload: Codable, Sendable {
    /// Its id, or a draft's: `d7`.
    package var id: String
    /// Its kind's name; `newer` for one that this program doesn't know.
    package var kind: String
    /// The name of the person who wrote it.
    package var author: String
    /// What the device is called on which it was written.
    package var device: String
    /// Milliseconds since 1970.
    package var at: Int64
    /// The ids of what it is about.
    package var about: [String] = []
    /// A receipt's choice, by its name.
    package var choice: String?
    /// Its words as they count now; none where they are absent.
    package var fields: [FieldPayload] = []
    /// A hurt's state.
    package var state: String?
    /// Whether it was taken back, or its words were erased.
    package var takenBack = false
    /// When it was taken back, in milliseconds since 1970.
    package var takenBackAt: Int64?
    /// Whether both agreed that its words go: nobody is shown or given them any more.
    package var isErased = false
    /// Whether the erased words lie on this device still, until its person has them deleted here too.
    package var isKept = false
    /// Whether its author asks for it to be erased.
    package var isToBeErased = false
    /// Whether this device's person has declined that for good; only this device knows.
    package var isDeclined = false
    /// Whether ``fields`` are other words than those that it was shared with.
    package var reworded = false
    /// The wordings that it answers, where these are not the ones that count now.
    package var pinned: [WordingPayload] = []
    /// Whether something that it is about was taken back or erased.
    package var wasTakenBack = false
    /// Who wrote that, by name; nil if nothing was taken back.
    package var aboutAuthor: String?
    /// The wordings that were written apart from the one that counts.
    package var apart: [WordingPayload] = []
    /// Why it has no effect, or that it waits for something: `waiting`, `newer`, `cut_off`, or the name of a rule.
    package var note: String?
    /// An entry with what is told of every one; the rest is set afterwards.
    package init(id: String, kind: String, author: String, device: String, at: Int64) {
        self.id = id
        self.kind = kind
        self.author = author
        self.device = device
        self.at = at
    }
}
