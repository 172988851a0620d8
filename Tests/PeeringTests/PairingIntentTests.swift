import Causality
import EventLog
import Journal
import Peering
import Testing
import Wire

/// What two devices can mean by pairing, and what each combination comes to.
@Suite struct PairingIntentTests {
    private typealias Journey = (genesis: Genesis, members: Membership)

    private static func random(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255) } }
    private static func digest(_ byte: UInt8) -> Digest {
        Digest([UInt8](repeating: byte, count: 32)) ?? .zero
    }

    /// One of two people with one device each, who have a journal.
    private struct Device {
        let keys = DeviceKeys()
        var person = PersonID(prefix: PairingIntentTests.random(16))
        var bundle: Bundle { keys.bundle(of: person) }
    }

    private let elin = Device()
    private let priya = Device()
    private let new = Device()
    private let journal: Journey

    init() throws { journal = try Self.found(elin, priya) }

    private static func found(_ one: Device, _ other: Device, claims: [Membership.Claim] = []) throws
        -> Journey
    {
        let genesis = try #require(
            Genesis(
                host: one.bundle,
                hostConfirmation: one.keys.sign(Genesis.confirmation(of: .zero, isHost: true)),
                joiner: other.bundle,
                joinerConfirmation: other.keys.sign(Genesis.confirmation(of: .zero, isHost: false)),
                transcript: .zero))
        return (genesis, try members(genesis, claims))
    }

    private static func members(_ genesis: Genesis, _ claims: [Membership.Claim]) throws -> Membership {
        var verdicts = SignatureVerdicts()
        return try Membership(
            genesis: genesis, claims: claims, verdicts: &verdicts, sight: .init(named: { _, _ in nil }))
    }

    /// What each side stored, and how each side failed.
    private struct Result {
        var outcomes: [Int: PairingOutcome] = [:]
        var failures: [Int: PairingFailure] = [:]
        var sent: [WireMessage] = []
    }

    private func pair(
        _ one: (Device, PairingIntent, Journey?), _ other: (Device, PairingIntent, Journey?),
        recoveries: [PairingSession.Recovery] = [], words: RecoveryWords? = nil,
        change: (Int, WireMessage) -> WireMessage = { $1 }
    ) -> Result {
        var sessions = [one, other].enumerated().map { side, device in
            PairingSession(
                offer: .init(
                    keys: device.0.keys, bundle: device.0.bundle, person: "Person number \(side)",
                    device: "D\(side)",
                    intent: device.1, membership: device.2, recoveries: recoveries, words: words,
                    salt: Self.random(16), nonce: Self.random(32)),
                own: Self.digest(UInt8(side + 1)), other: Self.digest(UInt8(2 - side)))
        }
        var result = Result()
        var queue = (0...1).flatMap { side in sessions[side].connected().map { (side, $0) } }
        while !queue.isEmpty {
            let (side, action) = queue.removeFirst()
            switch action {
            case .send(let message):
                result.sent.append(message)
                queue += sessions[1 - side].receive(change(side, message)).map { (1 - side, $0) }
            case .use: queue += sessions[side].granted(true).map { (side, $0) }
            case .compare: queue += sessions[side].choose(isEqual: true).map { (side, $0) }
            case .store(let outcome, _, _):
                result.outcomes[side] = outcome
                queue += sessions[side].stored().map { (side, $0) }
            case .done: break
            case .fail(let failure): result.failures[side] = failure
            }
        }
        return result
    }

    @Test(arguments: [false, true])
    func `a further device is let in, as its person's, into the same journal`(isReversed: Bool) throws {
        let (old, fresh) = (
            (elin, PairingIntent.samePerson, Journey?.some(journal)),
            (new, PairingIntent.samePerson, Journey?.none)
        )
        let result = isReversed ? pair(fresh, old) : pair(old, fresh)
        let (oldSide, freshSide) = isReversed ? (1, 0) : (0, 1)
        #expect(result.failures.isEmpty)
        guard case .admits(let admission) = result.outcomes[oldSide],
            case .joins(let genesis, let person, let introducer) = result.outcomes[freshSide]
        else { return #expect(Bool(false), "\(result.outcomes)") }
        #expect(admission.bundle == new.keys.bundle(of: elin.person))
        #expect(
            genesis.journal == journal.genesis.journal && person == elin.person && introducer == elin.bundle)
        // What it signed is what everyone will check.
        let claim = Membership.Claim(
            id: EntryID(high: 1, low: 1),
            position: Position(log: LogID(device: elin.keys.device, epoch: 1), sequence: 1),
            precedence: Precedence(
                stamp: Stamp(1),
                position: Position(log: LogID(device: elin.keys.device, epoch: 1), sequence: 1)),
            content: .admission(admission))
        let members = try Self.members(genesis, [claim])
        #expect(members.isActive(new.keys.device) && members.person(of: new.keys.device) == elin.person)
    }

    /// The words on a paper, by a number.
    private static func words(_ number: UInt8) throws -> RecoveryWords {
        try #require(RecoveryWords(bytes: [UInt8](repeating: number, count: 16)))
    }

    /// Two papers: Priya's, and Elin's behind it.
    private func papers() throws -> [PairingSession.Recovery] {
        [
            (EntryID(high: 7, low: 1), try Self.words(1).publicKey(), priya.person),
            (EntryID(high: 7, low: 2), try Self.words(2).publicKey(), elin.person),
        ]
    }

    @Test(arguments: [false, true])
    func `who comes back by words becomes their person, and the other side keeps the device`(isReversed: Bool)
        throws
    {
        let (old, fresh) = (
            (elin, PairingIntent.recover, Journey?.some(journal)), (new, PairingIntent.recover, Journey?.none)
        )
        for (number, paper) in zip(UInt8(1)..., try papers()) {
            let words = try Self.words(number)
            let result =
                isReversed
                ? pair(fresh, old, recoveries: try papers(), words: words)
                : pair(old, fresh, recoveries: try papers(), words: words)
            let (oldSide, freshSide) = isReversed ? (1, 0) : (0, 1)
            guard case .meets(let bundle) = result.outcomes[oldSide],
                case .recovers(let genesis, let person, let recovery, let introducer) =
                    result.outcomes[freshSide]
            else { return #expect(Bool(false), "\(result)") }
            #expect(bundle == new.keys.bundle(of: paper.person))
            #expect(genesis.journal == journal.genesis.journal && introducer == elin.bundle)
            #expect(person == paper.person && recovery == paper.id)
        }
    }

    @Test func `words of no paper come to nothing, on both sides`() throws {
        let result = pair(
            (elin, .recover, journal), (new, .recover, nil), recoveries: try papers(),
            words: try Self.words(3))
        #expect(result.failures == [0: .unknownWords, 1: .unknownWords])
        #expect(result.outcomes.isEmpty)
    }

    @Test func `a paper that was not shown brings nobody back`() throws {
        let result = pair(
            (elin, .recover, journal), (new, .recover, nil), recoveries: try papers(),
            words: try Self.words(1)
        ) { side, message in
            guard side == 1, case .pairConfirm(var confirm) = message else { return message }
            confirm.recovery = EntryID(high: 7, low: 3).bytes.wireBytes
            return .pairConfirm(confirm)
        }
        #expect(result.outcomes[0] == nil && result.failures[0] == .protocolViolation)
    }

    @Test func `a paper brings nobody back who has not its words`() throws {
        // The other paper, which was shown: its words would have to sign.
        let result = pair(
            (elin, .recover, journal), (new, .recover, nil), recoveries: try papers(),
            words: try Self.words(1)
        ) { [other = try papers()[1]] side, message in
            guard side == 1, case .pairConfirm(var confirm) = message else { return message }
            confirm.recovery = other.id.bytes.wireBytes
            return .pairConfirm(confirm)
        }
        #expect(result.outcomes[0] == nil && result.failures[0] == .protocolViolation)
    }

    @Test func `as many papers as are shown fit into a frame`() throws {
        let many = try (0..<64).map { index -> PairingSession.Recovery in
            (EntryID(high: 7, low: UInt64(index)), try Self.words(UInt8(index)).publicKey(), priya.person)
        }
        let result = pair(
            (elin, .recover, journal), (new, .recover, nil), recoveries: many, words: try Self.words(31))
        #expect(result.failures.isEmpty)
        for message in result.sent {
            #expect(try message.framed().count <= Frame.prefix + Frame.limitPairing)
        }
    }

    /// Whether some bytes stand anywhere in a message.
    private static func has(_ bytes: [UInt8], in message: WireMessage) throws -> Bool {
        let frame = try message.framed()
        guard frame.count >= bytes.count else { return false }
        return (0...frame.count - bytes.count).contains { Array(frame[$0..<$0 + bytes.count]) == bytes }
    }

    @Test func `until its person said yes a side shows nothing by which it could be known`() throws {
        for (intent, side) in [
            (PairingIntent.continueJournal, (priya, Journey?.some(journal))), (.samePerson, (new, nil)),
            (.recover, (new, nil)),
        ] {
            let result = pair(
                (elin, intent, journal), (side.0, intent, side.1), recoveries: try papers(),
                words: try Self.words(1))
            let marks = [
                elin.bundle.eventKey, elin.bundle.meetKey, elin.person.bytes, elin.keys.device.bytes,
                side.0.bundle.eventKey, side.0.person.bytes, journal.genesis.journal.bytes,
                Array("Person number 0".utf8),
            ]
            var isConfirmed = false
            for message in result.sent {
                if case .pairConfirm = message { isConfirmed = true }
                guard !isConfirmed else { continue }
                for mark in marks { #expect(try !Self.has(mark, in: message), "\(intent): \(message)") }
            }
            #expect(isConfirmed)
        }
    }

    @Test func `two pairings of one device have nothing in common that another side could know`() throws {
        let runs = (0..<2).map { _ in
            pair((elin, .continueJournal, journal), (priya, .continueJournal, journal)).sent
        }
        let hellos = runs.map { sent in
            sent.compactMap { if case .pairHello(let bytes) = $0 { bytes } else { nil } }.first
        }
        let (first, second) = (try #require(hellos[0]), try #require(hellos[1]))
        #expect(try WirePairHello(decoding: first).hidden != WirePairHello(decoding: second).hidden)
    }

    @Test func `whoever sends back the other's mark has not shown the journal`() throws {
        let stranger = try Self.found(Device(), Device())
        var mark: WireMessage?
        let result = pair((elin, .continueJournal, journal), (new, .continueJournal, stranger)) {
            side, message in
            guard case .pairJournal = message else { return message }
            if side == 0 { mark = message }
            return side == 1 ? mark ?? message : message
        }
        #expect(result.outcomes.isEmpty && result.failures[0] == .otherJournal)
    }

    @Test func `who shows another device than the one hidden in its hello is refused`() throws {
        let result = pair((elin, .continueJournal, journal), (priya, .continueJournal, journal)) {
            side, message in
            guard side == 1, case .pairConfirm(var confirm) = message else { return message }
            confirm.bundle.meetKey = new.bundle.meetKey.wireBytes
            return .pairConfirm(confirm)
        }
        #expect(result.outcomes[0] == nil && result.failures[0] == .protocolViolation)
    }

    @Test func `the two go on with the journal that they have`() {
        let result = pair((elin, .continueJournal, journal), (priya, .continueJournal, journal))
        guard case .continues(let theirs) = result.outcomes[0], case .continues(let ours) = result.outcomes[1]
        else { return #expect(Bool(false), "\(result)") }
        #expect(theirs == priya.bundle && ours == elin.bundle)
    }

    @Test func `the journal goes on with a device of the partner that is not known here yet`() throws {
        var phone = Device()
        phone.person = priya.person
        let result = pair((elin, .continueJournal, journal), (phone, .continueJournal, journal))
        guard case .continues(let bundle) = result.outcomes[0] else {
            return #expect(Bool(false), "\(result)")
        }
        #expect(bundle == phone.bundle)
    }

    @Test func `what makes no sense together stores nothing`() throws {
        let strangers = try Self.found(Device(), Device())
        var twin = Device()
        twin.person = elin.person
        var stranger = Device()
        stranger.person = PersonID(prefix: Self.random(16))
        let cases: [((Device, PairingIntent, Journey?), (Device, PairingIntent, Journey?), PairingFailure)] =
            [
                ((elin, .continueJournal, journal), (new, .newJournal, nil), .alreadyPaired),
                ((elin, .continueJournal, journal), (new, .samePerson, nil), .unequalIntents),
                ((elin, .samePerson, journal), (new, .newJournal, nil), .unequalIntents),
                ((elin, .samePerson, journal), (new, .recover, nil), .unequalIntents),
                ((new, .samePerson, nil), (stranger, .samePerson, nil), .noJournal),
                ((new, .recover, nil), (stranger, .recover, nil), .noJournal),
                ((elin, .recover, journal), (priya, .recover, journal), .alreadyPaired),
                ((elin, .recover, journal), (new, .recover, strangers), .otherJournal),
                ((new, .newJournal, nil), (stranger, .samePerson, nil), .unequalIntents),
                ((elin, .continueJournal, journal), (new, .continueJournal, strangers), .otherJournal),
                ((elin, .samePerson, journal), (priya, .samePerson, journal), .alreadyPaired),
                ((elin, .continueJournal, journal), (twin, .continueJournal, journal), .sameDevice),
                ((elin, .continueJournal, journal), (stranger, .continueJournal, journal), .changedKeys),
                // A device that is known as one person's never becomes the other's.
                ((elin, .samePerson, journal), (priya, .samePerson, nil), .changedKeys),
            ]
        for (one, other, failure) in cases {
            for result in [pair(one, other), pair(other, one)] {
                // Of two that go on with a journal the other one may have stored by then: it shares with nobody new.
                #expect(one.1 == .continueJournal || result.outcomes.isEmpty, "\(one.1)")
                #expect(
                    Set(result.failures.values) == [failure], "\(one.1) and \(other.1): \(result.failures)")
                // What people mean is compared before anything that the window is used up by.
                let isCommitted = result.sent.contains { if case .pairNonce = $0 { true } else { false } }
                #expect(one.1 == other.1 || !isCommitted)
                // Who has another journal, or none, is known before anyone shows who they are.
                let isTold = result.sent.contains { if case .pairConfirm = $0 { true } else { false } }
                #expect([.sameDevice, .changedKeys].contains(failure) || !isTold)
            }
        }
    }

    @Test func `a retired device is not paired with again`() throws {
        var phone = Device()
        phone.person = priya.person
        let log = LogID(device: priya.keys.device, epoch: 1)
        func claim(_ sequence: UInt64, _ content: Membership.Claim.Content) -> Membership.Claim {
            let position = Position(log: log, sequence: sequence)
            return .init(
                id: EntryID(high: 1, low: sequence), position: position,
                precedence: Precedence(stamp: Stamp(sequence), position: position), content: content)
        }
        let consent = try phone.keys.sign(
            Membership.consent(of: phone.bundle, journal: journal.genesis.journal))
        let retired = try Self.found(
            elin, priya,
            claims: [
                claim(1, .admission(.init(bundle: phone.bundle, signature: consent))),
                claim(2, .retirement(phone.keys.device)),
            ])
        let result = pair((elin, .continueJournal, retired), (phone, .continueJournal, journal))
        #expect(Set(result.failures.values) == [.retired])
    }

    @Test func `a genesis that is not the one compared is refused`() throws {
        let other = try Self.found(Device(), Device()).genesis.encoded()
        let result = pair((elin, .samePerson, journal), (new, .samePerson, nil)) { side, message in
            guard side == 0, case .pairConfirm(var confirm) = message else { return message }
            confirm.genesis = other.wireBytes
            return .pairConfirm(confirm)
        }
        #expect(result.outcomes[1] == nil)
        #expect(result.failures[1] == .protocolViolation)
    }

    @Test func `a consent that the new key has not signed is refused`() {
        let result = pair((elin, .samePerson, journal), (new, .samePerson, nil)) { side, message in
            guard side == 1, case .pairConfirm(var confirm) = message else { return message }
            confirm.consent = [UInt8](repeating: 1, count: 64).wireBytes
            return .pairConfirm(confirm)
        }
        #expect(result.outcomes[0] == nil)
        #expect(result.failures[0] == .protocolViolation)
    }
}
