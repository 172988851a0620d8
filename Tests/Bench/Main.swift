import ArgumentParser

/// Measures what scripts/bench prints. Each command does one thing to the state directories of stopped or running
/// daemons; the script puts them together, so that what is compared is measured in one run.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures sync and storage; see scripts/bench.",
        subcommands: [Fill.self, FillLog.self, Hostile.self, Insert.self, Reconnect.self, Latency.self])
}
