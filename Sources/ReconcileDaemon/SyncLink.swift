import AsyncAlgorithms
import Causality
import EventLog
import Logging
import NIOCore
import Transport
import Peering
import Store
import Wire

/// Runs one sync session over one connection: carries messages and does what the session asks.
struct SyncLink {
    let connection: PeerConnection
    /// Who was called, where that is known.
    let expected: DeviceID?
    let ledger: Ledger
    let links: Links
    /// Where this device listens.
    let port: UInt16
    let logger: Logger
    /// Called once the peer has proved who it is.
    let proved: @Sendable () -> Void

    private enum Input: Sendable {
        /// A message, with what its run comes to if it is one: that is worked out while the one before is stored.
        case message(WireMessage, PreparedRun?, DailyAllowance.Cost)
        case unreadable
        case grew
        case sent(Int)
        /// So long it may take to prove who it is, and twice as long to agree to talk.
        case late(isLast: Bool)
        case probe
        /// Another day may have begun.
        case dayTurned
        /// Nothing more may have come since so many messages had.
        case overdue(Int)
    }

    /// What waits to be written: its bytes, and whether the next heavy message may be read once it has left.
    private struct Outgoing: Sendable {
        let frame: [UInt8]
        let isHeavy: Bool
    }

    /// Exchanges messages until the connection ends; returns the device met, if it proved itself.
    func run() async -> DeviceID? {
        do {
            guard let known = try await ledger.membership() else { return nil }
            var session = SyncSession(
                // Only eight can be named at a time: whoever was called, and in a large household others at each try.
                // A partner who lets many devices in must not keep those of one's own from being met.
                keys: known.keys, journal: known.journal,
                peers: known.peers.filter { $0.device == expected }
                    + known.peers.filter { $0.device != expected }.shuffled(),
                limited: known.limited,
                role: connection.role,
                binding: connection.binding, challenge: Machine.random(32),
                padding: (0..<8).map { _ in Machine.random(16) }, port: port, person: known.own.person,
                partnership: known.partnership)
            var driver = Driver(link: self)
            do {
                try await drive(&session, &driver, journal: known.journal)
            } catch {
                // The kind of failure, never its text: that may hold a peer's words.
                logger.log(
                    level: error is StoreError || error is DaemonError ? .error : .debug, "connection ended",
                    metadata: ["error": "\(type(of: error))"])
            }
            if let number = driver.number { await links.ended(number, trouble: driver.trouble) }
            return driver.peer
        } catch {
            logger.error("the journal can't be read", metadata: ["error": "\(type(of: error))"])
            return nil
        }
    }

    private static func read(_ frame: ReceivedFrame, _ journal: Digest) -> Input {
        guard let message = try? WireMessage(type: frame.type, payload: frame.payload) else {
            return .unreadable
        }
        let bytes = frame.payload.count + 5
        guard case .run(let wire) = message, let run = try? Run(wire) else {
            return .message(message, nil, DailyAllowance.Cost(of: message, bytes: bytes, kinds: nil))
        }
        // What can't be worked out is refused when it is its turn.
        let prepared = try? PreparedRun(run, journal: journal)
        return .message(
            message, prepared, DailyAllowance.Cost(of: message, bytes: bytes, kinds: prepared?.kinds))
    }

