/// Runs seeds, on several threads.
package enum Simulation {
    /// Runs one seed; what went wrong, or nil.
    package static func run(seed: UInt64) -> String? {
        do {
            var world = try World(seed: seed)
            try world.run()
            return nil
        } catch let failure as SimulationFailure {
            return failure.description
        } catch {
            return "seed \(seed): \(error); again with: scripts/simulate --seed \(seed)"
        }
    }

    /// Runs many seeds; what went wrong in those that failed.
    package static func run(
        seeds: Range<UInt64>, workers: UInt64, progress: @Sendable @escaping (String?) async -> Void
    ) async {
        await withDiscardingTaskGroup { group in
            for worker in 0..<workers {
                group.addTask {
                    var seed = seeds.lowerBound + worker
                    while seed < seeds.upperBound {
                        await progress(run(seed: seed))
                        seed += workers
                    }
                }
            }
        }
    }
}
