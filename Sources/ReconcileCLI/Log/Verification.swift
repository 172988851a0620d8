import ArgumentParser
import FoundationEssentials
import LocalAPI

/// `log --verify`: has the daemon check a copy of its journal, and tells how far it is and what it found.
struct Verification {
    private let client: LocalClient
    private let target: String
    private let mends: Bool

    /// - Parameter target: what is asked, without `mend`.
    init(_ client: LocalClient, target: String, mends: Bool) {
        (self.client, self.target, self.mends) = (client, target, mends)
    }

    func run() throws {
        var (progress, lines, last) = (Progress(), [UInt8](), VerifyStep?.none)
        defer { progress.end() }
        try client.stream("POST", target + (mends ? "?mend=1" : "")) { piece in
            lines += piece
            while let end = lines.firstIndex(of: 0x0A) {
                let step = try JSONDecoder().decode(VerifyStep.self, from: Data(lines[..<end]))
                lines.removeSubrange(...end)
                switch step.step {
                case "done": last = step
                case "problem":
                    progress.end()
                    Terminal.print(Self.text(of: step))
                default:
                    progress.show(
                        "\(step.step == "copying" ? "copying " : "checking") \(Progress.bar(step.done, of: step.all))"
                    )
                }
            }
            return true
        }
        progress.end()
        guard let last else { throw LocalClientError.brokenOff }
        guard last.problems > 0 else {
            return Terminal.print(
                "PASS: \(last.done) events and rifts are what their devices signed, and all that follows from them."
            )
        }
        var text = "FAIL: \(last.problems) found."
        if last.mended > 0 { text += " \(last.mended) put right; what is missing comes with the next sync." }
        if last.kept > 0 { text += " \(last.kept) kept as they are: nobody else can have those words." }
        Terminal.print(text)
        throw ExitCode(1)
    }

    static func text(of problem: VerifyStep) -> String {
        var place = problem.entry.map { "entry \(short($0))" } ?? "an entry"
        if let author = problem.author { place += " by \(shownLine(author))" }
        if let at = problem.at { place += ", \(Terminal.time(at))" }
        return place + ": " + Explanation.damage(problem.kind ?? "", count: problem.count ?? 0)
    }
}
