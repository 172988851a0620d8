import AsyncAlgorithms
import Causality
import EventLog
import Logging
import NIOCore
import Transport
import Peering
import Wire

/// Runs one sync session over one connection: carries messages and does what the session asks.
struct SyncLink {
    let connection: PeerConnection
    let ledger: Ledger
    let links: Links
    let logger: Logger
    /// Called once the peer has proved who it is.
    let proved: @Sendable () -> Void

    private enum Input: Sendable {
        case frame(ReceivedFrame)
        case grew
        case sent
        case late
    }

    /// Exchanges messages until the connection ends; returns the device met, if it proved itself.
    func run() async -> DeviceID? {
        do {
            guard let known = try await ledger.membership() else { return nil }
            var session = SyncSession(
                keys: known.keys, journal: known.journal, peers: known.peers, role: connection.role,
                binding: connection.binding, challenge: Machine.random(32),
                padding: (0..<8).map { _ in Machine.random(16) })
            return try await connection.exchange { inbound, writer in
                try await drive(&session, inbound, writer)
            }
        } catch {
            logger.debug("connection ended", metadata: ["error": "\(type(of: error))"])
            return nil
        }
    }

    private func drive(
        _ session: inout SyncSession, _ inbound: NIOAsyncChannelInboundStream<ReceivedFrame>,
        _ writer: FrameWriter
    ) async throws -> DeviceID? {
        let inputs = AsyncChannel<Input>()
        let (outgoing, out) = AsyncStream.makeStream(of: (frame: [UInt8], isRun: Bool).self)
        let changes = await ledger.changes()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for try await frame in inbound { await inputs.send(.frame(frame)) }
                inputs.finish()
            }
            group.addTask {
                for await (frame, isRun) in outgoing {
                    try await writer.write(frame)
                    if isRun { await inputs.send(.sent) }
                }
            }
            group.addTask { for await _ in changes { await inputs.send(.grew) } }
            group.addTask {
                try await pause(for: .seconds(5))
                await inputs.send(.late)
            }
            defer {
                out.finish()
                group.cancelAll()
            }
            var driver = Driver(link: self, out: out)
            try await driver.perform(session.connected(), &session)
            for await input in inputs {
                switch input {
                case .frame(let frame):
                    guard let message = try? WireMessage(type: frame.type, payload: frame.payload) else {
                        return driver.peer
                    }
                    try await driver.perform(session.receive(message), &session)
                case .grew: try await driver.perform(session.grew(), &session)
                case .sent: try await driver.runLeft(&session)
                case .late: if driver.peer == nil { return nil }
                }
                if driver.isClosed { break }
            }
            return driver.peer
        }
    }

    /// Interprets the session's actions, one after the other.
    private struct Driver {
        let link: SyncLink
        let out: AsyncStream<(frame: [UInt8], isRun: Bool)>.Continuation
        var peer: DeviceID?
        var isClosed = false
        private var inFlight = 0
        private var waiting: SyncPlan.Outgoing?

        init(link: SyncLink, out: AsyncStream<(frame: [UInt8], isRun: Bool)>.Continuation) {
            self.link = link
            self.out = out
        }

        mutating func perform(_ actions: [SyncSession.Action], _ session: inout SyncSession) async throws {
            var queue = actions[...]
            while let action = queue.popFirst() {
                queue = (try await perform(action, &session) + queue)[...]
                if isClosed { return }
            }
        }

        /// A run has left: the next one may be read. Two are under way at most, so a slow peer holds no memory.
        mutating func runLeft(_ session: inout SyncSession) async throws {
            inFlight -= 1
            guard let next = waiting else { return }
            waiting = nil
            try await perform([.read(next)], &session)
        }

        private mutating func perform(
            _ action: SyncSession.Action, _ session: inout SyncSession
        ) async throws -> [SyncSession.Action] {
            let ledger = link.ledger
            switch action {
            case .send(let message):
                var isRun = false
                if case .run = message { isRun = true }
                if isRun { inFlight += 1 }
                out.yield((try message.framed(), isRun))
            case .authenticated(let bundle):
                peer = bundle.device
                link.connection.allowLongFrames()
                link.proved()
                guard await link.links.register(bundle.device, link.connection) else {
                    isClosed = true
                    return []
                }
            case .digest:
                let digests = try await ledger.digests()
                return session.digests(heads: digests.heads, missing: digests.missing)
            case .summarise:
                return session.summarise(try await ledger.heads(), wall: Machine.now().milliseconds)
            case .plan(let knowledge): return session.planned(try await ledger.plan(for: knowledge))
            case .read(let outgoing):
                guard inFlight < 2 else {
                    waiting = outgoing
                    return []
                }
                let next = try await ledger.run(of: outgoing)
                return session.ran(next?.run, rest: next?.rest)
            case .store(let run): return session.stored(try await ledger.store(run))
            case .check(let heads): try await ledger.check(heads)
            case .sample(let log): return session.sampled(try await ledger.samples(of: log), of: log)
            case .compare(let samples, let log, let isAnswer):
                let place = try await ledger.common(of: samples, in: log)
                return session.common(place, of: log, isAnswer: isAnswer)
            case .listMissing: return session.missing(try await ledger.missingBodies())
            case .fetch(let ids): return session.fetched(try await ledger.bodies(of: ids))
            case .storeBodies(let bodies): try await ledger.store(bodies: bodies)
            case .acknowledged: break
            case .peerClock(let clock):
                if let peer { await link.links.note(peer, skew: clock - Machine.now().milliseconds) }
            case .live:
                if let peer { await link.links.isLive(peer, link.connection) }
            case .close: isClosed = true
            }
            return []
        }
    }
}
