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
    private let logger: Logger

    /// A daemon that is not running yet.
    package init(settings: Settings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Runs until it is told to stop. Throws ``DaemonError`` if it can't start.
    package func run() async throws {
        let directory = try StateDirectory(path: settings.state)
        let ledger = try Ledger(
            directory: directory, on: MultiThreadedEventLoopGroup(numberOfThreads: 1).next().executor
        ) { [logger] code in
            // What is on the disk is not known any more: nothing may be acknowledged, not even the write under way.
            logger.critical("the disk failed, stopping", metadata: ["sqlite": "\(code)"])
            exit(74)
        }
        let group = MultiThreadedEventLoopGroup.singleton
        let identity = try ThrowawayIdentity()
        let listener: PeerListener
        do {
            listener = try await PeerListener(
                host: settings.listen.host, port: settings.listen.port, identity: identity, group: group)
        } catch {
            let address = "\(settings.listen.host):\(settings.listen.port)"
            throw (error as? IOError)?.errnoCode == EADDRINUSE
                ? DaemonError.port(address) : DaemonError.address(address)
        }
        let dialler = Dialler(identity: identity, group: group)
        let links = Links(ledger: ledger, dialler: dialler, logger: logger) { listener.expect($0) }
        let dialling = Dialling(links: links, directory: directory, logger: logger)
        let desk = PairingDesk(ledger: ledger, dialler: dialler, logger: logger) { await dialling.learn($0) }
        let listening = "\(settings.listen.host):\(listener.port)"
        let routes = Routes(
            ledger: ledger, links: links, desk: desk, listening: listening, port: listener.port,
            logger: logger)
        let server = try LocalServer(path: settings.socket, router: routes.router(), logger: logger)
        logger.info("ready", metadata: ["listening": "\(listening)", "socket": "\(settings.socket)"])

        let peers = settings.peers
        let network = Worker {
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask { try await dialling.run(peers: peers) }
                group.addTask {
                    try await listener.run { connection, proved in
                        switch connection.purpose {
                        case .sync: await links.serve(connection, proved: proved)
                        case .pairing: await desk.serve(connection, dialled: nil)
                        }
                    }
                }
            }
        }
        let services: [any Service] = [network, server]
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(5)
        try await ServiceGroup(configuration: configuration).run()
        await links.closeAll()
        try await ledger.close()
        logger.info("stopped")
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

/// Keeps dialling all addresses that are known, also those learnt while running.
actor Dialling {
    private let links: Links
    private let directory: StateDirectory
    private let logger: Logger
    private let learnt: AsyncStream<HostPort>
    private let learn: AsyncStream<HostPort>.Continuation
    private var known: Set<HostPort> = []

    init(links: Links, directory: StateDirectory, logger: Logger) {
        self.links = links
        self.logger = logger
        self.directory = directory
        (learnt, learn) = AsyncStream.makeStream()
    }

    /// Remembers an address at which the partner's device was reached.
    func learn(_ address: HostPort?) {
        guard let address else { return }
        do {
            let known = try directory.addresses()
            let text = "\(address.host):\(address.port)"
            if !known.contains(text) { try directory.save(addresses: known + [text]) }
        } catch {
            // It is dialled until the daemon stops; then its person has to name it once more.
            logger.error(
                "the partner's address can't be kept; name it under \"peers\"",
                metadata: ["error": "\(type(of: error))"])
        }
        learn.yield(address)
    }

    func run(peers: [HostPort]) async throws {
        let stored = try directory.addresses().compactMap(HostPort.init)
        await withDiscardingTaskGroup { group in
            for address in peers + stored where known.insert(address).inserted {
                group.addTask { await self.links.keepDialling(address) }
            }
            for await address in learnt where known.insert(address).inserted {
                group.addTask { await self.links.keepDialling(address) }
            }
        }
    }
}
