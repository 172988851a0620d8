/// One field of an entry, by the name that people type.
package struct FieldPayload: Codable, Equatable, Sendable {
    /// The field's name: `text`, `felt`.
    package var name: String
    /// What stands in it.
    package var text: String
    /// A field from its name and its text.
    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}

extension FieldPayload {
    /// Whether there is more in it than blanks.
    package var hasWords: Bool { !text.allSatisfy(\.isWhitespace) }
}

/// An entry to be written: a draft, or shared at once.
package struct WriteRequest: Codable, Sendable {
    /// Its kind's name: `hurt`.
    package var kind: String
    /// The rift, by id, draft id or title.
    package var rift: String?
    /// What it is about, by id or the beginning of one.
    package var about: [String] = []
    /// A receipt's choice, by its name; of a tag, anything takes it off again.
    package var choice: String?
    /// Its words, field by field.
    package var fields: [FieldPayload] = []
    /// Whether it is shared at once; else an entry or a note becomes a draft.
    package var share = false
    /// Private fields that are to go along if it is shared, by name.
    package var include: [String] = []
    /// Up to which arrival number each rift was last read, by the rift's id.
    package var asOf: [String: Int64]?
    /// A request for that kind; what else it holds is set afterwards.
    package init(kind: String) { self.kind = kind }
}

/// What a draft looks like when it is shared.
package struct ShareRequest: Codable, Sendable {
    /// Private fields that are to go along, by name.
    package var include: [String] = []
    /// Up to which arrival number each rift was last read, by the rift's id.
    package var asOf: [String: Int64]?
    /// A request from its parts.
    package init(include: [String] = [], asOf: [String: Int64]? = nil) {
        self.include = include
        self.asOf = asOf
    }
}

/// A draft that is to be shared by itself.
package struct HoldRequest: Codable, Sendable {
    /// When, as its author said it; nil takes it back.
    package var until: String?
    /// Their zone, as `TZ` has it.
    package var zone: String?
    /// Private fields that are to go along, by name.
    package var include: [String]
    /// Up to which arrival number each rift was last read, by the rift's id.
    package var asOf: [String: Int64]?
    /// Whether only the time is wanted.
    package var isTrial = false
    /// A request to hold it until then; to hold it no longer if that is nil.
    package init(until: String? = nil, zone: String? = nil, include: [String] = []) {
        (self.until, self.zone, self.include) = (until, zone, include)
    }
}

/// What writing something came to.
package struct WriteResponse: Codable, Sendable {
    /// The entry's id, or the draft's: `d7`.
    package var id: String
    /// Its kind's name: `hurt`.
    package var kind: String
    /// Whether it is a draft.
    package var isDraft: Bool
    /// The rift by its id, or by its draft's: `d3`; nil where none was named.
    package var rift: String?
    /// Whether words were deleted for good.
    package var isErased: Bool?
    /// What writing came to, from its parts.
    package init(id: String, kind: String, isDraft: Bool, rift: String? = nil) {
        self.id = id
        self.kind = kind
        self.isDraft = isDraft
        self.rift = rift
    }
}

/// A draft, on this device only.
package struct DraftPayload: Codable, Sendable {
    /// Its number among drafts: `d7`.
    package var id: String
    /// Its kind's name: `hurt`.
    package var kind: String
    /// The rift by its id, or by its draft's: `d3`; nil where none was named.
    package var rift: String?
    /// The ids of what it is about.
    package var about: [String]
    /// A receipt's choice, by its name.
    package var choice: String?
    /// Its words, field by field.
    package var fields: [FieldPayload]
    /// Milliseconds since 1970.
    package var written: Int64
    /// When it will be shared by itself, in milliseconds since 1970.
    package var heldUntil: Int64?
    /// Why it could not be shared by itself, by the name of a refusal.
    package var trouble: String?
    /// What it was about in a journal that was archived since; it is never shared.
    package var was: String?
    /// A draft that isn't held, from its parts.
    package init(
        id: String, kind: String, rift: String?, about: [String], choice: String?, fields: [FieldPayload],
        written: Int64
    ) {
        self.id = id
        self.kind = kind
        self.rift = rift
        self.about = about
        self.choice = choice
        self.fields = fields
        self.written = written
    }
}
