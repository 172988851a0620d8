import Simulator
import Testing

@Suite struct SimulationTests {
    /// A few seeds with every `swift test`; `scripts/simulate` runs any number.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `devices converge, agree with the oracle, and fall silent`(seed: UInt64) {
        let failure = Simulation.run(seed: seed)
        #expect(failure == nil)
    }

    /// Seeds that once failed: a device that began a new epoch did not tell in it what it had seen before; and a branch that
    /// came later was not looked at for how far a retirement reaches; and what was carried once could not be carried again.
    @Test(arguments: [3_363, 18_736, 10_928, 460, 2_750] as [UInt64])
    func `what was once wrong stays right`(seed: UInt64) {
        #expect(Simulation.run(seed: seed) == nil)
    }
}
