import Foundation
import LocalAPI
import Query
import Testing

/// What systemd 252 says of hundreds of expressions, in several zones and across the changes of their clocks: see
/// `Times/generate`.
@Suite struct TimeExpressionTests {
    struct Golden {
        let line: Int
        let columns: [String]
    }

    static func goldens(_ name: String) throws -> [Golden] {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Times/\(name).tsv")
        let lines = try String(contentsOf: url, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        return lines.enumerated().dropFirst().compactMap { number, line in
            guard !line.isEmpty else { return nil }
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map { column in
                String(column).replacing("\\t", with: "\t").replacing("\\n", with: "\n").replacing(
                    "\\\\", with: "\\")
            }
            return Golden(line: number + 1, columns: columns)
        }
    }

    static func context(_ zone: String, now: Int64) -> TimeExpression.Context {
        TimeExpression.Context(now: now, zone: SystemZones.local(zone), zoneNamed: SystemZones.named)
    }

    @Test func `every timestamp is read as systemd reads it`() throws {
        let goldens = try Self.goldens("timestamps")
        var distinct: Set<String> = []
        for golden in goldens {
            let (zone, expression, result) = (golden.columns[0], golden.columns[2], golden.columns[3])
            distinct.insert(expression)
            let context = Self.context(zone, now: try #require(Int64(golden.columns[1])))
            let found = try? TimeExpression.systemd(expression, in: context)
            #expect(
                found.map(String.init) ?? "refused" == result,
                "line \(golden.line): \(expression.debugDescription) in \(zone)")
        }
        #expect(distinct.count >= 200)
    }

    @Test func `every span is read as systemd reads it`() throws {
        for golden in try Self.goldens("timespans") {
            let found = try? TimeSpan.microseconds(golden.columns[0])
            #expect(
                found.map(String.init) ?? "refused" == golden.columns[1],
                "line \(golden.line): \(golden.columns[0].debugDescription)")
        }
    }
}
