import Logging
import NIOCore

/// Derives where rifts stand soon after something came, so that whoever reads them next doesn't wait for that.
struct DerivationAhead: Sendable {
    private let ledger: Ledger
    private let logger: Logger
    private let wake = Wake()

    /// What comes is mostly followed by more, and is derived once no more does.
    private static let quiet = TimeAmount.seconds(1)
    /// How many times as long as it worked it rests, at most. It begins with once and doubles as long as more comes
    /// meanwhile: a partner who sends one event after the other into a long rift must not keep this device busy.
    private static let longestRest: Int64 = 64

    init(ledger: Ledger, logger: Logger) { (self.ledger, self.logger) = (ledger, logger) }

    /// Runs until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { for await _ in await ledger.changes() { wake.raise() } }
            var restPerWork: Int64 = 1
            while !Task.isCancelled {
                await wake.rest()
                var seen: Int
                repeat {
                    seen = await ledger.touches
                    try? await pause(for: Self.quiet)
                } while await ledger.touches != seen && !Task.isCancelled
                let start = NIODeadline.now()
                do {
                    try await ledger.deriveTouched()
                } catch is CancellationError {
                    return
                } catch {
                    // Whoever reads the rift is told; here it is only not done ahead.
                    logger.debug("nothing derived ahead", metadata: ["error": "\(type(of: error))"])
                }
                try? await pause(for: (NIODeadline.now() - start) * restPerWork)
                restPerWork = await ledger.touchedRifts.isEmpty ? 1 : min(2 * restPerWork, Self.longestRest)
            }
        }
    }
}
