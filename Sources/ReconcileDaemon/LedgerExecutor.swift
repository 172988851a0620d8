package import NIOCore
import NIOPosix
import Synchronization

/// Runs the ledger's jobs on an event loop, one at a time, and lets the loop's connections have their turn.
///
/// NIO looks at its sockets only when no task is left. Two who keep the ledger busy, as devices that catch up do, leave
/// one for ever: a third on the local socket would not be heard until they end. So after a while what is left waits until
/// the loop has looked.
package final class LedgerExecutor: SerialExecutor {
    /// How long jobs run in a row; one that takes longer is not interrupted.
    private static let slice = TimeAmount.milliseconds(2)

    private let loop: any EventLoop
    private let state = Mutex((jobs: [UnownedJob](), isRunning: false))

    /// An executor on a loop on which connections live.
    package init(_ loop: any EventLoop) { self.loop = loop }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let begins = state.withLock { state in
            state.jobs.append(job)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if begins { loop.execute { self.run() } }
    }

    private func run() {
        let end = NIODeadline.now() + Self.slice
        repeat {
            guard let job = next() else { return }
            // Safe: each job is taken out once, and this executor lives as long as the ledger whose jobs these are.
            unsafe job.runSynchronously(on: asUnownedSerialExecutor())
        } while NIODeadline.now() < end
        guard isRunning else { return }
        // By way of another loop: what is handed over to this one from itself is run before it looks at its sockets.
        MultiThreadedEventLoopGroup.singleton.any().execute { self.loop.execute { self.run() } }
    }

    /// Whether jobs are left; if not, the next one begins anew.
    private var isRunning: Bool {
        state.withLock { state in
            state.isRunning = !state.jobs.isEmpty
            return state.isRunning
        }
    }

    /// The next job; nil, and at rest, if there is none.
    private func next() -> UnownedJob? {
        state.withLock { state in
            let job = state.jobs.isEmpty ? nil : state.jobs.removeFirst()
            state.isRunning = job != nil
            return job
        }
    }
}
