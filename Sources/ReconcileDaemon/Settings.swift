import Configuration
import Glibc
import LocalAPI
package import Logging

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
    package var logLevel: Logger.Level

    /// Reads the settings. Throws ``DaemonError`` with the name of one that makes no sense.
    ///
    /// The service manager's environment says where its directories are; a file in the one for configuration is read
    /// where no other is named.
    package static func read(
        arguments: [String], environment: (String) -> String?
    ) async throws -> Settings {
        try check(arguments)
        let home = environment("HOME") ?? "/"
        let flags = CommandLineArgumentsProvider(arguments: arguments)
        let variables = EnvironmentVariablesProvider().prefixKeys(with: "reconcile")
        var providers: [any ConfigProvider] = [flags, variables]
        if let file = ConfigReader(providers: providers).string(forKey: "config") ?? usual(environment),
            let provider = try await SettingsFile.open(file, settings: names)
        {
            providers.append(provider)
        }
        let reader = ConfigReader(providers: providers)
        func path(_ key: String, default path: String) throws -> String {
            let given = reader.string(forKey: ConfigKey(key), default: path)
            // An empty name is one that everyone on the machine may connect to.
            guard !given.isEmpty else { throw DaemonError.setting(key) }
            // No shell has seen what stands in a file.
            return given.hasPrefix("~/") ? home + given.dropFirst() : given
        }
        let state = try path(
            "state", default: environment("STATE_DIRECTORY") ?? home + "/.local/state/reconcile")
        let listen = reader.string(forKey: "listen", default: "[::]:7747")
        guard let address = HostPort(listen) else { throw DaemonError.address(listen) }
        // One address is often written as what it is, and not as a list.
        let called = reader.stringArray(forKey: "peers") ?? reader.string(forKey: "peers").map { [$0] } ?? []
        let peers = try called.map { text in
            guard let peer = HostPort(text) else { throw DaemonError.setting("peers") }
            return peer
        }
        return Settings(
            state: state, socket: try path("socket", default: state + "/socket"),
            listen: address,
            peers: peers, discovery: try discovery(reader),
            dailyLimit: try dailyLimit(reader),
            logLevel: try logLevel(reader.string(forKey: "log-level", default: "info")))
    }

    private static let names = [
        "state", "socket", "listen", "peers", "discovery", "daily-limit", "log-level",
    ]

    /// The file that is read where no other is named, if it is there.
    private static func usual(_ environment: (String) -> String?) -> String? {
        guard let directory = environment("CONFIGURATION_DIRECTORY") else { return nil }
        let file = directory + "/" + SettingsFile.name
        return FileStatus(of: file, followsLinks: true) == nil && errno == ENOENT ? nil : file
    }

    /// Refuses flags that nobody knows: a misspelt one would otherwise run with the default.
    private static func check(_ arguments: [String]) throws {
        var words = arguments.dropFirst()[...]
        while let word = words.popFirst() {
            let name = word.split(separator: "=", maxSplits: 1).first.map(String.init) ?? word
            guard name.hasPrefix("--"), (names + ["config"]).contains(String(name.dropFirst(2))) else {
                throw DaemonError.flag(word)
            }
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

    private static func logLevel(_ name: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: name) else { throw DaemonError.setting("log-level") }
        return level
    }
}
