import Glibc
import NIOCore
package import NIOPosix

/// The kernel's own account of interfaces, addresses and routes that come and go.
package enum NetworkChanges {
    /// Links, IPv4 addresses and routes, IPv6 addresses and routes.
    private static let groups: UInt32 = 0x1 | 0x10 | 0x40 | 0x100 | 0x400

    /// Calls a closure for each change, until the task is cancelled or the kernel ends it.
    ///
    /// Throws `IOError` where netlink is not allowed. It ends when changes come faster than they are read: whoever
    /// asks again then has to assume a change.
    package static func watch(
        group: MultiThreadedEventLoopGroup, changed: @escaping @Sendable () -> Void
    ) async throws {
        let channel = try await NIOPipeBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ChangeReader(changed: changed))
                }
            }
            .takingOwnershipOfDescriptor(input: try Netlink.open(groups: groups)).get()
        try await withTaskCancellationHandler {
            try await channel.closeFuture.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    /// Everything about interfaces and addresses that matters to who can be reached: renewing a lease changes none of it.
    package static func snapshot() -> Set<String> {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&first) == 0 else { return [] }
        defer { unsafe freeifaddrs(first) }
        var snapshot: Set<String> = []
        // Safe: the list and all that it points to live until freeifaddrs.
        var next = unsafe first
        while let entry = unsafe next {
            let name = unsafe String(cString: entry.pointee.ifa_name)
            let address = unsafe entry.pointee.ifa_addr.map { unsafe bytes(of: $0) } ?? []
            snapshot.insert("\(name) \(unsafe entry.pointee.ifa_flags) \(address)")
            unsafe next = entry.pointee.ifa_next
        }
        return snapshot
    }

    /// An address' bytes; none for one that is not of IP, such as a link's counters.
    private static func bytes(of address: UnsafeMutablePointer<sockaddr>) -> [UInt8] {
        let length =
            switch unsafe CInt(address.pointee.sa_family) {
            case AF_INET: MemoryLayout<sockaddr_in>.size
            case AF_INET6: MemoryLayout<sockaddr_in6>.size
            default: 0
            }
        return unsafe Array(UnsafeRawBufferPointer(start: address, count: length))
    }
}

private final class ChangeReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let changed: @Sendable () -> Void

    init(changed: @escaping @Sendable () -> Void) { self.changed = changed }

    // What it says does not matter: everything is looked at anew.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { changed() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
