import ArgumentParser
import FoundationEssentials
import Glibc
import LocalAPI

struct Watch: Command {
    static let configuration = CommandConfiguration(
        abstract: "Run a command whenever something of your partner's arrives.",
        discussion: """
            Example: reconcile watch --exec "notify-send Reconcile 'Something new is in the journal.'"

            The shell runs it once for all that came together, with RECONCILE_COUNT, how many entries that are, and \
            RECONCILE_ENTRIES, their ids. No word of the journal is in its arguments or its environment. It goes on where it \
            was when the daemon comes back. As a service of your session: systemctl --user enable --now reconcile-watch
            """)
    @OptionGroup var socket: SocketOptions
    @Option(help: "The command, for the shell.") var exec: String

    func execute() throws {
        var cursor = try place()
        while true {
            do {
                try follow(from: &cursor)
            } catch LocalClientError.brokenOff {
                // It stops, or is started anew.
            } catch LocalClientError.noDaemon {}
            sleep(2)
        }
    }

    /// The place behind all that is here.
    private func place() throws -> String? {
        try socket.client.stream("GET", "/entries?newest=0&drafts=none") { _ in true }["entries-cursor"]
    }

    private func follow(from cursor: inout String?) throws {
        var target = "/entries?follow&partner&drafts=none&output=json&fields=__CURSOR,ENTRY_ID"
        target += cursor.map { "&after_cursor=" + percentEncoded($0) } ?? ""
        var rest: [UInt8] = []
        try socket.client.stream("GET", target) { piece in
            rest += piece
            guard let end = rest.lastIndex(of: 0x0A) else { return true }
            let arrivals = rest[..<end].split(separator: 0x0A).compactMap { line in
                try? JSONDecoder().decode(Arrival.self, from: Data(line))
            }
            rest.removeSubrange(...end)
            guard let last = arrivals.last else { return true }
            cursor = last.__CURSOR
            tell(arrivals.map(\.ENTRY_ID))
            return true
        }
    }

    private struct Arrival: Decodable {
        let __CURSOR: String
        let ENTRY_ID: String
    }

    private func tell(_ entries: [String]) {
        let own = ["RECONCILE_COUNT=\(entries.count)", "RECONCILE_ENTRIES=\(entries.joined(separator: " "))"]
        do {
            let status = try Program.run(["/bin/sh", "-c", exec], environment: own)
            if status != 0 { Terminal.note("reconcile: the command ended with a failure") }
        } catch {
            Terminal.note("reconcile: " + Explanation.text(of: error))
        }
    }
}
