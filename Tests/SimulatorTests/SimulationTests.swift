import Simulator
import Testing

@Suite struct SimulationTests {
    /// A few seeds with every `swift test`; `scripts/simulate` runs any number.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `devices converge, agree with the oracle, and fall silent`(seed: UInt64) {
        let failure = Simulation.run(seed: seed)
        #expect(failure == nil)
    }
}
