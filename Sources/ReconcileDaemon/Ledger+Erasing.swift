import Causality
import EventLog
import FoundationEssentials
import Journal
import LocalAPI
import Store

/// Deleting an entry's words for good: with both persons' consent, or alone while nobody else can have them.
extension Ledger {
    /// Erases an entry of one's own that was handed to nobody; nil if both have to agree.
    func eraseAlone(_ request: WriteRequest, key: String?) throws -> [UInt8]? {
        guard let about = request.about.first, let replica else { return nil }
        let id = try entry(about)
        guard let logged = try store.logged(id), logged.placed.position.log == replica.ownLog,
            logged.placed.position.sequence > replica.mark[replica.ownLog.epoch]
        else { return nil }
        let header = logged.placed.effective.header
        var event = NewEvent(
            .erase, rift: header.kind == .rift ? id : header.rift, references: [Reference(id)])
        event.value = Kind.erasedAlone
        try judge(event, replica, opened: nil)
        let batch = try replica.append([event], at: Machine.now())
        guard let written = batch.events.last?.effective.id else { throw ErrorPayload("internal") }
        var response = WriteResponse(
            id: written.description, kind: Kind.erase.name, isDraft: false, rift: event.rift?.description)
        response.isErased = true
        let answer = Array(try JSONEncoder().encode(response))
        var local = LocalChange()
        if let key { local.answer = (key, answer) }
        // Nobody ever had them, so nobody has to agree. In one transaction, or a crash would leave what is said to be gone.
        local.erased = try [id] + revisions(of: [id])
        try commit(batch, local: local)
        return answer
    }

    /// Refuses to ask for what was asked for already, or is done.
    func checkErasable(_ request: WriteRequest) throws {
        guard let about = request.about.first, replica != nil else { return }
        let id = try entry(about)
        let standing = try paired().standing(ofEntry: id)
        if standing.erased.contains(id) { throw ErrorPayload("already_erased", id.short) }
        if try !requests(for: id, standing).isEmpty { throw ErrorPayload("already_asked", id.short) }
    }

    /// The request to erase that a consent is about, by the entry or by the request itself.
    func erasure(_ text: String) throws -> EntryID {
        let id = try entry(text)
        if try store.header(of: id)?.kind == .erase { return id }
        let standing = try paired().standing(ofEntry: id)
        if standing.erased.contains(id) { throw ErrorPayload("already_erased", id.short) }
        guard let found = try requests(for: id, standing).first else {
            throw ErrorPayload("nothing_to_consent", id.short)
        }
        return found
    }

    /// The requests to erase an entry that count.
    private func requests(for id: EntryID, _ standing: Standing) throws -> [EntryID] {
        guard try store.isAnswered(id, by: [.erase]) else { return [] }
        return try store.events(about: id).map(\.effective).filter { event in
            event.header.kind == .erase && event.header.value != Kind.erasedAlone
                && event.header.references.first?.entry == id && standing.effects[event.id] == nil
        }.map(\.id)
    }

    /// The entries that the partner asks to let go, and that are not erased yet.
    func erasuresAsked() throws -> [EntryID] {
        guard let replica, let own = replica.membership.person(of: replica.device) else { return [] }
        let asked = try store.erasures(.erase).filter {
            replica.membership.person(of: $0.position.log.device) != own
        }
        return try asked.compactMap { $0.effective.header.references.first?.entry }.filter { entry in
            try isToBeErased(entry, replica.standing(ofEntry: entry))
        }
    }

    /// Does what is owed, if something is. Throws where it can't be done now; then it is owed still.
    func eraseOwed() throws {
        guard owesErasing else { return }
        try Store.opening {
            try eraseAgreed()
            // Until then what was deleted can be read beside the database.
            try store.checkpoint()
        }
        owesErasing = false
    }

    /// Deletes what both agreed to delete, whatever made the pair complete; called before anything is acknowledged.
    ///
    /// What a crash leaves here is done at the next start.
    private func eraseAgreed() throws {
        let agreed = try agreedErasures()
        var changed = false
        if !agreed.isEmpty {
            changed = try store.erase(agreed + revisions(of: agreed), whatIsHere: true)
        }
        // What its author erased alone is nowhere else, and so isn't waited for; an older copy of one's own may have it.
        for event in try store.erasures(.erase) where event.effective.header.value == Kind.erasedAlone {
            guard let replica, let entry = event.effective.header.references.first?.entry,
                try replica.standing(ofEntry: entry).effects[event.effective.id] == nil
            else { continue }
            let isOwn = event.position.log.device == replica.device
            changed = try store.erase([entry] + revisions(of: [entry]), whatIsHere: isOwn) || changed
        }
        if changed { self.changed() }
    }

    /// Whether a batch may have completed an agreement, or brought words that were erased.
    func mayErase(_ batch: EventBatch) throws -> Bool {
        let concerns = batch.events.contains { event in
            switch event.effective.header.kind {
            case .erase, .consent: true
            default: false
            }
        }
        // Most journals never have one, and nothing has to be looked up.
        guard try concerns || store.hasErasures() else { return false }
        return try concerns || !batch.bodies.isEmpty
            || batch.events.contains { event in
                switch event.effective.header.kind {
                // A rewording of what is erased; or what lets an event count, or count no more.
                case .revise, .rift, .admit, .retire, .withdraw, .recover: true
                default: try store.isAnswered(event.effective.id, by: [.erase])
                }
            }
    }

    private func agreedErasures() throws -> [EntryID] {
        guard let replica else { return [] }
        var entries: Set<EntryID> = []
        for consent in try store.erasures(.consent) {
            guard let erasure = consent.effective.header.references.first?.entry,
                let entry = try store.header(of: erasure)?.references.first?.entry
            else { continue }
            entries.insert(entry)
        }
        return try entries.filter { try replica.standing(ofEntry: $0).erased.contains($0) }.sorted()
    }

    private func revisions(of entries: [EntryID]) throws -> [EntryID] {
        try entries.flatMap { entry in
            try store.events(about: entry).filter { $0.effective.header.kind == .revise }.map(\.effective.id)
        }
    }

    /// What both agreed to erase, and the devices that are not known to have done so.
    func erasures(settled: [DeviceID: Int64]) throws -> [ErasurePayload] {
        guard let replica else { return [] }
        let names = try names()
        return try agreedErasures().map { entry in
            let facts = try store.events(about: entry).filter { $0.effective.header.kind == .erase }
            let pair = try facts.flatMap { try [$0] + store.events(about: $0.effective.id) }
            let last = try pair.compactMap { try store.arrival(of: $0.effective.id) }.max() ?? 0
            let open = replica.membership.members.map(\.bundle.device).filter { device in
                device != replica.device && replica.membership.isActive(device) && settled[device] ?? 0 < last
            }
            return ErasurePayload(
                entry: entry.description,
                open: open.map { device in
                    let person = replica.membership.person(of: device).map { names.person($0) + "'s " } ?? ""
                    return person + names.device(device)
                })
        }
    }

    /// Whether its author asks for an entry to be erased, and the other has not agreed.
    func isToBeErased(_ id: EntryID, _ standing: Standing) throws -> Bool {
        try !standing.erased.contains(id) && !requests(for: id, standing).isEmpty
    }
}
