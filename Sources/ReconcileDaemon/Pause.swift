import NIOCore
import NIOPosix

/// Waits on an event loop. Throws `CancellationError` as soon as the task is cancelled.
///
/// The daemon never calls `Task.sleep`: that starts libdispatch's thread pool, whose monitor on Linux then wakes the
/// process every second for as long as it lives.
func pause(for amount: TimeAmount) async throws {
    let timer = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: amount) {}
    do {
        try await withTaskCancellationHandler {
            try await timer.futureResult.get()
        } onCancel: {
            timer.cancel()
        }
    } catch {
        throw CancellationError()
    }
}
