package import Causality
import struct Crypto.HMAC
import struct Crypto.SHA256
import struct Crypto.SymmetricKey
package import EventLog
import Journal
package import Wire

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

    /// How many recoveries fit into a frame.
    package static let recoveryLimit = 32

    private enum Phase {
        case start, hello, commit, use, nonce, reveal, journal, compare, confirming, waiting, storing, stored,
            over
    }

    /// Who the other side is, once its person said yes.
    struct Peer {
        let bundle: Bundle
        let journal: Digest?
        let confirm: WirePairConfirm
    }

    let offer: Offer
    private let own: Digest
    private let other: Digest
    private var phase = Phase.start
    private var peerHello = WirePairHello()
    /// The message that goes out once the window is granted, and what is waited for then.
    private var pending: (message: WireMessage, phase: Phase)?
    private var t1 = Digest.zero
    private var commitment = Digest.zero
    private(set) var t2 = Digest.zero
    private var peerMark: [UInt8] = []
    private var ownSignature: [UInt8]?
    private var peerConfirmation: WirePairConfirm?
    private var peer: Peer?
    /// What it comes to, while the side with the journal has not said that it agrees.
    private var outcome: PairingOutcome?
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
            case (.journal, .pairJournal(let journal)): return try compare(journal)
            case (.compare, .pairConfirm(let confirm)), (.confirming, .pairConfirm(let confirm)):
                guard peerConfirmation == nil else { throw .protocolViolation }
                peerConfirmation = confirm
                return try goOn()
            case (.waiting, .pairDone):
                guard let outcome, let peer else { throw .protocolViolation }
                isPeerDone = true
                phase = .storing
                return [.store(outcome, person: peer.confirm.person, device: peer.confirm.device)]
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
    package var peerDevice: DeviceID? { peer?.bundle.device }

    /// Whether a person is being waited for, and not a message.
    package var isWaitingForPeople: Bool { phase == .compare || phase == .confirming }

    /// Whether this side has stored the journal: whatever happens now, it is there.
    package var hasStored: Bool { phase == .stored }

    /// This side's person said whether the codes are equal.
    package mutating func choose(isEqual: Bool) -> [Action] {
        guard phase == .compare else { return [] }
        guard isEqual else { return fail(.mismatch) }
        phase = .confirming
        do throws(PairingFailure) { return try goOn() } catch { return fail(error) }
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
        let hidden = Self.hidden(
            offer.bundle, journal: offer.journal, person: offer.person, device: offer.device, salt: offer.salt
        )
        hello.hidden = hidden.bytes.wireBytes
        return hello
    }

    /// What a hello says of who it comes from: it binds, and tells nothing.
    private static func hidden(
        _ bundle: Bundle, journal: Digest?, person: String, device: String, salt: [UInt8]
    ) -> Digest {
        var transcript = Transcript(.names)
        transcript.append(salt)
        transcript.append(bundle.person)
        transcript.append(bundle.eventKey)
        transcript.append(bundle.meetKey)
        transcript.append(journal?.bytes ?? [])
        transcript.append(Array(person.utf8))
        transcript.append(Array(device.utf8))
        return transcript.digest
    }

    private mutating func accept(_ bytes: [UInt8]) throws(PairingFailure) {
        guard let hello = try? WirePairHello(decoding: bytes) else { throw .protocolViolation }
        guard hello.versions.contains(ProtocolVersion.current), hello.hidden.count == 32 else {
            throw .protocolViolation
        }
        let (mine, theirs) = (offer.intent, PairingIntent(rawValue: hello.intent.rawValue))
        guard mine == theirs else {
            // Both said no more than "pair", and only one of the two has a journal.
            let plain: Set<PairingIntent?> = [.newJournal, .continueJournal]
            throw plain.contains(mine) && plain.contains(theirs) ? .alreadyPaired : .unequalIntents
        }
        peerHello = hello
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
        return [.send(.pairReveal(reveal)), mark(joiner: Array(nonce.nonce), host: offer.nonce)]
    }

    private mutating func check(_ reveal: WirePairReveal) throws(PairingFailure) -> [Action] {
        guard reveal.nonce.count == 32 else { throw .protocolViolation }
        let opened = Self.commitment(nonce: Array(reveal.nonce), t1: t1)
        guard Authentication.isEqual(opened.bytes, commitment.bytes) else { throw .brokenCommitment }
        return [mark(joiner: offer.nonce, host: Array(reveal.nonce))]
    }

    /// Both nonces are known: what follows is said only on this connection.
    private mutating func mark(joiner: [UInt8], host: [UInt8]) -> Action {
        var transcript = Transcript(.pairingTranscript)
        transcript.append(t1)
        transcript.append(commitment)
        transcript.append(joiner)
        transcript.append(host)
        t2 = transcript.digest
        phase = .journal
        var journal = WirePairJournal()
        journal.mark = mark(of: offer.journal, isHost: isHost).wireBytes
        return .send(.pairJournal(journal))
    }

    /// By which two sides with the same journal find that out, and nobody else learns which it is.
    private func mark(of journal: Digest?, isHost: Bool) -> [UInt8] {
        guard let journal else { return [] }
        var transcript = Transcript(.pairingJournal)
        transcript.append(isHost ? 1 : 2)
        transcript.append(journal)
        return Array(
            HMAC<SHA256>.authenticationCode(for: transcript.bytes, using: SymmetricKey(data: t2.bytes)))
    }

    private mutating func compare(_ journal: WirePairJournal) throws(PairingFailure) -> [Action] {
        peerMark = Array(journal.mark)
        guard peerMark.isEmpty || peerMark.count == 32 else { throw .protocolViolation }
        try checkJournals()
        phase = .compare
        return [.compare(own: code(isHost: isHost), other: code(isHost: !isHost))]
    }

    /// Whether what both mean goes together with the journals that they have.
    private func checkJournals() throws(PairingFailure) {
        switch (offer.journal, peerMark.isEmpty) {
        case (.none, true): guard offer.intent == .newJournal else { throw .noJournal }
        case (.none, false), (.some, true):
            guard offer.intent == .samePerson || offer.intent == .recover else { throw .alreadyPaired }
        case (.some(let journal), false):
            guard Authentication.isEqual(peerMark, mark(of: journal, isHost: !isHost)) else {
                throw .otherJournal
            }
            guard offer.intent == .continueJournal else { throw .alreadyPaired }
        }
    }

    private func code(isHost: Bool) -> PairingCode {
        var transcript = Transcript(.pairingCode)
        transcript.append(t2)
        transcript.append(isHost ? 1 : 2)
        // Can't trap: below 10⁹.
        return PairingCode(number: UInt32(transcript.digest.prefix % 1_000_000_000))
    }

    /// This side's person said yes: shows who this is, and stores once the other side has done so.
    ///
    /// Who is to be let in waits for the other side, whose journal it agrees to.
    private mutating func goOn() throws(PairingFailure) -> [Action] {
        guard phase == .confirming else { return [] }
        if peer == nil, let peerConfirmation { peer = try open(peerConfirmation) }
        var actions: [Action] = []
        if ownSignature == nil, peer != nil || !offer.isNewcomer {
            guard let signature = try? offer.keys.sign(Genesis.confirmation(of: t2, isHost: isHost)) else {
                throw .protocolViolation
            }
            ownSignature = signature
            actions = [.send(.pairConfirm(try confirmation(signature, to: peer)))]
        }
        guard let ownSignature, let peer else { return actions }
        let outcome = try outcome(signature: ownSignature, with: peer)
        guard !offer.isNewcomer else {
            // Whether it may be let in only the other side knows: until that has stored it, nothing is kept here.
            self.outcome = outcome
            phase = .waiting
            return actions
        }
        phase = .storing
        return actions + [.store(outcome, person: peer.confirm.person, device: peer.confirm.device)]
    }

    /// Who the other side is: what it had bound itself to in its hello, and nothing else.
    private func open(_ confirm: WirePairConfirm) throws(PairingFailure) -> Peer {
        let journal = confirm.journal.isEmpty ? nil : Digest(confirm.journal)
        guard confirm.person.utf8.count <= 256, confirm.device.utf8.count <= 256, confirm.salt.count == 16,
            let bundle = Bundle(confirm.bundle), confirm.journal.isEmpty == (journal == nil),
            Self.hidden(
                bundle, journal: journal, person: confirm.person, device: confirm.device,
                salt: Array(confirm.salt)) == Digest(peerHello.hidden),
            mark(of: journal, isHost: !isHost) == peerMark,
            bundle.verifies(confirm.signature, of: Genesis.confirmation(of: t2, isHost: !isHost))
        else { throw .protocolViolation }
        try check(bundle)
        return Peer(bundle: bundle, journal: journal, confirm: confirm)
    }
}
