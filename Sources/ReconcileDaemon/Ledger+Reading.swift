import Causality
import EventLog
import Journal
import LocalAPI
import Query
import Store

/// Reading: rifts as stories, and records for `log`.
extension Ledger {
    /// Where a rift and those joined with it stand: as it was kept, or derived again if something has changed since.
    ///
    /// - Parameters:
    ///   - entries: of which entries it is asked what was said of them; all if nil.
    ///   - withTags: whether the rift's tags are asked for.
    ///   - evenIfOutdated: whether it may be as it was when it was derived last.
    func standing(
        ofRift rift: EntryID, _ joins: Joins, about entries: Set<EntryID>? = nil, withTags: Bool = false,
        evenIfOutdated: Bool = false
    ) throws -> Standing {
        let replica = try paired()
        let kept = try store.standing(
            of: rift, about: entries, withTags: withTags, evenIfOutdated: evenIfOutdated)
        if let kept { return kept }
        let standing = try replica.standing(ofRift: rift, joins: joins)
        guard derivations[joins.canonical(rift)] == nil else { return standing }
        do { try store.keep([(standing, joins.component(of: rift))]) } catch StoreError.full {
            // A full disk stops nobody from reading; it is derived again next time.
        }
        return standing
    }

    /// All rifts, those joined counted once, in order of arrival and then drafts; without their entries.
    func rifts() async throws -> [RiftPayload] {
        if replica != nil { try await derive(store.rifts()) }
        guard identity != nil else { throw ErrorPayload("not_initialised") }
        let drafts = try drafts().filter { $0.kind == Kind.rift.name }.map { draft in
            var payload = RiftPayload(id: draft.id, state: "draft")
            payload.title = WordingPayload(
                id: draft.id, fields: draft.fields, author: identity?.personName ?? "?")
            return payload
        }
        return replica == nil ? drafts : try await sharedRifts() + drafts
    }

    private func sharedRifts() async throws -> [RiftPayload] {
        let joins = try joins()
        var rifts: [RiftPayload] = []
        for rift in try store.rifts() where joins.canonical(rift) == rift {
            rifts.append(try summary(rift, standing(ofRift: rift, joins, about: [], evenIfOutdated: true)))
            if rifts.count.isMultiple(of: 50) { await Task.yield() }
        }
        return rifts
    }

    /// What is told of a rift, by its numbers.
    private static let told = Kind.allCases.filter(\.isEntry).map(\.rawValue)
    /// Entries of a rift that are told at once.
    private static let pageEntries = 100

    /// A rift with a page of its entries, in timeline order.
    ///
    /// - Parameter from: where an earlier page says that the next one begins; the first page if nil.
    func rift(_ rift: EntryID, from: String? = nil) async throws -> RiftPayload {
        try await derive([rift])
        let joins = try joins()
        var payload = try summary(
            joins.canonical(rift), standing(ofRift: rift, joins, about: [], evenIfOutdated: true))
        payload.arrival = try store.lastArrival()
        var request = Store.PageRequest()
        request.rifts = joins.component(of: rift)
        request.limit = Self.pageEntries
        // Of what else is said in a rift there may be any amount: pages of nothing but votes would never end.
        request.condition = .kinds(Self.told)
        if let from {
            guard let cursor = Cursor(from), try cursor.store == storeID() else {
                throw ErrorPayload("bad_cursor")
            }
            // What arrives in between is read the next time, or the pages would not fit together.
            (payload.arrival, request.throughArrival) = (cursor.arrival, cursor.arrival)
            request.begin(at: cursor.key)
        } else {
            request.throughArrival = payload.arrival
        }
        let page = try store.page(request)
        let standing = try standing(
            ofRift: rift, joins, about: Self.concerned(by: page.events), evenIfOutdated: true)
        for event in page.events where event.placed.effective.header.kind?.isEntry == true {
            payload.entries.append(try entry(event, standing))
        }
        if !page.isLast, let last = page.events.last {
            payload.next = try Cursor(store: storeID(), key: last.key, arrival: payload.arrival).text
        }
        return payload
    }

    /// The entries of which it has to be known what was said of them, to tell some events: these, and what they name.
    static func concerned(by events: [LoggedEvent]) -> Set<EntryID> {
        events.reduce(into: []) { entries, event in
            entries.insert(event.placed.effective.id)
            entries.formUnion(event.placed.effective.header.references.map(\.entry))
        }
    }

