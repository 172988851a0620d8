import Causality
import EventLog
import Journal
import Peering
import Testing
import Wire

/// Two devices of one journal that meet, each with as little behind it as a test needs.
private struct Meeting {
    static func digest(_ byte: UInt8) -> Digest { Digest([UInt8](repeating: byte, count: 32)) ?? .zero }

    let keys = [DeviceKeys(), DeviceKeys()]
    var sessions: [SyncSession] = []
    /// What each side sent and the other has not received.
    var underWay: [[WireMessage]] = [[], []]
    /// Everything each side ever sent.
    var sent: [[WireMessage]] = [[], []]
    /// What each side was asked to do and has not done.
    var asked: [[SyncSession.Action]] = [[], []]

    init(
        bindings: [Binding] = Array(
            repeating: Binding(dialler: digest(1), listener: digest(2)), count: 2),
        journals: [Digest] = [digest(7), digest(7)], knowEachOther: Bool = true,
        limited: Int? = nil, mirrored: Bool = false
    ) {
        let persons = [1, 2].map { PersonID(prefix: [UInt8](repeating: $0, count: 16)) }
        let bundles = zip(keys, persons).map { $0.bundle(of: $1) }
        // Devices that someone made up, and that show the meet key of each of these.
        let mirrors = zip(keys, persons).map { keys, person in
            (0..<3).map { _ in
                Bundle(
                    person: person, eventKey: DeviceKeys().bundle(of: person).eventKey,
                    meetKey: keys.bundle(of: person).meetKey)
            }
        }
        for side in 0...1 {
            sessions.append(
                SyncSession(
                    keys: keys[side], journal: journals[side],
                    peers: (mirrored ? mirrors[1 - side] : []) + (knowEachOther ? [bundles[1 - side]] : []),
                    // The first device knows that the other one was retired by a junior, and it doesn't yet.
                    limited: side == 0 && limited == 1 ? [bundles[1].device] : [],
                    role: side == 0 ? .dialler : .listener, binding: bindings[side],
                    challenge: [UInt8](repeating: UInt8(side), count: 32),
                    padding: (0..<8).map { [UInt8](repeating: $0, count: 16) }, person: persons[side]))
            take(sessions[side].connected(), side)
        }
    }

    mutating func take(_ actions: [SyncSession.Action], _ side: Int) {
        for action in actions {
            if case .send(let message) = action {
                underWay[side].append(message)
                sent[side].append(message)
            } else {
                asked[side].append(action)
            }
        }
    }

    /// Delivers until nothing is under way; answers nothing that the sessions ask.
    mutating func deliver() {
        while let side = underWay.firstIndex(where: { !$0.isEmpty }) {
            let message = underWay[side].removeFirst()
            take(sessions[1 - side].receive(message), 1 - side)
        }
    }

    /// Lets both prove themselves and tell their digests.
    mutating func greet(heads: [Digest] = [digest(0), digest(0)], ends: [[Head]] = [[], []]) {
        deliver()
        for side in 0...1 {
            asked[side] = []
            take(sessions[side].digests(heads: heads[side], missing: .zero, ends: ends[side]), side)
        }
        deliver()
    }

    func isClosed(_ side: Int) -> Bool {
        asked[side].contains { if case .close = $0 { true } else { false } }
    }
}

@Suite struct SyncSessionTests {
    @Test func `nobody who shows another device's meet key keeps it from being met`() throws {
        var meeting = Meeting(mirrored: true)
        meeting.greet()
        for side in 0...1 {
            #expect(meeting.sessions[side].authenticatedPeer?.device == meeting.keys[1 - side].device)
        }
        // Of those alone nobody is there.
        var alone = Meeting(knowEachOther: false, mirrored: true)
        alone.greet()
        #expect(alone.sessions.allSatisfy { $0.authenticatedPeer == nil })
    }

    @Test func `two devices in sync say HELLO, AUTH and AUTH_OK, and nothing else`() throws {
        var meeting = Meeting()
        meeting.greet()
        let counts = meeting.sent.map(\.count)
        // The dialler names itself by tags first, and proves it once it knows who listens.
        #expect(counts == [4, 3])
        #expect(meeting.sessions.allSatisfy { $0.authenticatedPeer != nil && $0.isLive })
        let bytes = try meeting.sent.flatMap(\.self).reduce(0) { try $0 + $1.framed().count }
        #expect(bytes < 1_024)
    }

