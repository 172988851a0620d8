import NIOCore

/// Lets a connection be closed only when all that was written has gone out.
///
/// A whole answer is written at once, and its reader may take a while: someone reads the log in a pager. Whoever closes
/// what looks idle, or stops the daemon, would cut it off.
final class LastWrites: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = Any
    typealias OutboundOut = Any

    private var unsent = 0
    private var isAbandoned = false
    /// What is to be done once all has gone out.
    private var close: ((ChannelHandlerContext) -> Void)?

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let promise = promise ?? context.eventLoop.makePromise(of: Void.self)
        unsent += 1
        promise.futureResult.assumeIsolated().whenComplete { _ in
            self.unsent -= 1
            if self.unsent == 0 { self.close.take()?(context) }
        }
        context.write(data, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .input {
            // So a task that is cancelled closes: a stopping daemon has waited long enough.
            isAbandoned = true
            context.close(mode: mode, promise: promise)
            close.take()?(context)
            return
        }
        // One direction is closed behind what was written in any case.
        guard mode == .all, unsent > 0, !isAbandoned else {
            return context.close(mode: mode, promise: promise)
        }
        let earlier = close
        close = { context in
            earlier?(context)
            context.close(mode: mode, promise: promise)
        }
    }
}
