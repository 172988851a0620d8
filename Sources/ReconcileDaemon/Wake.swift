import NIOCore
import NIOPosix
import Synchronization

/// One task's rest, which others can end.
final class Wake: Sendable {
    private struct State {
        var isRaised = false
        var sleeper: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Ends the rest, or the next one if nobody is resting.
    func raise() {
        let sleeper = state.withLock { state in
            state.isRaised = state.sleeper == nil
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Rests until someone ends it, a time has passed, or the task is cancelled; one task at a time.
    func rest(for amount: TimeAmount? = nil) async {
        let timer = amount.map {
            MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: $0) { self.raise() }
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isRaised || Task.isCancelled {
                        state.isRaised = false
                        return true
                    }
                    state.sleeper = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            raise()
        }
        timer?.cancel()
    }
}
