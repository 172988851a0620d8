import FoundationEssentials
import Journal
import LocalAPI
import Store

/// A draft's content, as it is kept.
struct Draft: Codable, Sendable {
    var kind: String
    /// An entry's id or a draft's: `d3`.
    var rift: String?
    var about: [String]
    var choice: String?
    var fields: [FieldPayload]
    /// When and how it is to be shared by itself.
    var held: Held?
    /// Why that could not be done.
    var trouble: String?

    /// What it was about in a journal that was archived since; it is never shared.
    var was: String?

    /// What its author decided beforehand.
    struct Held: Codable, Sendable {
        /// Milliseconds since 1970.
        let until: Int64
        let include: [String]
        let asOf: [String: Int64]?
        /// How the clocks stood when it was held; nil where an older version held it.
        var clock: HoldingClock?
    }

    init(_ stored: StoredDraft) throws {
        self = try JSONDecoder().decode(Draft.self, from: Data(stored.content))
    }

    init(_ request: WriteRequest, rift: String?, about: [String]) {
        kind = request.kind
        self.rift = rift
        self.about = about
        choice = request.choice
        fields = request.fields
    }

    func encoded() throws -> [UInt8] { Array(try JSONEncoder().encode(self)) }

    func payload(_ stored: StoredDraft) -> DraftPayload {
        var payload = DraftPayload(
            id: "d\(stored.id)", kind: kind, rift: rift, about: about, choice: choice, fields: fields,
            written: stored.written)
        (payload.heldUntil, payload.trouble, payload.was) = (held?.until, trouble, was)
        return payload
    }
}
