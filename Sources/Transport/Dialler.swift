import NIOCore
import Peering
package import NIOPosix

/// Connects to other devices.
package struct Dialler: Sendable {
    private let identity: CurrentIdentity
    private let group: MultiThreadedEventLoopGroup

    /// A dialler that shows a certificate.
    package init(identity: CurrentIdentity, group: MultiThreadedEventLoopGroup) {
        self.identity = identity
        self.group = group
    }

    /// Connects to an address for a purpose and hands the connection over; it is closed when the closure returns.
    ///
    /// Throws if nobody answers there in time, or what the closure throws.
    package func dial<Result>(
        host: String, port: Int, for purpose: Purpose, _ body: (PeerConnection) async throws -> Result
    ) async throws -> Result {
        let pending = try await ClientBootstrap(group: group)
            .connectTimeout(.seconds(5))
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.setOptions(of: channel)
                    return try PendingConnection.prepare(
                        channel, role: .dialler, purposes: [purpose], identity: identity.shown)
                }
            }
        return try await pending.run(role: .dialler, body)
    }

    /// Finds out about a dead peer within half a minute, also while data is in flight, which keepalive alone doesn't.
    static func setOptions(of channel: any Channel) throws {
        guard let options = channel.syncOptions else { return }
        try options.setOption(.socketOption(.so_keepalive), value: 1)
        for (name, value) in [(4, 30), (5, 10), (6, 3), (18, 30_000)] {
            // TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT and TCP_USER_TIMEOUT, by their numbers on Linux.
            let option = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: CInt(name)))
            try options.setOption(option, value: value)
        }
    }
}
