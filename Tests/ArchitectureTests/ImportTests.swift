import Foundation
import Testing

/// SwiftPM refuses undeclared imports but lets transitive ones through, so the arrows are checked here by name.
@Suite struct ImportTests {
    private static let pure: Set<String> = ["Backup", "Causality", "Journal", "EventLog", "Peering", "Query"]
    private static let foundations: Set<String> = ["Foundation", "FoundationEssentials", "Glibc"]

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    private static func imports(of target: String) throws -> [(file: String, module: String)] {
        let folder = root.appending(path: target)
        let files =
            FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?
            .compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" } ?? []
        #expect(!files.isEmpty, "no sources in \(target)")
        return try files.flatMap { file in
            try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ").filter {
                    !["package", "public", "internal", "private", "fileprivate", "@preconcurrency"].contains(
                        $0)
                }
                guard words.count >= 2, words[0] == "import" else { return nil }
                let module = ["struct", "enum", "func", "class"].contains(words[1]) ? words[2] : words[1]
                return (file.lastPathComponent, String(module.split(separator: ".")[0]))
            }
        }
    }

    @Test func `the daemon never asks for what starts libdispatch's pool`() throws {
        let files =
            FileManager.default.enumerator(at: Self.root, includingPropertiesForKeys: nil)?
            .compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" } ?? []
        for file in files {
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            let starting = ["Task.sleep(", ".sleep(until", "globalConcurrentExecutor"]
            let calls = lines.filter { line in starting.contains { line.contains($0) } }
            #expect(calls.isEmpty, "\(file.lastPathComponent) wakes an idle daemon every second")
        }
    }

    @Test(arguments: pure.sorted())
    func `a pure target knows neither Foundation nor the machine`(target: String) throws {
        for (file, module) in try Self.imports(of: target) {
            #expect(!Self.foundations.contains(module), "\(target)/\(file) imports \(module)")
        }
    }

    @Test(
        arguments: [
            ("Causality", []),
            ("Journal", ["Causality"]),
            ("Wire", ["SwiftProtobuf", "FoundationEssentials", "Foundation"]),
            ("EventLog", ["Causality", "Journal", "Wire", "Crypto"]),
            ("Peering", ["Causality", "Journal", "Wire", "EventLog", "Crypto"]),
            (
                "Store",
                [
                    "CDatabase", "Causality", "Journal", "EventLog", "GRDB", "GRDBSQLite",
                    "FoundationEssentials",
                    "Synchronization",
                ]
            ),
            ("Query", ["Causality"]),
            ("Interchange", ["FoundationEssentials", "Query"]),
            ("LocalAPI", ["Causality", "FoundationEssentials", "Glibc", "Query"]),
            (
                "Transport",
                [
                    "CTimerFD", "Causality", "EventLog", "Wire", "Peering", "Crypto", "FoundationEssentials",
                    "Glibc",
                    "NIOCore",
                    "NIOPosix",
                    "NIOSSL", "NIOTLS", "SwiftASN1", "Synchronization", "X509",
                ]
            ),
            ("reconcile", ["ReconcileCLI", "ArgumentParser", "Glibc"]),
            ("reconciled", ["CTaskHook", "ReconcileDaemon", "Glibc", "Logging", "NIOCore", "NIOPosix"]),
            (
                "ReconcileCLI",
                [
                    "LocalAPI", "ArgumentParser", "CGetOpt", "FoundationEssentials", "Glibc", "Query",
                    "Typing", "Wording",
                ]
            ),
            ("Backup", ["Crypto", "CryptoExtras"]), ("Probes", ["CStatFS", "Glibc", "LocalAPI"]),
            ("Wording", []), ("Typing", ["Query"]),
        ] as [(String, [String])])
    func `a target imports what the design lets it, and nothing else`(target: String, allowed: [String])
        throws
    {
        for (file, module) in try Self.imports(of: target) {
            #expect(allowed.contains(module), "\(target)/\(file) imports \(module)")
        }
    }
}
