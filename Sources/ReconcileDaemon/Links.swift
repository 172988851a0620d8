import Causality
import EventLog
import Logging
import NIOCore
import Transport
import Peering

/// Which devices are connected, and how the others are reached.
package actor Links {
    private struct Link {
        let number: Int
        let connection: PeerConnection
        let since: ContinuousClock.Instant
        /// The arrival number up to which both sides are known to have the same.
        var settled: Int64 = -1
    }

    /// What is remembered of a device while the daemon runs.
    struct Meeting: Sendable {
        var address: String?
        var skew: Int64?
    }

    private let ledger: Ledger
    private let dialler: Dialler
    private let logger: Logger
    private let expect: @Sendable (String) -> Void
    private var links: [DeviceID: Link] = [:]
    private var lastLink = 0
    private(set) var meetings: [DeviceID: Meeting] = [:]
    private var sleepers: [Int: Sleeper] = [:]
    private var lastSleeper = 0

    /// - Parameter expect: told each host at which a device of the journal may be.
    init(
        ledger: Ledger, dialler: Dialler, logger: Logger, expect: @escaping @Sendable (String) -> Void
    ) {
        self.ledger = ledger
        self.dialler = dialler
        self.logger = logger
        self.expect = expect
    }

    /// The devices connected now.
    var connected: [DeviceID] { links.keys.sorted() }

    /// Whether every connected device and this one have all that was here up to an arrival number, durably.
    func isInSync(through arrival: Int64) -> Bool {
        !links.isEmpty && links.values.allSatisfy { $0.settled >= arrival }
    }

    /// Takes a proved connection in and gives it a number; nil if another one to the same device stays instead.
    func register(_ device: DeviceID, _ connection: PeerConnection) async -> Int? {
        guard let own = try? await ledger.membership()?.keys.device else { return nil }
        if let old = links[device] {
            // Both dialled at once: both sides keep the one that the lower id dialled.
            let isRace = old.since.duration(to: .now) < .seconds(5)
            let diallerOfNew = connection.role == .dialler ? own : device
            if isRace, old.connection.role != connection.role, diallerOfNew != min(own, device) {
                return nil
            }
            old.connection.close()
        }
        lastLink += 1
        links[device] = Link(number: lastLink, connection: connection, since: .now)
        meetings[device, default: Meeting()].address = connection.address
        if let host = HostPort(connection.address)?.host { expect(host) }
        logger.info(
            "peer connected", metadata: ["device": "\(device.short)", "address": "\(connection.address)"])
        return lastLink
    }

    /// A link has nothing under way: both sides have the same up to an arrival number.
    func settled(_ number: Int, through arrival: Int64) {
        guard let device = device(of: number) else { return }
        links[device]?.settled = arrival
    }

    /// Notes a peer's clock, which may say anything.
    func note(_ device: DeviceID, clock: Int64) {
        let (skew, overflow) = clock.subtractingReportingOverflow(Machine.now().milliseconds)
        meetings[device, default: Meeting()].skew = overflow ? (clock < 0 ? .min : .max) : skew
    }

    /// Forgets a link that ended, unless another one took its place.
    func ended(_ number: Int) {
        guard let device = device(of: number) else { return }
        links[device] = nil
        logger.info("peer disconnected", metadata: ["device": "\(device.short)"])
        wakeOne(waitingFor: device)
    }

    private func device(of number: Int) -> DeviceID? { links.first { $0.value.number == number }?.key }

    /// Closes all connections.
    func closeAll() {
        for link in links.values { link.connection.close() }
    }

    /// Runs a connection until it ends; returns the device met, if it proved itself.
    @discardableResult
    func serve(_ connection: PeerConnection, proved: @escaping @Sendable () -> Void) async -> DeviceID? {
        await SyncLink(connection: connection, ledger: ledger, links: self, logger: logger, proved: proved)
            .run()
    }

    // MARK: Dialling

    /// Keeps connected to whoever is at an address, until cancelled.
    func keepDialling(_ address: HostPort) async {
        expect(address.host)
        var attempt = 0
        var met: DeviceID?
        while !Task.isCancelled {
            // Whoever was met here may be connected by another way, or have dialled: one connection is enough.
            if let device = met, links[device] != nil {
                await rest(waitingFor: device)
                attempt = 0
                continue
            }
            let start = ContinuousClock.now
            if await hasJournal, let device = await dial(address) { met = device }
            if start.duration(to: .now) > .seconds(10) { attempt = 0 }
            let seconds = Int64(min(5 << min(attempt, 6), 300))
            attempt += 1
            await rest(for: .milliseconds(.random(in: seconds * 750...seconds * 1_250)))
        }
    }

    private var hasJournal: Bool {
        get async { (try? await ledger.membership()) != nil }
    }

    /// Meets whoever is at an address until the connection ends; the device, if it proved itself.
    private func dial(_ address: HostPort) async -> DeviceID? {
        do {
            return try await dialler.dial(host: address.host, port: address.port, for: .sync) { connection in
                await serve(connection, proved: {})
            }
        } catch {
            // Nobody is there; it is tried again.
            return nil
        }
    }

    private struct Sleeper {
        let signal: AsyncStream<Void>.Continuation
        let device: DeviceID?
    }

    /// Sleeps until a device is no longer connected, or someone calls ``wake()``.
    private func rest(waitingFor device: DeviceID) async { await rest(for: nil, device) }

    /// Sleeps until a time has passed or someone calls ``wake()``.
    private func rest(for amount: TimeAmount?, _ device: DeviceID? = nil) async {
        lastSleeper += 1
        let number = lastSleeper
        let (signal, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        sleepers[number] = Sleeper(signal: continuation, device: device)
        await withTaskGroup(of: Void.self) { group in
            if let amount { group.addTask { try? await pause(for: amount) } }
            group.addTask { for await _ in signal { return } }
            await group.next()
            group.cancelAll()
        }
        sleepers[number] = nil
    }

    private func wakeOne(waitingFor device: DeviceID) {
        for sleeper in sleepers.values where sleeper.device == device { sleeper.signal.yield() }
    }

    /// Ends all pauses: dial again now.
    func wake() { for sleeper in sleepers.values { sleeper.signal.yield() } }
}

/// An address: a host's name or number, and a port.
package struct HostPort: Hashable, Sendable {
    /// The host.
    package let host: String
    /// The port.
    package let port: Int

    /// An address as people write it: `host:port`, `[v6]:port`. Nil for anything else.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty, !host.contains("[") else { return nil }
        self.host = host
        self.port = port
    }
}
