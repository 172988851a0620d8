import Logging
import ServiceLifecycle
import UnixSignals

/// Reads the settings again at SIGHUP, and takes over what can change while the daemon runs.
///
/// Where they make no sense the daemon goes on with what it had, and says why.
struct Reloading: Service {
    let settings: Settings
    let signals: UnixSignalsSequence
    let supervisor: Supervisor
    let logger: Logger
    let threshold: LogThreshold
    let reread: @Sendable () async throws -> Settings
    let apply: @Sendable (Settings) async -> Void

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() {
            supervisor.reloading()
            do {
                let new = try await reread()
                threshold.level = new.logLevel
                await apply(new)
                for name in settings.fixed(comparedTo: new) {
                    logger.warning("a setting needs a restart", metadata: ["setting": "\(name)"])
                }
                logger.notice("settings read again")
            } catch {
                logger.error("settings kept as they were: \(Failure(error).text)")
            }
            supervisor.ready()
        }
    }
}

extension Settings {
    /// The settings that differ and can't change while the daemon runs.
    fileprivate func fixed(comparedTo new: Settings) -> [String] {
        [("state", state != new.state), ("socket", socket != new.socket), ("listen", listen != new.listen)]
            .filter(\.1).map(\.0)
    }
}