    private func drive(
        _ session: inout SyncSession, _ driver: inout Driver, journal: Digest
    ) async throws {
        let inputs = AsyncChannel<Input>()
        let (outgoing, out) = AsyncStream.makeStream(of: Outgoing.self)
        driver.out = out
        let connection = connection
        driver.waitForTomorrow = {
            // By the wall clock another day, or sooner where that was set: then it is waited for again.
            let left = Door.length - max(Machine.now().milliseconds, 0) % Door.length
            connection.schedule(in: .milliseconds(left + 1_000)) { Task { await inputs.send(.dayTurned) } }
        }
        driver.probe = { Task { await inputs.send(.probe) } }
        let changes = await ledger.changes()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // However the stream ends, broken off too: who waits for inputs has to hear it.
                defer { inputs.finish() }
                for try await frame in connection.inbound { await inputs.send(Self.read(frame, journal)) }
            }
            let writing = Task {
                defer { inputs.finish() }
                for await next in outgoing {
                    try await connection.writer.write(next.frame)
                    await inputs.send(.sent(next.isHeavy ? next.frame.count : -next.frame.count))
                }
            }
            group.addTask { for await _ in changes { await inputs.send(.grew) } }
            group.addTask {
                try await pause(for: .seconds(5))
                await inputs.send(.late(isLast: false))
                try await pause(for: .seconds(5))
                await inputs.send(.late(isLast: true))
            }
            defer {
                out.finish()
                group.cancelAll()
            }
            try await driver.perform(session.connected(), &session)
            for await input in inputs where !driver.isClosed {
                switch input {
                case .message(let message, let prepared, let cost):
                    driver.received += 1
                    guard try await driver.accepts(cost) else { break }
                    driver.prepared = prepared
                    try await driver.perform(session.receive(message), &session)
                case .unreadable: driver.isClosed = true
                case .grew: try await driver.grew(&session)
                case .sent(let bytes): try await driver.left(bytes, &session)
                case .late(let isLast):
                    if driver.number == nil || isLast && session.authenticatedPeer == nil {
                        driver.isClosed = true
                    }
                case .probe:
                    try await driver.perform(session.ping(), &session)
                    let received = driver.received
                    // No child of the group, which would keep it to the end of the connection.
                    connection.schedule(in: .seconds(2)) { Task { await inputs.send(.overdue(received)) } }
                case .dayTurned: try await driver.perform(session.dayTurned(), &session)
                // Whatever came since shows that someone is there.
                case .overdue(driver.received):
                    driver.isClosed = true
                    connection.drop()
                case .overdue: break
                }
                await driver.tellIfSettled(session)
                if driver.isClosed { break }
            }
            // The reason for a close should arrive, but nobody waits for a peer that doesn't read.
            out.finish()
            inputs.finish()
            let timer = Task {
                try? await pause(for: .seconds(1))
                writing.cancel()
            }
            _ = try? await writing.value
            timer.cancel()
        }
    }

    /// Interprets the session's actions, one after the other.
    private struct Driver {
        let link: SyncLink
        var out: AsyncStream<Outgoing>.Continuation?
        var peer: DeviceID?
        /// The link's number among those of all devices, once it is known whose it is.
        var number: Int?
        var isClosed = false
        /// Why it was closed, if a person should know.
        var trouble: Links.Trouble?
        /// Asks the other side for a sign of life.
        var probe: @Sendable () -> Void = {}
        /// Says when another day begins.
        var waitForTomorrow: @Sendable () -> Void = {}
        /// How many messages have come.
        var received = 0
        /// The run of the message that is being received, worked out.
        var prepared: PreparedRun?
        /// Runs and bodies under way, and the bytes of everything that is.
        private var (heavy, bytes) = (0, 0)
        private var waiting: [SyncSession.Action] = []
        /// The arrival number up to which it was last worked out what the peer lacks.
        private var planned: Int64 = 0
        private var settled: Int64 = -1
        /// What ``Ledger/lateBodies`` was when the peer was last told.
        private var lateBodies: UInt64 = 0

        /// What may wait to be written: an honest peer never comes near it, as only two heavy messages are under way.
        private static let limit = 8 << 20

        init(link: SyncLink) { self.link = link }

        mutating func perform(_ actions: [SyncSession.Action], _ session: inout SyncSession) async throws {
            var queue = actions[...]
            while let action = queue.popFirst() {
                queue = (try await perform(action, &session) + queue)[...]
                if isClosed { return }
            }
        }

        mutating func grew(_ session: inout SyncSession) async throws {
            try await perform(session.decided(link.ledger.partnership), &session)
            try await perform(session.grew(members: link.ledger.memberCount()), &session)
            let late = await link.ledger.lateBodies
            guard late != lateBodies else { return }
            lateBodies = late
            try await perform(session.bodiesCame(), &session)
        }

        /// Something has left: the next run or body may be read. So a slow peer holds no memory.
        mutating func left(_ length: Int, _ session: inout SyncSession) async throws {
            bytes -= abs(length)
            if length > 0 { heavy -= 1 }
            let next = waiting
            waiting = []
            try await perform(next, &session)
        }

        /// Says up to where both sides have the same, once nothing is under way.
        mutating func tellIfSettled(_ session: SyncSession) async {
            guard let number, session.isSettled, settled != planned else { return }
            settled = planned
            await link.links.settled(number, through: planned)
        }

        private mutating func send(_ message: WireMessage) throws {
            let isHeavy =
                switch message {
                case .run, .bodies: true
                default: false
                }
            let frame = try message.framed()
            bytes += frame.count
            if isHeavy { heavy += 1 }
            guard bytes <= Self.limit else {
                isClosed = true
                return
            }
            out?.yield(Outgoing(frame: frame, isHeavy: isHeavy))
        }

        private mutating func perform(
            _ action: SyncSession.Action, _ session: inout SyncSession
        ) async throws -> [SyncSession.Action] {
            let ledger = link.ledger
            switch action {
            case .send(let message): try send(message)
            case .authenticated(let bundle):
                peer = bundle.device
                link.connection.allowLongFrames()
                link.proved()
                try await ledger.met()
                number = await link.links.register(
                    bundle.device, link.connection, mark: session.mark, isLimited: session.isLimited,
                    probe: probe)
                isClosed = number == nil
            case .digest(let scope):
                planned = try await ledger.lastArrival()
                lateBodies = await ledger.lateBodies
                let digests = try await ledger.digests(in: scope)
                return session.digests(heads: digests.heads, missing: digests.missing, ends: digests.ends)
            case .summarise(let scope):
                let (heads, deferred) = try await ledger.summary(in: scope)
                return session.summarise(heads, deferred: deferred, wall: Machine.now().milliseconds)
            case .plan(let knowledge, let scope):
                planned = try await ledger.lastArrival()
                return session.planned(try await ledger.plan(for: knowledge, in: scope))
            case .read(let outgoing, let scope):
                guard heavy < 2 else {
                    waiting.append(action)
                    return []
                }
                guard let peer else { return [] }
                let next = try await ledger.run(of: outgoing, in: scope, for: [peer])
                return session.ran(next?.run, rest: next?.rest)
            case .store(let run, let scope):
                let stored = try await ledger.store(run, prepared: prepared, in: scope)
                if let number {
                    let count = UInt64(run.headers.count)
                    await link.links.expect(number) { $0 - min($0, count) }
                }
                return session.stored(stored)
            case .check(let heads): try await ledger.check(heads)
            case .sample(let log): return session.sampled(try await ledger.samples(of: log), of: log)
            case .compare(let samples, let log, let isAnswer):
                let place = try await ledger.common(of: samples, in: log)
                return session.common(place, of: log, isAnswer: isAnswer)
            case .listMissing(let after): return session.missing(try await ledger.missingBodies(after: after))
            case .fetch(let id):
                guard heavy < 2 else {
                    waiting.append(action)
                    return []
                }
                guard let peer else { return [] }
                return session.fetched(id, try await ledger.body(of: id, for: [peer]))
            case .storeBodies(let bodies):
                do { try await ledger.store(bodies: bodies) } catch StoreError.full {
                    return session.noRoom()
                }
            case .peerClock(let clock):
                if let peer { await link.links.note(peer, clock: clock) }
            case .learn(let told):
                guard let peer else { return [] }
                try await ledger.learn(told, from: peer)
                await link.links.leaveStrangers()
                return session.decided(await ledger.partnership)
            case .peerPort(let port): if let number { await link.links.note(number, port: port) }
            case .expect(let events): if let number { await link.links.expect(number) { _ in events } }
            case .cannotSend:
                link.logger.error("a stretch of a log has no signed head, so it can't be sent")
                if let peer { await link.links.noteCannotSend(to: peer) }
            case .waitForTomorrow: waitForTomorrow()
            case .live: break
            case .close(let reason):
                trouble = Links.Trouble(reason, byPeer: session.isEndedByPeer)
                isClosed = true
            }
            return []
        }

        /// Whether the peer may send this much today; else it is left alone from here on. Before it is known who it is,
        /// the handshake bounds what comes.
        mutating func accepts(_ cost: DailyAllowance.Cost) async throws -> Bool {
            guard let number else { return true }
            isClosed = try await !link.links.receive(number, cost)
            return !isClosed
        }
    }
}
