import NIOCore

/// How connections end: nothing that the kernel has yet to send may follow this device to another network.
///
/// Furthest from the socket, so that each end of a connection begins here.
final class Farewell: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    /// For how long the kernel repeats what nobody acknowledges, once a connection is being closed.
    private static let patience: CInt = 1_000

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        // TCP_USER_TIMEOUT, by its number on Linux. It holds after the process, too: what is left of a connection whose
        // other side has gone would be repeated for minutes otherwise.
        (context.channel as? any SocketOptionProvider)?.unsafeSetSocketOption(
            level: .tcp, name: .init(rawValue: 18), value: Self.patience
        ).whenFailure { _ in }
        context.close(mode: mode, promise: promise)
    }

    /// Closes a connection on which nobody answers any more.
    static func drop(_ channel: any Channel) {
        channel.triggerUserOutboundEvent(Exit.Ending.dropped, promise: nil)
    }

    /// Closes a connection that leads to another network than the machine is on.
    static func vanish(_ channel: any Channel) {
        channel.triggerUserOutboundEvent(Exit.Ending.vanished, promise: nil)
    }
}

/// Nearest to the socket: ends a connection without TLS's farewell, which would wait for an answer.
final class Exit: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    enum Ending {
        /// The kernel sends one reset, and nothing again.
        case dropped
        /// Nothing at all is sent.
        case vanished
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard let ending = event as? Ending else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        if let options = context.channel as? any SocketOptionProvider {
            if ending == .vanished {
                // SO_BINDTODEVICE, by its number on Linux: the reset below goes to the loopback interface, and ends
                // there. Kernels before 5.7 don't let everyone do this, and none does for a socket that is bound already,
                // as those of IPv6 link-local addresses are: then that one reset is sent.
                let loopback = (UInt8(ascii: "l"), UInt8(ascii: "o"), UInt8(0), UInt8(0))
                options.unsafeSetSocketOption(
                    level: .socket, name: .init(rawValue: 25), value: loopback
                ).whenFailure { _ in }
            }
            // With no time to linger the kernel forgets the connection, and what was not acknowledged on it. The value
            // is a `struct linger`: on, zero seconds.
            options.unsafeSetSocketOption(
                level: .socket, name: .so_linger, value: (CInt(1), CInt(0))
            ).whenFailure { _ in }
        }
        context.close(mode: .all, promise: promise)
    }
}
