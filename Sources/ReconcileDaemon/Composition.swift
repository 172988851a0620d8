import Causality
import Glibc
import Logging
import NIOCore
import NIOPosix
import Transport

/// Everything that a daemon is made of, put together; none of it runs yet.
struct Composition: Sendable {
    let links: Links
    let dialling: Dialling
    let desk: PairingDesk
    let discovery: Discovery
    let access: PeerAccess
    let held: HeldDrafts
    let ahead: DerivationAhead
    let routes: Routes
    /// Raised when the status line may say something else.
    let news = Wake()

    /// Puts it together on a ledger, and opens the port on which other devices come in.
    ///
    /// Throws ``DaemonError`` where that can't be listened on, and ``StoreError``.
    init(
        _ settings: Settings, in directory: StateDirectory, ledger: Ledger, logger: Logger
    ) async throws {
        try await ledger.eraseOwed()
        let archives = Archives(in: directory, on: ledger.executor, logger: logger)
        await archives.settle()
        let group = MultiThreadedEventLoopGroup.singleton
        let identity = try CurrentIdentity()
        let port = PeerPort(host: settings.listen.host)
        let networks = Networks()
        let connections = OpenConnections(networks)
        let dialler = Dialler(identity: identity, among: connections, group: group)
        let expect: @Sendable (String) -> Void = { port.expect($0) }
        let links = try await Links(
            ledger: ledger, port: port, networks: networks,
            dailyLimit: Int64(clamping: settings.dailyLimit).multipliedClamped(by: 1 << 20), logger: logger,
            expect: expect, changed: { [news] in news.raise() })
        let dialling = Dialling(links: links, ledger: ledger, dialler: dialler, expect: expect)
        let desk = PairingDesk(ledger: ledger, dialler: dialler, logger: logger) {
            Set(await links.connected)
        } found: { device, address in
            await links.learn(address, of: device)
            await dialling.sighted(device, at: address)
        }
        let discovery = Discovery(
            ledger: ledger, links: links, dialling: dialling, desk: desk, identity: identity,
            port: port, networks: networks, connections: connections, logger: logger)
        let access = PeerAccess(port, configured: settings.listen, logger: logger) {
            try await Self.listen(on: $0, showing: identity, admitting: port, among: connections, group)
        } wanted: {
            (try? await ledger.audience) ?? .nobody
        } isPairing: {
            await desk.isOpen
        }
        try await access.settle()
        await links.observeEnds { device in
            await dialling.lost(device)
            await discovery.beginAgain()
        }
        await desk.observe { await discovery.beginAgain() }
        held = HeldDrafts(ledger: ledger, links: links, logger: logger)
        ahead = DerivationAhead(ledger: ledger, logger: logger)
        routes = Routes(
            ledger: ledger, archives: archives, links: links, dialling: dialling, desk: desk,
            discovery: discovery, access: access, logger: logger)
        (self.links, self.dialling, self.desk) = (links, dialling, desk)
        (self.discovery, self.access) = (discovery, access)
    }

    private static func listen(
        on wanted: HostPort, showing identity: CurrentIdentity, admitting port: PeerPort,
        among connections: OpenConnections, _ group: MultiThreadedEventLoopGroup
    ) async throws -> PeerListener {
        let accepts: @Sendable (String) -> Bool = { port.accepts($0) }
        do {
            do {
                return try await PeerListener(
                    host: wanted.host, port: wanted.port, identity: identity, among: connections,
                    group: group,
                    accepts: accepts)
            } catch let error as IOError where wanted.host == "::" && error.errnoCode == EAFNOSUPPORT {
                // A machine without IPv6.
                return try await PeerListener(
                    host: "0.0.0.0", port: wanted.port, identity: identity, among: connections, group: group,
                    accepts: accepts)
            }
        } catch let error as IOError {
            switch error.errnoCode {
            case EADDRINUSE: throw DaemonError.port("\(wanted)")
            case EADDRNOTAVAIL, ENODEV: throw DaemonError.absent("\(wanted)")
            default: throw DaemonError.listen("\(wanted)", code: error.errnoCode)
            }
        } catch {
            // A name that leads nowhere, or not yet.
            throw DaemonError.absent("\(wanted)")
        }
    }
}
