import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Store

/// Lets the service manager know that the daemon is alive: as long as every event loop turns and the store answers.
///
/// A daemon that hangs says nothing any more, and is started anew.
struct Watchdog: Service {
    let ledger: Ledger
    let supervisor: Supervisor
    let logger: Logger

    func run() async throws {
        guard let patience = supervisor.patience else { return try await gracefulShutdown() }
        // Three times while it waits: one that is late is no reason to start anew.
        let interval = TimeAmount.microseconds(patience / 3)
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await pause(for: interval)
                    for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
                        try await loop.submit {}.get()
                    }
                    // On its own loop, which is that of the local socket, too.
                    try await ledger.answer()
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("the store does not answer", metadata: ["error": "\(type(of: error))"])
                    continue
                }
                supervisor.feed()
            }
        }
    }
}

extension Ledger {
    /// Reads something of the database, so that it is known to answer.
    func answer() throws { _ = try store.meta(.store) }
}
