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
        return try store.events(about: id).filter { event in
            event.effective.header.kind == .erase && event.effective.header.value != Kind.erasedAlone
                && event.subject == id && standing.effects[event.effective.id] == nil
                && replica?.membership.counts(event.position) == true
        }.map(\.effective.id)
    }

    /// Of how many requests it is told that the partner asks to let something go, the latest of them.
    private static let toldRequests = 256

    /// The entries that the partner asks to let go, and that are not erased yet; worked out once as long as nothing changes.
    func erasuresAsked() throws -> [EntryID] {
        if let askedErasures { return askedErasures }
        guard let replica, let own = replica.membership.person(of: replica.device) else { return [] }
        let asked = try store.latestErasures(limit: Self.toldRequests) {
            replica.membership.person(of: $0) != own
        }
        let declined = try declinedErasures
        let found = try Set(asked.compactMap(\.subject)).subtracting(declined).sorted().filter { entry in
            try isToBeErased(entry)
        }
        askedErasures = found
        return found
    }

    /// Does what is owed, if something is. Throws where it can't be done now; then it is owed still.
    func eraseOwed() throws {
        guard owesErasing else { return }
        try Store.opening {
            try settleErasures()
            // Until then what was deleted can be read beside the database.
            try store.checkpoint()
        }
        (owesErasing, owedErasures) = (false, [])
        try store.forgetSometime(.erasureOwed)
    }

    /// Brings the words of entries into line with what counts as erased, whatever made it so; called before anything is
    /// acknowledged.
    ///
    /// What a crash leaves here is done at the next start.
    private func settleErasures() throws {
        guard let replica, try store.hasErasures() else { return }
        let entries = try owedErasures ?? Set(store.erasures(.erase).compactMap(\.subject))
        let chosen = try chosenHere
        var changed = false
        for entry in entries.sorted() {
            let words = try [entry] + revisions(of: [entry])
            let didChange =
                switch try fate(of: entry, chosen, replica) {
                case .stays: try store.bringBack(words)
                case .isErased(byOwnHand: true): try store.erase(words, whatIsHere: true)
                case .isErased: try store.withhold(words)
                // It is nowhere else, and so isn't waited for.
                case .isNowhere: try store.erase(words, whatIsHere: false)
                }
            changed = changed || didChange
        }
        if changed { self.changed() }
    }

    /// What is to become of an entry's words on this device.
    private enum Fate {
        case stays
        /// Both agreed. The bytes go only by the hand of this device's person: a consent that someone else wrote with
        /// a key of theirs must not be able to delete the only copy.
        case isErased(byOwnHand: Bool)
        /// Its author erased it elsewhere before anyone had it.
        case isNowhere
    }

    private func fate(of entry: EntryID, _ chosen: Set<EntryID>, _ replica: Replica<Store>) throws -> Fate {
        let standing = try replica.standing(ofEntry: entry)
        let requests = try store.events(about: entry).filter { event in
            event.effective.header.kind == .erase && event.subject == entry
                && standing.effects[event.effective.id] == nil
                && replica.membership.counts(event.position)
        }
        let alone = requests.filter { $0.effective.header.value == Kind.erasedAlone }
        if try alone.contains(where: { try isByOwnHand($0, replica) }) { return .isErased(byOwnHand: true) }
        guard standing.erased.contains(entry) else { return alone.isEmpty ? .stays : .isNowhere }
        if chosen.contains(entry) { return .isErased(byOwnHand: true) }
        let consents = try requests.flatMap { request in
            try store.events(about: request.effective.id).filter {
                $0.effective.header.kind == .consent && $0.subject == request.effective.id
                    && standing.effects[$0.effective.id] == nil
            }
        }
        let isOwnHand = try (requests + consents).contains { try isByOwnHand($0, replica) }
        return .isErased(byOwnHand: isOwnHand)
    }

    /// Whether an event was written on this device: its keys may have been copied, and what another one writes with them
    /// comes from outside.
    private func isByOwnHand(_ event: PlacedEvent, _ replica: Replica<Store>) throws -> Bool {
        try event.position.log.device == replica.device && store.isWrittenHere(event.position)
    }

    /// Whether a batch may change which words are erased. Most journals never erase anything, and no batch does.
    func mayChangeErasures(_ batch: EventBatch) throws -> Bool {
        if batch.events.contains(where: { $0.effective.header.kind == .erase }) { return true }
        guard try store.hasErasures() else { return false }
        guard batch.splits.isEmpty, batch.truncations.isEmpty else { return true }
        return try batch.events.contains { event in
            let kind = event.effective.header.kind
            if kind == .consent || kind == .revise || kind == .rift || kind?.isMembership == true {
                return true
            }
            if replica?.membership.cuts[event.position.log.device] != nil { return true }
            return try store.isAnswered(event.effective.id, by: [.erase])
        }
    }

    /// Notes what a batch may have changed of what is erased: the entries, or all where others count by now.
    ///
    /// - Parameter countsOtherwise: whether other events count than before.
    func noteErasures(in batch: EventBatch, countsOtherwise: Bool) throws {
        if countsOtherwise {
            (owesErasing, owedErasures) = (true, nil)
            return
        }
        var touched: Set<EntryID> = []
        for event in batch.events {
            let header = event.effective.header
            let subject = header.references.first?.entry
            switch header.kind {
            case .erase:
                if let subject { touched.insert(subject) }
                continue
            case .consent:
                let request = try subject.flatMap(store.header(of:))
                if request?.kind == .erase, let entry = request?.references.first?.entry {
                    touched.insert(entry)
                }
                continue
            default: break
            }
            // What had been said in it waits for the rift itself.
            if header.kind == .rift {
                touched.formUnion(try store.erasures(inRift: event.effective.id).compactMap(\.subject))
            }
            if try store.isAnswered(event.effective.id, by: [.erase]) { touched.insert(event.effective.id) }
            if header.kind == .revise, let subject, try store.isAnswered(subject, by: [.erase]) {
                touched.insert(subject)
            }
        }
        guard !touched.isEmpty else { return }
        owesErasing = true
        // Where all of them are owed these are among them.
        owedErasures?.formUnion(touched)
    }

    /// Takes the words of erased entries out of what came: they are kept by those that had them, and nobody's to give.
    func dropErasedWords(of batch: inout EventBatch) throws {
        guard let replica, batch.events.contains(where: { $0.body != nil }), try store.hasErasures() else {
            return
        }
        // Many may reword one entry.
        var isErased: [EntryID: Bool] = [:]
        for index in batch.events.indices where batch.events[index].body != nil {
            let event = batch.events[index].effective
            let entry = event.header.kind == .revise ? event.header.references.first?.entry : event.id
            guard let entry else { continue }
            let isGone =
                try isErased[entry]
                ?? (store.hasConsent(toErase: entry)
                    && replica.standing(ofEntry: entry).erased.contains(entry))
            isErased[entry] = isGone
            if isGone { batch.events[index].body = nil }
        }
    }

    /// The erased entries of which this device's person said here that their words go.
    private var chosenHere: Set<EntryID> {
        get throws { Set(try ids(.erasedHere)) }
    }

    private func ids(_ key: MetaKey) throws -> [EntryID] {
        let bytes = try store.meta(key) ?? []
        return stride(from: 0, to: bytes.count, by: 16).compactMap { start in
            EntryID(Array(bytes[start..<min(start + 16, bytes.count)]))
        }
    }

    private func add(_ id: EntryID, to key: MetaKey) throws {
        let known = try ids(key)
        guard !known.contains(id) else { return }
        try store.set(key, to: (known + [id]).flatMap(\.bytes))
    }

    /// Deletes the words of an entry here that both agreed to erase, and that were kept because nobody said so on this
    /// device. Durable before it is done, so that a crash in between changes nothing.
    func eraseHere(_ text: String) throws {
        let id = try entry(text)
        guard try paired().standing(ofEntry: id).erased.contains(id) else {
            throw ErrorPayload("not_erased", id.short)
        }
        try add(id, to: .erasedHere)
        owesErasing = true
        owedErasures?.insert(id)
        try eraseOwed()
        changed()
    }

    /// Answers the partner's request to erase an entry by "no, and don't ask again".
    ///
    /// Kept on this device, of the entry and not of the request: asking once more changes nothing. Nobody else is told,
    /// and to agree later stays possible.
    func declineErasure(_ text: String) throws {
        let replica = try paired()
        let id = try entry(text)
        let standing = try replica.standing(ofEntry: id)
        if standing.erased.contains(id) { throw ErrorPayload("already_erased", id.short) }
        let own = replica.membership.person(of: replica.device)
        let isAsked = try requests(for: id, standing).contains { request in
            try store.logged(request).map {
                replica.membership.person(of: $0.placed.position.log.device) != own
            } ?? false
        }
        guard isAsked else { throw ErrorPayload("nothing_to_consent", id.short) }
        try add(id, to: .declined)
        changed()
    }

    /// The entries of which the partner's requests to erase them were declined here.
    var declinedErasures: Set<EntryID> {
        get throws { Set(try ids(.declined)) }
    }

    /// Whether an erased entry's words lie here still, shown to nobody.
    func keepsErased(_ id: EntryID) throws -> Bool { try store.keepsErased([id] + revisions(of: [id])) }

    private func agreedErasures() throws -> [EntryID] {
        guard let replica else { return [] }
        var entries: Set<EntryID> = []
        for consent in try store.erasures(.consent) {
            guard let erasure = consent.subject,
                let entry = try store.header(of: erasure)?.references.first?.entry
            else { continue }
            entries.insert(entry)
        }
        return try entries.filter { try replica.standing(ofEntry: $0).erased.contains($0) }.sorted()
    }

    private func revisions(of entries: [EntryID]) throws -> [EntryID] {
        try entries.flatMap { entry in
            try store.events(about: entry).filter {
                $0.effective.header.kind == .revise && $0.subject == entry
            }
            .map(\.effective.id)
        }
    }

    /// What both agreed to erase, whether its words are here still, and the devices of which it isn't known that they
    /// deleted them.
    ///
    /// A device deletes them by its own person's hand. So one that wrote the consent has; one that asked for it has as
    /// soon as it has the consent; and of any other nobody but its person can tell.
    func erasures(settled: [DeviceID: Int64]) throws -> [ErasurePayload] {
        guard let replica else { return [] }
        let names = try names()
        return try agreedErasures().map { entry in
            let requests = try store.events(about: entry).filter {
                $0.effective.header.kind == .erase && $0.subject == entry
            }
            let consents = try requests.flatMap { request in
                try store.events(about: request.effective.id).filter { $0.effective.header.kind == .consent }
            }.filter { replica.membership.counts($0.position) }
            let first = try consents.compactMap { try store.arrival(of: $0.effective.id) }.min() ?? 0
            let consenting = Set(consents.map(\.position.log.device))
            let asking = Set(requests.map(\.position.log.device))
            let open = replica.membership.members.map(\.bundle.device).filter { device in
                device != replica.device && replica.membership.isActive(device)
                    && !consenting.contains(device)
                    && !(asking.contains(device) && settled[device] ?? 0 >= first)
            }
            var payload = ErasurePayload(
                entry: entry.description,
                open: open.map { device in
                    let person = replica.membership.person(of: device).map { names.person($0) + "'s " } ?? ""
                    return person + names.device(device)
                })
            payload.isKeptHere = try keepsErased(entry)
            return payload
        }
    }

    /// Whether its author asks for an entry to be erased, and the other has not agreed.
    func isToBeErased(_ id: EntryID) throws -> Bool {
        guard let replica, try store.isAnswered(id, by: [.erase]) else { return false }
        // By all that was said of it: what is shown of a page knows nothing of the request itself.
        let standing = try replica.standing(ofEntry: id)
        return try !standing.erased.contains(id) && !requests(for: id, standing).isEmpty
    }
}

extension PlacedEvent {
    /// The first entry that it refers to.
    fileprivate var subject: EntryID? { effective.header.references.first?.entry }
}
