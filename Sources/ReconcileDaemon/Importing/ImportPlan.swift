import Causality
import EventLog
import Interchange
import Journal
import LocalAPI
import Query
import Store

/// What a file comes to: each of its entries as a draft or an event, or why it can't be one.
struct ImportPlan: Sendable {
    /// An entry that is new here.
    struct Item: Sendable {
        let line: Int
        let kind: Kind
        var draft: Draft
        /// When it was written, in milliseconds since 1970.
        let at: Int64
        /// What it names, in the file's order.
        var about: [Reference] = []
        var rift: Reference?
        /// A hash of what the file says, by which it is known when it comes again.
        let key: [UInt8]
        /// A draft in any case: a note, or because nothing is to be shared.
        let isDraft: Bool
    }

    /// Something that an entry names: here already, or another entry of the file.
    enum Reference: Equatable, Sendable {
        case entry(EntryID)
        case draft(String)
        case item(Int)
    }

    var items: [Item] = []
    var known = 0
    var foreign = 0
    /// How many were taken back, which no file brings to life again.
    var withdrawn = 0
    var problems: [(line: Int, refusal: ErrorPayload)] = []
}

/// Turns the entries of a file into a plan, one after the other.
struct ImportPlanner: Sendable {
    private let store: Store
    private let isShared: Bool
    private let person: String
    /// Milliseconds since 1970.
    private let now: Int64
    /// A shared rift by its title; nil if there is none, or more than one.
    private let rift: @Sendable (String) -> EntryID?
    private(set) var plan = ImportPlan()
    /// The drafts that are here, by what they say.
    private let drafts: [[String]: Int64]
    private var keys: Set<[UInt8]> = []
    /// What the file's own ids became.
    private var byFileID: [String: ImportPlan.Reference] = [:]
    private var riftsByTitle: [String: ImportPlan.Reference] = [:]

    init(
        _ store: Store, isShared: Bool, person: String, now: Int64,
        rift: @escaping @Sendable (String) -> EntryID?
    ) throws {
        (self.store, self.isShared, self.person, self.now, self.rift) = (store, isShared, person, now, rift)
        drafts = Dictionary(
            try store.drafts().map { stored in
                let draft = try Draft(stored)
                return (Self.saying(draft.kind, draft.fields, stored.written), stored.id)
            }, uniquingKeysWith: { first, _ in first })
    }

    private static func saying(_ kind: String, _ fields: [FieldPayload], _ written: Int64) -> [String] {
        [kind, "\(written)"] + fields.flatMap { [$0.name, $0.text] }
    }

    /// Takes an entry of the file, or what is none.
    mutating func take(_ item: FileItem, check: ([FieldPayload], Kind) throws -> Void) throws {
        switch item {
        case .failure(let line, let failure): plan.problems.append((line, ErrorPayload(failure.rawValue)))
        case .record(let record):
            do { try take(record, check: check) } catch let refusal as ErrorPayload {
                plan.problems.append((record.line, refusal))
            }
        }
    }

    private mutating func take(_ record: FileRecord, check: ([FieldPayload], Kind) throws -> Void) throws {
        if let author = record["AUTHOR"], author != person {
            plan.foreign += 1
            return
        }
        let fileID = record["ENTRY_ID"]
        if let fileID, let id = EntryID(hexadecimal: fileID), try store.has(id) {
            plan.known += 1
            return
        }
        if record["STATE"] == "taken_back" {
            plan.withdrawn += 1
            return
        }
        guard let name = record["KIND"] ?? record["SYSLOG_IDENTIFIER"] else {
            throw ErrorPayload("missing_field", "KIND")
        }
        guard let kind = Kind(name: name) else { throw ErrorPayload("unknown_kind", name) }
        guard kind.isEntry || kind == .note || [.title, .agreement, .tag].contains(kind) else {
            throw ErrorPayload("not_importable", name)
        }
        var request = WriteRequest(kind: kind.name)
        request.choice = record["CHOICE"]
        request.fields = try Self.fields(of: record, kind)
        try check(request.fields, kind)
        if kind == .receipt, request.choice.flatMap({ ReceiptChoice(name: $0) }) == nil {
            throw ErrorPayload("unknown_choice", request.choice ?? "")
        }
        let isDraft = !isShared || kind == .note
        guard !isDraft || kind.isEntry || kind == .note else { throw ErrorPayload("only_shared", name) }
        let key = Self.key(record, kind)
        let at = try time(of: record)
        if record["STATE"] == "draft", let here = drafts[Self.saying(kind.name, request.fields, at)] {
            plan.known += 1
            // The file's number for it may be another draft's here.
            if let fileID { byFileID[fileID] = .draft("d\(here)") }
            return
        }
        guard keys.insert(key).inserted else {
            plan.known += 1
            return
        }
        if let entry = try store.imported(key) {
            plan.known += 1
            if let fileID {
                byFileID[fileID] = EntryID(hexadecimal: entry).map { .entry($0) } ?? .draft(entry)
            }
            return
        }
        var item = ImportPlan.Item(
            line: record.line, kind: kind, draft: Draft(request, rift: nil, about: []),
            at: at, key: key, isDraft: isDraft)
        item.about = try record.all("ANSWERS").map(reference)
        if kind != .rift, kind != .note { item.rift = try riftReference(record) }
        let number = plan.items.count
        if let fileID { byFileID[fileID] = .item(number) }
        if kind == .rift, let title = record["TITLE"] { riftsByTitle[title] = .item(number) }
        plan.items.append(item)
    }

