import EventLog
import LocalAPI
import Logging
import NIOCore
import Transport
import Peering
import Wire

/// Where pairing happens: one window at a time, used up by the first exchange that begins in it.
actor PairingDesk {
    private struct Window {
        var steps: AsyncStream<PairingStep>.Continuation
        var isUsed = false
        var other: PairingCode?
        /// Hands the person's choice to the connection whose codes are on the screens.
        var answer: (@Sendable (Bool) -> Void)?
        var wasAnswered = false
    }

    private let ledger: Ledger
    private let dialler: Dialler
    private let logger: Logger
    private let paired: @Sendable (HostPort?) async -> Void
    private var window: Window?
    private var refusals = 0
    private var lockedUntil = ContinuousClock.now

    init(
        ledger: Ledger, dialler: Dialler, logger: Logger,
        paired: @escaping @Sendable (HostPort?) async -> Void
    ) {
        self.ledger = ledger
        self.dialler = dialler
        self.logger = logger
        self.paired = paired
    }

    /// Opens the window for five minutes; ends with the stream of steps that it gives.
    func open(address: HostPort?, port: Int) async throws -> AsyncStream<PairingStep> {
        guard await ledger.isInitialised else { throw ErrorPayload("not_initialised") }
        guard try await ledger.membership() == nil else { throw ErrorPayload("already_paired") }
        guard window == nil else { throw ErrorPayload("pairing_busy") }
        guard lockedUntil <= .now else { throw ErrorPayload("pairing_locked") }
        let (stream, steps) = AsyncStream.makeStream(of: PairingStep.self)
        window = Window(steps: steps)
        var waiting = PairingStep(step: "waiting")
        waiting.port = port
        steps.yield(waiting)
        let task = Task {
            if let address { await self.dial(address) }
            try? await pause(for: .seconds(300))
            if !Task.isCancelled, !self.isUsed { self.end(.timeout) }
        }
        steps.onTermination = { [weak self] _ in
            task.cancel()
            Task { await self?.close() }
        }
        return stream
    }

    private var isUsed: Bool { window?.isUsed ?? true }

    /// The person at this side says what code the other screen shows.
    func confirm(_ text: String) throws {
        guard let other = window?.other, window?.wasAnswered == false else {
            throw ErrorPayload("no_pairing")
        }
        guard let code = PairingCode(text) else { throw ErrorPayload("bad_code") }
        window?.wasAnswered = true
        window?.answer?(code == other)
    }

    /// Ends the pairing from this side.
    func cancel() { end(.cancelled) }

    private func close() {
        window = nil
    }

    private func end(_ failure: PairingFailure) {
        var step = PairingStep(step: "failed")
        step.failure = "\(failure)"
        window?.steps.yield(step)
        window?.steps.finish()
        close()
    }

    private func dial(_ address: HostPort) async {
        // The other side may open its window a little later: try again until ours closes.
        while !Task.isCancelled, window != nil, !isUsed {
            if let connection = try? await dialler.dial(host: address.host, port: address.port, for: .pairing)
            {
                await serve(connection, dialled: address)
            }
            if isUsed { return }
            try? await pause(for: .milliseconds(500))
        }
    }

    /// Runs a pairing over a connection, if the window is open and nobody has used it.
    func serve(_ connection: PeerConnection, dialled: HostPort?) async {
        do {
            guard window?.isUsed == false, let offer = try await ledger.pairingOffer() else {
                try await connection.exchange { _, _ in }
                return
            }
            try await connection.exchange { inbound, writer in
                var session = PairingSession(offer: offer, own: connection.own, other: connection.other)
                let (events, feed) = AsyncStream.makeStream(of: Input.self)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for try await frame in inbound { feed.yield(.frame(frame)) }
                        feed.yield(.closed)
                    }
                    let answer: @Sendable (Bool) -> Void = { feed.yield(.choice($0)) }
                    defer { group.cancelAll() }
                    var isOver = try await perform(session.connected(), &session, writer, dialled, answer)
                    for await event in events where !isOver {
                        switch event {
                        case .frame(let frame):
                            let message = try WireMessage(type: frame.type, payload: frame.payload)
                            isOver = try await perform(
                                session.receive(message), &session, writer, dialled, answer)
                        case .choice(let isEqual):
                            isOver = try await perform(
                                session.choose(isEqual: isEqual), &session, writer, dialled, answer)
                        case .closed:
                            if window?.isUsed == true { end(.disconnected) }
                            isOver = true
                        }
                        if isOver { break }
                    }
                }
            }
        } catch {
            logger.debug("pairing connection ended", metadata: ["error": "\(type(of: error))"])
            if window?.isUsed == true { end(.disconnected) }
        }
    }

    private enum Input: Sendable {
        case frame(ReceivedFrame)
        case choice(Bool)
        case closed
    }

    private func perform(
        _ actions: [PairingSession.Action], _ session: inout PairingSession, _ writer: FrameWriter,
        _ dialled: HostPort?, _ answer: @escaping @Sendable (Bool) -> Void
    ) async throws -> Bool {
        var queue = actions[...]
        while let action = queue.popFirst() {
            switch action {
            case .send(let message): try await writer.write(message.framed())
            case .used:
                guard window?.isUsed == false else {
                    queue += session.fail(.busy)
                    continue
                }
                window?.isUsed = true
            case .compare(let own, let other):
                window?.answer = answer
                show(own, other)
            case .store(let genesis, let person, let device):
                try await ledger.found(genesis)
                partner = (person, device)
                queue += session.stored()
            case .done:
                var step = PairingStep(step: "paired")
                step.partner = partner?.person
                step.device = partner?.device
                window?.steps.yield(step)
                window?.steps.finish()
                logger.info("paired")
                await paired(dialled)
                return true
            case .fail(let failure):
                if failure == .mismatch { countRefusal() }
                end(failure)
                return true
            }
        }
        return false
    }

    private var partner: (person: String, device: String)?

    private func show(_ own: PairingCode, _ other: PairingCode) {
        window?.other = other
        var choices = [other]
        while choices.count < 3 {
            let decoy = PairingCode(number: .random(in: 0..<1_000_000_000))
            if !choices.contains(decoy), decoy != own { choices.append(decoy) }
        }
        var step = PairingStep(step: "compare")
        step.code = own.text
        step.choices = choices.shuffled().map(\.text)
        window?.steps.yield(step)
    }

    /// Three times "no" from a person: something is wrong that trying on won't mend.
    private func countRefusal() {
        refusals += 1
        guard refusals >= 3 else { return }
        refusals = 0
        lockedUntil = .now + .seconds(600)
    }
}

extension Ledger {
    /// What this device brings to a pairing; nil before `init`.
    func pairingOffer() throws -> PairingSession.Offer? {
        guard let identity else { return nil }
        let keys = try identity.keys()
        return PairingSession.Offer(
            keys: keys, bundle: keys.bundle(of: try identity.personID()), person: identity.personName,
            device: identity.deviceName, intent: .newJournal, salt: Machine.random(16),
            nonce: Machine.random(32))
    }
}
