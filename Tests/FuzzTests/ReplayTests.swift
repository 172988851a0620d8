import Foundation
import FuzzTargets
import Testing

/// What the fuzzer learnt to say, said again: `scripts/fuzz` keeps its inputs.
///
/// A target stops the process where a property does not hold. On which input that is, `scripts/fuzz times --seconds 1`
/// says, as it begins with them.
@Suite(.serialized) struct ReplayTests {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .appending(path: "Fuzz/Corpus")

    private static let targets: [String: @Sendable ([UInt8]) -> Void] = [
        "matches": fuzzMatches, "times": fuzzTimes, "imports": fuzzImports, "imports-long": fuzzImports,
        "frames": fuzzFrames, "headers": fuzzHeaders, "runs": fuzzRuns, "sync": fuzzSync,
        "pairing": fuzzPairing, "bundles": fuzzBundles, "backups": fuzzBackups, "beacons": fuzzBeacons,
        "databases": fuzzDatabases, "requests": fuzzRequests,
    ]

    /// How many seeds each corpus has at least: inputs that a person or a vector made, whatever the fuzzer found since.
    private static let seeds = [
        "matches": 9, "times": 15, "imports": 9, "frames": 15, "headers": 26, "runs": 10, "sync": 15,
        "pairing": 9, "bundles": 6, "backups": 5, "beacons": 3, "databases": 14, "requests": 30,
    ]

    private static func inputs(_ target: String) -> [URL] {
        let folder = corpus.appending(path: target)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return names.sorted().map { folder.appending(path: $0) }
    }

    @Test(arguments: targets.keys.sorted())
    func `each input that was kept is taken as it should be`(target: String) throws {
        let run = try #require(Self.targets[target])
        let inputs = Self.inputs(target)
        let seeds = inputs.count { target == "imports-long" || $0.lastPathComponent.hasPrefix("seed-") }
        #expect(seeds >= Self.seeds[target, default: 4], "\(target) has lost its seeds")
        for input in inputs { run(Array(try Data(contentsOf: input))) }
    }

    @Test func `each corpus has a target, and seeds that no other one has`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path())
        #expect(Set(folders) == Set(Self.targets.keys))
        var owners: [Data: String] = [:]
        for target in folders.sorted() {
            for input in Self.inputs(target) where input.lastPathComponent.hasPrefix("seed-") {
                let other = owners.updateValue(target, forKey: try Data(contentsOf: input))
                #expect(other == nil || other == target, "\(input.lastPathComponent): also in \(other ?? "")")
            }
        }
    }
}
