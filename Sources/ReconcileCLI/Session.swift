import ArgumentParser
import FoundationEssentials
import Glibc
import LocalAPI

/// How every command reaches the daemon.
struct SocketOptions: ParsableArguments {
    @Option(help: "The daemon's socket; also RECONCILE_SOCKET.")
    var socket: String?

    var path: String {
        if let socket = socket ?? Terminal.environment("RECONCILE_SOCKET") { return socket }
        let state = Terminal.environment("RECONCILE_STATE")
        return (state ?? (Terminal.environment("HOME") ?? "/") + "/.local/state/reconcile") + "/socket"
    }

    var client: LocalClient { LocalClient(path: path) }
}

/// A command that explains its failures in one line and ends with status 1.
protocol Command: ParsableCommand {
    func execute() throws
}

extension Command {
    func run() throws {
        do {
            try execute()
        } catch let code as ExitCode {
            throw code
        } catch {
            Terminal.note("reconcile: " + Explanation.text(of: error))
            throw ExitCode(1)
        }
    }
}

/// A key for a write, so that a retry after a lost answer is the same write.
func newKey() -> String {
    (0..<16).map { _ in String(UInt8.random(in: 0...255), radix: 16) }.joined(separator: "-")
}

/// Text from people made harmless for the terminal it is shown on.
func shown(_ text: String) -> String {
    String(
        String.UnicodeScalarView(
            text.unicodeScalars.map { scalar in
                switch scalar.value {
                case 0x0A, 0x09: scalar
                case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069:
                    "\u{FFFD}"
                default: scalar
                }
            }))
}

/// The first eight digits of an id, as people see it.
func short(_ id: String) -> String { String(id.prefix(8)) }
