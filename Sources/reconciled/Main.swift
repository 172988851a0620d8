import Glibc
import Logging
import NIOCore
import NIOPosix
import ReconcileDaemon
import Store

/// The daemon's program: reads the settings, runs, and says in one line why it can't.
@main
enum Main {
    static func main() {
        // Everything runs on NIO's event loops: libdispatch's pool, once started, wakes an idle daemon every second.
        // Where this can't be installed Swift's own pool serves, and nothing else changes.
        NIOSingletons.unsafeTryInstallSingletonPosixEventLoopGroupAsConcurrencyGlobalExecutor()
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let status = try? loop.makeFutureWithTask { await run() }.wait()
        exit(status ?? 1)
    }

    private static func run() async -> CInt {
        let arguments = CommandLine.arguments
        if arguments.contains("--help") || arguments.contains("-h") {
            print(help)
            return 0
        }
        if arguments.contains("--version") {
            print("reconciled \(Daemon.version)")
            return 0
        }
        do {
            let home = environment("HOME") ?? "/"
            let settings = try await Settings.read(arguments: arguments, home: home)
            var logger = Logger(label: "reconciled") { StreamLogHandler.standardError(label: $0) }
            logger.logLevel = Logger.Level(rawValue: settings.logLevel) ?? .info
            try await Daemon(settings: settings, logger: logger).run()
            return 0
        } catch {
            let (text, status) = explain(error)
            write("reconciled: \(text)\n")
            return status
        }
    }

    private static let help = """
        reconciled - keeps a journal that two partners share

        Usage: reconciled [--state DIR] [--socket PATH] [--listen ADDR:PORT] [--config FILE]

          --state DIR         where everything is kept (default ~/.local/state/reconcile)
          --socket PATH       the socket for reconcile (default DIR/socket)
          --listen ADDR:PORT  where other devices may come in (default [::]:7747; port 0 takes a free one)
          --peers ADDR:PORT   an address that is called besides those learnt
          --discovery BOOL    whether devices are found on the same network (default true)
          --daily-limit MIB   how much one device may send on a day before it is paused (default 64)
          --config FILE       settings by file; config/reconciled.yaml lists them all
          --log-level LEVEL   trace, debug, info, notice, warning, error or critical (default info)

        Each setting is also read from the environment: RECONCILE_STATE, RECONCILE_LISTEN ...

        Example: reconciled --state ~/journal --listen 192.168.1.20:7747
        """

    /// What failed, why, and what to do. Status 78 is a configuration that restarting can't mend.
    private static func explain(_ error: any Error) -> (String, CInt) {
        switch error {
        case DaemonError.state(let path, let code):
            ("can't use \(path): \(reason(code)). Check that it belongs to you and that there is room.", 78)
        case DaemonError.stateIsOpen(let path):
            ("\(path) is not yours alone. Make it so with: chmod 700 \(path), or choose another --state.", 78)
        case DaemonError.stateInUse(let path):
            ("another daemon is using \(path). Stop it, or give this one a --state of its own.", 78)
        case DaemonError.damagedGenesis:
            ("the beginning of the journal is damaged. Restore the state directory from a backup.", 78)
        case DaemonError.damagedIdentity:
            ("the identity file in the state directory is damaged. Restore it from a backup.", 78)
        case DaemonError.socket(let path, let code):
            ("can't open the socket \(path): \(reason(code)). Choose another with --socket.", 78)
        case DaemonError.socketInUse(let path):
            ("another daemon answers at \(path). Stop it, or choose another --socket.", 78)
        case DaemonError.address(let address):
            ("can't listen on \(address). Give an address of this machine, as in --listen [::]:7747.", 78)
        case DaemonError.port(let address):
            ("\(address) is taken by another program. Choose another port with --listen.", 78)
        case DaemonError.flag(let word):
            ("\"\(word)\" is no flag with a value. `reconciled --help` lists all.", 78)
        case DaemonError.setting(let name):
            ("the setting \"\(name)\" can't be read. config/reconciled.yaml shows how it is written.", 78)
        case StoreError.notOurs:
            ("the file journal.sqlite is not a Reconcile journal. It was left as it is; move it away.", 78)
        case StoreError.newer(let version):
            (
                "the journal was written by a newer version (layout \(version)). Install that version; nothing was changed.",
                78
            )
        case StoreError.inUse:
            ("the journal is open in another program. Close that first.", 78)
        default:
            ("stopped: \(error)", 1)
        }
    }

    private static func reason(_ code: CInt) -> String {
        // Safe: strerror's text is read before anything else could call it.
        unsafe String(cString: strerror(code))
    }

    private static func environment(_ name: String) -> String? {
        // Safe: nothing in this program changes the environment.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, bytes.count) }
    }
}
