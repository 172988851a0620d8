import NIOCore
import Peering
import Synchronization
package import NIOPosix

/// Connects to other devices.
package struct Dialler: Sendable {
    private let identity: CurrentIdentity
    private let group: MultiThreadedEventLoopGroup
    private let connecting = Connecting()

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
        let bootstrap = ClientBootstrap(group: group).connectTimeout(.seconds(5))
        let prepare: @Sendable (any Channel) -> EventLoopFuture<PendingConnection> = { channel in
            connecting.add(channel)
            return channel.eventLoop.makeCompletedFuture {
                try Self.setOptions(of: channel)
                return try PendingConnection.prepare(
                    channel, role: .dialler, purposes: [purpose], identity: identity.shown)
            }
        }
        let pending =
            if let address = try Self.address(host, port) {
                try await bootstrap.connect(to: address, channelInitializer: prepare)
            } else {
                try await bootstrap.connect(host: host, port: port, channelInitializer: prepare)
            }
        connecting.remove(pending.channel)
        return try await pending.run(role: .dialler, body)
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

    /// Gives up all calls that nobody has answered yet, on a network that is another one now.
    package func abandon() { connecting.closeAll() }

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

/// The channels of calls that nobody has answered yet.
private final class Connecting: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    func add(_ channel: any Channel) {
        channels.withLock { $0[ObjectIdentifier(channel)] = channel }
        channel.closeFuture.whenComplete { _ in self.remove(channel) }
    }

    func remove(_ channel: any Channel) {
        channels.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    func closeAll() {
        let all = channels.withLock { Array($0.values) }
        for channel in all { channel.triggerUserOutboundEvent(Exit.Ending.vanished, promise: nil) }
    }
}
