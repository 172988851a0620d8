import Causality
import EventLog
import Journal
import Peering
import Testing
import Wire

@Suite struct PairingSessionTests {
    private static func digest(_ byte: UInt8) -> Digest {
        Digest([UInt8](repeating: byte, count: 32)) ?? .zero
    }

    private static func random(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255) } }

    private static func session(
        own: UInt8, other: UInt8, person: PersonID = PersonID(prefix: random(16))
    ) -> PairingSession {
        let keys = DeviceKeys()
        let offer = PairingSession.Offer(
            keys: keys, bundle: keys.bundle(of: person), person: "P\(own)", device: "D\(own)",
            intent: .newJournal,
            salt: random(16), nonce: random(32))
        return PairingSession(offer: offer, own: digest(own), other: digest(other))
    }

    /// Two sessions and the messages between them.
    private struct Pair {
        var sessions: [PairingSession]
        var messages: [[WireMessage]] = [[], []]
        var codes: [Int: (own: PairingCode, other: PairingCode)] = [:]
        var stored: [Int: Genesis] = [:]
        var outcomes: [Int: PairingOutcome] = [:]
        var done: Set<Int> = []
        var failures: [Int: PairingFailure] = [:]
        var mayUse = true

        mutating func perform(_ actions: [PairingSession.Action], _ side: Int) {
            for action in actions {
                switch action {
                case .send(let message): messages[side].append(message)
                case .compare(let own, let other): codes[side] = (own, other)
                case .store(let outcome, _, _):
                    outcomes[side] = outcome
                    if case .founded(let genesis) = outcome { stored[side] = genesis }
                    perform(sessions[side].stored(), side)
                case .done: done.insert(side)
                case .fail(let failure): failures[side] = failure
                case .use:
                    perform(sessions[side].granted(mayUse), side)
                }
            }
        }

        mutating func settle(change: (Int, WireMessage) -> WireMessage = { $1 }) {
            while let side = messages.firstIndex(where: { !$0.isEmpty }) {
                let message = messages[side].removeFirst()
                perform(sessions[1 - side].receive(change(side, message)), 1 - side)
            }
        }
    }

    private func begin() -> Pair {
        var pair = Pair(sessions: [Self.session(own: 1, other: 2), Self.session(own: 2, other: 1)])
        for side in 0...1 { pair.perform(pair.sessions[side].connected(), side) }
        return pair
    }

    @Test func `both sides show codes that the other expects, and found the same journal`() throws {
        var pair = begin()
        pair.settle()
        let (first, second) = (try #require(pair.codes[0]), try #require(pair.codes[1]))
        #expect(first.own == second.other && first.other == second.own && first.own != first.other)
        for side in 0...1 { pair.perform(pair.sessions[side].choose(isEqual: true), side) }
        pair.settle()
        #expect(pair.done == [0, 1])
        #expect(pair.stored[0]?.journal == pair.stored[1]?.journal)
        let bytes = try #require(pair.stored[0]).encoded()
        #expect(Genesis(bytes: bytes)?.journal == pair.stored[0]?.journal)
    }

    @Test func `a "no" ends it on both sides and stores nothing`() {
        var pair = begin()
        pair.settle()
        pair.perform(pair.sessions[1].choose(isEqual: false), 1)
        pair.settle()
        #expect(pair.failures == [0: .mismatch, 1: .mismatch])
        #expect(pair.stored.isEmpty)
    }

    @Test func `nothing is stored before both have chosen`() {
        var pair = begin()
        pair.settle()
        pair.perform(pair.sessions[0].choose(isEqual: true), 0)
        pair.settle()
        #expect(pair.stored.isEmpty && pair.done.isEmpty)
    }

    @Test func `a nonce that was not committed to is noticed before any code is shown`() {
        var pair = begin()
        pair.settle { _, message in
            guard case .pairReveal(var reveal) = message else { return message }
            reveal.nonce = Self.random(32).wireBytes
            return .pairReveal(reveal)
        }
        #expect(pair.failures.values.contains(.brokenCommitment))
    }

    @Test func `a connection that may not use the window sends nothing that codes could be made of`() {
        var pair = begin()
        pair.mayUse = false
        var sent: [WireMessage] = []
        pair.settle { _, message in
            sent.append(message)
            return message
        }
        #expect(pair.failures == [0: .busy, 1: .busy])
        #expect(
            !sent.contains { message in
                switch message {
                case .pairCommit, .pairNonce, .pairReveal: true
                default: false
                }
            })
    }

    @Test func `once it is stored here, an abort from the other side changes nothing`() {
        var pair = begin()
        pair.settle()
        for side in 0...1 { pair.perform(pair.sessions[side].choose(isEqual: true), side) }
        // Each gets the other's CONFIRM and stores; the DONEs stay on their way.
        for side in 0...1 {
            let message = pair.messages[side].removeFirst()
            pair.perform(pair.sessions[1 - side].receive(message), 1 - side)
        }
        #expect(pair.sessions[0].hasStored)
        pair.perform(pair.sessions[0].receive(.pairAbort(WirePairAbort())), 0)
        #expect(pair.failures.isEmpty)
        pair.settle()
        #expect(pair.done == [0, 1])
    }

    @Test func `devices of one person don't begin a journal with each other`() {
        let person = PersonID(prefix: Self.random(16))
        var pair = Pair(sessions: [1, 2].map { Self.session(own: $0, other: 3 - $0, person: person) })
        for side in 0...1 { pair.perform(pair.sessions[side].connected(), side) }
        pair.settle()
        #expect(pair.failures.isEmpty)
        for side in 0...1 { pair.perform(pair.sessions[side].choose(isEqual: true), side) }
        pair.settle()
        #expect(Set(pair.failures.values) == [.sameDevice] && pair.stored.isEmpty)
    }

    @Test func `pairing with oneself is refused`() {
        var same = Self.session(own: 5, other: 5)
        #expect(same.connected().contains { if case .fail(.sameDevice) = $0 { true } else { false } })
    }

    /// A man in the middle runs a session with each side: the codes that the two people see are never equal.
    @Test func `a man in the middle gets no equal codes`() throws {
        for _ in 0..<200 {
            let middle = [Self.session(own: 9, other: 1), Self.session(own: 9, other: 2)]
            var left = Pair(sessions: [Self.session(own: 1, other: 9), middle[0]])
            var right = Pair(sessions: [Self.session(own: 2, other: 9), middle[1]])
            for side in 0...1 {
                left.perform(left.sessions[side].connected(), side)
                right.perform(right.sessions[side].connected(), side)
            }
            left.settle()
            right.settle()
            let (first, second) = (try #require(left.codes[0]), try #require(right.codes[0]))
            #expect(first.own != second.other && first.other != second.own)
        }
    }

    @Test(arguments: ["482 019 337", "482019337", "482-019-337"])
    func `a code is read as people write it`(text: String) {
        #expect(PairingCode(text)?.number == 482_019_337)
    }

    @Test(arguments: ["", "48201933", "4820193377", "48201933x", "+48201933", "４８２０１９３３７"])
    func `anything else is no code`(text: String) { #expect(PairingCode(text) == nil) }

    @Test func `a code is written with its zeros`() { #expect(PairingCode(number: 7).text == "000 000 007") }
}
