package import EventLog
package import Wire

/// What two people mean by pairing.
package enum PairingIntent: Int, Sendable {
    /// Two persons begin a journal.
    case newJournal = 1
}

/// Why a pairing ended without one.
package enum PairingFailure: UInt32, Error, Sendable {
    /// One of the two said that the codes differ.
    case mismatch = 1
    /// One of the two stopped it.
    case cancelled = 2
    /// The two want different things.
    case unequalIntents = 3
    /// Both devices belong to the same person.
    case sameDevice = 4
    /// Another pairing is going on there.
    case busy = 5
    /// The other side sent something that has no place in a pairing.
    case protocolViolation = 6
    /// Nothing came in time.
    case timeout = 7
    /// One of the two has a journal already.
    case alreadyPaired = 8
    /// What the other side revealed is not what it had committed to: someone is in the middle.
    case brokenCommitment = 9
    /// The connection broke.
    case disconnected = 10
}

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
        /// Store the journal, in one transaction; bring it by ``stored()``.
        case store(Genesis, person: String, device: String)
        /// Both sides have stored it.
        case done
        case fail(PairingFailure)
    }

    /// What this side brings.
    package struct Offer: Sendable {
        package let keys: DeviceKeys
        package let bundle: Bundle
        package let person: String
        package let device: String
        package let intent: PairingIntent
        /// 16 random bytes that hide the names until the codes were compared.
        package let salt: [UInt8]
        /// 32 random bytes.
        package let nonce: [UInt8]

        /// An offer from its parts.
        package init(
            keys: DeviceKeys, bundle: Bundle, person: String, device: String, intent: PairingIntent,
            salt: [UInt8],
            nonce: [UInt8]
        ) {
            self.keys = keys
            self.bundle = bundle
            self.person = person
            self.device = device
            self.intent = intent
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
        hello.versions = [1]
        hello.intent = WireIntent(rawValue: offer.intent.rawValue) ?? .unspecified
        hello.bundle = offer.bundle.wire
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
        guard hello.versions.contains(1), let bundle = Bundle(hello.bundle), hello.names.count == 32 else {
            throw .protocolViolation
        }
        guard hello.intent.rawValue == offer.intent.rawValue, hello.journal.isEmpty else {
            throw .unequalIntents
        }
        guard bundle.device != offer.bundle.device, bundle.person != offer.bundle.person else {
            throw .sameDevice
        }
        peerHello = hello
        peerBundle = bundle
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
        let theirs = Array(peerConfirmation.signature)
        let genesis =
            isHost
            ? Genesis(
                host: offer.bundle, hostConfirmation: ownConfirmation, joiner: peerBundle,
                joinerConfirmation: theirs, transcript: t2)
            : Genesis(
                host: peerBundle, hostConfirmation: theirs, joiner: offer.bundle,
                joinerConfirmation: ownConfirmation, transcript: t2)
        guard let genesis else { throw .protocolViolation }
        phase = .storing
        return [.store(genesis, person: peerConfirmation.person, device: peerConfirmation.device)]
    }
}
