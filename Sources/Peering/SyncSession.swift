package import Causality
package import EventLog
package import Journal
package import Wire

/// Why a connection ends.
package enum CloseReason: UInt32, CaseIterable, Error, Sendable {
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
        /// Compute the digests over heads and missing bodies; bring them by ``digests(heads:missing:ends:)``.
        case digest(SyncScope)
        /// Collect the signed heads; bring them by ``summarise(_:wall:)``.
        case summarise(SyncScope)
        /// Work out what the peer lacks; bring it by ``planned(_:)``.
        case plan(PeerKnowledge, SyncScope)
        /// Read the next run of a stretch; bring it by ``ran(_:rest:)``.
        case read(SyncPlan.Outgoing, SyncScope)
        /// Store a run, unless it lies outside of the scope; bring the outcome by ``stored(_:)``.
        case store(Run, SyncScope)
        /// Check whether the peer's heads show that this device was rolled back, and begin a new epoch if so.
        case check([Head])
        /// Take samples of a log for the peer, who asks by FORK; sent by ``sampled(_:of:)``.
        case sample(LogID)
        /// Find the last sample that is here; bring it by ``common(_:of:isAnswer:)``.
        case compare([PeerKnowledge.Place], LogID, isAnswer: Bool)
        /// List the events behind an id whose bodies are missing; bring them by ``missing(_:)``.
        case listMissing(after: EntryID?)
        /// Read a body; bring it by ``fetched(_:_:)``.
        case fetch(EntryID)
        /// Store bodies that came late.
        case storeBodies([(id: EntryID, bytes: [UInt8])])
        /// Note the peer's clock, in milliseconds; any value is possible.
        case peerClock(Int64)
        /// Note the port on which the peer listens.
        case peerPort(UInt16)
        /// Take over what another device of this person tells and make it durable; bring what it came to by ``decided(_:)``.
        case learn(Partnership.Told)
        /// Note how many events the peer is about to send; any value is possible.
        case expect(UInt64)
        /// A stretch that was planned can't be closed by a head: what is stored is damaged.
        case cannotSend
        /// Say by ``SyncSession/dayTurned()`` when another day begins.
        case waitForTomorrow
        /// Everything that each side lacked has been sent: from here on events are pushed as they come.
        case live
        case close(CloseReason)
    }

    /// What storing a run came to.
    package enum Stored: Sendable {
        /// Durable; with the number of devices in the journal from here on.
        case committed(Run, members: Int)
        /// Of a device that is not known yet.
        case unknownDevice
        /// Events before it are missing.
        case gap(LogID)
        /// Of a new log or branch, of which no more are taken today.
        case later(LogID)
        /// Of a log that this connection is not about.
        case outOfScope
        /// It can't be verified.
        case refused
        /// There is no room left for what others write.
        case noRoom
    }

    enum Phase { case hello, auth, authOK, syncing, closed }

    let authentication: Authentication
    let peers: [Bundle]
    /// The devices that are met for the headers of their own person's logs alone; this device is, if it is among them.
    let limited: Set<DeviceID>
    let role: Role
    let challenge: [UInt8]
    let padding: [[UInt8]]
    let port: UInt16
    /// This device's person.
    let person: PersonID
    var partnership: Partnership
    var peerPartnership: Partnership.Told?
    /// Whether the comparison of the digests has begun the exchange.
    var hasBegun = false
    private var pings: UInt64 = 0
    var phase = Phase.hello
    /// Whether it was the peer that ended the session.
    package private(set) var isEndedByPeer = false
    var peerChallenge: [UInt8] = []
    var peer: Bundle?
    /// Who it may be by its tags, until a signature tells.
    var candidates: [Bundle] = []
    var ownDigests: (heads: Digest, missing: Digest)?
    var peerDigests: WireAuthOK?

    var exchange = Exchange()
    var bodies = BodyExchange()

    /// A session at the start of a connection.
    ///
    /// - Parameters:
    ///   - peers: the other devices of the journal that may be met here.
    ///   - limited: those that only devices junior to them have retired, this one included.
    ///   - challenge: 32 random bytes.
    ///   - padding: 8 random tags of 16 bytes, sent where there is no device to name.
    ///   - port: where this device listens, which a peer that was dialled needs to know; 0 if nowhere.
    ///   - person: this device's person.
    ///   - partnership: whether that person shares with the other one, as this device has it.
    package init(
        keys: DeviceKeys, journal: Digest, peers: [Bundle], limited: Set<DeviceID> = [], role: Role,
        binding: Binding, challenge: [UInt8],
        padding: [[UInt8]], port: UInt16 = 0, person: PersonID, partnership: Partnership = .initial
    ) {
        authentication = Authentication(keys: keys, journal: journal, binding: binding)
        self.peers = peers
        self.limited = limited
        self.role = role
        self.challenge = challenge
        self.padding = padding
        self.port = port
        self.person = person
        self.partnership = partnership
    }

    /// The device at the other end, once it has proved who it is.
    package var authenticatedPeer: Bundle? { phase == .syncing ? peer : nil }

    /// What the two tell each other: by what this device knows of both, and by what the peer said in AUTH_OK.
    package var scope: SyncScope {
        guard ownScope == .all, let limited = peerDigests?.limited, !limited.isEmpty else { return ownScope }
        // The peer knows of a retirement that has not come here yet. What names no person asks for nothing.
        return .headers(of: PersonID(limited) ?? PersonID(high: 0, low: 0))
    }

    /// Whether no more than headers goes, by what this device knows.
    package var isLimited: Bool { ownScope != .all }

    /// The same by what this device knows.
    var ownScope: SyncScope {
        if let peer, limited.contains(peer.device) { return .headers(of: peer.person) }
        return limited.contains(authentication.keys.device) ? .headers(of: person) : .all
    }

    /// Whether both sides have sent all that the other lacked.
    package var isLive: Bool { exchange.hasSentLive && exchange.hasReceivedLive }

    /// Whether nothing is under way: each side has all that the other has, durably.
    package var isSettled: Bool { phase == .syncing && isLive && exchange.isSettled }

    /// What both sides know this connection by among several between the same two: the dialler's challenge.
    package var mark: [UInt8] { role == .dialler ? challenge : peerChallenge }

    // MARK: Events

    /// Asks whether the peer is still there: any message from it answers that.
    package mutating func ping() -> [Action] {
        guard phase == .syncing else { return [] }
        pings += 1
        var ping = WirePing()
        ping.number = pings
        return [.send(.ping(ping))]
    }

    /// The connection stands.
    package mutating func connected() -> [Action] {
        var hello = WireHello()
        hello.magic = Self.magic.wireBytes
        hello.versions = [ProtocolVersion.current]
        hello.challenge = challenge.wireBytes
        return [.send(.hello(hello))]
    }

    /// A message came.
    package mutating func receive(_ message: WireMessage) -> [Action] {
        do throws(CloseReason) {
            switch (phase, message) {
            case (.closed, _): return []
            case (_, .close(let close)): return ended(close.reason)
            case (_, .error(let error)): return ended(error.code)
            case (.hello, .hello(let hello)): return try receive(hello)
            case (.auth, .auth(let auth)): return try receive(auth)
            case (.authOK, .authOK(let digests)):
                peerDigests = digests
                phase = .syncing
                let port = UInt16(exactly: digests.port).map { [Action.peerPort($0)] } ?? []
                guard isOwnPersons else { return port + begin() }
                return port + learn(try Partnership.Told(digests.partnership))
            case (.syncing, _): return try receiveSynced(message)
            default: throw .protocolViolation
            }
        } catch {
            return close(error)
        }
    }

    private mutating func ended(_ reason: UInt32) -> [Action] {
        phase = .closed
        isEndedByPeer = true
        return [.close(CloseReason(rawValue: reason) ?? .goingAway)]
    }

    /// Ends the session; a stranger is not told why.
    mutating func close(_ reason: CloseReason) -> [Action] {
        defer { phase = .closed }
        guard phase == .syncing else { return [.close(reason)] }
        var close = WireClose()
        close.reason = reason.rawValue
        return [.send(.close(close)), .close(reason)]
    }

    private mutating func receiveSynced(_ message: WireMessage) throws(CloseReason) -> [Action] {
        switch message {
        case .summary(let summary): return try receive(summary)
        case .run(let wire):
            let run: Run
            do { run = try Run(wire) } catch { throw .refusedRun }
            return [.store(scope.hasBodies ? run : run.withoutBodies, scope)]
        case .ack(let ack): return try receive(ack)
        case .live: return receiveLive()
        case .want(let want): return wanted(try ids(want.ids.map(Array.init)))
        case .bodies(let bodies): return try receive(bodies)
        case .partnership(let wire): return try receive(wire)
        case .fork(let fork): return [try compare(fork)]
        case .ping(let ping):
            var pong = WirePong()
            pong.number = ping.number
            return [.send(.pong(pong))]
        case .plan(let plan): return [.expect(plan.events)]
        case .pong, .unknown: return []
        default: throw .protocolViolation
        }
    }

    func ids(_ bytes: [[UInt8]]) throws(CloseReason) -> [EntryID] {
        guard bytes.count <= 256 else { throw .protocolViolation }
        var ids: [EntryID] = []
        for id in bytes {
            guard let id = EntryID(id) else { throw .protocolViolation }
            ids.append(id)
        }
        return ids
    }
}
