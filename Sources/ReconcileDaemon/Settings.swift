import Configuration
import SystemPackage

/// How a daemon is told to run: flags before the environment before the file before what is built in.
package struct Settings: Sendable {
    /// The directory that holds everything.
    package var state: String
    /// The path of the local socket.
    package var socket: String
    /// The address on which other devices are listened for.
    package var listen: HostPort
    /// Addresses that are dialled besides those learnt in pairing.
    package var peers: [HostPort]
    /// Whether other devices are looked for by beacons, and this one lets itself be found.
    package var discovery: Bool
    /// How many MiB of events a device may send on a day before it is paused.
    package var dailyLimit: Int
    /// The least severe log lines written.
    package var logLevel: String

    /// Reads the settings. Throws ``DaemonError`` with the name of one that makes no sense.
    package static func read(arguments: [String], home: String) async throws -> Settings {
        try check(arguments)
        let flags = CommandLineArgumentsProvider(arguments: arguments)
        let environment = EnvironmentVariablesProvider().prefixKeys(with: "reconcile")
        let early = ConfigReader(providers: [flags, environment])
        var providers: [any ConfigProvider] = [flags, environment]
        if let file = early.string(forKey: "config") {
            do {
                providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(file)))
            } catch {
                throw DaemonError.setting("config")
            }
        }
        let reader = ConfigReader(providers: providers)
        func path(_ key: ConfigKey, default path: String) -> String {
            let given = reader.string(forKey: key, default: path)
            // No shell has seen what stands in a file.
            return given.hasPrefix("~/") ? home + given.dropFirst() : given
        }
        let state = path("state", default: home + "/.local/state/reconcile")
        let listen = reader.string(forKey: "listen", default: "[::]:7747")
        guard let address = HostPort(listen) else { throw DaemonError.address(listen) }
        // One address is often written as what it is, and not as a list.
        let called = reader.stringArray(forKey: "peers") ?? reader.string(forKey: "peers").map { [$0] } ?? []
        let peers = try called.map { text in
            guard let peer = HostPort(text) else { throw DaemonError.setting("peers") }
            return peer
        }
        return Settings(
            state: state, socket: path("socket", default: state + "/socket"),
            listen: address,
            peers: peers, discovery: try discovery(reader),
            dailyLimit: try dailyLimit(reader),
            logLevel: try logLevel(reader.string(forKey: "log-level", default: "info")))
    }

    private static let flags = [
        "--state", "--socket", "--listen", "--peers", "--discovery", "--daily-limit", "--config",
        "--log-level",
    ]

    /// Refuses flags that nobody knows: a misspelt one would otherwise run with the default.
    private static func check(_ arguments: [String]) throws {
        var words = arguments.dropFirst()[...]
        while let word = words.popFirst() {
            let name = word.split(separator: "=", maxSplits: 1).first.map(String.init) ?? word
            guard flags.contains(name) else { throw DaemonError.flag(word) }
            if name == word {
                guard let value = words.popFirst(), !value.hasPrefix("--") else {
                    throw DaemonError.flag(word)
                }
            }
        }
    }

    /// What is neither true nor false must not count as the default: it may have been meant to turn it off.
    private static func discovery(_ reader: ConfigReader) throws -> Bool {
        if let value = reader.bool(forKey: "discovery") { return value }
        guard reader.string(forKey: "discovery") == nil else { throw DaemonError.setting("discovery") }
        return true
    }

    private static func dailyLimit(_ reader: ConfigReader) throws -> Int {
        guard let value = reader.int(forKey: "daily-limit") else {
            guard reader.string(forKey: "daily-limit") == nil else {
                throw DaemonError.setting("daily-limit")
            }
            return 64
        }
        guard (1...1_048_576).contains(value) else { throw DaemonError.setting("daily-limit") }
        return value
    }

    private static func logLevel(_ name: String) throws -> String {
        guard ["trace", "debug", "info", "notice", "warning", "error", "critical"].contains(name) else {
            throw DaemonError.setting("log-level")
        }
        return name
    }
}
