import Causality
import EventLog
import Logging
import NIOCore
import NIOPosix
import Transport

/// Shares what is held when its time has come.
struct HeldDrafts: Sendable {
    private let ledger: Ledger
    private let links: Links
    private let logger: Logger
    private let wake = Wake()

    init(ledger: Ledger, links: Links, logger: Logger) {
        (self.ledger, self.links, self.logger) = (ledger, links, logger)
    }

    /// Runs until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            // A draft may be held, or taken back; and the time may come sooner because the clock was set.
            group.addTask { for await _ in await ledger.changes() { wake.raise() } }
            group.addTask {
                while !Task.isCancelled {
                    do { try await ClockChanges.wait(group: .singleton) } catch { return }
                    wake.raise()
                }
            }
            while !Task.isCancelled { await wake.rest(for: await shareDue()) }
        }
    }

    /// How long there is nothing to do; nil for as long as nothing changes.
    private func shareDue() async -> TimeAmount? {
        do {
            let isSure = await links.hasMetAgreeingClock || ClockChanges.isSynchronised
            for reason in try await ledger.shareDue(isSure: isSure) {
                logger.warning("a held draft could not be shared", metadata: ["reason": "\(reason)"])
            }
            return try await ledger.nextDue().map { due in
                let left = due.subtractingClamped(Machine.now().milliseconds)
                // What is due still waits for a clock to be sure of.
                return left <= 0 ? .seconds(30) : .milliseconds(min(left, 86_400_000) + 1)
            }
        } catch {
            // A full disk, perhaps: it is held still, and tried again.
            logger.error("held drafts could not be shared", metadata: ["reason": "\(type(of: error))"])
            return .seconds(60)
        }
    }
}
