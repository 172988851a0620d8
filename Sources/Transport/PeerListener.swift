import NIOCore
import Peering
package import NIOPosix
import Synchronization

/// Accepts connections from other devices.
package struct PeerListener: Sendable {
    private let server: NIOAsyncChannel<PendingConnection, Never>
    private let identity: ThrowawayIdentity
    /// The port that is listened on.
    package let port: Int

    /// Connections that may stand before they have proved who they are.
    private static let unprovenLimit = 8
    /// The same, from one address.
    private static let unprovenLimitPerAddress = 2

    /// Binds an address. Throws if it is taken or not this machine's.
    package init(
        host: String, port: Int, identity: ThrowawayIdentity, group: MultiThreadedEventLoopGroup
    ) async throws {
        self.identity = identity
        server = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Dialler.setOptions(of: channel)
                    return try PendingConnection.prepare(
                        channel, role: .listener, purposes: Purpose.allCases, identity: identity)
                }
            }
        self.port = server.channel.localAddress?.port ?? port
    }

    /// Hands each connection over once TLS stands, until the task is cancelled.
    ///
    /// - Parameter handle: gets the connection and says, by calling its second argument, that it was proved.
    package func run(
        handle: @escaping @Sendable (PeerConnection, @escaping @Sendable () -> Void) async -> Void
    ) async throws {
        let unproven = Unproven()
        try await server.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await pending in connections {
                    let address = pending.channel.channel.remoteAddress?.ipAddress ?? ""
                    guard unproven.enter(address, Self.unprovenLimit, Self.unprovenLimitPerAddress) else {
                        pending.channel.channel.close(promise: nil)
                        group.addTask { try? await pending.channel.executeThenClose { _, _ in } }
                        continue
                    }
                    group.addTask {
                        let place = Place(unproven: unproven, address: address)
                        defer { place.leave() }
                        do {
                            let connection = try await pending.established(
                                role: .listener, own: identity.digest)
                            await handle(connection, place.leave)
                        } catch {
                            // Strangers and scanners come and go; there is nobody to tell.
                            try? await pending.channel.executeThenClose { _, _ in }
                        }
                    }
                }
            }
        }
    }
}

/// Counts the connections that have not proved who they are.
private final class Unproven: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func enter(_ address: String, _ limit: Int, _ limitPerAddress: Int) -> Bool {
        counts.withLock { counts in
            guard counts.values.reduce(0, +) < limit, counts[address, default: 0] < limitPerAddress else {
                return false
            }
            counts[address, default: 0] += 1
            return true
        }
    }

    func leave(_ address: String) {
        counts.withLock { counts in
            counts[address, default: 1] -= 1
            if counts[address] == 0 { counts[address] = nil }
        }
    }
}

/// One place among the unproven, given up once.
private final class Place: Sendable {
    private let unproven: Unproven
    private let address: String
    private let isTaken = Mutex(true)

    init(unproven: Unproven, address: String) {
        self.unproven = unproven
        self.address = address
    }

    @Sendable func leave() {
        let wasTaken = isTaken.withLock { taken in
            defer { taken = false }
            return taken
        }
        if wasTaken { unproven.leave(address) }
    }
}
