import ArgumentParser
import Glibc
import LocalAPI

struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the journal, as journalctl shows its own.", discussion: "See: reconcile log --help")
    @Argument(parsing: .captureForPassthrough, help: "Options as of journalctl.") var words: [String] = []

    func run() throws {
        do {
            let options = try LogOptions(words)
            if options.wantsHelp {
                Terminal.print(LogOptions.help)
                return
            }
            let socket = try SocketOptions.parse(options.socket.map { ["--socket", $0] } ?? [])
            signal(SIGPIPE, SIG_IGN)
            // Following ends when its reader has seen enough: that is no failure.
            if options.query.contains("follow=1") { signal(SIGINT) { _ in _exit(0) } }
            let target = "/entries?" + options.query.joined(separator: "&")
            var failure: CInt?
            try socket.client.stream("GET", target) { piece in
                if !Terminal.write(piece, to: 1) { failure = errno }
                return failure == nil
            }
            // A reader that went away, as `head` does, wants to hear nothing; any other failure lost output.
            if failure == EPIPE { throw ExitCode(141) }
            if let failure {
                Terminal.note("reconcile log: can't write the output: \(Terminal.reason(failure))")
                throw ExitCode(1)
            }
        } catch let code as ExitCode {
            throw code
        } catch let error as LogUsageError {
            if let text = error.text { Terminal.note("reconcile log: \(text)") }
            throw ExitCode(1)
        } catch {
            Terminal.note("reconcile: " + Explanation.text(of: error))
            throw ExitCode(1)
        }
    }
}
