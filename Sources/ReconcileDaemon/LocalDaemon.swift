package import Logging
import NIOPosix

/// A daemon that answers on its socket and meets nobody, as often as one likes in a process: for whoever tries out what may
/// be asked.
package struct LocalDaemon: Sendable {
    private let ledger: Ledger
    private let access: PeerAccess
    private let server: LocalServer

    /// Where it answers.
    package var socket: String { server.path }

    /// Opens a state directory, and listens on the socket in it. Throws as ``Daemon/run()`` does.
    package init(state: String, logger: Logger) async throws {
        let directory = try StateDirectory(path: state)
        let loop = MultiThreadedEventLoopGroup.singleton
        ledger = try Ledger(directory: directory, on: LedgerExecutor(loop.next()))
        let settings = Settings(
            state: state, socket: state + "/socket", listen: HostPort(host: "127.0.0.1", port: 0), peers: [],
            discovery: false, dailyLimit: 64, logLevel: .critical)
        let parts = try await Composition(settings, in: directory, ledger: ledger, logger: logger)
        access = parts.access
        server = try LocalServer(
            path: settings.socket, router: parts.routes.router(), loop: loop, logger: logger)
    }

    /// Answers until the task is cancelled, and closes all that was opened.
    package func run() async {
        try? await server.run()
        access.port.close()
        await ledger.close()
    }
}
