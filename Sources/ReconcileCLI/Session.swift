import ArgumentParser
import FoundationEssentials
import Glibc
import LocalAPI

/// How every command reaches the daemon.
struct SocketOptions: ParsableArguments {
    @Option(help: "The daemon's socket; also RECONCILE_SOCKET.")
    var socket: String?

    var path: String { DaemonSocket.path(socket) }

    var client: LocalClient { LocalClient(path: path) }
}

/// A command that explains its failures in one line and ends with status 1.
protocol Command: ParsableCommand {
    func execute() throws
}

extension Command {
    func run() throws { try explaining { try execute() } }
}

/// Does something, and says in one line why it failed.
func explaining(_ work: () throws -> Void) throws {
    do {
        try work()
    } catch let code as ExitCode {
        throw code
    } catch Interruption.signal(let number) {
        throw ExitCode(128 + number)
    } catch is Interruption {
        throw ExitCode(1)
    } catch {
        let line = "reconcile: " + Explanation.text(of: error)
        Terminal.note(isatty(2) == 1 ? Lines.wrapped(line) : line)
        throw ExitCode(1)
    }
}

/// A key for a write, so that a retry after a lost answer is the same write.
func newKey() -> String {
    (0..<16).map { _ in String(UInt8.random(in: 0...255), radix: 16) }.joined(separator: "-")
}

/// Text from people made harmless for the terminal it is shown on; its lines stay lines.
func shown(_ text: String) -> String { harmless(text) { $0 == 0x0A || $0 == 0x09 } }

/// The same for a place of one line: a name or a title can't pretend to be further lines.
func shownLine(_ text: String) -> String { harmless(text) { _ in false } }

private func harmless(_ text: String, except isAllowed: (UInt32) -> Bool) -> String {
    String(
        String.UnicodeScalarView(
            text.unicodeScalars.map { scalar in
                switch scalar.value {
                case let value where isAllowed(value): scalar
                case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
                    "\u{FFFD}"
                default: scalar
                }
            }))
}

/// Something as JSON on one line: keys in order, and nothing in it that a terminal would obey.
func encoded(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let text = String(decoding: try encoder.encode(value), as: UTF8.self)
    return text.unicodeScalars.reduce(into: "") { result, scalar in
        switch scalar.value {
        case 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
}

/// So many of something: "1 event", "3 events".
func counted(_ number: UInt64, _ noun: String) -> String {
    if number == 1 { return "1 \(noun)" }
    return "\(number) " + (noun.hasSuffix("y") ? noun.dropLast() + "ies" : noun + "s")
}

/// The first eight digits of an id, as people see it.
func short(_ id: String) -> String { String(id.prefix(8)) }
