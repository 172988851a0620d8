import NIOCore
import Peering
import Transport
import Wire

/// One connection that pairs: carries the session's messages, keeps its time, and asks the desk.
struct PairingLink: Sendable {
    let number: Int
    /// The window in which it came.
    let window: Int
    let connection: PeerConnection
    /// Whether this side called an address that its person named.
    let isChosen: Bool
    private let inputs: AsyncStream<Input>
    private let feed: AsyncStream<Input>.Continuation

    private enum Input: Sendable {
        case frame(ReceivedFrame)
        case choice(Bool)
        case fail(PairingFailure)
        case late(Int)
        case closed
    }

    /// Messages come within this, people within that.
    private static let (patience, patienceWithPeople) = (TimeAmount.seconds(10), TimeAmount.minutes(2))
    /// All frames of a pairing together.
    private static let limit = 16_384

    init(number: Int, window: Int, connection: PeerConnection, isChosen: Bool) {
        self.number = number
        self.window = window
        self.connection = connection
        self.isChosen = isChosen
        (inputs, feed) = AsyncStream.makeStream()
    }

    /// This side's person chose.
    func choose(isEqual: Bool) { feed.yield(.choice(isEqual)) }

    /// This side ends it.
    func fail(_ failure: PairingFailure) { feed.yield(.fail(failure)) }

    /// Runs the session until it ends.
    func run(offer: PairingSession.Offer, desk: PairingDesk) async {
        var driver = Driver(link: self, desk: desk, offer: offer)
        let reader = Task {
            defer { feed.yield(.closed) }
            for try await frame in connection.inbound { feed.yield(.frame(frame)) }
        }
        defer { reader.cancel() }
        do {
            try await driver.run(inputs)
        } catch {
            await driver.broke()
        }
    }

    private struct Driver {
        let link: PairingLink
        let desk: PairingDesk
        var session: PairingSession
        private var isOver = false
        private var received = 0
        private var turn = 0
        /// Whether the time that runs is people's.
        private var isWithPeople = false
        private var partner: (person: String, device: String)?

        init(link: PairingLink, desk: PairingDesk, offer: PairingSession.Offer) {
            self.link = link
            self.desk = desk
            session = PairingSession(offer: offer, own: link.connection.own, other: link.connection.other)
        }

        mutating func run(_ inputs: AsyncStream<Input>) async throws {
            var timer = startTimer()
            defer { timer.cancel() }
            try await perform(session.connected())
            for await input in inputs where !isOver {
                switch input {
                case .frame(let frame):
                    received += frame.payload.count + 5
                    guard received <= PairingLink.limit,
                        let message = try? WireMessage(type: frame.type, payload: frame.payload)
                    else {
                        try await perform(session.fail(.protocolViolation))
                        break
                    }
                    try await perform(session.receive(message))
                case .choice(let isEqual): try await perform(session.choose(isEqual: isEqual))
                case .fail(let failure): try await perform(session.fail(failure))
                case .late(turn): try await perform(session.fail(.timeout))
                case .late: continue
                case .closed: await broke()
                }
                if isOver { return }
                // People have so long for all of it, whatever comes meanwhile.
                guard !(isWithPeople && session.isWaitingForPeople) else { continue }
                timer.cancel()
                timer = startTimer()
            }
        }

        /// The connection ended. What is stored stays: the other side has it too, or can pair again.
        mutating func broke() async {
            guard !isOver else { return }
            isOver = true
            if session.hasStored, let partner {
                await desk.done(
                    person: partner.person, device: partner.device, peer: session.peerDevice, of: link)
            } else {
                await desk.failed(link, .disconnected)
            }
        }

        private mutating func startTimer() -> Task<Void, Never> {
            turn += 1
            isWithPeople = session.isWaitingForPeople
            let (turn, feed) = (turn, link.feed)
            let time =
                session.isWaitingForPeople ? PairingLink.patienceWithPeople : PairingLink.patience
            return Task {
                guard (try? await pause(for: time)) != nil else { return }
                feed.yield(.late(turn))
            }
        }

        private mutating func perform(_ actions: [PairingSession.Action]) async throws {
            var queue = actions[...]
            while let action = queue.popFirst(), !isOver {
                switch action {
                case .send(.pairAbort(let abort)):
                    // Who has gone already need not hear it; this side's person does.
                    try? await link.connection.writer.write(WireMessage.pairAbort(abort).framed())
                case .send(let message): try await link.connection.writer.write(message.framed())
                case .use: queue += session.granted(await desk.use(link))
                case .compare(let own, let other): await desk.show(own: own, other: other, of: link)
                case .store(let outcome, let person, let device):
                    partner = (person, device)
                    let failure = await desk.store(outcome, person: person, of: link)
                    queue += failure.map { session.fail($0) } ?? session.stored()
                case .done:
                    isOver = true
                    if let partner {
                        await desk.done(
                            person: partner.person, device: partner.device, peer: session.peerDevice, of: link
                        )
                    }
                case .fail(let failure):
                    isOver = true
                    await desk.failed(link, failure)
                }
            }
        }
    }
}
