import ArgumentParser
import Glibc
import LocalAPI
import Query

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the journal, or some of it, into a file that other programs read.",
        discussion: "Example: reconcile export --format md --to journal.md\nSee: reconcile export --help")
    @Argument(parsing: .captureForPassthrough, help: "Options and matches as of `reconcile log`.")
    var words: [String] = []

    func run() throws {
        if words == ["--dump-options"] { return Terminal.print(try LogOption.dump(LogOption.exportGroups)) }
        do {
            let options = try LogOptions(
                words, as: "reconcile export", by: LogOption.exportGroups.flatMap(\.options))
            guard options.action != .help else { return Terminal.print(Self.help) }
            try write(options)
        } catch let code as ExitCode {
            throw code
        } catch let error as LogUsageError {
            if let text = error.text { Terminal.note("reconcile export: \(text)") }
            throw ExitCode(1)
        } catch {
            Terminal.note("reconcile export: " + Explanation.text(of: error))
            throw ExitCode(1)
        }
    }

    private func write(_ options: LogOptions) throws {
        let client = try SocketOptions.parse(options.socket.map { ["--socket", $0] } ?? []).client
        // Everything that was given, also what was taken back: nothing is lost by moving.
        let target = options.target(isTerminal: false, width: 80, mode: options.mode ?? .export) + "&all=1"
        guard let path = options.output.path else {
            signal(SIGPIPE, SIG_IGN)
            var failure: CInt?
            try client.stream("GET", target) { piece in
                if !Terminal.write(piece) { failure = errno }
                return failure == nil
            }
            if failure == EPIPE { throw ExitCode(141) }
            if let failure { throw CLIError.output(failure) }
            return
        }
        let file = try NewFile(path, replacing: options.output.isForced)
        var (progress, bytes) = (Progress(), 0)
        defer { progress.end() }
        let outcome = try client.stream("GET", target) { piece in
            bytes += piece.count
            progress.show("\(Progress.size(bytes)) written")
            try file.write(piece)
            return true
        }
        try file.finish()
        progress.end()
        let count = outcome["entries-count"].flatMap { UInt64($0) } ?? 0
        Terminal.print(
            "\(counted(count, "record")) in \(shownLine(path)), \(Progress.size(bytes)). Only you may read it."
        )
    }

    private static var help: String {
        """
        Usage: reconcile export [OPTIONS] [MATCHES]

        Writes the journal, or some of it, with drafts and what was taken back.

        \(LogHelp.table(LogOption.exportGroups))

        Examples:
          reconcile export --format json --no-drafts > shared.json
          reconcile export --format md --rift toolbox --to toolbox.md
        """
    }
}
