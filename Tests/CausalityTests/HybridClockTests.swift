import Causality
import Testing

@Suite struct HybridClockTests {
    private let day = HybridClock.tolerance

    @Test func `it follows the wall clock and never repeats`() {
        var clock = HybridClock()
        let first = clock.tick(wall: 1_000)
        let second = clock.tick(wall: 1_000)
        let back = clock.tick(wall: 400)
        let later = clock.tick(wall: 2_000)
        #expect(first == Stamp(milliseconds: 1_000))
        #expect(second.rawValue == first.rawValue + 1)
        #expect(back.rawValue == second.rawValue + 1)
        #expect(later == Stamp(milliseconds: 2_000))
    }

    @Test func `a full counter carries into the milliseconds`() {
        var clock = HybridClock(last: Stamp(1_000 << 16 | 0xFFFF))
        #expect(clock.tick(wall: 1_000) == Stamp(milliseconds: 1_001))
    }

    @Test func `a stamp within a day is taken over, one beyond is not`() {
        var clock = HybridClock()
        clock.observe(Stamp(milliseconds: day), wall: 0)
        #expect(clock.tick(wall: 0).rawValue == Stamp(milliseconds: day).rawValue + 1)

        var other = HybridClock()
        other.observe(Stamp(milliseconds: day + 1), wall: 0)
        other.observe(Stamp(.max), wall: 0)
        #expect(other.tick(wall: 5) == Stamp(milliseconds: 5))
    }

    @Test func `a clock set right heals at once`() {
        var clock = HybridClock()
        _ = clock.tick(wall: 4_070_908_800_000)
        let healed = clock.tick(wall: 1_700_000_000_000)
        #expect(healed == Stamp(milliseconds: 1_700_000_000_000))
        clock = HybridClock(last: Stamp(.max))
        clock.observe(Stamp(milliseconds: 7), wall: 7)
        #expect(clock.last == Stamp(milliseconds: 7))
    }

    @Test func `no wall clock crashes it`() {
        for wall in [Int64.min, -1, 0, 1, .max - 1, .max] {
            for last in [0, 1, UInt64.max - 1, .max] {
                var clock = HybridClock(last: Stamp(last))
                clock.observe(Stamp(.max), wall: wall)
                _ = clock.tick(wall: wall)
                _ = clock.tick(wall: wall)
            }
        }
    }
}
