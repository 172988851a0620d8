import NIOCore

/// Runs tasks on an event loop, where the connection lives that they answer on.
///
/// On another thread each step of an answer, and each write of it, has to wake a thread first: most of what a short
/// question takes. A task here must not compute for long, since all connections of its loop wait for it.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        // Safe: the loop runs each closure once, and a job is run once by that.
        let job = UnownedJob(job)
        loop.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
