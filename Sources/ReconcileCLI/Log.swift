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
            let target = "/entries?" + options.query.joined(separator: "&")
            var isClosed = false
            try socket.client.stream("GET", target) { piece in
                isClosed = !Terminal.write(piece)
                return !isClosed
            }
            if isClosed { throw ExitCode(141) }
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
