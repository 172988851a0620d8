import Causality
import EventLog
import Journal
import LocalAPI
import Peering
import Store
import Wire

/// What a person wants of a pairing.
enum PairingWish: Sendable {
    /// To share with the partner.
    case partner
    /// To use another device too.
    case mine
    /// To come back by recovery words; none on the side that has the journal, which only compares codes.
    case recovery(RecoveryWords?)
}

/// Pairing, and what it comes to: a new journal, a device let into one, or one that goes on.
extension Ledger {
    /// Whether there is a journal that someone else was met in: one that was never met can simply be begun again.
    ///
    /// The last message of a pairing can get lost, and then one side has stored what the other has not. Until they
    /// have met nothing can be shared, so the pairing can be done again.
    var hasJournal: Bool { replica != nil && hasMet }

    /// What this device brings to a pairing. Throws a refusal where it makes no sense from here.
    func pairingOffer(_ wish: PairingWish, connected: Set<DeviceID>) throws -> PairingSession.Offer {
        guard let identity else { throw ErrorPayload("not_initialised") }
        // Both sides store it or neither should: what can't be stored is not begun.
        guard try directory.freeBytes() > 1 << 20 else { throw ErrorPayload("disk_full") }
        let keys = try identity.keys()
        var bundle = keys.bundle(of: try identity.personID())
        var membership: (genesis: Genesis, members: Membership)?
        if hasJournal, let replica {
            guard replica.membership.isActive(replica.device),
                let own = replica.membership.member(replica.device)?.bundle
            else { throw ErrorPayload("retired") }
            bundle = own
            membership = (replica.genesis, replica.membership)
        }
        let intent: PairingIntent
        var recoveries: [PairingSession.Recovery] = []
        var words: RecoveryWords?
        switch wish {
        case .partner:
            // Founding another journal would take the place of this one.
            guard try hasJournal || store.meta(.restored) == nil else {
                throw ErrorPayload("restored_without_keys")
            }
            intent = membership == nil ? .newJournal : .continueJournal
            let partners = membership?.members.active.filter { $0.bundle.person != bundle.person } ?? []
            if partners.contains(where: { connected.contains($0.bundle.device) }) {
                throw ErrorPayload("already_paired")
            }
        case .mine: intent = .samePerson
        case .recovery(let typed):
            intent = .recover
            if let membership {
                recoveries = self.recoveries(of: membership.members)
                guard !recoveries.isEmpty else { throw ErrorPayload("no_recovery") }
            } else {
                guard let typed else { throw ErrorPayload("words_needed") }
                words = typed
            }
        }
        return PairingSession.Offer(
            keys: keys, bundle: bundle, person: identity.personName, device: identity.deviceName,
            intent: intent, membership: membership, recoveries: recoveries, words: words,
            salt: Machine.random(16), nonce: Machine.random(32))
    }

    /// Stores what a pairing came to, in one transaction.
    ///
    /// - Parameters:
    ///   - person: what the other side's person is called.
    ///   - wish: what this side's person wanted, with the words that it takes.
    ///   - answered: the decisions to be apart that this side's person knew of. One that came since is not undone.
    func conclude(
        _ outcome: PairingOutcome, person: String, wish: PairingWish, answering answered: Set<PartingID> = []
    ) throws {
        switch outcome {
        case .founded(let genesis): try begin(genesis, as: nil, introducer: nil)
        case .joins(let genesis, let id, let introducer):
            try begin(genesis, as: (id, person), introducer: introducer)
        case .recovers(let genesis, let id, let recovery, let introducer):
            guard case .recovery(let words?) = wish, let identity else { throw ErrorPayload("words_needed") }
            // Who comes back by a device of their own takes its name; by the partner's, keeps the one just given.
            let name = introducer.person == id ? person : nil
            let first = try recover(
                identity.keys(), as: id, by: recovery, words: words, journal: genesis.journal)
            try begin(genesis, as: (id, name), introducer: introducer, first: [first])
        case .admits(let admission): try admit(admission)
        case .continues(let bundle):
            guard partings.unsettled.isSubset(of: answered) else { throw ErrorPayload("apart") }
            try introduce(bundle)
            if partnership.isApart { try share() }
        case .meets(let bundle): try introduce(bundle)
        }
    }

