import ArgumentParser
import Glibc
import LocalAPI

struct Doctor: Command {
    static let configuration = CommandConfiguration(
        abstract: "Try everything that has to work, and say what to do about what doesn't.",
        discussion: """
            It tries things instead of reading what is promised: writes to the disk, sends and hears beacons, calls your \
            other devices, and lets the daemon try to leave its confinement. With --report no name, path or address is \
            printed, so that it can be shown to someone who helps. Ends with status 1 where something has to be mended.

            Example: reconcile doctor --report
            """)
    @OptionGroup var socket: SocketOptions
    @Flag(help: "Leave every name, path and address out.") var report = false
    @Flag(help: "Print JSON.") var json = false

    func execute() throws {
        try Arguments.check()
        let findings = Examination(socket: socket.socket).findings(isReport: report)
        if json {
            Terminal.print(try encoded(findings))
        } else {
            for finding in findings {
                Terminal.print(finding.mark + Self.indented(finding.text).dropFirst(finding.mark.utf8.count))
                if let fix = finding.fix { Terminal.print(Self.indented(fix)) }
                if let command = finding.command { Terminal.print("       " + shownLine(command)) }
            }
            let bad = findings.filter { $0.state == .problem }.count
            let odd = findings.filter { $0.state == .warning }.count
            Terminal.say(
                bad + odd == 0
                    ? "All is well."
                    : "\(counted(UInt64(clamping: bad), "problem")), \(counted(UInt64(clamping: odd), "warning"))."
            )
        }
        if findings.contains(where: { $0.state == .problem }) { throw ExitCode(1) }
    }

    /// Lines that stand behind a mark.
    private static func indented(_ text: String) -> String {
        Lines.wrapped(shownLine(text), to: Terminal.readingWidth, indent: "       ")
    }
}

/// Something that was found out.
struct Finding: Encodable {
    enum State: String, Encodable { case ok, note, warning, problem }

    /// What was looked at.
    let check: String
    let state: State
    let text: String
    /// What to do about it; nil where nothing is to be done.
    let fix: String?
    /// What to type for that, on one line, so that it can be copied; nil where it isn't a matter of one command.
    let command: String?

    /// The beginning of its line.
    var mark: String {
        switch state {
        case .ok: "ok   "
        case .note: "note "
        case .warning: "look "
        case .problem: "mend "
        }
    }
}
