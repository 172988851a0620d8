import Causality
import EventLog
import LocalAPI
import Logging
import NIOCore
import Transport
import Peering
import Wire

/// Where pairing happens: one window at a time, used up by the first exchange that begins in it.
///
/// A window belongs to the connection that used it: only that one's end ends the window, so nobody else on the network
/// can. Whoever comes while it is used hears that it is busy.
actor PairingDesk {
    private struct Window {
        let number: Int
        let wish: PairingWish
        let steps: AsyncStream<PairingStep>.Continuation
        /// The connection that used the window up.
        var owner: Int?
        var other: PairingCode?
        var wasAnswered = false
        /// The decisions to be apart that were known as it was opened: these its person answers, and no later ones.
        let partings: Set<PartingID>
        /// From where others came and failed, the person told of each once.
        var strangers: Set<String> = []
        /// Why the last of them could not be paired with.
        var misfit: PairingFailure?
        var connections: [Int: PairingLink] = [:]
    }

    private let ledger: Ledger
    private let dialler: Dialler
    private let logger: Logger
    /// Told when someone starts or stops looking for a partner.
    private var changed: @Sendable () async -> Void = {}
    private let connected: @Sendable () async -> Set<DeviceID>
    private let found: @Sendable (DeviceID, HostPort) async -> Void
    private var window: Window?
    /// Whom to call of those that were sighted while the window is open.
    private var calls = PairingCalls()
    private var lastNumber = 0
    private var refusals = 0
    private var lockedUntil = ContinuousClock.now
    /// What a person typed for the window that is opened next.
    private var words: RecoveryWords?

    /// - Parameters:
    ///   - connected: the devices that are connected now, and so can't be lost.
    ///   - found: told where a device listens that was paired with.
    init(
        ledger: Ledger, dialler: Dialler, logger: Logger,
        connected: @escaping @Sendable () async -> Set<DeviceID>,
        found: @escaping @Sendable (DeviceID, HostPort) async -> Void
    ) {
        self.found = found
        self.connected = connected
        self.ledger = ledger
        self.dialler = dialler
        self.logger = logger
    }

    /// Calls a closure whenever someone starts looking for a partner, or has found one.
    func observe(_ observer: @escaping @Sendable () async -> Void) { changed = observer }

    /// Whether a pairing is going on.
    var isOpen: Bool { window != nil }

    /// Whether someone at this side wants to pair, and has met nobody yet.
    var isLookingForSomeone: Bool { window != nil && window?.owner == nil }

    /// Someone who wants to pair is at an address.
    ///
    /// - Parameter isLocal: whether that is one of the network on which it was said.
    func sighted(_ address: HostPort, isLocal: Bool) {
        guard isLookingForSomeone else { return }
        calls.sighted(address, isLocal: isLocal)
        callNext()
    }

    private func callNext() {
        guard let number = window?.number, isLookingForSomeone else { return }
        while let address = calls.next() {
            Task {
                await self.call(address, in: number)
                // The window may be another one by now, with its own calls.
                guard window?.number == number else { return }
                calls.ended(address)
                callNext()
            }
        }
    }

    // MARK: What people do

    /// Takes recovery words for the window that is opened next. They are kept for no longer than one may be open.
    func take(_ words: RecoveryWords) {
        self.words = words
        Task { [weak self] in
            try? await pause(for: .seconds(300))
            await self?.forget(words)
        }
    }

    private func forget(_ old: RecoveryWords) { if words == old { words = nil } }

    /// Opens the window for five minutes; ends with the stream of steps that it gives.
    ///
    /// - Parameter isLooking: whether beacons are sent and heard.
    func open(
        for wish: PairingWish, address: HostPort?, port: Int, isLooking: Bool
    ) async throws -> AsyncStream<PairingStep> {
        var wish = wish
        if case .recovery(nil) = wish { wish = .recovery(words) }
        let intent = try await ledger.pairingOffer(wish, connected: connected()).intent
        let partings = await ledger.partings.unsettled
        words = nil
        guard window == nil else { throw ErrorPayload("pairing_busy") }
        guard lockedUntil <= .now else { throw ErrorPayload("pairing_locked") }
        let (stream, steps) = AsyncStream.makeStream(of: PairingStep.self)
        lastNumber += 1
        let number = lastNumber
        window = Window(number: number, wish: wish, steps: steps, partings: partings)
        calls = PairingCalls()
        var waiting = PairingStep(step: "waiting")
        waiting.port = port
        waiting.isBlind = address == nil && !isLooking
        waiting.intent = "\(intent)"
        steps.yield(waiting)
        if let address { Task { await self.dial(address, in: number) } }
        let hinting = Task {
            try? await pause(for: .seconds(10))
            if !Task.isCancelled { self.sayAlone(number, port: port) }
        }
        let closing = Task {
            try? await pause(for: .seconds(300))
            if !Task.isCancelled { self.closeUnused(number) }
        }
        steps.onTermination = { [weak self] _ in
            // Not what dials: a connection that is being served still has to say why it ends.
            hinting.cancel()
            closing.cancel()
            Task { await self?.leave(number) }
        }
        await changed()
        return stream
    }

    /// The person at this side says which code the other screen shows; nil for none of those offered.
    ///
    /// Throws a refusal if it is another code, which ends the pairing.
    func confirm(_ text: String?) throws {
        guard let owner = window?.owner, let other = window?.other, window?.wasAnswered == false else {
            throw ErrorPayload("no_pairing")
        }
        var isEqual = false
        if let text {
            guard let code = PairingCode(text) else { throw ErrorPayload("bad_code") }
            isEqual = code == other
        }
        window?.wasAnswered = true
        if !isEqual { countRefusal() }
        window?.connections[owner]?.choose(isEqual: isEqual)
        if text != nil, !isEqual { throw ErrorPayload("codes_differ") }
    }

    /// Ends the pairing from this side.
    func cancel() { if let window { end(window.number, .cancelled) } }

    /// The window's person went away.
    private func leave(_ number: Int) { if window?.number == number { end(number, .cancelled) } }

    /// Nobody has come for a while: there are usual reasons for that.
    private func sayAlone(_ number: Int, port: Int) {
        guard window?.number == number, isLookingForSomeone else { return }
        var alone = PairingStep(step: "alone")
        alone.port = port
        window?.steps.yield(alone)
    }

    private func closeUnused(_ number: Int) {
        guard window?.number == number, window?.owner == nil else { return }
        end(number, .timeout, told: window?.misfit.map { "\($0)" } ?? "nobody")
    }

    /// - Parameter name: the reason that this side's person is told, where it is another one.
    private func end(_ number: Int, _ failure: PairingFailure, told name: String? = nil) {
        guard let ending = window, ending.number == number else { return }
        window = nil
        var step = PairingStep(step: "failed")
        step.failure = name ?? "\(failure)"
        ending.steps.yield(step)
        ending.steps.finish()
        for link in ending.connections.values { link.fail(failure) }
    }

    /// Three times "no" from a person: something is wrong that trying on won't mend.
    private func countRefusal() {
        refusals += 1
        guard refusals >= 3 else { return }
        refusals = 0
        lockedUntil = .now + .seconds(600)
    }

    // MARK: Connections

    private func dial(_ address: HostPort, in number: Int) async {
        // The other side may open its window a little later: try again until ours closes.
        while !Task.isCancelled, window?.number == number, window?.owner == nil {
            await call(address, in: number, isChosen: true)
            if window?.owner == nil { try? await pause(for: .milliseconds(500)) }
        }
    }

    /// - Parameter isChosen: whether this side's person named the address.
    private func call(_ address: HostPort, in number: Int, isChosen: Bool = false) async {
        guard window?.number == number else { return }
        // Nobody there, or nobody who pairs: the next beacon or the next try tells more.
        try? await dialler.dial(host: address.host, port: address.port, for: .pairing) { connection in
            await self.serve(connection, isChosen: isChosen)
        }
    }

    /// Runs a pairing over a connection, if the window is open and nobody has used it.
    func serve(_ connection: PeerConnection, isChosen: Bool) async {
        guard let number = window?.number, let wish = window?.wish else { return }
        guard window?.owner == nil else { return await turnAway(connection) }
        let offer: PairingSession.Offer
        do {
            offer = try await ledger.pairingOffer(wish, connected: connected())
        } catch {
            // What was possible when the window opened may not be any more: its person paired or met by another way.
            let reason = (error as? ErrorPayload)?.error ?? "\(type(of: error))"
            logger.error("nothing to pair with", metadata: ["error": "\(reason)"])
            return
        }
        // Of two connections between the same two both sides keep the one that the lower certificate dialled: the
        // other one waits until that would have come.
        if !Self.isPreferred(connection) { try? await pause(for: .milliseconds(400)) }
        guard window?.number == number, window?.owner == nil, !isSpare(connection) else { return }
        lastNumber += 1
        let link = PairingLink(number: lastNumber, window: number, connection: connection, isChosen: isChosen)
        window?.connections[link.number] = link
        await link.run(offer: offer, desk: self)
        if window?.number == number { window?.connections[link.number] = nil }
    }

    /// Someone else is being paired with: whoever comes hears that, and that is all.
    private func turnAway(_ connection: PeerConnection) async {
        var abort = WirePairAbort()
        abort.reason = PairingFailure.busy.rawValue
        do { try await connection.writer.write(WireMessage.pairAbort(abort).framed()) } catch {
            // Then it hears nothing, and tries again.
        }
    }

    private static func isPreferred(_ connection: PeerConnection) -> Bool {
        let binding = connection.binding
        return binding.dialler.bytes.lexicographicallyPrecedes(binding.listener.bytes)
    }

    /// Whether there is a connection already that serves as well. Of several that one side dialled it is that side
    /// which chooses.
    ///
    /// Where this device called itself both ends go on: only the one that called tells its person.
    private func isSpare(_ connection: PeerConnection) -> Bool {
        guard connection.own != connection.other else { return false }
        return window?.connections.values.contains { twin in
            twin.connection.other == connection.other
                && (twin.connection.role != connection.role || connection.role == .dialler)
        } ?? false
    }

    /// Whether a connection may use the window, which it then owns.
    func use(_ link: PairingLink) -> Bool {
        guard window?.number == link.window, window?.owner == nil else { return false }
        window?.owner = link.number
        return true
    }

    func show(own: PairingCode, other: PairingCode, of link: PairingLink) {
        guard owns(link) else { return }
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

    /// Stores what it came to, if the window is still this connection's: a pairing that was stopped stays stopped.
    ///
    /// - Returns: why it was not stored; nil if it was.
    func store(_ outcome: PairingOutcome, person: String, of link: PairingLink) async -> PairingFailure? {
        guard owns(link), let wish = window?.wish, let partings = window?.partings else { return .cancelled }
        do {
            try await ledger.conclude(outcome, person: person, wish: wish, answering: partings)
        } catch {
            logger.error("a pairing can't be stored", metadata: ["error": "\(type(of: error))"])
            return .storage
        }
        logger.info("paired")
        return nil
    }

    func done(person: String, device: String, peer: DeviceID?, of link: PairingLink) async {
        guard owns(link), let ending = window else { return }
        if let peer, link.connection.role == .dialler {
            // Where it was called for pairing it listens for everything.
            await found(peer, HostPort(host: link.connection.host, port: link.connection.port))
        }
        window = nil
        var step = PairingStep(step: "paired")
        step.partner = person
        step.device = device
        ending.steps.yield(step)
        ending.steps.finish()
        await changed()
    }

    /// A connection failed. Others than the owner's end nothing, unless this side's person asked for that address.
    func failed(_ link: PairingLink, _ failure: PairingFailure) {
        let isAboutThem = [
            .unequalIntents, .sameDevice, .alreadyPaired, .otherJournal, .noJournal, .retired, .changedKeys,
            .unknownWords,
        ].contains(failure)
        guard owns(link) || link.isChosen && isAboutThem && window?.owner == nil else {
            logger.debug("a pairing connection ended", metadata: ["reason": "\(failure)"])
            // One that was called may just not be there yet; whoever calls and fails may be anybody.
            if isAboutThem || link.connection.role == .listener { tell(failure, of: link, isAboutThem) }
            return
        }
        end(link.window, failure)
    }

    /// How many sources the person is told of in one window.
    private static let strangers = 16

    /// Someone came and failed: that ends nothing, as it may be anybody, and the person should know from where.
    private func tell(_ failure: PairingFailure, of link: PairingLink, _ isAboutThem: Bool) {
        guard let open = window, open.number == link.window else { return }
        let host = link.connection.host
        // The other one of two connections with whom one is being paired with.
        if let owner = open.owner, open.connections[owner]?.connection.host == host { return }
        if isAboutThem, open.owner == nil { window?.misfit = failure }
        guard open.strangers.count < Self.strangers, window?.strangers.insert(host).inserted == true else {
            return
        }
        var step = PairingStep(step: isAboutThem ? "misfit" : "stranger")
        step.failure = "\(failure)"
        step.address = host
        window?.steps.yield(step)
    }

    private func owns(_ link: PairingLink) -> Bool {
        window?.number == link.window && window?.owner == link.number
    }
}
