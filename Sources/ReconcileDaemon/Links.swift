import Causality
import EventLog
import Logging
import NIOCore
import Transport
import Peering

/// Which devices are connected, and how the others are reached.
package actor Links {
    private struct Link {
        let connection: PeerConnection
        let since: ContinuousClock.Instant
        var isLive = false
    }

    /// What is remembered of a device while the daemon runs.
    struct Meeting: Sendable {
        var address: String?
        var skew: Int64?
    }

    private let ledger: Ledger
    private let dialler: Dialler
    private let logger: Logger
    private var links: [DeviceID: Link] = [:]
    private(set) var meetings: [DeviceID: Meeting] = [:]
    private var sleepers: [Int: AsyncStream<Void>.Continuation] = [:]
    private var lastSleeper = 0

    init(ledger: Ledger, dialler: Dialler, logger: Logger) {
        self.ledger = ledger
        self.dialler = dialler
        self.logger = logger
    }

    /// The devices connected now.
    var connected: [DeviceID] { links.keys.sorted() }

    /// Whether every connected device and this one have sent each other all they had.
    var isInSync: Bool { !links.isEmpty && links.values.allSatisfy(\.isLive) }

    /// Takes a proved connection in; false if another one to the same device stays instead.
    func register(_ device: DeviceID, _ connection: PeerConnection) async -> Bool {
        let own = try? await ledger.membership()?.keys.device
        if let old = links[device] {
            // Both dialled at once: both sides keep the one that the lower id dialled.
            let isRace = old.since.duration(to: .now) < .seconds(5)
            let diallerOfNew = connection.role == .dialler ? own : device
            if isRace, let own, old.connection.role != connection.role, diallerOfNew != min(own, device) {
                return false
            }
            old.connection.close()
        }
        links[device] = Link(connection: connection, since: .now)
        meetings[device, default: Meeting()].address = connection.address
        logger.info(
            "peer connected", metadata: ["device": "\(device.short)", "address": "\(connection.address)"])
        return true
    }

    func isLive(_ device: DeviceID, _ connection: PeerConnection) {
        links[device]?.isLive = true
    }

    func note(_ device: DeviceID, skew: Int64) { meetings[device, default: Meeting()].skew = skew }

    /// Forgets a connection that ended, unless another one took its place.
    func ended(_ device: DeviceID, _ connection: PeerConnection) {
        guard let link = links[device], link.connection.other == connection.other,
            link.connection.role == connection.role
        else { return }
        links[device] = nil
        logger.info("peer disconnected", metadata: ["device": "\(device.short)"])
    }

    /// Closes all connections.
    func closeAll() {
        for link in links.values { link.connection.close() }
    }

    /// Runs a connection until it ends.
    func serve(_ connection: PeerConnection, proved: @escaping @Sendable () -> Void) async {
        let link = SyncLink(
            connection: connection, ledger: ledger, links: self, logger: logger, proved: proved)
        let device = await link.run()
        if let device { ended(device, connection) }
    }

    // MARK: Dialling

    /// Keeps connected to whoever is at an address, until cancelled.
    func keepDialling(_ address: HostPort) async {
        var attempt = 0
        while !Task.isCancelled {
            if let connection = try? await dialler.dial(host: address.host, port: address.port, for: .sync) {
                let start = ContinuousClock.now
                await serve(connection, proved: {})
                if start.duration(to: .now) > .seconds(10) { attempt = 0 }
            }
            let seconds = Int64(min(5 << min(attempt, 6), 300))
            attempt += 1
            await rest(for: .milliseconds(.random(in: seconds * 750...seconds * 1_250)))
        }
    }

    /// Sleeps until a time has passed or someone calls ``wake()``.
    private func rest(for amount: TimeAmount) async {
        lastSleeper += 1
        let number = lastSleeper
        let (signal, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        sleepers[number] = continuation
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await pause(for: amount) }
            group.addTask { for await _ in signal { return } }
            await group.next()
            group.cancelAll()
        }
        sleepers[number] = nil
    }

    /// Ends all pauses: dial again now.
    func wake() { for sleeper in sleepers.values { sleeper.yield() } }
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
