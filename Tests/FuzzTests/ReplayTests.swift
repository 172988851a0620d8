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

    private static func inputs(_ target: String) -> [URL] {
        let folder = corpus.appending(path: target)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return names.sorted().map { folder.appending(path: $0) }
    }

    @Test(
        arguments: [
            ("matches", fuzzMatches, 9), ("times", fuzzTimes, 15), ("imports", fuzzImports, 9),
            ("imports-long", fuzzImports, 4),
        ] as [(String, @Sendable ([UInt8]) -> Void, Int)])
    func `each input that was kept is taken as it should be`(
        target: String, run: @Sendable ([UInt8]) -> Void, seeds: Int
    ) throws {
        let inputs = Self.inputs(target)
        #expect(inputs.count >= seeds, "\(target) has lost its seeds")
        for input in inputs {
            let bytes = Array(try Data(contentsOf: input))
            run(bytes)
        }
    }
}
