import Causality
import EventLog
import FoundationEssentials
import Journal
import LocalAPI
import Store

/// Writing: drafts, and sharing them.
extension Ledger {
    /// Writes an entry as a draft, or shares it at once. The same key always gives the same answer.
    func write(_ request: WriteRequest, key: String?) throws -> [UInt8] {
        if let key, let answer = try store.answer(to: key) { return answer }
        guard identity != nil else { throw ErrorPayload("not_initialised") }
        guard let kind = Kind(name: request.kind), !kind.isMembership, kind != .carry else {
            throw ErrorPayload("unknown_kind", request.kind)
        }
        if [.revise, .retract, .erase].contains(kind), let about = request.about.first,
            let draft = try draft(about)
        {
            return try change(draft, by: kind, to: request.fields, key: key)
        }
        if kind == .erase { try checkErasable(request) }
        if kind == .erase, let answer = try eraseAlone(request, key: key) { return answer }
        try check(request.fields, of: try wordingKind(kind, request))
        let about =
            try kind == .consent ? request.about.map { try erasure($0).description } : request.about.map(name)
        let draft = Draft(request, rift: try request.rift.map(riftName), about: about)
        if kind.isEntry || kind == .note, !request.share {
            // A note is about nothing but its writer, and judged by nobody.
            let isJudged = kind != .note && (draft.rift.map { !$0.hasPrefix("d") } ?? true)
            if replica != nil, isJudged { _ = try event(draft, kind) }
            return try store.addDraft(
                draft.encoded(), written: Machine.now().milliseconds, key: key
            ) { id in
                Array(
                    try JSONEncoder().encode(
                        WriteResponse(id: "d\(id)", kind: kind.name, isDraft: true, rift: draft.rift)))
            }
        }
        return try share(draft, including: request.include, asOf: request.asOf, removing: nil, key: key)
    }

    /// Shares a draft, in one transaction with its rift if that is a draft too.
    func share(_ text: String, _ request: ShareRequest, key: String?) throws -> [UInt8] {
        if let key, let answer = try store.answer(to: key) { return answer }
        guard identity != nil else { throw ErrorPayload("not_initialised") }
        guard let found = try draft(text) else { throw ErrorPayload("unknown_draft", text) }
        return try share(
            found.content, including: request.include, asOf: request.asOf, removing: found.id, key: key)
    }

    /// All drafts.
    func drafts() throws -> [DraftPayload] { try allDrafts().map { try $0.read().payload($0.stored) } }

    // MARK: Steps

    /// The only way out: whatever is shared, by draft or at once, leaves its private fields behind unless chosen.
    private func share(
        _ whole: Draft, including chosen: [String], asOf: [String: Int64]?, removing id: Int64?, key: String?
    ) throws -> [UInt8] {
        let (kind, fields, left) = try leaving(whole, including: chosen)
        var draft = whole
        draft.fields = fields
        var replica = try partnered()
        try checkNews(draft, kind, asOf)

        var local = LocalChange()
        var batch: EventBatch?
        do {
            if let opened = try openRift(of: draft, replica) {
                draft.rift = opened.id.description
                local.removedDrafts.append(opened.draft)
                local.replacedDrafts += try drafts(
                    naming: "d\(opened.draft)", renamed: opened.id.description, except: id)
                try replica.applied(opened.batch)
                batch = opened.batch
            }
            let event = try event(draft, kind, in: batch?.events.last?.effective.id)
            let last = try replica.append([event], at: Machine.now())
            batch = batch?.followed(by: last) ?? last
            guard let batch, let written = last.events.last?.effective.id else {
                throw ErrorPayload("internal")
            }
            if let id {
                local.removedDrafts.append(id)
                if kind == .rift {
                    local.replacedDrafts += try drafts(naming: "d\(id)", renamed: written.description)
                }
            }
            try keepBehind(left, of: written, &local)
            let rift = kind == .rift ? written : event.rift
            let answer = Array(
                try JSONEncoder().encode(
                    WriteResponse(
                        id: written.description, kind: kind.name, isDraft: false, rift: rift?.description)))
            if let key { local.answer = (key, answer) }
            try commit(batch, local: local)
            return answer
        } catch is FormatError {
            throw ErrorPayload("too_long")
        }
    }

