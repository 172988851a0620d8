import Glibc
import NIOCore
import NIOPosix
import ReconcileDaemon
import Synchronization
import Testing

/// Whether a loop's connections are heard while an actor on it is never left without work.
@Suite struct LedgerExecutorTests {
    /// Jobs that take a millisecond each, and how many there were.
    private actor Busy {
        nonisolated let executor: LedgerExecutor
        private(set) var count = 0

        // Safe: the actor holds its executor for as long as it lives.
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

        init(_ executor: LedgerExecutor) { self.executor = executor }

        func work() -> Int {
            count += 1
            usleep(1_000)
            return count
        }
    }

    /// Notes that something came.
    private final class Ear: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let hasHeard = Atomic(false)

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            hasHeard.store(true, ordering: .relaxed)
        }
    }

    @Test func `connections have their turn while a ledger is busy`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var ends: [CInt] = [-1, -1]
        try #require(unsafe pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        let ear = Ear()
        let channel = try await NIOPipeBootstrap(group: group)
            .channelInitializer { $0.pipeline.addHandler(ear) }
            .takingOwnershipOfDescriptor(input: reading).get()
        let busy = Busy(LedgerExecutor(group.next()))
        let most = 3_000
        await withTaskGroup { tasks in
            // Of each two that wait one is there when another ends.
            for _ in 0..<4 {
                tasks.addTask {
                    while await busy.work() < most, !ear.hasHeard.load(ordering: .relaxed) {}
                }
            }
            while await busy.count < 20 { await Task.yield() }
            _ = unsafe write(writing, [1], 1)
        }
        #expect(await busy.count < most)
        try await channel.close()
        _ = close(writing)
        try await group.shutdownGracefully()
    }

    @Test func `no job is lost between rest and work`() async {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let busy = Busy(LedgerExecutor(group.next()))
        for expected in 1...200 { #expect(await busy.work() == expected) }
        await withTaskGroup { tasks in
            for _ in 0..<200 { tasks.addTask { _ = await busy.work() } }
        }
        #expect(await busy.count == 400)
    }
}