    private static func fields(of record: FileRecord, _ kind: Kind) throws -> [FieldPayload] {
        // Can't trap: all cases of an enumeration.
        let names = Dictionary(uniqueKeysWithValues: FieldName.allCases.map { ($0.recordName, $0) })
        let rules = kind.fields.map(\.name)
        // In the order of the kind, whatever order the file has them in.
        let found = record.fields.compactMap { field in names[field.name].map { ($0, field.value) } }
        for (name, _) in found where !rules.contains(name) && name != .written {
            throw ErrorPayload("unknown_field", name.name)
        }
        var fields = rules.flatMap { rule in
            found.filter { $0.0 == rule }.map { FieldPayload(name: rule.name, text: $0.1) }
        }
        // What journald's programs write has a message and no fields of ours.
        if fields.isEmpty, kind.fields.contains(where: { $0.name == .text }), let message = record["MESSAGE"]
        {
            fields = [FieldPayload(name: FieldName.text.name, text: message)]
        }
        return fields
    }

    private func time(of record: FileRecord) throws -> Int64 {
        guard let text = record["__REALTIME_TIMESTAMP"] else { return now }
        guard let microseconds = Int64(text), microseconds >= 0 else { throw ErrorPayload("bad_date") }
        let time = microseconds / 1_000
        guard time <= now.addingReportingOverflow(86_400_000).partialValue else {
            throw ErrorPayload("future")
        }
        return time
    }

    private func reference(_ text: String) throws -> ImportPlan.Reference {
        if let reference = byFileID[text] { return reference }
        guard let id = EntryID(hexadecimal: text), try store.has(id) else {
            throw ErrorPayload("not_in_file", text)
        }
        return .entry(id)
    }

    private func riftReference(_ record: FileRecord) throws -> ImportPlan.Reference? {
        if let id = record["RIFT"], let found = try? reference(id) { return found }
        guard let title = record["RIFT_TITLE"] else {
            if let id = record["RIFT"] { throw ErrorPayload("not_in_file", id) }
            return nil
        }
        if let found = riftsByTitle[title] ?? rift(title).map({ .entry($0) }) { return found }
        throw ErrorPayload("unknown_rift", title)
    }

    /// What the file says of an entry: its fields in any order, but for what a device adds of its own.
    private static func key(_ record: FileRecord, _ kind: Kind) -> [UInt8] {
        var own: Set<String> = ["__CURSOR", "__SEQNUM", "__SEQNUM_ID", "_TRANSPORT", "SYSLOG_IDENTIFIER"]
        // The message says once more what stands in the fields; where there are none it is all that is said.
        let names = Set(FieldName.allCases.filter { $0 != .written }.map(\.recordName))
        if record.fields.contains(where: { names.contains($0.name) }) { own.insert("MESSAGE") }
        let parts = record.fields.enumerated().filter { !own.contains($1.name) }
            .sorted { ($0.element.name, $0.offset) < ($1.element.name, $1.offset) }
        var transcript = Transcript(.imported)
        transcript.append(Array(kind.name.utf8))
        for (_, field) in parts {
            transcript.append(Array(field.name.utf8))
            transcript.append(Array(field.value.utf8))
        }
        return Array(transcript.digest.bytes)
    }
}
