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
        replaces: DeviceID? = nil, change: (Int, WireMessage) -> WireMessage = { $1 }
    ) -> Result {
        var sessions = [one, other].enumerated().map { side, device in
            PairingSession(
                offer: .init(
                    keys: device.0.keys, bundle: device.0.bundle, person: "P\(side)", device: "D\(side)",
                    intent: device.1, membership: device.2, replaces: device.2 == nil ? nil : replaces,
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

    @Test func `a new device takes a lost one's place, as the partner's`() {
        let result = pair(
            (elin, .replace, journal), (new, .replace, nil), replaces: priya.keys.device)
        guard case .admits(let admission) = result.outcomes[0],
            case .joins(_, let person, let introducer) = result.outcomes[1]
        else { return #expect(Bool(false), "\(result)") }
        #expect(admission.bundle == new.keys.bundle(of: priya.person))
        #expect(person == priya.person && introducer == elin.bundle)
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

    @Test func `what makes no sense together ends before anything is committed to`() throws {
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
                ((elin, .samePerson, journal), (new, .replace, nil), .unequalIntents),
                ((new, .samePerson, nil), (stranger, .samePerson, nil), .noJournal),
                ((new, .replace, nil), (stranger, .replace, nil), .noJournal),
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
                #expect(result.outcomes.isEmpty)
                #expect(
                    Set(result.failures.values) == [failure], "\(one.1) and \(other.1): \(result.failures)")
                let isTold = result.sent.contains { message in
                    switch message {
                    case .pairNonce, .pairReveal, .pairConfirm: true
                    default: false
                    }
                }
                #expect(!isTold)
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
