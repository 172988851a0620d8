import Glibc
import NIOCore
import NIOPosix
package import Causality
import Peering

/// Which networks the machine is on, as often as someone asks.
///
/// The kernel knows a router's link address only once something was sent there. Who asks before that has an empty
/// datagram sent, to the port that discards everything, and waits a little; a router that doesn't answer then counts as
/// none for a minute.
package actor Networks {
    private let read: @Sendable () throws -> NetworkTable
    private let rouse: @Sendable ([UInt8], NetworkTable.Side) -> Void
    private var table: (content: NetworkTable?, at: ContinuousClock.Instant)?
    private var silent: [NetworkTable.Side: ContinuousClock.Instant] = [:]

    /// How long what was read is taken for what is.
    private static let age = Duration.seconds(1)
    /// How long a router has to answer.
    private static let patience = Duration.seconds(2)
    /// How long one that didn't counts as none.
    private static let silence = Duration.seconds(60)

    /// The networks of this machine.
    package init() {
        self.init(read: { try NetworkTable() }, rouse: Self.sendNothing)
    }

    /// - Parameters:
    ///   - read: reads the table.
    ///   - rouse: sends something to a router, so that the kernel asks for its link address.
    init(
        read: @escaping @Sendable () throws -> NetworkTable,
        rouse: @escaping @Sendable ([UInt8], NetworkTable.Side) -> Void
    ) {
        (self.read, self.rouse) = (read, rouse)
    }

    /// What was read may not be so any more.
    package func lookAgain() { (table, silent) = (nil, [:]) }

    /// The networks behind all routers of the machine.
    package func all() async -> [NetworkTable.Side: NetworkID] {
        var all: [NetworkTable.Side: NetworkID] = [:]
        for side in current()?.routers.keys.map({ $0 }) ?? [] { all[side] = await network(of: side) }
        return all
    }

    /// The network that a side of the machine is on.
    package func network(of side: NetworkTable.Side) async -> NetworkID {
        let start = ContinuousClock.now
        var isRoused = false
        while !Task.isCancelled {
            // Without netlink no network can be told from another.
            guard let table = current() else { return .none }
            if let network = table.network(of: side) {
                return network
            }
            if let since = silent[side], .now - since < Self.silence { return .none }
            guard .now - start < Self.patience else {
                silent[side] = .now
                return .none
            }
            if !isRoused, let router = table.routers[side] { rouse(router.address, side) }
            isRoused = true
            self.table = nil
            // Not by Task.sleep, which would start libdispatch's thread pool.
            try? await MultiThreadedEventLoopGroup.singleton.any()
                .scheduleTask(in: .milliseconds(50)) {}.futureResult.get()
        }
        return .none
    }

    /// The network by which the machine sends to a host, given in numbers; nil if it can't.
    package func network(towards host: String) async -> NetworkID? {
        guard let (address, scope) = Self.parts(of: host) else { return nil }
        if let scope { return await network(of: NetworkTable.Side(interface: scope, isV4: false)) }
        guard let side = NetworkTable.side(towards: address) else { return nil }
        return await network(of: side)
    }

    /// Whether an address is one of the network that a side of the machine is on.
    package func isLocal(_ address: [UInt8], by side: NetworkTable.Side) -> Bool {
        current()?.covers(address, on: side) ?? false
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

    private static func sendNothing(to address: [UInt8], by side: NetworkTable.Side) {
        let descriptor = socket(
            side.isV4 ? AF_INET : AF_INET6,
            CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0
        )
        guard descriptor >= 0 else { return }
        defer { _ = close(descriptor) }
        // sockaddr_in and sockaddr_in6: the family, the port in the network's order, and where the address stands.
        let discard: [UInt8] = [0, 9]
        let family = UInt16(truncatingIfNeeded: side.isV4 ? AF_INET : AF_INET6)
        let scope = UInt32(truncatingIfNeeded: side.interface)
        var name = [UInt8(truncatingIfNeeded: family), UInt8(truncatingIfNeeded: family >> 8)] + discard
        name += side.isV4 ? address + [UInt8](repeating: 0, count: 8) : [0, 0, 0, 0] + address
        if !side.isV4 { name += (0..<4).map { UInt8(truncatingIfNeeded: scope >> ($0 * 8)) } }
        // Safe: the bytes live until the call returns. That nothing could be sent shows by the router's silence.
        unsafe name.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            let pointer = unsafe start.assumingMemoryBound(to: sockaddr.self)
            _ = unsafe sendto(descriptor, nil, 0, 0, pointer, socklen_t(bytes.count))
        }
    }
}
