package import Causality
import Glibc
import NIOCore
import NIOPosix

/// Which networks the machine is on, as often as someone asks.
///
/// The kernel knows a router's link address only once something was sent there: an empty datagram is, to the port that
/// discards everything. Nobody but ``settle()`` waits for the answer; until it comes the network is unknown, and nothing
/// is called there.
package actor Networks {
    private let read: @Sendable () throws -> NetworkTable
    private let rouse: @Sendable ([UInt8], Int) -> Void
    private var table: (content: NetworkTable?, at: ContinuousClock.Instant)?
    private var roused: [Int: ContinuousClock.Instant] = [:]

    /// How long the table is cached.
    private static let age = Duration.seconds(1)
    /// How long a router has to answer before it is sent something again.
    private static let patience = Duration.seconds(1)

    /// The networks of this machine.
    package init() {
        self.init(read: { try NetworkTable() }, rouse: Self.sendNothing)
    }

    /// - Parameters:
    ///   - read: reads the table.
    ///   - rouse: sends something to a router by an interface, so that the kernel asks for its link address.
    init(
        read: @escaping @Sendable () throws -> NetworkTable,
        rouse: @escaping @Sendable ([UInt8], Int) -> Void
    ) {
        (self.read, self.rouse) = (read, rouse)
    }

    /// Invalidates the cached table.
    package func invalidate() { table = nil }

    /// What the networks of all interfaces with a router are known by; none where that is unknown.
    package var all: [Int: [NetworkID]] {
        guard let table = current() else { return [:] }
        return table.routers.keys.reduce(into: [:]) { $0[$1] = networks(of: $1) }
    }

    /// What the network of an interface is known by, its id first; none while that is unknown.
    package func networks(of interface: Int) -> [NetworkID] {
        // Without netlink no network can be told from another.
        guard let table = current() else { return [] }
        let networks = table.networks(of: interface)
        if networks.isEmpty { rouse(interface, in: table) }
        return networks
    }

    /// The network by which the machine sends to a host, given in numbers; nil if it can't, or that is unknown.
    package func network(towards host: String) -> NetworkID? {
        guard let (address, scope) = Self.parts(of: host),
            let interface = NetworkTable.interface(towards: address, scope: scope)
        else { return nil }
        return networks(of: interface).first
    }

    /// Whether an address is one of the network that an interface is on.
    package func isLocal(_ address: [UInt8], on interface: Int) -> Bool {
        current()?.covers(address, on: interface) ?? false
    }

    /// Waits until all routers have answered, or for a second.
    package func settle() async {
        let start = ContinuousClock.now
        roused = [:]
        repeat {
            table = nil
            guard let table = current() else { return }
            let unknown = table.routers.keys.filter { table.networks(of: $0).isEmpty }
            if unknown.isEmpty { return }
            for interface in unknown { rouse(interface, in: table) }
            // Not by the clock's own sleeping, which would start libdispatch's thread pool.
            try? await MultiThreadedEventLoopGroup.singleton.any()
                .scheduleTask(in: .milliseconds(50)) {}.futureResult.get()
        } while !Task.isCancelled && .now - start < Self.patience
    }

    private func rouse(_ interface: Int, in table: NetworkTable) {
        guard let router = table.routers[interface] else { return }
        if let before = roused[interface], .now - before < Self.patience { return }
        roused[interface] = .now
        rouse(router.address, interface)
    }

    private func current() -> NetworkTable? {
        if let table, .now - table.at < Self.age { return table.content }
        let content = try? read()
        table = (content, .now)
        return content
    }

    /// A host's address, and the interface that it names.
    private static func parts(of host: String) -> (address: [UInt8], scope: Int?)? {
        let parts = host.split(separator: "%", maxSplits: 1).map(String.init)
        guard let first = parts.first, let address = MulticastSocket.packed(first) else { return nil }
        guard parts.count == 2 else { return (address, nil) }
        // Safe: a string that ends in zero, read while it is made.
        let scope = unsafe if_nametoindex(parts[1])
        return scope == 0 ? nil : (address, Int(clamping: scope))
    }

    private static func sendNothing(to address: [UInt8], by interface: Int) {
        let isV4 = address.count == 4
        let type = CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(isV4 ? AF_INET : AF_INET6, type, 0)
        guard descriptor >= 0 else { return }
        defer { _ = close(descriptor) }
        let scope = UInt32(truncatingIfNeeded: interface)
        // IP_UNICAST_IF by its number on Linux: where two interfaces lead to one prefix, by this one.
        var unicast = scope.bigEndian
        if isV4 { _ = unsafe setsockopt(descriptor, 0, 50, &unicast, socklen_t(MemoryLayout<UInt32>.size)) }
        // sockaddr_in and sockaddr_in6: the family, the port in the network's order, and where the address stands.
        let family = UInt16(truncatingIfNeeded: isV4 ? AF_INET : AF_INET6)
        var name = Netlink.bytes(family) + [0, 9]
        name +=
            isV4 ? address + [UInt8](repeating: 0, count: 8) : [0, 0, 0, 0] + address + Netlink.bytes(scope)
        // Safe: the bytes live until the call returns. That nothing could be sent shows by the router's silence.
        unsafe name.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            let pointer = unsafe start.assumingMemoryBound(to: sockaddr.self)
            _ = unsafe sendto(descriptor, nil, 0, 0, pointer, socklen_t(bytes.count))
        }
    }
}
