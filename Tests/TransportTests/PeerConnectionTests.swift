import EventLog
import NIOCore
import NIOPosix
import Peering
import Synchronization
import Testing
import Transport
import Wire

/// Real TLS over real sockets on this machine.
@Suite(.serialized) struct PeerConnectionTests {
    private let group = MultiThreadedEventLoopGroup.singleton
    private let connections = OpenConnections(Networks())
    /// However busy this machine is.
    private let patience = TimeAmount.minutes(1)

    private func frame(_ type: UInt8, _ count: Int) -> [UInt8] {
        let length = UInt32(count + 1)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + [type]
            + [UInt8](repeating: 7, count: count)
    }

    /// Listens while something is done, and hands each connection to a closure.
    private func listening(
        _ handle: @escaping @Sendable (PeerConnection, @escaping @Sendable () -> Void) async -> Void,
        while work: (_ port: Int, _ dialler: Dialler) async throws -> Void
    ) async throws {
        let listener = try await PeerListener(
            host: "127.0.0.1", port: 0, identity: CurrentIdentity(), among: connections, group: group,
            patience: patience)
        let dialler = Dialler(
            identity: try CurrentIdentity(), among: connections, group: group,
            patience: patience)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try? await listener.run(handle: handle) }
            try await work(listener.port, dialler)
            tasks.cancelAll()
        }
    }

    @Test func `both ends of a connection see the same two certificates, and frames go both ways`()
        async throws
    {
        let seen = Mutex<Binding?>(nil)
        try await listening { connection, _ in
            seen.withLock { $0 = connection.binding }
            do {
                for try await frame in connection.inbound {
                    let length = UInt8(frame.payload.count + 1)
                    try await connection.writer.write([0, 0, 0, length, frame.type] + frame.payload)
                }
            } catch {
                // The test is over, and all that still runs is cancelled.
            }
        } while: { port, dialler in
            try await dialler.dial(host: "127.0.0.1", port: port, for: .sync) { connection in
                try await connection.writer.write(frame(9, 3))
                for try await answer in connection.inbound {
                    #expect(answer.type == 9 && answer.payload == [7, 7, 7])
                    break
                }
                let other = seen.withLock { $0 }
                #expect(other?.dialler == connection.binding.dialler)
                #expect(other?.listener == connection.binding.listener)
                #expect(connection.own != connection.other)
            }
        }
    }

    @Test(arguments: [(Purpose.sync, Frame.limitBeforeAuth), (.pairing, Frame.limitPairing)])
    func `a frame over the limit ends the connection before it is read`(purpose: Purpose, limit: Int)
        async throws
    {
        let received = Mutex<[Int]>([])
        try await listening { connection, _ in
            do {
                for try await frame in connection.inbound {
                    received.withLock { $0.append(frame.payload.count) }
                }
            } catch {
                // That is how it ends.
            }
        } while: { port, dialler in
            try await dialler.dial(host: "127.0.0.1", port: port, for: purpose) { connection in
                try await connection.writer.write(frame(1, limit - 1))
                try? await connection.writer.write(frame(1, limit))
                do { for try await _ in connection.inbound {} } catch {}
            }
        }
        // The one before it may have been read by then, or not.
        #expect(received.withLock { $0 }.allSatisfy { $0 < limit })
    }

    @Test func `nobody answers at a closed port, and that is all`() async throws {
        let listener = try await PeerListener(
            host: "127.0.0.1", port: 0, identity: CurrentIdentity(), among: connections, group: group,
            patience: patience)
        let port = listener.port
        let running = Task { try? await listener.run { _, _ in } }
        running.cancel()
        _ = await running.value
        let dialler = Dialler(
            identity: try CurrentIdentity(), among: connections, group: group,
            patience: patience)
        await #expect(throws: (any Error).self) {
            try await dialler.dial(host: "127.0.0.1", port: port, for: .sync) { _ in }
        }
    }

    @Test func `a connection that nobody wants is closed, and costs the listener nothing`() async throws {
        try await listening { _, _ in
            // As a daemon does that has no journal.
        } while: { port, dialler in
            for _ in 0..<3 {
                do {
                    try await dialler.dial(host: "127.0.0.1", port: port, for: .sync) { connection in
                        for try await _ in connection.inbound { Issue.record("something was said") }
                    }
                } catch {
                    // Closed before it could be used, or while it was.
                }
            }
        }
    }

    @Test func `of one address two may stand unproven, and those who have proved themselves don't count`()
        async throws
    {
        let (arrived, arrivals) = AsyncStream.makeStream(of: Bool.self)
        let mayProve = Mutex(true)
        try await listening { connection, proved in
            let isProved = mayProve.withLock { $0 }
            if isProved { proved() }
            arrivals.yield(isProved)
            do { for try await _ in connection.inbound {} } catch {}
        } while: { port, dialler in
            await withThrowingTaskGroup(of: Bool.self) { tasks in
                var stream = arrived.makeAsyncIterator()
                // Proved ones first, then two that are not, then one too many.
                for number in 0..<5 {
                    if number == 3 { mayProve.withLock { $0 = false } }
                    tasks.addTask {
                        try await dialler.dial(host: "127.0.0.1", port: port, for: .sync) { connection in
                            do { for try await _ in connection.inbound {} } catch {}
                        }
                        return true
                    }
                    _ = await stream.next()
                }
                await #expect(throws: (any Error).self) {
                    try await dialler.dial(host: "127.0.0.1", port: port, for: .sync) { _ in }
                }
                tasks.cancelAll()
            }
        }
    }

    @Test func `two certificates of one device have nothing in common`() throws {
        let (first, second) = (try ThrowawayIdentity(), try ThrowawayIdentity())
        #expect(first.digest != second.digest)
    }
}
