package import Causality
package import EventLog
package import Journal
package import Wire

/// Why a connection ends.
package enum CloseReason: UInt32, Error, Sendable {
    /// This side is going away.
    case goingAway = 1
    /// No version in common.
    case version = 2
    /// A message that has no place here, or can't be read.
    case protocolViolation = 3
    /// Not a device of this journal, or not who it says; said to nobody.
    case notAuthenticated = 4
    /// A run that can't be verified.
    case refusedRun = 5
    /// Another connection to the same device took its place.
    case replaced = 6
    /// This side's disk or database failed.
    case storage = 7
}

/// One connection between two devices, as a machine without any I/O.
///
/// Whoever owns it carries messages, does what the actions ask, and brings back the results. The same machine runs
/// in the daemon and in the simulator. It never trusts order: duplicates, gaps and stale summaries only cost a
/// repetition.
package struct SyncSession: Sendable {
    /// What the owner is asked to do, in order.
    package enum Action: Sendable {
        case send(WireMessage)
        /// The peer is known now: a device of this journal.
        case authenticated(Bundle)
        /// Compute the digests over heads and missing bodies; bring them by ``digests(heads:missing:)``.
        case digest
        /// Collect the signed heads; bring them by ``summarise(_:wall:)``.
        case summarise
        /// Work out what the peer lacks; bring it by ``planned(_:)``.
        case plan(PeerKnowledge)
        /// Read the next run of a stretch; bring it by ``ran(_:rest:)``.
        case read(SyncPlan.Outgoing)
        /// Store a run; bring the outcome by ``stored(_:)``.
        case store(Run)
        /// Check whether the peer's heads show that this device was rolled back, and begin a new epoch if so.
        case check([Head])
        /// Take samples of a log for the peer, who asks by FORK; sent by ``sampled(_:of:)``.
        case sample(LogID)
        /// Find the last sample that is here; bring it by ``common(_:of:isAnswer:)``.
        case compare([PeerKnowledge.Place], LogID, isAnswer: Bool)
        /// List the events whose bodies are missing; bring them by ``missing(_:)``.
        case listMissing
        /// Read some bodies; bring them by ``fetched(_:)``.
        case fetch([EntryID])
        /// Store bodies that came late.
        case storeBodies([(id: EntryID, bytes: [UInt8])])
        /// Note what the peer has made durable.
        case acknowledged([LogID: UInt64])
        /// Note the peer's clock, in milliseconds.
        case peerClock(Int64)
        /// Everything that each side lacked has been sent: from here on events are pushed as they come.
        case live
        case close(CloseReason)
    }

    /// What storing a run came to.
    package enum Stored: Sendable {
        case committed(Head, membershipChanged: Bool)
        case skipped
        case refused
    }

    private enum Phase { case hello, auth, authOK, syncing, closed }

    private let authentication: Authentication
    private let peers: [Bundle]
    private let role: Role
    private let challenge: [UInt8]
    private let padding: [[UInt8]]
    private var phase = Phase.hello
    private var peerChallenge: [UInt8] = []
    private var peer: Bundle?
    private var hasSentAuthOK = false
    private var ownDigests: (heads: Digest, missing: Digest)?
    private var peerDigests: WireAuthOK?
    private var knowledge = PeerKnowledge()
    private var hasSummary = false
    private var queue: [SyncPlan.Outgoing] = []
    private var isReading = false
    private var isPlanning = false
    private var needsPlan = false
    private var probed: Set<LogID> = []
    private var hasSentLive = false
    private var hasReceivedLive = false
    private var needsSummary = false

    /// A session at the start of a connection.
    ///
    /// - Parameters:
    ///   - peers: the other devices of the journal that may be met here.
    ///   - challenge: 32 random bytes.
    ///   - padding: 8 random tags of 16 bytes, sent where there is no device to name.
    package init(
        keys: DeviceKeys, journal: Digest, peers: [Bundle], role: Role, binding: Binding, challenge: [UInt8],
        padding: [[UInt8]]
    ) {
        authentication = Authentication(keys: keys, journal: journal, binding: binding)
        self.peers = peers
        self.role = role
        self.challenge = challenge
        self.padding = padding
    }

    /// The device at the other end, once it has proved who it is.
    package var authenticatedPeer: Bundle? { phase == .syncing ? peer : nil }

    /// Whether both sides have sent all that the other lacked.
    package var isLive: Bool { hasSentLive && hasReceivedLive }

    // MARK: Events

    /// The connection stands.
    package mutating func connected() -> [Action] {
        var hello = WireHello()
        hello.magic = Self.magic.wireBytes
        hello.versions = [1]
        hello.challenge = challenge.wireBytes
        return [.send(.hello(hello))]
    }

    /// A message came.
    package mutating func receive(_ message: WireMessage) -> [Action] {
        do throws(CloseReason) {
            switch (phase, message) {
            case (.closed, _): return []
            case (_, .close), (_, .error):
                phase = .closed
                return [.close(.goingAway)]
            case (.hello, .hello(let hello)): return try receive(hello)
            case (.auth, .auth(let auth)): return try receive(auth)
            case (.authOK, .authOK(let digests)):
                peerDigests = digests
                phase = .syncing
                return begin()
            case (.syncing, _): return try receiveSynced(message)
            default: throw .protocolViolation
            }
        } catch {
            phase = .closed
            return [.close(error)]
        }
    }

    /// Events were committed here, by this device or from another peer.
    package mutating func grew() -> [Action] {
        guard phase == .syncing, hasSummary else { return [] }
        return plan()
    }

    // MARK: Handshake

    private static let magic = Array("reconcile".utf8)

    private mutating func receive(_ hello: WireHello) throws(CloseReason) -> [Action] {
        guard Array(hello.magic) == Self.magic, hello.challenge.count == 32 else { throw .protocolViolation }
        guard hello.versions.contains(1) else { throw .version }
        peerChallenge = Array(hello.challenge)
        phase = .auth
        guard role == .dialler else { return [] }
        var auth = WireAuth()
        // Which device lies behind an address is not known: all that it may be are named, padded to eight.
        var tags: [[UInt8]] = []
        for peer in peers.prefix(padding.count) {
            guard let tag = try? authentication.tag(for: peer, role: .dialler) else { continue }
            tags.append(tag)
        }
        tags += padding.dropFirst(tags.count)
        auth.tags = tags.map(\.wireBytes)
        return [.send(.auth(auth))]
    }

    private mutating func receive(_ auth: WireAuth) throws(CloseReason) -> [Action] {
        if peer == nil {
            let tags = auth.tags.prefix(8).map(Array.init)
            guard let match = try? authentication.match(tags, among: peers, role: role.other) else {
                throw .notAuthenticated
            }
            peer = match
            if role == .listener { return [.send(.auth(try proof(with: match)))] }
        }
        guard let peer else { throw .notAuthenticated }
        let transcript = authentication.transcript(role: role.other, challenges: challenges)
        guard peer.verifies(auth.signature, of: transcript) else { throw .notAuthenticated }
        phase = .authOK
        var actions: [Action] = []
        if role == .dialler { actions.append(.send(.auth(try proof(with: nil)))) }
        return actions + [.authenticated(peer), .digest]
    }

    private func proof(with tagFor: Bundle?) throws(CloseReason) -> WireAuth {
        var auth = WireAuth()
        let transcript = authentication.transcript(role: role, challenges: challenges)
        guard let signature = try? authentication.keys.sign(transcript) else { throw .notAuthenticated }
        auth.signature = signature.wireBytes
        if let tagFor {
            guard let tag = try? authentication.tag(for: tagFor, role: role) else { throw .notAuthenticated }
            auth.tags = [tag.wireBytes]
        }
        return auth
    }

    private var challenges: (dialler: [UInt8], listener: [UInt8]) {
        role == .dialler ? (challenge, peerChallenge) : (peerChallenge, challenge)
    }

    /// Brings what ``Action/digest`` asked for.
    package mutating func digests(heads: Digest, missing: Digest) -> [Action] {
        ownDigests = (heads, missing)
        var message = WireAuthOK()
        message.heads = heads.bytes.wireBytes
        message.missing = missing.bytes.wireBytes
        hasSentAuthOK = true
        return [.send(.authOK(message))] + begin()
    }

    /// Both digests are here: if they are equal there is nothing to tell.
    private mutating func begin() -> [Action] {
        guard phase == .syncing, hasSentAuthOK, let ownDigests, let peerDigests else { return [] }
        if Digest(peerDigests.heads) == ownDigests.heads, Digest(peerDigests.missing) == ownDigests.missing {
            hasSummary = true
            hasSentLive = true
            hasReceivedLive = true
            needsSummary = false
            // The peer has what we have; our own heads stand for its summary.
            return [.summarise]
        }
        needsSummary = true
        return [.summarise]
    }

    // MARK: Sync

    /// Brings what ``Action/summarise`` asked for.
    package mutating func summarise(_ heads: [Head], wall: Int64) -> [Action] {
        guard phase == .syncing else { return [] }
        guard needsSummary else {
            knowledge = PeerKnowledge(heads: heads)
            return [.live]
        }
        needsSummary = false
        var summary = WireSummary()
        summary.wall = wall
        summary.heads = heads.map(\.wire)
        return [.send(.summary(summary))]
    }

    private mutating func receiveSynced(_ message: WireMessage) throws(CloseReason) -> [Action] {
        switch message {
        case .summary(let summary): return try receive(summary)
        case .run(let wire):
            let run: Run
            do { run = try Run(wire) } catch { throw .refusedRun }
            return [.store(run)]
        case .want(let want): return [.fetch(try ids(Array(want.ids.map(Array.init))))]
        case .bodies(let bodies):
            let ids = try ids(Array(bodies.ids.map(Array.init)))
            guard ids.count == bodies.bodies.count else { throw .protocolViolation }
            return [.storeBodies(zip(ids, bodies.bodies.map(Array.init)).map { ($0, $1) })]
        case .ack(let ack):
            var durable: [LogID: UInt64] = [:]
            for head in ack.heads {
                guard let device = DeviceID(head.device) else { throw .protocolViolation }
                durable[LogID(device: device, epoch: head.epoch)] = head.sequence
            }
            return [.acknowledged(durable)]
        case .live:
            hasReceivedLive = true
            return [.listMissing] + (isLive ? [.live] : [])
        case .fork(let fork): return [try compare(fork)]
        case .ping(let ping):
            var pong = WirePong()
            pong.number = ping.number
            return [.send(.pong(pong))]
        case .plan, .pong, .unknown: return []
        default: throw .protocolViolation
        }
    }

    private mutating func receive(_ summary: WireSummary) throws(CloseReason) -> [Action] {
        var heads: [Head] = []
        for wire in summary.heads {
            guard let head = Head(wire) else { throw .protocolViolation }
            heads.append(head)
        }
        knowledge = PeerKnowledge(heads: heads)
        probed = []
        hasSummary = true
        hasSentLive = false
        queue = []
        return [.peerClock(summary.wall), .check(heads)] + plan()
    }

    private func ids(_ bytes: [[UInt8]]) throws(CloseReason) -> [EntryID] {
        var ids: [EntryID] = []
        for id in bytes.prefix(256) {
            guard let id = EntryID(id) else { throw .protocolViolation }
            ids.append(id)
        }
        return ids
    }

    private mutating func plan() -> [Action] {
        guard !isPlanning else {
            needsPlan = true
            return []
        }
        isPlanning = true
        return [.plan(knowledge)]
    }

    /// Brings what ``Action/plan(_:)`` asked for.
    package mutating func planned(_ plan: SyncPlan) -> [Action] {
        isPlanning = false
        guard phase == .syncing else { return [] }
        if needsPlan {
            needsPlan = false
            return self.plan()
        }
        var actions: [Action] = []
        for log in plan.probes where probed.insert(log).inserted { actions.append(.sample(log)) }
        queue = plan.sends
        if !hasSentLive, !plan.sends.isEmpty {
            var message = WirePlan()
            message.events = plan.events
            actions.append(.send(.plan(message)))
        }
        return actions + next()
    }

    private mutating func next() -> [Action] {
        guard !isReading else { return [] }
        guard let first = queue.first else {
            guard hasSummary, !hasSentLive else { return [] }
            hasSentLive = true
            return [.send(.live(WireLive()))] + (isLive ? [.live] : [])
        }
        isReading = true
        queue.removeFirst()
        return [.read(first)]
    }

    /// Brings what ``Action/read(_:)`` asked for; called again once the last run has left.
    package mutating func ran(_ run: Run?, rest: SyncPlan.Outgoing?) -> [Action] {
        isReading = false
        guard phase == .syncing else { return [] }
        guard let run else { return next() }
        knowledge.learn(run.closing)
        if let rest { queue.insert(rest, at: 0) }
        return [.send(.run(run.wire))] + next()
    }

    /// Brings what ``Action/store(_:)`` asked for.
    package mutating func stored(_ stored: Stored) -> [Action] {
        guard phase == .syncing else { return [] }
        switch stored {
        case .committed(let head, let membershipChanged):
            knowledge.learn(head)
            var wire = head.wire
            wire.signature = [UInt8]().wireBytes
            var ack = WireAck()
            ack.heads = [wire]
            return [.send(.ack(ack))] + (membershipChanged ? summariseAgain() : []) + grew()
        case .skipped:
            return summariseAgain()
        case .refused:
            phase = .closed
            var close = WireClose()
            close.reason = CloseReason.refusedRun.rawValue
            return [.send(.close(close)), .close(.refusedRun)]
        }
    }

    private var skips = 0

    /// Something was passed over: the peer is told again what is here, a bounded number of times.
    private mutating func summariseAgain() -> [Action] {
        skips += 1
        guard skips <= 64 else { return [] }
        needsSummary = true
        return [.summarise]
    }

    // MARK: Forks

    /// Brings what ``Action/sample(_:)`` asked for.
    package func sampled(_ samples: [PeerKnowledge.Place], of log: LogID) -> [Action] {
        [.send(.fork(Self.fork(log, samples, isAnswer: false)))]
    }

    private func compare(_ fork: WireFork) throws(CloseReason) -> Action {
        guard let device = DeviceID(fork.device), fork.samples.count <= 256 else { throw .protocolViolation }
        var samples: [PeerKnowledge.Place] = []
        for sample in fork.samples {
            guard let hash = Digest(sample.hash) else { throw .protocolViolation }
            samples.append(.init(sequence: sample.sequence, hash: hash))
        }
        return .compare(samples, LogID(device: device, epoch: fork.epoch), isAnswer: fork.answer)
    }

    /// Brings what ``Action/compare(_:_:isAnswer:)`` asked for.
    package mutating func common(_ place: PeerKnowledge.Place?, of log: LogID, isAnswer: Bool) -> [Action] {
        guard phase == .syncing else { return [] }
        knowledge.settle(log, at: place)
        var actions: [Action] = []
        if !isAnswer {
            actions.append(.send(.fork(Self.fork(log, place.map { [$0] } ?? [], isAnswer: true))))
        }
        return actions + plan()
    }

    private static func fork(_ log: LogID, _ samples: [PeerKnowledge.Place], isAnswer: Bool) -> WireFork {
        var fork = WireFork()
        fork.device = log.device.bytes.wireBytes
        fork.epoch = log.epoch
        fork.answer = isAnswer
        fork.samples = samples.prefix(256).map { place in
            var sample = WireSample()
            sample.sequence = place.sequence
            sample.hash = place.hash.bytes.wireBytes
            return sample
        }
        return fork
    }

    // MARK: Bodies

    /// Brings what ``Action/listMissing`` asked for.
    package func missing(_ ids: [EntryID]) -> [Action] {
        guard phase == .syncing, !ids.isEmpty else { return [] }
        var want = WireWant()
        want.ids = ids.prefix(256).map(\.bytes.wireBytes)
        return [.send(.want(want))]
    }

    /// Brings what ``Action/fetch(_:)`` asked for; several messages if the bodies are long.
    package func fetched(_ bodies: [EntryID: [UInt8]]) -> [Action] {
        guard phase == .syncing else { return [] }
        return bodies.sorted { $0.key < $1.key }.map { id, bytes in
            var message = WireBodies()
            message.ids = [id.bytes.wireBytes]
            message.bodies = [bytes.wireBytes]
            return .send(.bodies(message))
        }
    }
}
