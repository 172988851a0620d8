/// What keeps a measurement from being made.
enum BenchError: Error {
    case skipped
}

/// Seconds that some work took.
func seconds(_ work: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try work()
    let time = start.duration(to: .now).components
    return Double(time.seconds) + Double(time.attoseconds) / 1e18
}