    @Test func `no byte of the journal leaves before the other side's AUTH_OK`() {
        var meeting = Meeting()
        meeting.deliver()
        // The dialler has its digests first; the listener's AUTH_OK is still to come.
        meeting.take(meeting.sessions[0].digests(heads: Meeting.digest(1), missing: .zero, ends: []), 0)
        meeting.take(meeting.sessions[0].grew(members: 2), 0)
        let asked = meeting.asked[0].contains { action in
            switch action {
            case .summarise, .plan, .read, .fetch: true
            default: false
            }
        }
        #expect(!asked)
    }

    @Test func `a device that only a junior retired is met for its person's headers, both ways`() throws {
        var meeting = Meeting(limited: 1)
        let person = PersonID(prefix: [UInt8](repeating: 2, count: 16))
        meeting.deliver()
        let digests = meeting.asked.map { asked in
            asked.compactMap { if case .digest(let scope) = $0 { scope } else { nil } }
        }
        #expect(digests == [[.headers(of: person)], [.all]])
        // Digests that happen to be equal were over different logs.
        meeting.greet(heads: [Meeting.digest(5), Meeting.digest(5)])
        #expect(meeting.sessions.map(\.scope) == [.headers(of: person), .headers(of: person)])
        for side in 0...1 {
            let summarises = meeting.asked[side].contains {
                if case .summarise(.headers(of: person)) = $0 { true } else { false }
            }
            #expect(summarises)
            // Nothing is asked for or given but headers.
            meeting.asked[side] = []
            var want = WireWant()
            want.ids = [EntryID(high: 1, low: 1).bytes.wireBytes]
            meeting.take(meeting.sessions[side].receive(.want(want)), side)
            var bodies = WireBodies()
            bodies.ids = want.ids
            bodies.bodies = [[1].wireBytes]
            meeting.take(meeting.sessions[side].receive(.bodies(bodies)), side)
            meeting.take(meeting.sessions[side].receive(.live(WireLive())), side)
            let isAskedForBodies = meeting.asked[side].contains { action in
                switch action {
                case .fetch, .storeBodies, .listMissing: true
                default: false
                }
            }
            #expect(!isAskedForBodies)
        }
    }