    /// Begins a journal here, and tells it this side's names.
    ///
    /// - Parameter first: what has to be said before anything else counts.
    private func begin(
        _ genesis: Genesis, as other: (person: PersonID, name: String?)?, introducer: Bundle?,
        first: [NewEvent] = []
    ) throws {
        guard !hasJournal, var identity else { throw ErrorPayload("already_paired") }
        if let replica, replica.journal != genesis.journal, try store.meta(.restored) != nil {
            throw ErrorPayload("restored_without_keys")
        }
        // The log of a backup without keys goes on under this device; that of a pairing that came to nothing doesn't.
        if let replica, replica.journal != genesis.journal { try store.discardLog() }
        if let other {
            identity.person = other.person.description
            identity.personName = other.name ?? identity.personName
        }
        var replica = try Self.replica(
            genesis: genesis, identity: identity, store: store, directory: directory)
        var events = first + [try name(.deviceName, of: replica.device.bytes, identity.deviceName)]
        if other == nil {
            events.append(try name(.personName, of: try identity.personID().bytes, identity.personName))
        }
        let batch = try replica.append(events, at: Machine.now())
        var local = LocalChange()
        local.meta = [
            .genesis: try genesis.encoded(), .store: Machine.random(16),
            .person: try identity.personID().bytes,
            .personName: Array(identity.personName.utf8),
        ]
        // What was lost is retired once all there is was told.
        if !first.isEmpty { local.meta[.comeback] = [1] }
        // What was decided before it was there, another device of the same person tells it.
        let partings = introducer?.person == other?.person && other != nil ? Partnership.new : .initial
        local.meta[.partnership] = partings.encoded()
        let introduced = introducer.map { Introduced(bundle: $0, at: Machine.now().milliseconds) }
        if let introduced { local.introduced = [try introduced.stored()] }
        // The mark first: from here on a missing one means that something was lost.
        try directory.save(replica.currentMark)
        try store.commit(batch, local: local)
        try takeOver(batch, by: &replica)
        replica.marked(replica.currentMark)
        // After the commit, which tells the person too: where this fails the file is written at the next start.
        afterwards { try save(identity) }
        self.partings = partings
        // Last: killed before that, it is apart until its person pairs again.
        defer { began(replica, identity: identity, introduced: introduced.map { [$0] } ?? []) }
        try directory.share(by: PartingID(prefix: Machine.random(16)))
    }

    func name(_ kind: Kind, of subject: [UInt8], _ name: String) throws -> NewEvent {
        NewEvent(kind, subject: subject, body: try Body([Field(.text, name)], salt: Machine.random(16)))
    }

    /// Lets the other device in. One that is in already had lost the end of an earlier pairing.
    private func admit(_ admission: EventHeader.Admission) throws {
        let replica = try paired()
        guard replica.membership.member(admission.bundle.device) == nil else { return }
        try commit(replica.append([NewEvent(.admit, admission: admission)], at: Machine.now()))
    }

    /// Keeps a device that the journal does not know yet as one that may be met, for a day.
    private func introduce(_ bundle: Bundle) throws {
        guard let identity else { throw ErrorPayload("not_initialised") }
        guard replica?.membership.member(bundle.device) == nil else { return }
        var local = LocalChange()
        let new = Introduced(bundle: bundle, at: Machine.now().milliseconds)
        local.introduced = [try new.stored()]
        try store.commit(local)
        began(
            replica, identity: identity,
            introduced: introduced.filter { $0.bundle.device != bundle.device } + [new])
    }
}

extension Introduced {
    fileprivate func stored() throws -> (device: DeviceID, bundle: [UInt8], at: Int64) {
        (bundle.device, try bundle.wire.encodedBytes(), at)
    }
}
