import Causality
import EventLog
import Journal
import Wire

/// With whom a pairing may be concluded, and what it comes to.
extension PairingSession {
    /// Whether the other device is one with which that can be done.
    func check(_ bundle: Bundle) throws(PairingFailure) {
        guard bundle.device != offer.bundle.device else { throw .sameDevice }
        if offer.intent == .newJournal || offer.intent == .continueJournal {
            guard bundle.person != offer.bundle.person else { throw .sameDevice }
        }
        guard let members = offer.membership?.members else { return }
        if offer.intent == .continueJournal, !members.persons.contains(bundle.person) { throw .changedKeys }
        guard let known = members.member(bundle.device)?.bundle else { return }
        guard members.isActive(bundle.device) else { throw .retired }
        guard known.meetKey == bundle.meetKey else { throw .changedKeys }
        // One that joins again after the end of its pairing was lost becomes who it was to be, and nobody else.
        let person = offer.intent == .samePerson ? offer.bundle.person : bundle.person
        guard known.person == person || offer.intent == .recover else { throw .changedKeys }
    }

    /// What this side shows once its person said yes.
    ///
    /// The side with the journal tells where it began, the other one agrees to be let in, or says by which paper it
    /// comes back.
    func confirmation(_ signature: [UInt8], to peer: Peer?) throws(PairingFailure) -> WirePairConfirm {
        var confirm = WirePairConfirm()
        confirm.signature = signature.wireBytes
        confirm.salt = offer.salt.wireBytes
        confirm.person = offer.person
        confirm.device = offer.device
        confirm.bundle = offer.bundle.wire
        confirm.journal = (offer.journal?.bytes ?? []).wireBytes
        guard offer.intent == .samePerson || offer.intent == .recover else { return confirm }
        if let genesis = offer.membership?.genesis {
            guard let bytes = try? genesis.encoded() else { throw .protocolViolation }
            confirm.genesis = bytes.wireBytes
            if offer.intent == .recover { confirm.recoveries = offer.recoveries.map(Self.wire) }
        } else if let peer {
            let journal = try genesis(of: peer).journal
            let consent: [UInt8]?
            if offer.intent == .recover {
                let recovery = try recovery(in: peer)
                confirm.recovery = recovery.id.bytes.wireBytes
                let bundle = Self.bundle(offer.bundle, of: recovery.person)
                consent = try? offer.words?.sign(
                    Membership.comeback(of: bundle, by: recovery.id, journal: journal))
            } else {
                let bundle = Self.bundle(offer.bundle, of: peer.bundle.person)
                consent = try? offer.keys.sign(Membership.consent(of: bundle, journal: journal))
            }
            guard let consent else { throw .protocolViolation }
            confirm.consent = consent.wireBytes
        }
        return confirm
    }

    /// What is to be stored here.
    ///
    /// - Parameter signature: this side's confirmation.
    func outcome(signature own: [UInt8], with peer: Peer) throws(PairingFailure) -> PairingOutcome {
        switch offer.intent {
        case .newJournal:
            let (ours, theirs) = ((offer.bundle, own), (peer.bundle, Array(peer.confirm.signature)))
            let (host, joiner) = isHost ? (ours, theirs) : (theirs, ours)
            let genesis = Genesis(
                host: host.0, hostConfirmation: host.1, joiner: joiner.0, joinerConfirmation: joiner.1,
                transcript: t2)
            guard let genesis else { throw .protocolViolation }
            return .founded(genesis)
        case .continueJournal: return .continues(peer.bundle)
        case .samePerson: return try admission(with: peer)
        case .recover: return try recovery(with: peer)
        }
    }

    private func admission(with peer: Peer) throws(PairingFailure) -> PairingOutcome {
        guard let journal = offer.journal else {
            let genesis = try genesis(of: peer)
            return .joins(genesis, as: peer.bundle.person, introducer: peer.bundle)
        }
        let bundle = Self.bundle(peer.bundle, of: offer.bundle.person)
        let consent = Array(peer.confirm.consent)
        guard bundle.verifies(consent, of: Membership.consent(of: bundle, journal: journal)) else {
            throw .protocolViolation
        }
        return .admits(.init(bundle: bundle, signature: consent))
    }

    private func recovery(with peer: Peer) throws(PairingFailure) -> PairingOutcome {
        guard let (founded, members) = offer.membership else {
            let (genesis, recovery) = (try genesis(of: peer), try recovery(in: peer))
            return .recovers(genesis, as: recovery.person, recovery: recovery.id, introducer: peer.bundle)
        }
        guard let id = EntryID(peer.confirm.recovery),
            let recovery = offer.recoveries.first(where: { $0.id == id })
        else { throw .protocolViolation }
        let known = members.person(of: peer.bundle.device)
        guard known == nil || known == recovery.person else { throw .changedKeys }
        // Whoever has no words is nobody's device, whatever codes were compared.
        let bundle = Self.bundle(peer.bundle, of: recovery.person)
        let words = Bundle(person: recovery.person, eventKey: recovery.publicKey, meetKey: [])
        guard
            words.verifies(
                peer.confirm.consent,
                of: Membership.comeback(of: bundle, by: id, journal: founded.journal))
        else { throw .protocolViolation }
        return .meets(bundle)
    }

    /// Where the journal began that this side is let into.
    private func genesis(of peer: Peer) throws(PairingFailure) -> Genesis {
        guard let genesis = Genesis(bytes: Array(peer.confirm.genesis)), genesis.journal == peer.journal,
            offer.intent == .recover
                || [genesis.first.person, genesis.second.person].contains(peer.bundle.person)
        else { throw .protocolViolation }
        return genesis
    }

    /// The recovery that this side's words belong to.
    private func recovery(in peer: Peer) throws(PairingFailure) -> Recovery {
        let genesis = try genesis(of: peer)
        let key = try? offer.words?.publicKey()
        for wire in peer.confirm.recoveries {
            guard let id = EntryID(wire.id), let person = PersonID(wire.person), wire.publicKey.count == 32,
                [genesis.first.person, genesis.second.person].contains(person)
            else { throw .protocolViolation }
            if Array(wire.publicKey) == key { return (id, Array(wire.publicKey), person) }
        }
        throw .unknownWords
    }

    private static func wire(_ recovery: Recovery) -> WirePairRecovery {
        var wire = WirePairRecovery()
        wire.id = recovery.id.bytes.wireBytes
        wire.publicKey = recovery.publicKey.wireBytes
        wire.person = recovery.person.bytes.wireBytes
        return wire
    }

    /// A device's keys, as a device of the person that it becomes.
    private static func bundle(_ bundle: Bundle, of person: PersonID) -> Bundle {
        Bundle(person: person, eventKey: bundle.eventKey, meetKey: bundle.meetKey)
    }
}
