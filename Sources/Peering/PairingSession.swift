package import Causality
package import EventLog
import Journal
package import Wire

/// The comparison code: the first nine digits that a transcript comes to, one for each role.
package struct PairingCode: Hashable, Sendable {
    /// The code as a number below 10⁹.
    package let number: UInt32

    /// A code from its number.
    package init(number: UInt32) { self.number = number }

    /// A code as people write it, spaces or not; nil for anything but nine digits.
    package init?(_ text: some StringProtocol) {
        let digits = String(text.filter { $0 != " " && $0 != "-" })
        guard digits.utf8.count == 9, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = UInt32(digits)
        else { return nil }
        self.number = number
    }

    /// `482 019 337`.
    package var text: String {
        let digits = String(number)
        let padded = Array(String(repeating: "0", count: 9 - digits.count) + digits)
        return String(padded[0..<3]) + " " + String(padded[3..<6]) + " " + String(padded[6..<9])
    }
}

/// The pairing of two devices by commit, reveal and compare, without any I/O.
///
/// H is the side whose certificate has the lower digest, whoever dialled; the other is J. A man in the middle has to
/// fix his nonce before he learns the other, so each try matches with a chance of 10⁻⁹, and there is one try.
package struct PairingSession: Sendable {
    /// What the owner is asked to do, in order.
    package enum Action: Sendable {
        case send(WireMessage)
        /// Ask for the window, which one connection may use once; bring the answer by ``granted(_:)``.
        case use
        /// Show this side's code, and ask the person for the other side's.
        case compare(own: PairingCode, other: PairingCode)
        /// Store what it came to, in one transaction; bring it by ``stored()``.
        case store(PairingOutcome, person: String, device: String)
        /// Both sides have stored it.
        case done
        case fail(PairingFailure)
    }

    /// What this side brings.
    package struct Offer: Sendable {
        /// This device's secret keys.
        package let keys: DeviceKeys
        /// What this device shows of itself, and whose it is.
        package let bundle: Bundle
        /// What this side's person is called.
        package let person: String
        /// What this device is called.
        package let device: String
        /// What this side's person means by pairing.
        package let intent: PairingIntent
        /// The journal that this side has; nil if it has none.
        package let membership: (genesis: Genesis, members: Membership)?
        /// The lost device that the other side is to replace, on the side with the journal.
        package let replaces: DeviceID?
        /// 16 random bytes that hide the names until the codes were compared.
        package let salt: [UInt8]
        /// 32 random bytes.
        package let nonce: [UInt8]

        /// An offer from its parts.
        package init(
            keys: DeviceKeys, bundle: Bundle, person: String, device: String, intent: PairingIntent,
            membership: (genesis: Genesis, members: Membership)? = nil, replaces: DeviceID? = nil,
            salt: [UInt8], nonce: [UInt8]
        ) {
            self.keys = keys
            self.bundle = bundle
            self.person = person
            self.device = device
            self.intent = intent
            self.membership = membership
            self.replaces = replaces
            self.salt = salt
            self.nonce = nonce
        }
    }

    private enum Phase {
        case start, hello, commit, use, nonce, reveal, compare, confirming, storing, stored, over
    }

    private let offer: Offer
    private let own: Digest
    private let other: Digest
    private var phase = Phase.start
    private var peerHello = WirePairHello()
    /// The message that goes out once the window is granted, and what is waited for then.
    private var pending: (message: WireMessage, phase: Phase)?
    private var peerBundle: Bundle?
    private var t1 = Digest.zero
    private var commitment = Digest.zero
    private var t2 = Digest.zero
    private var ownConfirmation: [UInt8]?
    private var peerConfirmation: WirePairConfirm?
    private var isPeerDone = false

    /// A pairing on a connection between two certificates.
    ///
    /// - Parameters:
    ///   - own: SHA-256 of this side's certificate's key.
    ///   - other: the same of the other side's.
    package init(offer: Offer, own: Digest, other: Digest) {
        self.offer = offer
        self.own = own
        self.other = other
    }

    /// Whether this side is H.
    package var isHost: Bool { own.bytes.lexicographicallyPrecedes(other.bytes) }

    /// The connection stands.
    package mutating func connected() -> [Action] {
        guard own != other else { return fail(.sameDevice) }
        phase = .hello
        guard !isHost else { return [] }
        phase = .commit
        guard let bytes = try? hello.encodedBytes() else { return fail(.protocolViolation) }
        return [.send(.pairHello(bytes))]
    }

    /// A message came.
    package mutating func receive(_ message: WireMessage) -> [Action] {
        do throws(PairingFailure) {
            switch (phase, message) {
            case (.over, _): return []
            case (_, .pairAbort(let abort)):
                // Once it is stored here, the other side's end changes nothing.
                if phase == .stored { return [] }
                phase = .over
                return [.fail(PairingFailure(rawValue: abort.reason) ?? .cancelled)]
            case (.hello, .pairHello(let hello)): return try commit(hello)
            case (.commit, .pairCommit(let commit)): return try answer(commit)
            case (.nonce, .pairNonce(let nonce)): return try reveal(nonce)
            case (.reveal, .pairReveal(let reveal)): return try check(reveal)
            case (.compare, .pairConfirm(let confirm)), (.confirming, .pairConfirm(let confirm)):
                guard peerConfirmation == nil else { throw .protocolViolation }
                peerConfirmation = confirm
                return try finish()
            case (.storing, .pairDone), (.stored, .pairDone):
                isPeerDone = true
                guard phase == .stored else { return [] }
                phase = .over
                return [.done]
            default: throw .protocolViolation
            }
        } catch {
            return fail(error)
        }
    }

    /// Whether this connection may use the window; only then does anything go out that could make codes match.
    package mutating func granted(_ isGranted: Bool) -> [Action] {
        guard phase == .use, let pending else { return [] }
        guard isGranted else { return fail(.busy) }
        phase = pending.phase
        return [.send(pending.message)]
    }

    /// The other device, once it has said which it is.
    package var peerDevice: DeviceID? { peerBundle?.device }

    /// Whether a person is being waited for, and not a message.
    package var isWaitingForPeople: Bool { phase == .compare || phase == .confirming }

    /// Whether this side has stored the journal: whatever happens now, it is there.
    package var hasStored: Bool { phase == .stored }

    /// This side's person said whether the codes are equal.
    package mutating func choose(isEqual: Bool) -> [Action] {
        guard phase == .compare else { return [] }
        guard isEqual else { return fail(.mismatch) }
        do throws(PairingFailure) {
            let transcript = Genesis.confirmation(of: t2, isHost: isHost)
            guard let signature = try? offer.keys.sign(transcript) else { throw .protocolViolation }
            ownConfirmation = signature
            phase = .confirming
            var confirm = WirePairConfirm()
            confirm.signature = signature.wireBytes
            confirm.salt = offer.salt.wireBytes
            confirm.person = offer.person
            confirm.device = offer.device
            try add(&confirm)
            return [.send(.pairConfirm(confirm))] + (try finish())
        } catch {
            return fail(error)
        }
    }

    /// The journal is stored here.
    package mutating func stored() -> [Action] {
        guard phase == .storing else { return [] }
        phase = isPeerDone ? .over : .stored
        return [.send(.pairDone(WirePairDone()))] + (isPeerDone ? [.done] : [])
    }

    /// Ends the pairing from this side.
    package mutating func fail(_ failure: PairingFailure) -> [Action] {
        guard phase != .over else { return [] }
        phase = .over
        var abort = WirePairAbort()
        abort.reason = failure.rawValue
        return [.send(.pairAbort(abort)), .fail(failure)]
    }

    // MARK: Steps

    private var hello: WirePairHello {
        var hello = WirePairHello()
        hello.versions = [ProtocolVersion.current]
        hello.intent = WireIntent(rawValue: offer.intent.rawValue) ?? .unspecified
        hello.bundle = offer.bundle.wire
        if let membership = offer.membership {
            hello.journal = membership.genesis.journal.bytes.wireBytes
            if let lost = offer.replaces, let person = membership.members.person(of: lost) {
                hello.person = person.bytes.wireBytes
                hello.replaces = lost.bytes.wireBytes
            }
        }
        hello.names = Self.hidden(offer.person, offer.device, salt: offer.salt).bytes.wireBytes
        return hello
    }

    private static func hidden(_ person: String, _ device: String, salt: [UInt8]) -> Digest {
        var transcript = Transcript(.names)
        transcript.append(salt)
        transcript.append(Array(person.utf8))
        transcript.append(Array(device.utf8))
        return transcript.digest
    }

    private mutating func accept(_ bytes: [UInt8]) throws(PairingFailure) {
        guard let hello = try? WirePairHello(decoding: bytes) else { throw .protocolViolation }
        guard hello.versions.contains(ProtocolVersion.current), let bundle = Bundle(hello.bundle),
            hello.names.count == 32
        else {
            throw .protocolViolation
        }
        guard bundle.device != offer.bundle.device else { throw .sameDevice }
        let journal = hello.journal.isEmpty ? nil : Digest(hello.journal)
        guard hello.journal.isEmpty == (journal == nil) else { throw .protocolViolation }
        try check(journal, intent: Int(hello.intent.rawValue))
        try check(bundle)
        peerHello = hello
        peerBundle = bundle
    }

    /// Whether what both sides mean goes together with the journals that they have.
    private func check(_ theirs: Digest?, intent: Int) throws(PairingFailure) {
        let own = offer.membership?.genesis.journal
        switch (own, theirs) {
        case (.some, .none), (.none, .some):
            let (mine, other) = (offer.intent, PairingIntent(rawValue: intent))
            if mine == other, mine == .samePerson || mine == .replace { return }
            // Both said no more than "pair", and only one of the two has a journal.
            let plain: Set<PairingIntent?> = [.newJournal, .continueJournal]
            throw plain.contains(mine) && plain.contains(other) ? .alreadyPaired : .unequalIntents
        case (.none, .none):
            guard intent == offer.intent.rawValue else { throw .unequalIntents }
            guard offer.intent == .newJournal else { throw .noJournal }
        case (.some(let own), .some(let theirs)):
            guard own == theirs else { throw .otherJournal }
            guard intent == offer.intent.rawValue else { throw .unequalIntents }
            guard offer.intent == .continueJournal else { throw .alreadyPaired }
        }
    }

    /// Whether the other device is one with which that can be done.
    private func check(_ bundle: Bundle) throws(PairingFailure) {
        if offer.intent == .newJournal || offer.intent == .continueJournal {
            guard bundle.person != offer.bundle.person else { throw .sameDevice }
        }
        guard let members = offer.membership?.members else { return }
        if offer.intent == .continueJournal, !members.persons.contains(bundle.person) { throw .changedKeys }
        guard let known = members.member(bundle.device)?.bundle else { return }
        guard members.isActive(bundle.device) else { throw .retired }
        guard known.meetKey == bundle.meetKey else { throw .changedKeys }
        // One that joins again after the end of its pairing was lost becomes who it was to be, and nobody else.
        let person =
            switch offer.intent {
            case .samePerson: offer.bundle.person
            case .replace: offer.replaces.flatMap(members.person)
            default: Optional(bundle.person)
            }
        guard known.person == person else { throw .changedKeys }
    }

    /// Over the exact bytes that travelled: another implementation may encode the same words differently.
    private mutating func setT1(joiner: [UInt8], host: [UInt8]) {
        var transcript = Transcript(.pairingOffer)
        transcript.append(joiner)
        transcript.append(host)
        transcript.append(isHost ? other : own)
        transcript.append(isHost ? own : other)
        t1 = transcript.digest
    }

    private static func commitment(nonce: [UInt8], t1: Digest) -> Digest {
        var transcript = Transcript(.pairingCommitment)
        transcript.append(nonce)
        transcript.append(t1)
        return transcript.digest
    }

    private mutating func commit(_ joiner: [UInt8]) throws(PairingFailure) -> [Action] {
        try accept(joiner)
        guard let bytes = try? hello.encodedBytes() else { throw .protocolViolation }
        setT1(joiner: joiner, host: bytes)
        commitment = Self.commitment(nonce: offer.nonce, t1: t1)
        var commit = WirePairCommit()
        commit.hello = bytes.wireBytes
        commit.commitment = commitment.bytes.wireBytes
        phase = .use
        pending = (.pairCommit(commit), .nonce)
        return [.use]
    }

    private mutating func answer(_ commit: WirePairCommit) throws(PairingFailure) -> [Action] {
        guard let digest = Digest(commit.commitment), let bytes = try? hello.encodedBytes() else {
            throw .protocolViolation
        }
        let host = Array(commit.hello)
        try accept(host)
        setT1(joiner: bytes, host: host)
        commitment = digest
        var nonce = WirePairNonce()
        nonce.nonce = offer.nonce.wireBytes
        phase = .use
        pending = (.pairNonce(nonce), .reveal)
        return [.use]
    }

    private mutating func reveal(_ nonce: WirePairNonce) throws(PairingFailure) -> [Action] {
        guard nonce.nonce.count == 32 else { throw .protocolViolation }
        var reveal = WirePairReveal()
        reveal.nonce = offer.nonce.wireBytes
        return [.send(.pairReveal(reveal))] + compare(joiner: Array(nonce.nonce), host: offer.nonce)
    }

    private mutating func check(_ reveal: WirePairReveal) throws(PairingFailure) -> [Action] {
        guard reveal.nonce.count == 32 else { throw .protocolViolation }
        let opened = Self.commitment(nonce: Array(reveal.nonce), t1: t1)
        guard Authentication.isEqual(opened.bytes, commitment.bytes) else { throw .brokenCommitment }
        return compare(joiner: offer.nonce, host: Array(reveal.nonce))
    }

    private mutating func compare(joiner: [UInt8], host: [UInt8]) -> [Action] {
        var transcript = Transcript(.pairingTranscript)
        transcript.append(t1)
        transcript.append(commitment)
        transcript.append(joiner)
        transcript.append(host)
        t2 = transcript.digest
        phase = .compare
        return [.compare(own: code(isHost: isHost), other: code(isHost: !isHost))]
    }

    private func code(isHost: Bool) -> PairingCode {
        var transcript = Transcript(.pairingCode)
        transcript.append(t2)
        transcript.append(isHost ? 1 : 2)
        return PairingCode(number: UInt32(transcript.digest.prefix % 1_000_000_000))
    }

    private mutating func finish() throws(PairingFailure) -> [Action] {
        guard phase == .confirming, let ownConfirmation, let peerConfirmation, let peerBundle else {
            return []
        }
        guard peerConfirmation.person.utf8.count <= 256, peerConfirmation.device.utf8.count <= 256,
            Self.hidden(peerConfirmation.person, peerConfirmation.device, salt: Array(peerConfirmation.salt))
                == Digest(peerHello.names)
        else { throw .protocolViolation }
        let outcome = try outcome(own: ownConfirmation, peer: peerConfirmation, peerBundle)
        phase = .storing
        return [.store(outcome, person: peerConfirmation.person, device: peerConfirmation.device)]
    }

    // MARK: What it comes to

    /// The bundle with which the side without a journal is let in: its keys, and the person that it becomes.
    private func newcomer() throws(PairingFailure) -> (bundle: Bundle, journal: Digest) {
        guard let peerBundle else { throw .protocolViolation }
        if let membership = offer.membership {
            let person = offer.replaces.flatMap { membership.members.person(of: $0) } ?? offer.bundle.person
            let bundle = Bundle(
                person: person, eventKey: peerBundle.eventKey, meetKey: peerBundle.meetKey)
            return (bundle, membership.genesis.journal)
        }
        let named = offer.intent == .replace ? PersonID(peerHello.person) : peerBundle.person
        guard let person = named, let journal = Digest(peerHello.journal) else { throw .protocolViolation }
        let bundle = Bundle(
            person: person, eventKey: offer.bundle.eventKey, meetKey: offer.bundle.meetKey)
        return (bundle, journal)
    }

    /// The side with the journal tells where it began, the other one agrees to be let in.
    private func add(_ confirm: inout WirePairConfirm) throws(PairingFailure) {
        guard offer.intent == .samePerson || offer.intent == .replace else { return }
        if let genesis = offer.membership?.genesis {
            guard let bytes = try? genesis.encoded() else { throw .protocolViolation }
            confirm.genesis = bytes.wireBytes
        } else {
            let newcomer = try newcomer()
            let consent = Membership.consent(of: newcomer.bundle, journal: newcomer.journal)
            guard let signature = try? offer.keys.sign(consent) else { throw .protocolViolation }
            confirm.consent = signature.wireBytes
        }
    }

    private func outcome(
        own: [UInt8], peer: WirePairConfirm, _ peerBundle: Bundle
    ) throws(PairingFailure) -> PairingOutcome {
        let theirs = Array(peer.signature)
        guard offer.intent == .newJournal else {
            guard peerBundle.verifies(theirs, of: Genesis.confirmation(of: t2, isHost: !isHost)) else {
                throw .protocolViolation
            }
            return offer.intent == .continueJournal ? .continues(peerBundle) : try admission(peer, peerBundle)
        }
        let genesis =
            isHost
            ? Genesis(
                host: offer.bundle, hostConfirmation: own, joiner: peerBundle, joinerConfirmation: theirs,
                transcript: t2)
            : Genesis(
                host: peerBundle, hostConfirmation: theirs, joiner: offer.bundle, joinerConfirmation: own,
                transcript: t2)
        guard let genesis else { throw .protocolViolation }
        return .founded(genesis)
    }

    private func admission(
        _ peer: WirePairConfirm, _ peerBundle: Bundle
    ) throws(PairingFailure) -> PairingOutcome {
        let newcomer = try newcomer()
        guard offer.membership == nil else {
            let consent = Membership.consent(of: newcomer.bundle, journal: newcomer.journal)
            guard newcomer.bundle.verifies(peer.consent, of: consent) else { throw .protocolViolation }
            return .admits(.init(bundle: newcomer.bundle, signature: Array(peer.consent)))
        }
        guard let genesis = Genesis(bytes: Array(peer.genesis)), genesis.journal == newcomer.journal,
            [genesis.first.person, genesis.second.person].contains(newcomer.bundle.person),
            (offer.intent == .samePerson) == (newcomer.bundle.person == peerBundle.person)
        else { throw .protocolViolation }
        return .joins(genesis, as: newcomer.bundle.person, introducer: peerBundle)
    }
}