    @Test func `where there is no room left, bodies end the meeting as runs do`() {
        var meeting = Meeting()
        meeting.greet()
        meeting.take(meeting.sessions[0].noRoom(), 0)
        guard case .error(let error)? = meeting.sent[0].last else { return #expect(Bool(false)) }
        #expect(error.code == CloseReason.storage.rawValue && error.retryAfter > 0)
        #expect(meeting.isClosed(0) && meeting.sessions[0].noRoom().isEmpty)
    }

    @Test func `bodies that come late make the peer ask for those that it lacks`() {
        var meeting = Meeting()
        meeting.greet()
        meeting.asked = [[], []]
        meeting.take(meeting.sessions[0].bodiesCame(), 0)
        meeting.deliver()
        guard case .listMissing(after: nil)? = meeting.asked[1].first else {
            return #expect(Bool(false), "nothing was asked: \(meeting.asked[1])")
        }
        let id = EntryID(high: 1, low: 2)
        meeting.take(meeting.sessions[1].missing([id]), 1)
        meeting.deliver()
        guard
            case .fetch(id)? = meeting.asked[0].first(where: { if case .fetch = $0 { true } else { false } })
        else { return #expect(Bool(false), "nothing was wanted") }
    }

    @Test func `a connection is not settled while it is unknown where a log departs from the peer's`() throws
    {
        let keys = DeviceKeys()
        let log = LogID(device: keys.device, epoch: 1)
        let head = Head(
            log: log, sequence: 3, hash: Meeting.digest(8), signature: [UInt8](repeating: 0, count: 64))
        var meeting = Meeting()
        meeting.greet(heads: [Meeting.digest(1), Meeting.digest(2)], ends: [[head], []])
        for side in 0...1 { meeting.take(meeting.sessions[side].summarise([], wall: 0), side) }
        meeting.deliver()
        var plan = SyncPlan()
        plan.probes = [log]
        meeting.take(meeting.sessions[0].planned(plan), 0)
        meeting.take(meeting.sessions[1].planned(SyncPlan()), 1)
        meeting.deliver()
        meeting.take(meeting.sessions[1].missing([]), 1)
        #expect(meeting.sessions[0].isLive && !meeting.sessions[0].isSettled)
        meeting.take(meeting.sessions[0].sampled([], of: log), 0)
        meeting.deliver()
        meeting.take(meeting.sessions[1].common(nil, of: log, isAnswer: false), 1)
        meeting.deliver()
        meeting.take(meeting.sessions[0].common(nil, of: log, isAnswer: true), 0)
        meeting.take(meeting.sessions[0].planned(SyncPlan()), 0)
        #expect(meeting.sessions[0].isSettled)
    }

    @Test func `a relay between two TLS connections is closed without a word`() {
        let relayed = [
            Binding(dialler: Meeting.digest(1), listener: Meeting.digest(9)),
            Binding(dialler: Meeting.digest(9), listener: Meeting.digest(2)),
        ]
        var meeting = Meeting(bindings: relayed)
        meeting.deliver()
        #expect(meeting.isClosed(1))
        // HELLO is all that the listener ever said.
        #expect(meeting.sent[1].count == 1)
    }

    @Test(arguments: [true, false])
    func `who is not of this journal is closed without a word`(isStranger: Bool) {
        var meeting =
            isStranger
            ? Meeting(knowEachOther: false) : Meeting(journals: [Meeting.digest(7), Meeting.digest(8)])
        meeting.deliver()
        #expect(meeting.isClosed(1))
        #expect(meeting.sent[1].count == 1)
    }

    @Test func `a tag without its signature proves nothing`() {
        var meeting = Meeting()
        while let message = meeting.underWay[0].first {
            meeting.underWay[0].removeFirst()
            guard case .auth(var auth) = message else {
                meeting.take(meeting.sessions[1].receive(message), 1)
                if let hello = meeting.underWay[1].first, meeting.sent[1].count == 1 {
                    meeting.underWay[1].removeFirst()
                    meeting.take(meeting.sessions[0].receive(hello), 0)
                }
                continue
            }
            auth.signature = [UInt8](repeating: 0, count: 64).wireBytes
            // The tags are right: the listener answers with its proof, and waits for the dialler's.
            meeting.take(meeting.sessions[1].receive(.auth(auth)), 1)
            meeting.take(meeting.sessions[1].receive(.auth(auth)), 1)
        }
        #expect(meeting.isClosed(1))
        #expect(meeting.sessions[1].authenticatedPeer == nil)
    }

    @Test func `what is written while the digests are on their way goes out at once`() {
        var meeting = Meeting()
        meeting.deliver()
        for side in 0...1 {
            meeting.asked[side] = []
            meeting.take(
                meeting.sessions[side].digests(heads: Meeting.digest(3), missing: .zero, ends: []), side)
        }
        // Committed after the digest was taken, before the other side's arrived: no signal may be needed for it.
        meeting.take(meeting.sessions[0].grew(members: 2), 0)
        meeting.deliver()
        let plans = meeting.asked[0].count { if case .plan = $0 { true } else { false } }
        #expect(plans == 1)
    }

    @Test(arguments: [Int64.min, 0, .max])
    func `a peer's clock may say anything`(wall: Int64) {
        var meeting = Meeting()
        meeting.greet(heads: [Meeting.digest(1), Meeting.digest(2)])
        var summary = WireSummary()
        summary.wall = wall
        meeting.take(meeting.sessions[0].receive(.summary(summary)), 0)
        #expect(meeting.asked[0].contains { if case .peerClock(wall) = $0 { true } else { false } })
    }

    private func heads(_ count: Int) -> [Head] {
        let device = DeviceKeys().device
        return (0..<count).map { number in
            Head(
                log: LogID(device: device, epoch: UInt64(number)), sequence: 1, hash: Meeting.digest(1),
                signature: [UInt8](repeating: 0, count: 64))
        }
    }

    @Test func `a summary goes in parts, however many logs there are`() {
        var meeting = Meeting()
        meeting.greet(heads: [Meeting.digest(1), Meeting.digest(2)])
        meeting.asked = [[], []]
        let heads = heads(2 * Limits.summaryHeads + 1)
        meeting.take(meeting.sessions[0].summarise(heads, wall: 0), 0)
        meeting.deliver()
        let parts = meeting.sent[0].count { if case .summary = $0 { true } else { false } }
        let plans = meeting.asked[1].count { if case .plan = $0 { true } else { false } }
        let checked = meeting.asked[1].compactMap { if case .check(let heads) = $0 { heads } else { nil } }
        #expect(parts == 3 && plans == 1 && checked == [heads])
    }

    @Test func `a summary without end, or with more heads than belong into a part, ends the connection`() {
        var meeting = Meeting()
        meeting.greet(heads: [Meeting.digest(1), Meeting.digest(2)])
        var part = WireSummary()
        part.more = true
        for _ in 0..<Limits.summaryParts { meeting.take(meeting.sessions[0].receive(.summary(part)), 0) }
        #expect(!meeting.isClosed(0))
        meeting.take(meeting.sessions[0].receive(.summary(part)), 0)
        #expect(meeting.isClosed(0))
        var long = WireSummary()
        long.heads = heads(Limits.summaryHeads + 1).map(\.wire)
        meeting.take(meeting.sessions[1].receive(.summary(long)), 1)
        #expect(meeting.isClosed(1))
    }

    @Test func `what was passed over for today is asked for when the day turns`() {
        var meeting = Meeting()
        meeting.greet(heads: [Meeting.digest(1), Meeting.digest(2)])
        func summarised() -> Int {
            meeting.asked[0].count { if case .summarise = $0 { true } else { false } }
        }
        meeting.take(meeting.sessions[0].receive(.live(WireLive())), 0)
        meeting.asked = [[], []]
        let log = LogID(device: DeviceKeys().device, epoch: 1)
        for _ in 0..<2 { meeting.take(meeting.sessions[0].stored(.later(log)), 0) }
        // What continues it is no gap that a summary could close today.
        meeting.take(meeting.sessions[0].stored(.gap(log)), 0)
        let waits = meeting.asked[0].count { if case .waitForTomorrow = $0 { true } else { false } }
        #expect(waits == 1 && summarised() == 0 && !meeting.sessions[0].isSettled)
        meeting.take(meeting.sessions[0].dayTurned(), 0)
        #expect(summarised() == 1)
        meeting.take(meeting.sessions[0].dayTurned(), 0)
        #expect(summarised() == 1)
    }

    @Test func `what can't be sent is told, and nobody is taken to have it`() {
        var meeting = Meeting()
        meeting.greet(heads: [Meeting.digest(1), Meeting.digest(2)])
        for side in 0...1 { meeting.take(meeting.sessions[side].summarise([], wall: 0), side) }
        meeting.deliver()
        var plan = SyncPlan()
        plan.sends = [
            .init(end: Position(log: LogID(device: DeviceKeys().device, epoch: 1), sequence: 3), after: 0)
        ]
        meeting.take(meeting.sessions[0].planned(plan), 0)
        meeting.take(meeting.sessions[1].planned(SyncPlan()), 1)
        meeting.take(meeting.sessions[0].ran(nil, rest: nil), 0)
        meeting.deliver()
        #expect(meeting.asked[0].contains { if case .cannotSend = $0 { true } else { false } })
        #expect(meeting.sessions[0].isLive && !meeting.sessions[0].isSettled)
    }

    @Test func `bodies are asked for until a whole pass is through, and answered one by one`() {
        var meeting = Meeting()
        meeting.greet(heads: [Meeting.digest(1), Meeting.digest(2)])
        let ids = (1...300).map { EntryID(high: 0, low: $0) }
        meeting.asked = [[], []]
        meeting.take(meeting.sessions[0].receive(.live(WireLive())), 0)
        var passes = 0
        while let action = meeting.asked[0].popLast() {
            guard case .listMissing(let after) = action else { continue }
            passes += 1
            meeting.take(meeting.sessions[0].missing(ids.filter { id in after.map { id > $0 } ?? true }), 0)
            meeting.deliver()
            while case .fetch(let id)? = meeting.asked[1].popLast() {
                meeting.take(meeting.sessions[1].fetched(id, [1, 2, 3]), 1)
                #expect(meeting.underWay[1].count <= 2)
                meeting.deliver()
            }
        }
        let bodies = meeting.sent[1].reduce(0) { count, message in
            if case .bodies(let bodies) = message { count + bodies.ids.count } else { count }
        }
        #expect(bodies == 300)
        #expect(passes == 3)
    }
}