    /// What of a draft leaves this device, and what stays. Throws where the rest can't be shared.
    private func leaving(
        _ draft: Draft, including chosen: [String]
    ) throws -> (kind: Kind, leaving: [FieldPayload], staying: [FieldPayload]) {
        guard let kind = Kind(name: draft.kind) else { throw ErrorPayload("unknown_kind", draft.kind) }
        guard kind != .note else { throw ErrorPayload("notes_stay") }
        // A field that is called otherwise would stay here without a word.
        let known = Kind.reflection.fields.filter(\.isPrivate).map(\.name.name)
        if let odd = chosen.first(where: { !known.contains($0) }) { throw ErrorPayload("not_private", odd) }
        let worded = try wordingKind(kind, about: draft.about.first)
        let isPrivate = Set(worded.fields.filter(\.isPrivate).map(\.name.name)).subtracting(chosen)
        let leaving = draft.fields.filter { !isPrivate.contains($0.name) }
        try check(leaving, of: worded)
        return (kind, leaving, draft.fields.filter { isPrivate.contains($0.name) })
    }

    /// Throws where a draft could not be shared now.
    func checkShareable(_ draft: Draft, including chosen: [String]) throws {
        let kind = try leaving(draft, including: chosen).kind
        _ = try partnered()
        // In a rift that is a draft too nothing can stand in its way.
        if draft.rift?.hasPrefix("d") != true { _ = try event(draft, kind) }
    }

    /// The rift of a draft, shared before it, if it is a draft itself.
    private func openRift(
        of draft: Draft, _ replica: Replica<Store>
    ) throws -> (id: EntryID, draft: Int64, batch: EventBatch)? {
        guard let name = draft.rift, let found = try self.draft(name) else { return nil }
        try check(found.content.fields, of: .rift)
        let batch = try replica.append([try event(found.content, .rift)], at: Machine.now())
        guard let id = batch.events.last?.effective.id else { throw ErrorPayload("internal") }
        return (id, found.id, batch)
    }

    /// What stays with its writer becomes a note about the entry, on this device only.
    private func keepBehind(
        _ fields: [FieldPayload], of entry: EntryID, _ local: inout LocalChange
    ) throws {
        guard !fields.isEmpty else { return }
        var request = WriteRequest(kind: Kind.note.name)
        request.fields = fields
        let note = Draft(request, rift: nil, about: [entry.description])
        local.addedDrafts.append((try note.encoded(), Machine.now().milliseconds))
    }

    private func drafts(
        naming old: String, renamed new: String, except: Int64? = nil
    ) throws -> [(id: Int64, content: [UInt8])] {
        try allDrafts().compactMap { kept in
            var draft = try kept.read()
            guard draft.rift == old, kept.stored.id != except else { return nil }
            draft.rift = new
            return (kept.stored.id, try draft.encoded())
        }
    }

    private func change(
        _ draft: (id: Int64, content: Draft), by kind: Kind, to fields: [FieldPayload], key: String?
    ) throws -> [UInt8] {
        var changed = draft.content
        let answer = Array(
            try JSONEncoder().encode(
                WriteResponse(id: "d\(draft.id)", kind: changed.kind, isDraft: true, rift: changed.rift)))
        if kind == .retract || kind == .erase {
            try store.removeDraft(draft.id, key: key, answer: answer)
        } else {
            guard let kind = Kind(name: changed.kind) else {
                throw ErrorPayload("unknown_kind", changed.kind)
            }
            changed.fields = Self.merge(changed.fields, with: fields)
            // What would be shared by itself was shown with other words.
            changed.held = nil
            try check(changed.fields, of: kind)
            try store.replaceDraft(draft.id, with: changed.encoded(), key: key, answer: answer)
        }
        return answer
    }

    private static func merge(_ old: [FieldPayload], with new: [FieldPayload]) -> [FieldPayload] {
        old.filter { field in !new.contains { $0.name == field.name } } + new
    }

