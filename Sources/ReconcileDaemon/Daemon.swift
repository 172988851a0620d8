import Causality
import Glibc
import Hummingbird
package import Logging
import NIOCore
import NIOPosix
import Transport
import ServiceLifecycle
import UnixSignals

/// The daemon: one journal, the devices it meets, and the local API.
package struct Daemon: Sendable {
    /// The program's version.
    package static let version = "0.1.0"

    private let settings: Settings
    private let inherited: InheritedSocket?
    private let supervisor: Supervisor
    private let logger: Logger
    private let threshold: LogThreshold
    private let reread: @Sendable () async throws -> Settings

    /// A daemon that is not running yet.
    ///
    /// - Parameters:
    ///   - inherited: the local socket, where it was handed over.
    ///   - supervisor: told when the daemon serves, and how it fares.
    ///   - threshold: what `logger` is held to.
    ///   - reread: reads the settings once more, as they are then.
    package init(
        settings: Settings, inherited: InheritedSocket? = nil, supervisor: Supervisor, logger: Logger,
        threshold: LogThreshold, reread: @escaping @Sendable () async throws -> Settings
    ) {
        self.settings = settings
        self.inherited = inherited
        self.supervisor = supervisor
        self.logger = logger
        self.threshold = threshold
        self.reread = reread
    }

    /// Runs until it is told to stop. Throws ``DaemonError`` if it can't start.
    package func run() async throws {
        let directory = try StateDirectory(path: settings.state)
        // The database blocks its thread now and then, so the peers live elsewhere. Whoever asks on the local socket
        // waits for it in any case: on one thread with it, without being handed from one to another and back.
        let home = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let ledger = try Ledger(directory: directory, on: LedgerExecutor(home.next())) { [logger] code in
            // What is on the disk is not known any more: nothing may be acknowledged, not even the write under way.
            logger.critical("the disk failed, stopping", metadata: ["sqlite": "\(code)"])
            exit(74)
        } postponed: { [logger] error in
            // The kind of error, never its text: that may hold words of the journal.
            logger.error("something has to be done later", metadata: ["error": "\(type(of: error))"])
        }
        let parts = try await Composition(settings, in: directory, ledger: ledger, logger: logger)
        let (links, dialling, desk) = (parts.links, parts.dialling, parts.desk)
        let (discovery, access) = (parts.discovery, parts.access)
        let server = try serve(parts.routes.router(), on: home)
        await discovery.setBeacons(settings.discovery)
        await dialling.configure(settings.peers)
        logger.info("ready", metadata: ["listening": "\(access.port.address)", "socket": "\(server.path)"])

        let network = Worker {
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask { await dialling.run() }
                group.addTask { await discovery.run() }
                group.addTask { await parts.held.run() }
                group.addTask { await parts.ahead.run() }
                group.addTask {
                    for await _ in await ledger.changes() { access.look() }
                }
                group.addTask {
                    await access.run { connection, proved in
                        switch connection.purpose {
                        case .sync: await links.serve(connection, proved: proved)
                        case .pairing: await desk.serve(connection, isChosen: false)
                        }
                    }
                }
            }
        }
        let reloading = Reloading(
            settings: settings, signals: await UnixSignalsSequence(trapping: .sighup), supervisor: supervisor,
            logger: logger, threshold: threshold, reread: reread
        ) {
            await links.limit(to: Int64(clamping: $0.dailyLimit).multipliedClamped(by: 1 << 20))
            await dialling.configure($0.peers)
            await discovery.setBeacons($0.discovery)
        }
        let services: [any Service] = [
            network, server, reloading, Watchdog(ledger: ledger, supervisor: supervisor, logger: logger),
            StatusLine(ledger: ledger, links: links, supervisor: supervisor, wake: parts.news),
            Announcement(supervisor: supervisor),
        ]
        // Its debug lines tell all that each service is made of.
        var quiet = logger
        quiet.logLevel = .notice
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        configuration.maximumGracefulShutdownDuration = .seconds(5)
        try await ServiceGroup(configuration: configuration).run()
        await links.closeAll()
        await ledger.close()
        logger.info("stopped")
    }

    private func serve(
        _ router: Router<BasicRequestContext>, on loop: MultiThreadedEventLoopGroup
    ) throws -> LocalServer {
        if let inherited { return LocalServer(on: inherited, router: router, loop: loop, logger: logger) }
        return try LocalServer(path: settings.socket, router: router, loop: loop, logger: logger)
    }
}

/// Work that ends at once when the daemon stops: each transaction is whole anyway.
private struct Worker: Service {
    let work: @Sendable () async throws -> Void

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            do { try await work() } catch is CancellationError {}
        }
    }
}

/// Tells the service manager when the daemon serves, and as soon as it begins to stop.
private struct Announcement: Service {
    let supervisor: Supervisor

    func run() async throws {
        // Signals are handled by now: whoever hears of it may send one.
        supervisor.ready()
        try? await gracefulShutdown()
        supervisor.stopping()
    }
}
