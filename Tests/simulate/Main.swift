import ArgumentParser
import Glibc
import Simulator

/// Runs the simulator over many seeds, or one again.
@main
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Simulates devices, networks, clocks and disks with faults; prints the seed of every failure.")
    @Option(help: "How many seeds.") var seeds: UInt64 = 2_000
    @Option(help: "The first seed.") var from: UInt64 = 1
    @Option(help: "Only this seed.") var seed: UInt64?
    @Option(help: "Instead: so many pairings with a man in the middle.") var pairings: Int?
    @Flag(help: "Instead: all histories of four devices with up to three admissions and three retirements.")
    var histories = false

    func run() async throws {
        if let pairings { return try await attack(pairings) }
        if histories { return try await compareHistories() }
        let range = seed.map { $0..<($0 + 1) } ?? from..<(from + seeds)
        let tally = Tally(total: range.upperBound - range.lowerBound)
        await Simulation.run(seeds: range, workers: UInt64(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))) {
            await tally.add($0)
        }
        guard await tally.summary() else { throw ExitCode(1) }
    }

    /// Each history, in every order in which it can arrive and in the reverse of how it was written, against the `Rulebook`.
    private func compareHistories() async throws {
        let workers = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        var isSame = true
        for shape in 0..<9 {
            let (admissions, retirements) = (1 + shape / 3, 1 + shape % 3)
            let (count, arrivals, found) = try await withThrowingTaskGroup(of: (Int, Int, [String]).self) {
                group in
                for worker in 0..<workers {
                    group.addTask {
                        let cast = try Rulebook.Cast()
                        var (index, count, arrivals, found) = (0, 0, 0, [String]())
                        try Rulebook.histories(admissions: admissions, retirements: retirements) { steps in
                            defer { index += 1 }
                            guard index % workers == worker else { return }
                            count += 1
                            let orders = Rulebook.arrivals(of: steps) + [steps.indices.reversed()]
                            arrivals += orders.count
                            let difference = try Rulebook.difference(steps, in: cast, orders: orders)
                            if let difference { found.append("\(difference): \(steps)") }
                        }
                        return (count, arrivals, found)
                    }
                }
                return try await group.reduce(into: (0, 0, [String]())) { sum, share in
                    sum = (sum.0 + share.0, sum.1 + share.1, sum.2 + share.2)
                }
            }
            print(
                "histories: \(admissions) admissions and \(retirements) retirements: \(count) histories, "
                    + "\(arrivals) orders of arrival, \(found.count) different")
            found.prefix(10).forEach { print($0) }
            fflush(nil)
            isSame = isSame && found.isEmpty
        }
        guard isSame else { throw ExitCode(1) }
    }

    /// No codes may be equal; of codes cut to 16 bits no more than chance allows.
    private func attack(_ pairings: Int) async throws {
        let workers = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let tally = try await withThrowingTaskGroup(of: ManInTheMiddle.Tally.self) { group in
            for worker in 0..<workers {
                let share = pairings / workers + (worker < pairings % workers ? 1 : 0)
                group.addTask {
                    var middle = try ManInTheMiddle(seed: from + UInt64(worker))
                    return middle.attack(times: share)
                }
            }
            return try await group.reduce(ManInTheMiddle.Tally()) { $0.adding($1) }
        }
        let expected = Double(2 * tally.runs) / 65_536
        // Six standard deviations of a Poisson distribution, and a little for small numbers.
        let bound = expected + 6 * expected.squareRoot() + 3
        print(
            "man in the middle: \(tally.runs) pairings, \(tally.matches) equal codes; of codes cut to 16 bits "
                + "\(tally.shortMatches) equal, \((expected * 10).rounded() / 10) expected by chance")
        guard tally.failures == 0, tally.matches == 0, Double(tally.shortMatches) <= bound else {
            throw ExitCode(1)
        }
    }
}

/// Counts seeds, and tells how far it is.
private actor Tally {
    private let total: UInt64
    private var passed = 0
    private var failed = 0

    init(total: UInt64) { self.total = total }

    func add(_ failure: String?) {
        if let failure {
            failed += 1
            if failed <= 10 { tell(failure) }
        } else {
            passed += 1
        }
        if (passed + failed) % 1_000 == 0 { tell("\(passed + failed) of \(total) seeds") }
    }

    /// At once, also into a file or a pipe.
    private func tell(_ line: String) {
        print(line)
        fflush(nil)
    }

    func summary() -> Bool {
        print("simulator: \(passed) seeds passed, \(failed) failed")
        return failed == 0
    }
}
