import Glibc
import NIOCore
import NIOPosix
import Testing
import Transport

@Suite struct ClockChangesTests {
    /// Sets the clock to what it shows, which the kernel tells like any other setting; false where that is not allowed.
    private static func setClock() -> Bool {
        var now = timespec()
        return unsafe clock_gettime(CLOCK_REALTIME, &now) == 0 && clock_settime(CLOCK_REALTIME, &now) == 0
    }

    @Test(.enabled("needs the right to set the clock") { setClock() })
    func `the wait ends when the clock is set, and not before`() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let waiting = Task { try await ClockChanges.wait(group: group) }
        let ended = Task {
            try await waiting.value
            return ContinuousClock.now
        }
        try await group.any().scheduleTask(in: .milliseconds(300)) {}.futureResult.get()
        let set = ContinuousClock.now
        #expect(Self.setClock())
        #expect(try await ended.value >= set)
    }

    @Test func `a wait that is cancelled ends`() async throws {
        let waiting = Task { try await ClockChanges.wait(group: .singleton) }
        waiting.cancel()
        _ = await waiting.result
    }
}
