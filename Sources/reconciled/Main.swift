import Glibc
import Logging
import NIOCore
import NIOPosix
import ReconcileDaemon

/// The daemon's program: reads the settings, runs, and says in one line why it can't.
@main
enum Main {
    static func main() {
        // Everything runs on NIO's event loops: libdispatch's pool, once started, wakes an idle daemon every second.
        unsafe TaskHook.install()
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
        let isForJournal = JournalLog.leadsToJournal(environment("JOURNAL_STREAM"))
        let supervisor = Supervisor(environment: environment)
        var inherited: InheritedSocket?
        do {
            inherited = try InheritedSocket(environment: environment)
            let settings = try await Settings.read(arguments: arguments, environment: environment)
            let threshold = LogThreshold(settings.logLevel)
            let logger = Logger(label: "reconciled") { _ in
                JournalLog(threshold: threshold, isForJournal: isForJournal)
            }
            try await Daemon(
                settings: settings, inherited: inherited, supervisor: supervisor, logger: logger,
                threshold: threshold,
                reread: { try await Settings.read(arguments: arguments, environment: environment) }
            ).run()
            return 0
        } catch {
            let failure = Failure(error)
            JournalLog.write("reconciled: \(failure.text)", .error, isForJournal: isForJournal)
            supervisor.note(failure.text)
            inherited?.refuse(failure.text)
            return failure.status
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

    @Sendable private static func environment(_ name: String) -> String? {
        // Safe: nothing in this program changes the environment.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
