import Foundation
import Testing
import Wording

/// What the checks say of sentences that people might write on a bad evening, against what a kind reader
/// would say.
///
/// The sentences came in five batches, each written and labelled before the patterns that it then helped to
/// shape; every third, `held`, was never looked at. Still, one hand wrote both, so both tables flatter. What
/// the patterns of the time made of the last four batches at first sight is nearer to what to expect: of the
/// asides that were due 38, 46, 67 and 70 % came, and of those that came 78, 80, 94 and 86 % were due. The
/// last two batches were plainer than the two before, with fewer sentences that lie in wait.
///
/// Each row is one field; the rest of its entry is filled in so that only this field matters.
@Suite struct LabelledTests {
    struct Row {
        let line: Int
        let kind: String
        let field: String
        let text: String
        let labels: Set<String>
        let split: String

        /// What is found in it. An amends is otherwise complete: that nothing is promised is tested
        /// elsewhere.
        var found: Set<String> {
            var found: Set<String> = []
            // One check at a time, so that it doesn't matter that only two are shown.
            for check in Check.allCases {
                let others = Set(Check.allCases).subtracting([check])
                let review = Review(kind: kind, fields: fields, without: others)
                if review.asides == [check] { found.insert(check.rawValue) }
                if review.suggestsFear { found.insert("fear") }
            }
            return found
        }

        private var fields: [Review.Field] {
            var fields = [Review.Field(field, text)]
            if kind == "amends" {
                let isOutward = field == "repair" || field == "change"
                fields.append(
                    isOutward ? .init("own", "I left.") : .init("repair", "I'll fetch it on Monday."))
            }
            return fields
        }
    }

    struct Tally {
        var (right, wrong, missed) = (0, 0, 0)

        var precision: Double { right + wrong == 0 ? 1 : Double(right) / Double(right + wrong) }
        var recall: Double { right + missed == 0 ? 1 : Double(right) / Double(right + missed) }
    }

    static let labels = Check.allCases.map(\.rawValue) + ["fear"]

    static func rows() throws -> [Row] {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "labelled.tsv")
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
        return try lines.enumerated().dropFirst().map { number, line in
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            try #require(columns.count == 5, "line \(number + 1)")
            let labels = columns[3] == "-" ? [] : Set(columns[3].split(separator: ",").map(String.init))
            return Row(
                line: number + 1, kind: columns[0], field: columns[1],
                text: columns[2].replacing("\\n", with: "\n"), labels: labels, split: columns[4])
        }
    }

    static func tally(_ rows: [Row]) -> [String: Tally] {
        var tallies: [String: Tally] = [:]
        for row in rows {
            let found = row.found
            for label in labels {
                switch (row.labels.contains(label), found.contains(label)) {
                case (true, true): tallies[label, default: Tally()].right += 1
                case (false, true): tallies[label, default: Tally()].wrong += 1
                case (true, false): tallies[label, default: Tally()].missed += 1
                case (false, false): break
                }
            }
            tell(row, found)
        }
        return tallies
    }

    /// `WORDING_MISSES=tune` prints what is wrong in that split.
    private static func tell(_ row: Row, _ found: Set<String>) {
        guard found != row.labels, ProcessInfo.processInfo.environment["WORDING_MISSES"] == row.split else {
            return
        }
        let (more, less) = (found.subtracting(row.labels), row.labels.subtracting(found))
        print(row.line, row.field, "+\(more.sorted())", "-\(less.sorted())", row.text)
    }

    @Test func `there are enough sentences of every sort`() throws {
        let rows = try Self.rows()
        #expect(rows.count >= 260)
        #expect(rows.count { $0.labels.isEmpty } * 2 >= rows.count)
        #expect(Double(rows.count { $0.split == "held" }) >= 0.33 * Double(rows.count))
        for label in Self.labels {
            #expect(rows.count { $0.labels.contains(label) } >= 12, "\(label)")
        }
        for row in rows {
            #expect(row.labels.isSubset(of: Self.labels), "line \(row.line)")
        }
    }

    @Test func `each check is right at least four times in five`() throws {
        let rows = try Self.rows()
        for split in ["tune", "held"] {
            let part = rows.filter { $0.split == split }
            print("\(split): \(part.count) sentences\n\(Self.table(Self.tally(part)))")
        }
        let whole = Self.tally(rows)
        for label in Self.labels {
            #expect(try #require(whole[label]).precision >= 0.8, "\(label)")
        }
    }

    private static func table(_ tallies: [String: Tally]) -> String {
        labels.map { label in
            let tally = tallies[label] ?? Tally()
            let name = label.padding(toLength: 16, withPad: " ", startingAt: 0)
            let (precision, recall) = (Int(tally.precision * 100), Int(tally.recall * 100))
            return "  \(name) precision \(precision) %, recall \(recall) %"
                + " (right \(tally.right), wrong \(tally.wrong), missed \(tally.missed))"
        }.joined(separator: "\n")
    }
}
