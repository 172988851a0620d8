import Glibc
import NIOCore
package import NIOPosix

/// The kernel's own account of interfaces and addresses that come and go.
package enum NetworkChanges {
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
            .takingOwnershipOfDescriptor(input: try open()).get()
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

    private static func open() throws -> CInt {
        let type = CInt(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_NETLINK, type, 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "netlink") }
        // sockaddr_nl, which Glibc's module lacks: the family, padding, the port that the kernel chooses, and the
        // groups of links, of IPv4 addresses and of IPv6 addresses.
        var address = (UInt16(AF_NETLINK), UInt16(0), UInt32(0), UInt32(0x111))
        // Safe: twelve bytes, as the kernel expects them for this family.
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, 12)
            }
        }
        guard result == 0 else {
            let code = errno
            _ = Glibc.close(descriptor)
            throw IOError(errnoCode: code, reason: "netlink")
        }
        return descriptor
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
