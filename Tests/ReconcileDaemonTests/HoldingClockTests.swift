import Testing

@testable import ReconcileDaemon

/// A held draft is shared by itself only where the clock that says so can be trusted.
@Suite struct HoldingClockTests {
    private let hour: Int64 = 3_600_000

    @Test func `within a run the two clocks tell whether the wall clock was set`() {
        let now = HoldingClock(run: 1, offset: 1_000)
        for isSure in [false, true] {
            for moved in [0, hour, -hour] {
                let held = HoldingClock(run: 1, offset: 1_000 + moved)
                #expect(now.verdict(heldAt: held, isSure: isSure) == .share)
            }
            for moved in [hour + 1, -hour - 1, 366 * 24 * hour] {
                let held = HoldingClock(run: 1, offset: 1_000 + moved)
                #expect(now.verdict(heldAt: held, isSure: isSure) == .ask)
            }
        }
        let last = HoldingClock(run: 1, offset: .min)
        #expect(HoldingClock(run: 1, offset: .max).verdict(heldAt: last, isSure: true) == .ask)
    }

    @Test func `beyond a start the clock has to be known to be right`() {
        let now = HoldingClock(run: 2, offset: 0)
        for held in [nil, HoldingClock(run: 1, offset: 0), HoldingClock(run: 1, offset: .max)] {
            #expect(now.verdict(heldAt: held, isSure: true) == .share)
            #expect(now.verdict(heldAt: held, isSure: false) == .wait)
        }
    }
}
