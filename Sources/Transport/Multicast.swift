import Glibc
import NIOCore
package import NIOPosix

/// A datagram that came by multicast.
package struct Sighting: Sendable {
    /// Its bytes.
    package let bytes: [UInt8]
    /// The address that it came from: 4 or 16 bytes.
    package let address: [UInt8]
    /// The same as a host that can be dialled, with its interface where that is needed.
    package let host: String
    /// The number of the interface by which it came.
    package let interface: Int
}

/// A socket on one address of one interface, in the group in which the devices of a network look for each other.
package struct MulticastSocket: Sendable {
    /// The UDP port of every beacon.
    package static let port = 7_747
    /// Administratively scoped: no router passes it on.
    private static let groupV4 = "239.255.77.47"
    /// Transient, link-local scope.
    private static let groupV6 = "ff12::7747"

    /// The address from which it sends: 4 or 16 bytes.
    package let address: [UInt8]
    /// The number of the interface on which it sends and hears.
    package let interface: Int
    private let channel: any Channel
    private let group: SocketAddress

    /// Opens a socket on each address by which other machines of the network can be met.
    ///
    /// An address that can't be used, as one that IPv6 still checks for duplicates, is left out: the interface tells
    /// once it can, and all are opened anew.
    ///
    /// - Parameters:
    ///   - host: the address on which connections are accepted; beacons go out where those can come in.
    ///   - heard: called on an event loop for each datagram that comes.
    package static func openAll(
        listeningOn host: String, group loops: MultiThreadedEventLoopGroup,
        heard: @escaping @Sendable (Sighting) -> Void
    ) async throws -> [MulticastSocket] {
        var sockets: [MulticastSocket] = []
        for device in try System.enumerateDevices() where device.multicastSupported {
            guard let text = device.address?.ipAddress, let address = packed(text), !isLoopback(address),
                address.count == 4 || isLinkLocal(address), covers(host, text)
            else { continue }
            if let socket = try? await open(device, address, loops, heard) { sockets.append(socket) }
        }
        return sockets
    }

    private static func covers(_ host: String, _ address: String) -> Bool {
        host == "0.0.0.0" ? !address.contains(":") : host == "::" || host == address
    }

    private static func open(
        _ device: NIONetworkDevice, _ address: [UInt8], _ loops: MultiThreadedEventLoopGroup,
        _ heard: @escaping @Sendable (Sighting) -> Void
    ) async throws -> MulticastSocket {
        let isV4 = address.count == 4
        let name = device.name
        let interface = device.interfaceIndex
        let channel = try await DatagramBootstrap(group: loops)
            .channelOption(.socketOption(.so_reuseaddr), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if !isV4 {
                        let onlyV6 = ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only)
                        try channel.syncOptions?.setOption(onlyV6, value: 1)
                    }
                    let reader = DatagramReader(
                        scope: isV4 ? "" : "%\(name)", interface: interface, heard: heard)
                    try channel.pipeline.syncOperations.addHandler(reader)
                }
            }
            .bind(host: isV4 ? "0.0.0.0" : "::", port: port).get()
        do {
            let group =
                try isV4
                ? SocketAddress(ipAddress: groupV4, port: port)
                : SocketAddress.makeAddressResolvingHost("\(groupV6)%\(name)", port: port)
            guard let multicast = channel as? any MulticastChannel,
                let options = channel as? any SocketOptionProvider
            else { throw ChannelError.operationUnsupported }
            try await multicast.joinGroup(group, device: device).get()
            try await choose(device, address, options)
            return MulticastSocket(address: address, interface: interface, channel: channel, group: group)
        } catch {
            channel.close(promise: nil)
            throw error
        }
    }

    /// Sends by this interface, and hears no group that others have joined.
    private static func choose(
        _ device: NIONetworkDevice, _ address: [UInt8], _ options: any SocketOptionProvider
    ) async throws {
        // IP_MULTICAST_IF and IP_MULTICAST_ALL, IPV6_MULTICAST_IF and IPV6_MULTICAST_ALL by their numbers on Linux.
        // Each value is of the type that the kernel documents for its option.
        if address.count == 4 {
            let raw = address.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }.bigEndian
            try await options.unsafeSetSocketOption(
                level: .ip, name: .init(rawValue: 32), value: raw
            ).get()
            try await options.unsafeSetSocketOption(
                level: .ip, name: .init(rawValue: 49), value: CInt(0)
            ).get()
        } else {
            try await options.unsafeSetSocketOption(
                level: .ipv6, name: .init(rawValue: 17), value: CInt(device.interfaceIndex)
            ).get()
            try await options.unsafeSetSocketOption(
                level: .ipv6, name: .init(rawValue: 29), value: CInt(0)
            ).get()
        }
    }

    /// Sends a datagram to the group; false if the interface can't, which closes the socket.
    package func send(_ bytes: [UInt8]) async -> Bool {
        let envelope = AddressedEnvelope(remoteAddress: group, data: ByteBuffer(bytes: bytes))
        return (try? await channel.writeAndFlush(envelope)) != nil
    }

    /// Closes the socket.
    package func close() { channel.close(promise: nil) }

    private static func isLoopback(_ address: [UInt8]) -> Bool { address.count == 4 && address[0] == 127 }

    private static func isLinkLocal(_ address: [UInt8]) -> Bool {
        address.count == 16 && address[0] == 0xFE && address[1] & 0xC0 == 0x80
    }

    /// An address's bytes from its text.
    static func packed(_ text: String) -> [UInt8]? {
        let isV6 = text.contains(":")
        // Safe: the buffer has the length that inet_pton fills for the family.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: isV6 ? 16 : 4) { buffer, count in
            let isAddress = unsafe inet_pton(isV6 ? AF_INET6 : AF_INET, text, buffer.baseAddress) == 1
            count = isAddress ? (isV6 ? 16 : 4) : 0
        }
        return bytes.isEmpty ? nil : bytes
    }
}

private final class DatagramReader: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let scope: String
    private let interface: Int
    private let heard: @Sendable (Sighting) -> Void

    init(scope: String, interface: Int, heard: @escaping @Sendable (Sighting) -> Void) {
        self.scope = scope
        self.interface = interface
        self.heard = heard
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = Self.unwrapInboundIn(data)
        guard let text = envelope.remoteAddress.ipAddress, let address = MulticastSocket.packed(text) else {
            return
        }
        heard(
            Sighting(
                bytes: Array(envelope.data.readableBytesView), address: address, host: text + scope,
                interface: interface))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A send that failed was reported to its sender; whatever else happened, the next one
        // fails, and then all are opened anew.
        context.close(promise: nil)
    }
}
