import CTaskHook
import NIOCore
import NIOPosix

/// Has Swift's tasks run on NIO's event loops.
///
/// `NIOSingletons.unsafeTryInstallSingletonPosixEventLoopGroupAsConcurrencyGlobalExecutor` does the same, but looks for the
/// runtime's hook by its name, in vain where the program carries Swift with it. The shape of the hook is NIO's, too.
@unsafe enum TaskHook {
    private typealias Hook = @convention(thin) (UnownedJob, @convention(thin) (UnownedJob) -> Void) -> Void

    /// Sets the hook, before the first task.
    static func install() {
        let hook: Hook = { job, _ in
            let loop = MultiThreadedEventLoopGroup.singleton.any()
            loop.execute { unsafe job.runSynchronously(on: loop.executor.asUnownedSerialExecutor()) }
        }
        unsafe withUnsafePointer(to: hook) { pointer in
            unsafe pointer.withMemoryRebound(to: UnsafeMutableRawPointer.self, capacity: 1) { code in
                unsafe reconcile_task_hook().pointee = code.pointee
            }
        }
    }
}
