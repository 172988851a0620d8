import CTimerFD
import Glibc
import NIOCore
package import NIOPosix

/// The wall clock that is set, by hand or because the machine has slept: the kernel tells of both alike.
package enum ClockChanges {
    /// Waits until the clock is set or the machine resumes, or the task is cancelled.
    ///
    /// Throws `IOError` where that can't be waited for. Costs nothing meanwhile: no timer ever runs out.
    package static func wait(group: MultiThreadedEventLoopGroup) async throws {
        let channel = try await NIOPipeBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(EndOfWait())
                }
            }
            .takingOwnershipOfDescriptor(input: try open()).get()
        try await withTaskCancellationHandler {
            try await channel.closeFuture.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    /// Whether the clock is known to follow others.
    package static var isSynchronised: Bool {
        var state = timex()
        let answer = unsafe adjtimex(&state)
        if answer >= 0 { return answer != TIME_ERROR }
        // Under confinement the kernel isn't asked; systemd's own service leaves this where it follows others.
        return unsafe access("/run/systemd/timesync/synchronized", F_OK) == 0
    }

    private static func open() throws -> CInt {
        let descriptor = timerfd_create(CLOCK_REALTIME, CInt(TFD_CLOEXEC | TFD_NONBLOCK))
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "timerfd") }
        // A moment that never comes: reading ends with ECANCELED once the clock is set.
        var never = itimerspec()
        never.it_value.tv_sec = .max
        let flags = CInt(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)
        guard unsafe timerfd_settime(descriptor, flags, &never, nil) == 0 else {
            let code = errno
            _ = Glibc.close(descriptor)
            throw IOError(errnoCode: code, reason: "timerfd")
        }
        return descriptor
    }
}

private final class EndOfWait: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
