import NIOCore
import NIOPosix

/// Runs tasks on event loops.
///
/// Not Swift's own threads: where a task asks for those by name, libdispatch's pool begins, which wakes an idle process
/// every second.
final class LoopExecutor: TaskExecutor {
    /// For what takes long: on threads that no connection waits for.
    static let long = LoopExecutor(MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount))

    private let loops: any EventLoopGroup

    init(_ loops: any EventLoopGroup) { self.loops = loops }

    func enqueue(_ job: consuming ExecutorJob) {
        // Safe: the loop runs each closure once, and a job is run once by that.
        let job = UnownedJob(job)
        loops.next().execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
