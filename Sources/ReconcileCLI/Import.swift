import ArgumentParser
import FoundationEssentials
import Glibc
import LocalAPI

struct Import: Command {
    static let configuration = CommandConfiguration(
        abstract: "Take in entries of yours from a file.",
        discussion: """
            What is taken in is a draft, with its date, until you share it; a note always stays one. Your partner's \
            entries in the file are passed over, and what is here already is not taken in twice. If something can't \
            be taken in, it is listed by its line, and nothing is.

            Example: reconcile import --format jrnl journal.txt --dry-run
            """)
    @OptionGroup var socket: SocketOptions
    @Argument(help: "The file; - for standard input.") var file: String
    @Option(help: "export (the Journal Export Format), json (an object a line) or jrnl.") var format: String
    @Flag(help: "Share at once what can be shared.") var share = false
    @Flag(help: "Only tell what would happen.") var dryRun = false
    @Flag(help: "Leave out what can't be taken in.") var skip = false
    @Flag(help: "Print JSON.") var json = false

    func execute() throws {
        let descriptor = file == "-" ? 0 : unsafe open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CLIError.unreadable(file, errno) }
        defer { if descriptor > 0 { _ = close(descriptor) } }
        var status = stat()
        let size = unsafe fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
        var parameters = ["format=" + percentEncoded(format)]
        for (name, isSet) in [("share", share), ("dry_run", dryRun), ("skip", skip)] where isSet {
            parameters.append(name + "=1")
        }
        if let zone = Terminal.environment("TZ") { parameters.append("zone=" + percentEncoded(zone)) }
        var (progress, sent, lines, last) = (Progress(), 0, [UInt8](), ImportStep?.none)
        defer { progress.end() }
        try socket.client.stream(
            "POST", "/import?" + parameters.joined(separator: "&"),
            upload: {
                guard let bytes = Terminal.read(descriptor) else { throw CLIError.unreadable(file, errno) }
                sent += bytes.count
                if size > 0 { progress.show(Progress.bar(sent, of: size)) }
                return bytes
            },
            receive: { piece in
                lines += piece
                while let end = lines.firstIndex(of: 0x0A) {
                    let step = try JSONDecoder().decode(ImportStep.self, from: Data(lines[..<end]))
                    lines.removeSubrange(...end)
                    progress.end()
                    if step.step == "done" { last = step } else { try tell(step) }
                }
                return true
            })
        progress.end()
        guard let last else { throw LocalClientError.brokenOff }
        Terminal.print(json ? try encoded(last) : summary(last))
        if last.problems > 0, !skip { throw ExitCode(1) }
    }

    private func tell(_ problem: ImportStep) throws {
        if json { return Terminal.print(try encoded(problem)) }
        let reason = Explanation.problem(problem.reason ?? "", problem.subject ?? "")
        Terminal.note("\(shownLine(file)):\(problem.line ?? 0): \(reason)")
    }

    private func summary(_ last: ImportStep) -> String {
        let shared = last.new &- last.drafts
        var new = [String]()
        if shared > 0 || last.drafts == 0 { new.append("\(shared) shared") }
        if last.drafts > 0 { new.append(counted(UInt64(clamping: last.drafts), "draft")) }
        var text = "\(counted(UInt64(clamping: last.new), "new entry")) (\(new.joined(separator: ", ")))"
        if last.new == 0 { text = "nothing new" }
        if last.known > 0 { text += "; \(last.known) here already" }
        if last.foreign > 0 { text += "; \(last.foreign) not yours, passed over" }
        if last.withdrawn > 0 { text += "; \(last.withdrawn) taken back, passed over" }
        if last.problems > 0 { text += "; \(last.problems) can't be taken in" }
        if dryRun { return "Would be taken in: \(text). Nothing was stored." }
        if last.problems > 0, !skip {
            return
                "Nothing was taken in, for it would be: \(text). Mend these lines, or leave them out with --skip."
        }
        return "Taken in: \(text)."
    }
}
