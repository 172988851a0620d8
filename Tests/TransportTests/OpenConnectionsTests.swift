import Glibc
import NIOCore
import NIOPosix
import Peering
import Synchronization
import Testing

@testable import Transport

/// What becomes of connections when the machine is on another network.
@Suite(.serialized) struct OpenConnectionsTests {
    /// A machine whose loopback interface is behind a router, or behind another one.
    private final class Machine: Sendable {
        let router = Mutex<[UInt8]>([1, 2, 3, 4, 5, 6])

        var networks: Networks {
            Networks {
                let link = self.router.withLock { $0 }
                let loopback = Int(clamping: unsafe if_nametoindex("lo"))
                return NetworkTable(routers: [
                    loopback: NetworkTable.Router(address: [127, 0, 0, 2], prefixLength: 8, link: link)
                ])
            } rouse: { _, _ in
            }
        }
    }

    private let group = MultiThreadedEventLoopGroup.singleton

    @Test func `a connection ends once the machine is on another network, and not before`() async throws {
        let machine = Machine()
        let networks = machine.networks
        let connections = OpenConnections(networks)
        let listener = try await PeerListener(
            host: "127.0.0.1", port: 0, identity: CurrentIdentity(), among: OpenConnections(Networks()),
            group: group, patience: .minutes(1))
        let serving = Task {
            try? await listener.run { connection, _ in
                do {
                    for try await frame in connection.inbound {
                        try await connection.writer.write([0, 0, 0, 1, frame.type])
                    }
                } catch {
                    // It was reset.
                }
            }
        }
        defer { serving.cancel() }
        let dialler = Dialler(
            identity: try CurrentIdentity(), among: connections, group: group, patience: .minutes(1))
        let answers = try await dialler.dial(host: "127.0.0.1", port: listener.port, for: .sync) {
            connection in
            #expect(connection.network != nil)
            var answers = 0
            await networks.invalidate()
            await connections.leaveOtherNetworks()
            connections.abandon()
            try await connection.writer.write([0, 0, 0, 1, 9])
            do {
                for try await _ in connection.inbound {
                    answers += 1
                    machine.router.withLock { $0 = [6, 5, 4, 3, 2, 1] }
                    await networks.invalidate()
                    await connections.leaveOtherNetworks()
                    try? await connection.writer.write([0, 0, 0, 1, 9])
                }
            } catch {
                // It ends in the middle.
            }
            return answers
        }
        #expect(answers == 1)
    }

    @Test func `a call that agrees on nothing yet is given up without a farewell`() async throws {
        let connections = OpenConnections(Machine().networks)
        let (ends, feed) = AsyncStream.makeStream(of: CInt.self)
        let stranger = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        Stranger {
                            // TLS's first message: now it is neither called nor agreed on.
                            connections.abandon()
                        } ended: {
                            feed.yield($0)
                        })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let dialler = Dialler(
            identity: try CurrentIdentity(), among: connections, group: group, patience: .minutes(1))
        let port = try #require(stranger.localAddress?.port)
        await #expect(throws: (any Error).self) {
            try await dialler.dial(host: "127.0.0.1", port: port, for: .sync) { _ in }
        }
        var ended = ends.makeAsyncIterator()
        // A farewell would be read to its end. On the loopback interface the reset that goes there arrives.
        #expect(await ended.next() == ECONNRESET)
        try await stranger.close()
    }
}

/// Takes a call, and never answers.
private final class Stranger: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let called: @Sendable () -> Void
    private let ended: @Sendable (CInt) -> Void

    init(called: @escaping @Sendable () -> Void, ended: @escaping @Sendable (CInt) -> Void) {
        (self.called, self.ended) = (called, ended)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { called() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        ended((error as? IOError)?.errnoCode ?? -1)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { ended(0) }
}
