import LocalAPI

/// How a machine's two clocks stood to each other at a moment: the wall clock can be set, the other one only counts.
struct HoldingClock: Codable, Equatable, Sendable {
    /// The run of the daemon; beyond it, and beyond a start of the machine, the two can't be compared.
    let run: UInt64
    /// The wall clock less the time since the machine's start, sleep included, in milliseconds.
    let offset: Int64

    private static let thisRun = UInt64.random(in: 0 ... .max)

    /// As the two stand now.
    static func now() -> HoldingClock {
        HoldingClock(run: thisRun, offset: (SystemClock.now() - SystemClock.sinceBoot()) / 1_000)
    }

    /// What is to be done with a held draft that is due by the wall clock.
    enum Verdict: Equatable, Sendable {
        case share
        /// Nobody knows yet whether the clock is right.
        case wait
        /// The clock was set since it was held: its person decides.
        case ask
    }

    /// By how much the wall clock may move or differ, in milliseconds: an hour.
    static let tolerance: UInt64 = 3_600_000

    /// The verdict on a draft that was held at a moment, or held by an older version.
    ///
    /// - Parameter isSure: whether the clock follows others, or a device met in this run agrees within an hour.
    func verdict(heldAt held: HoldingClock?, isSure: Bool) -> Verdict {
        guard let held, held.run == run else { return isSure ? .share : .wait }
        let (moved, overflow) = offset.subtractingReportingOverflow(held.offset)
        return overflow || moved.magnitude > Self.tolerance ? .ask : .share
    }
}
