package import NIOCore
import Peering
package import NIOPosix
import Synchronization

/// Accepts connections from other devices.
package struct PeerListener: Sendable {
    private let server: NIOAsyncChannel<Entrance, Never>
    private let unproven: Unproven
    private let patience: TimeAmount
    /// The port that is listened on.
    package let port: Int

    /// A connection with its place among those that have not proved who they are.
    private struct Entrance: Sendable {
        let pending: PendingConnection
        let place: Place
    }

    /// Nobody else may come in before someone has proved who they are, or left.
    private struct NoPlace: Error {}

    /// Binds an address. Throws if it is taken or not this machine's.
    ///
    /// - Parameters:
    ///   - patience: how long TLS may take.
    ///   - accepts: whether someone may come in from an address at all.
    package init(
        host: String, port: Int, identity: CurrentIdentity, among connections: OpenConnections,
        group: MultiThreadedEventLoopGroup, patience: TimeAmount = handshakePatience,
        accepts: @escaping @Sendable (String) -> Bool = { _ in true }
    ) async throws {
        let unproven = Unproven()
        self.unproven = unproven
        self.patience = patience
        server = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    do {
                        // Before anything is spent on a stranger.
                        let address = channel.remoteAddress?.host ?? ""
                        guard accepts(address), let place = unproven.enter(address) else { throw NoPlace() }
                        channel.closeFuture.whenComplete { _ in place.leave() }
                        try Dialler.setOptions(of: channel)
                        let pending = try PendingConnection.prepare(
                            channel, role: .listener, purposes: Purpose.allCases, identity: identity.shown,
                            among: connections)
                        return Entrance(pending: pending, place: place)
                    } catch {
                        // NIO leaves a connection open whose initializer fails.
                        channel.close(promise: nil)
                        throw error
                    }
                }
            }
        self.port = server.channel.localAddress?.port ?? port
    }

    /// Keeps places for an address at which a device of the journal was met.
    package func expect(_ address: String) { unproven.expect(address) }

    /// Lets nobody in any more; who came in stays.
    package func close() { server.channel.close(promise: nil) }

    /// Hands each connection over once TLS stands, until the task is cancelled.
    ///
    /// - Parameter handle: gets the connection, which is closed when it returns, and says by calling its second
    ///   argument that the other side was proved.
    package func run(
        handle: @escaping @Sendable (PeerConnection, @escaping @Sendable () -> Void) async -> Void
    ) async throws {
        try await server.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await entrance in connections {
                    group.addTask {
                        do {
                            try await entrance.pending.run(role: .listener, within: patience) {
                                await handle($0, entrance.place.leave)
                            }
                        } catch {
                            // Strangers and scanners come and go; there is nobody to tell.
                        }
                    }
                }
            }
        }
    }
}

/// Counts the connections that have not proved who they are.
private final class Unproven: Sendable {
    /// Connections that may stand before they have proved who they are; half of them only from known addresses.
    private static let limit = 8
    private static let limitForStrangers = 4
    private static let limitPerAddress = 2

    private struct State {
        var counts: [String: Int] = [:]
        var known: Set<String> = []
    }

    private let state = Mutex(State())

    func expect(_ address: String) { _ = state.withLock { $0.known.insert(address) } }

    /// A place for a connection from an address; nil if there is none left.
    func enter(_ address: String) -> Place? {
        let isFree = state.withLock { state in
            let isKnown = state.known.contains(address)
            let strangers = state.counts.filter { !state.known.contains($0.key) }.values.reduce(0, +)
            guard state.counts.values.reduce(0, +) < Self.limit,
                isKnown || strangers < Self.limitForStrangers,
                state.counts[address, default: 0] < Self.limitPerAddress
            else { return false }
            state.counts[address, default: 0] += 1
            return true
        }
        return isFree ? Place(unproven: self, address: address) : nil
    }

    func leave(_ address: String) {
        state.withLock { state in
            state.counts[address, default: 1] -= 1
            if state.counts[address] == 0 { state.counts[address] = nil }
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
