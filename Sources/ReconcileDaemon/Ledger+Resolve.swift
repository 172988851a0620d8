import Causality
import EventLog
import Journal
import LocalAPI
import Store

/// Finding what people mean by an id, the beginning of one, or a title.
extension Ledger {
    /// An entry by its id or the beginning of it, four digits at least.
    func entry(_ text: String) throws -> EntryID {
        let digits = text.lowercased()
        guard (4...32).contains(digits.utf8.count), digits.utf8.allSatisfy({ Self.isHexadecimal($0) }) else {
            throw ErrorPayload("unknown_id", text)
        }
        let missing = 32 - digits.utf8.count
        guard let low = EntryID(hexadecimal: digits + String(repeating: "0", count: missing)),
            let high = EntryID(hexadecimal: digits + String(repeating: "f", count: missing))
        else { throw ErrorPayload("unknown_id", text) }
        let found = try store.ids(from: low, through: high)
        guard let first = found.first else { throw ErrorPayload("unknown_id", text) }
        guard found.count == 1 else { throw ErrorPayload("ambiguous_id", text) }
        return first
    }

    /// A rift by id, the beginning of one, its title, or a draft's number.
    func riftName(_ text: String) throws -> String {
        if let draft = try draft(text) {
            guard draft.content.kind == Kind.rift.name else { throw ErrorPayload("not_a_rift", text) }
            return text
        }
        return try rift(text).description
    }

    /// A shared rift by id, the beginning of one, or its title.
    func rift(_ text: String) throws -> EntryID {
        do {
            let id = try entry(text)
            if try store.header(of: id)?.kind == .rift { return id }
        } catch let refusal as ErrorPayload where refusal.error == "unknown_id" {
            // Not an id, then: a title.
        }
        guard replica != nil else { throw ErrorPayload("unknown_rift", text) }
        let joins = try joins()
        let wanted = text.lowercased()
        let names = try riftNames(joins)
        let found = names.filter { $0.value.contains(wanted) }.map(\.key)
        guard let rift = found.first else { throw ErrorPayload("unknown_rift", text) }
        guard found.count == 1 else { throw ErrorPayload("ambiguous_id", text) }
        return rift
    }

    /// What each rift is called, and was called apart, in lowercase letters; kept until something changes.
    private func riftNames(_ joins: Joins) throws -> [EntryID: Set<String>] {
        if let known = riftNames { return known }
        var names: [EntryID: Set<String>] = [:]
        for rift in try store.rifts() where joins.canonical(rift) == rift {
            let title = try standing(ofRift: rift, joins, about: []).title
            for title in [title.winner].compactMap(\.self) + title.apart {
                guard let text = try words(of: title).first?.text else { continue }
                names[rift, default: []].insert(text.lowercased())
            }
        }
        riftNames = names
        return names
    }

    /// A draft by its number: `d3`.
    func draft(_ text: String) throws -> (id: Int64, content: Draft)? {
        guard text.hasPrefix("d"), let id = Int64(text.dropFirst()) else { return nil }
        guard let stored = try store.draft(id) else {
            // Short ids of entries can look like this too.
            if text.utf8.count >= 4, (try? entry(text)) != nil { return nil }
            throw ErrorPayload("unknown_draft", text)
        }
        return (id, try Draft(stored))
    }

    /// The words of an event; none where they are absent, or are no words: anyone can commit to any bytes.
    func words(of id: EntryID) throws -> [Field] {
        guard let bytes = try store.bodies(of: [id])[id] else { return [] }
        return (try? Body(bytes: bytes))?.fields ?? []
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...102).contains(byte)
    }
}