    /// The kind by whose rules an entry's words are checked: of a rewording, the reworded entry's.
    private func wordingKind(_ kind: Kind, _ request: WriteRequest) throws -> Kind {
        try wordingKind(kind, about: request.about.first)
    }

    private func wordingKind(_ kind: Kind, about: String?) throws -> Kind {
        guard kind == .revise, let about else { return kind }
        return try store.header(of: entry(about))?.kind ?? kind
    }

    private func name(_ text: String) throws -> String {
        if try draft(text) != nil { throw ErrorPayload("about_a_draft", text) }
        return try entry(text).description
    }

    func check(_ fields: [FieldPayload], of kind: Kind) throws {
        var seen: Set<FieldName> = []
        for field in fields {
            guard let name = FieldName(name: field.name),
                let rule = kind.fields.first(where: { $0.name == name })
            else { throw ErrorPayload("unknown_field", field.name) }
            guard seen.insert(name).inserted || rule.repeats else {
                throw ErrorPayload("repeated_field", field.name)
            }
            if name == .title, field.text.utf8.count > Limits.title { throw ErrorPayload("title_too_long") }
        }
        for rule in kind.fields
        where rule.isRequired && !fields.contains(where: { $0.name == rule.name.name && $0.hasWords }) {
            throw ErrorPayload("missing_field", rule.name.name)
        }
        if kind == .note, !fields.contains(where: \.hasWords) {
            throw ErrorPayload("missing_field", "text")
        }
        if kind == .reflection, !fields.contains(where: { $0.name == "part" || $0.name == "none-here" }) {
            throw ErrorPayload("missing_field", "part")
        }
        let bytes = fields.reduce(0) { $0 + $1.text.utf8.count + 8 }
        guard bytes + 64 <= Limits.body else { throw ErrorPayload("too_long") }
    }

    /// The event that a draft becomes; checks who may write it and that what it answers is live.
    ///
    /// - Parameter opened: a rift that is shared in the same transaction, just before it.
    private func event(_ draft: Draft, _ kind: Kind, in opened: EntryID? = nil) throws -> NewEvent {
        let replica = try paired()
        var references = draft.about.compactMap { EntryID(hexadecimal: $0) }.map { Reference($0) }
        var rift = draft.rift.flatMap { EntryID(hexadecimal: $0) }
        if rift == nil, kind != .rift, kind != .sameAs, let first = references.first?.entry {
            rift = try Self.rift(of: store.header(of: first), first)
        }
        if kind == .receipt, references.count == 1 {
            references += try hurts(answeredBy: references[0].entry).map { hurt in Reference(hurt) }
        }
        if kind.isAnswer {
            references = try references.map { Reference($0.entry, wording: try wording(of: $0.entry)) }
        }
        var event = NewEvent(kind, rift: rift, references: references)
        if kind == .tag {
            event.value = draft.choice == nil ? TagChange.put : TagChange.taken
        } else if let choice = draft.choice {
            guard let receipt = ReceiptChoice(name: choice) else {
                throw ErrorPayload("unknown_choice", choice)
            }
            event.value = receipt.rawValue
        }
        if kind == .tag { event.subject = try tagSubject(draft, replica) }
        let fields = draft.fields.compactMap { field in
            FieldName(name: field.name).map { Field($0, field.text) }
        }
        if !fields.isEmpty {
            do { event.body = try Body(fields, salt: Machine.random(16)) } catch {
                throw ErrorPayload("too_long")
            }
        }
        try judge(event, replica, opened: opened)
        return event
    }

    func tagSubject(_ draft: Draft, _ replica: Replica<Store>) throws -> [UInt8] {
        var transcript = Transcript(.tag)
        transcript.append(replica.journal)
        transcript.append(Array((draft.fields.first?.text ?? "").utf8))
        return Array(transcript.digest.bytes.prefix(16))
    }

    private static func rift(of header: EventHeader?, _ id: EntryID) -> EntryID? {
        header?.kind == .rift ? id : header?.rift
    }

    private func wording(of id: EntryID) throws -> EntryID {
        let replica = try paired()
        return try replica.standing(ofEntry: id).wordings[id]?.winner ?? id
    }

