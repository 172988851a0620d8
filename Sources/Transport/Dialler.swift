package import NIOCore
import Peering
package import NIOPosix

/// Connects to other devices.
package struct Dialler: Sendable {
    private let identity: CurrentIdentity
    private let group: MultiThreadedEventLoopGroup
    private let connections: OpenConnections
    private let patience: TimeAmount

    /// A dialler that shows a certificate.
    ///
    /// - Parameter patience: how long TLS may take.
    package init(
        identity: CurrentIdentity, among connections: OpenConnections, group: MultiThreadedEventLoopGroup,
        patience: TimeAmount = handshakePatience
    ) {
        self.patience = patience
        self.identity = identity
        self.connections = connections
        self.group = group
    }

    /// Connects to an address for a purpose and hands the connection over; it is closed when the closure returns.
    ///
    /// Throws if nobody answers there in time, or what the closure throws.
    package func dial<Result>(
        host: String, port: Int, for purpose: Purpose, _ body: (PeerConnection) async throws -> Result
    ) async throws -> Result {
        let bootstrap = ClientBootstrap(group: group).connectTimeout(.seconds(5))
        let prepare: @Sendable (any Channel) -> EventLoopFuture<PendingConnection> = { channel in
            channel.eventLoop.makeCompletedFuture {
                try Self.setOptions(of: channel)
                return try PendingConnection.prepare(
                    channel, role: .dialler, purposes: [purpose], identity: identity.shown,
                    among: connections)
            }
        }
        let pending =
            if let address = try Self.address(host, port) {
                try await bootstrap.connect(to: address, channelInitializer: prepare)
            } else {
                try await bootstrap.connect(host: host, port: port, channelInitializer: prepare)
            }
        return try await pending.run(role: .dialler, within: patience, body)
    }

    /// The address of a host given in numbers; nil for a name, which has to be looked up, by a thread of its own.
    private static func address(_ host: String, _ port: Int) throws -> SocketAddress? {
        guard let first = host.split(separator: "%", maxSplits: 1).first,
            MulticastSocket.packed(String(first)) != nil
        else { return nil }
        // With an interface it takes the C library, which looks nothing up either.
        return try host.contains("%")
            ? SocketAddress.makeAddressResolvingHost(host, port: port)
            : SocketAddress(ipAddress: host, port: port)
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