    /// An entry or a draft for a person who reads it by itself.
    func story(of text: String) async throws -> EntryPayload {
        if let found = try draft(text) {
            var payload = EntryPayload(
                id: text, kind: found.content.kind, author: identity?.personName ?? "?",
                device: identity?.deviceName ?? "?", at: 0)
            payload.fields = found.content.fields
            return payload
        }
        let id = try entry(text)
        guard let event = try store.logged(id) else { throw ErrorPayload("unknown_id", text) }
        let header = event.placed.effective.header
        guard let rift = header.kind == .rift ? id : header.rift else {
            return try entry(event, paired().standing(ofEntry: id))
        }
        // A rift that isn't here is one all the same: what is said of it is said of its events.
        try await derive([rift])
        return try entry(
            event,
            standing(ofRift: rift, joins(), about: Self.concerned(by: [event]), evenIfOutdated: true))
    }

    private func summary(_ rift: EntryID, _ standing: Standing) throws -> RiftPayload {
        var payload = RiftPayload(id: rift.description, state: standing.state.rawValue)
        payload.title = try standing.title.winner.map(wording)
        payload.titlesApart = try standing.title.apart.map(wording)
        payload.agreement = try standing.agreement.winner.map(wording)
        payload.agreementsApart = try standing.agreement.apart.map(wording)
        let names = try names()
        payload.resting = standing.resting.map(names.person).sorted()
        return payload
    }

    func wording(_ id: EntryID) throws -> WordingPayload {
        let author = try store.logged(id).map { try self.author(of: $0.placed.position.log.device) } ?? "?"
        return WordingPayload(id: id.description, fields: try fields(of: id), author: author)
    }

    private func fields(of id: EntryID) throws -> [FieldPayload] {
        try words(of: id).map { FieldPayload(name: $0.name.name, text: $0.text) }
    }

    func author(of device: DeviceID) throws -> String {
        guard let person = replica?.membership.person(of: device) else { return "?" }
        return try names().person(person)
    }

    /// An event of a rift for a person who reads it there.
    func entry(_ event: LoggedEvent, _ standing: Standing) throws -> EntryPayload {
        let (id, header) = (event.placed.effective.id, event.placed.effective.header)
        let device = event.placed.position.log.device
        var payload = EntryPayload(
            id: id.description, kind: header.kind?.name ?? "newer", author: try author(of: device),
            device: try names().device(device), at: header.at)
        payload.about = header.references.map(\.entry.description)
        if header.kind == .receipt { payload.choice = ReceiptChoice(rawValue: header.value)?.name }
        let current = standing.wordings[id]?.winner ?? id
        payload.fields = try fields(of: current)
        payload.reworded = current != id
        payload.apart = try standing.wordings[id]?.apart.map(wording) ?? []
        payload.state = standing.hurts[id]?.rawValue
        payload.isToBeErased = try isToBeErased(id)
        payload.isDeclined = try payload.isToBeErased && declinedErasures.contains(id)
        payload.isErased = standing.erased.contains(id)
        payload.isKept = try payload.isErased && keepsErased(id)
        payload.takenBack = standing.takenBack[id] != nil || payload.isErased
        payload.takenBackAt = try standing.takenBack[id].flatMap { try store.header(of: $0)?.at }
        for reference in header.references {
            let (entry, winner) = (reference.entry, standing.wordings[reference.entry]?.winner)
            let isGone = standing.takenBack[entry] != nil || standing.erased.contains(entry)
            if let wording = reference.wording, let winner, wording != winner, !isGone {
                payload.pinned.append(try self.wording(wording))
            }
            guard isGone else { continue }
            payload.wasTakenBack = true
            payload.aboutAuthor = try store.logged(entry).map {
                try author(of: $0.placed.position.log.device)
            }
        }
        switch standing.effects[id] {
        case .waiting: payload.note = "waiting"
        case .some(.none(let rule)): payload.note = rule.rawValue
        case .unknownKind: payload.note = "newer"
        default: break
        }
        if isCutOff(event) { payload.note = "cut_off" }
        return payload
    }

    /// Whether an event was written behind the end at which its device was retired: readable, and nothing more.
    private func isCutOff(_ event: LoggedEvent) -> Bool {
        replica.map { !$0.membership.counts(event.placed.position) } ?? false
    }

    // MARK: log

    /// The arrival number up to which a read goes.
    func lastArrival() throws -> Int64 { try store.lastArrival() }

    /// All rifts that are one with a rift.
    func component(of rift: EntryID) throws -> [EntryID] { try joins().component(of: rift) }
}