    private func hurts(answeredBy answer: EntryID) throws -> [EntryID] {
        guard let header = try store.header(of: answer), header.kind?.isAnswer == true else { return [] }
        guard header.references.count == 1 else { throw ErrorPayload("which_hurt", answer.short) }
        return header.references.map(\.entry)
    }

    /// Refuses what would have no effect, and answers to what was taken back.
    func judge(_ event: NewEvent, _ replica: Replica<Store>, opened: EntryID?) throws {
        guard let author = replica.membership.person(of: replica.device) else {
            throw ErrorPayload("internal")
        }
        let named = event.references.map(\.entry)
        var facts = try replica.facts(around: named + [event.rift].compactMap(\.self))
        if let opened {
            facts.append(candidate(NewEvent(.rift), id: opened, author, replica))
        }
        // What was seen decides nothing here.
        let standing = Standing(of: facts, persons: replica.membership.persons) { _ in Sights() }
        let takenBack = Set(standing.takenBack.keys).union(standing.erased)
        let id = EntryID(high: .max, low: .max)
        let candidate = candidate(event, id: id, author, replica)
        switch Judgement(facts + [candidate]).effect(of: id) {
        case .full: break
        case .none(let rule): throw ErrorPayload(rule.rawValue, event.kind.name)
        case .waiting, .unknownKind: throw ErrorPayload("not_here", event.kind.name)
        }
        if let rift = event.rift, event.kind != .sameAs {
            let joins = try joins()
            for fact in facts where named.contains(fact.id) {
                guard fact.rift.map({ joins.canonical($0) == joins.canonical(rift) }) ?? true else {
                    throw ErrorPayload(Rule.otherRift.rawValue, fact.id.short)
                }
            }
        }
        let needsLife = event.kind.isAnswer || event.kind == .receipt || event.kind == .letBe
        if needsLife, let gone = event.references.first(where: { takenBack.contains($0.entry) }) {
            throw ErrorPayload("taken_back", gone.entry.short)
        }
    }

    /// An event that is not written yet, as the rules see it.
    private func candidate(
        _ event: NewEvent, id: EntryID, _ author: PersonID, _ replica: Replica<Store>
    ) -> Fact {
        let place = Position(log: replica.ownLog, sequence: .max)
        return Fact(
            id: id, kind: event.kind, author: author,
            precedence: Precedence(stamp: Stamp(.max), position: place),
            positions: [place], rift: event.kind == .rift ? id : event.rift, references: event.references,
            value: event.value, subject: event.subject, vocabulary: Kind.currentVocabulary)
    }

    /// No more than so many events are told with a refusal.
    private static let mostNews = 300

    /// A vote or a shared wording counts for what its writer has read: what is newer is shown first.
    private func checkNews(_ draft: Draft, _ kind: Kind, _ asOf: [String: Int64]?) throws {
        guard kind.isVote || kind == .title || kind == .agreement || kind == .tag, let asOf else { return }
        let replica = try paired()
        let about = try draft.about.first.flatMap(EntryID.init(hexadecimal:)).map {
            try Self.rift(of: store.header(of: $0), $0)
        }
        guard let rift = draft.rift.flatMap(EntryID.init(hexadecimal:)) ?? about ?? nil else { return }
        let joins = try joins()
        let component = joins.component(of: rift)
        var request = Store.PageRequest()
        request.rifts = component
        request.afterArrival = component.compactMap { asOf[$0.description] }.max() ?? 0
        var news: [LoggedEvent] = []
        while true {
            let page = try store.page(request)
            news += page.events.filter { $0.placed.position.log.device != replica.device }
            // What is so much is read as a whole and not in between.
            guard news.count <= Self.mostNews else { throw ErrorPayload("news_many", rift.short) }
            guard !page.isLast, let last = page.events.last else { break }
            request.begin(at: last.key)
        }
        guard !news.isEmpty else { return }
        let standing = try standing(ofRift: rift, joins, about: Self.concerned(by: news))
        var refusal = ErrorPayload("news", rift.short)
        refusal.news = try news.map { try entry($0, standing) }
        refusal.arrival = try store.lastArrival()
        refusal.rift = joins.canonical(rift).description
        throw refusal
    }
}
