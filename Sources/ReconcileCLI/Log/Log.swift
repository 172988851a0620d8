import ArgumentParser
import Glibc
import LocalAPI
import Query

/// `reconcile log`, by `getopt_long` alone.
///
/// The program comes here without ArgumentParser, whose tree of commands takes as long to set up as the daemon
/// takes to answer; ``Log`` is the same command in that tree, for help and completion.
package enum LogProgram {
    /// Carries out `log` with the words behind it, says on standard error what went wrong, and returns the exit status.
    package static func run(_ words: [String]) -> Int32 {
        let options: LogOptions
        do {
            if words == ["--dump-options"] {
                Terminal.print(try LogOption.dump(LogOption.groups))
                return 0
            }
            options = try LogOptions(words)
        } catch {
            return failed(error, words.contains("--exit-code") ? 2 : 1)
        }
        do {
            try LogAction(options).run()
            return 0
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            return failed(error, options.usesExitCode ? 2 : 1)
        }
    }

    private static func failed(_ error: any Error, _ status: Int32) -> Int32 {
        switch error {
        // glibc has said it already where there is no text.
        case let error as LogUsageError:
            if let text = error.text { Terminal.note("reconcile log: \(text)") }
        default: Terminal.note("reconcile log: " + Explanation.text(of: error))
        }
        return status
    }
}

struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the journal, as journalctl shows its own.", discussion: "See: reconcile log --help")
    @Argument(parsing: .captureForPassthrough, help: "Options as of journalctl.") var words: [String] = []

    func run() throws { throw ExitCode(LogProgram.run(words)) }
}

/// What the options of `log` ask for, carried out.
struct LogAction {
    private let options: LogOptions
    private let client: LocalClient

    init(_ options: LogOptions) {
        self.options = options
        client = LocalClient(path: DaemonSocket.path(options.socket))
    }

    func run() throws {
        switch options.action {
        case .help: Terminal.print(LogHelp.text)
        case .version: Terminal.print(Reconcile.configuration.version)
        case .modes: Terminal.print(OutputMode.allCases.map(\.rawValue).joined(separator: "\n"))
        case .listCatalog: listCatalog()
        case .fields: tell(try lines(options.target("/fields")))
        case .values(let field):
            let values = try lines(options.target("/fields/" + percentEncoded(field)))
            tell(options.limit.map { Self.first($0, of: values) } ?? values)
        case .usage, .header, .flush: try tellUsage()
        case .sync: try sync()
        case .verify: try Verification(client, target: options.target("/verify"), mends: options.mends).run()
        case .show: try show()
        }
    }

    // MARK: Entries

    private func show() throws {
        signal(SIGPIPE, SIG_IGN)
        // Following ends when its reader has seen enough: that is no failure.
        if options.follows { signal(SIGINT) { _ in _exit(0) } }
        let isTerminal = isatty(1) == 1
        if !options.isQuiet, isatty(2) == 1 {
            for reading in options.readings { Terminal.note("-- \(reading)") }
        }
        // The pager starts with the first bytes, so that a refusal stands on the terminal.
        var pager: Pager?
        var isFirst = true
        let isPaged = isTerminal && options.usesPager && !options.follows
        var failure: CInt?
        func write(_ bytes: [UInt8]) -> Bool {
            if isFirst, isPaged { pager = Pager(atEnd: options.beginsAtEnd) }
            isFirst = false
            if !Terminal.write(bytes, to: pager?.descriptor ?? 1) { failure = errno }
            return failure == nil
        }
        defer { pager?.finish() }
        let outcome = try client.stream(
            "GET", options.target(isTerminal: isTerminal, width: Terminal.width), receive: write)
        let count = outcome["entries-count"].flatMap { Int($0) } ?? 0
        if failure == nil, count == 0, options.saysNothingFound(isTerminal: isTerminal) {
            _ = write(Array("-- No entries --\n".utf8))
        }
        if failure == nil, !options.isQuiet {
            for name in outcome["entries-unknown-rifts"]?.split(separator: ",") ?? [] {
                Terminal.note("-- no rift is called \"\(shownLine(percentDecoded(name) ?? ""))\"")
            }
        }
        let cursor = outcome["entries-cursor"]
        if failure == nil, options.showsCursor, let cursor { _ = write(Array("-- cursor: \(cursor)\n".utf8)) }
        // A reader that went away, as `head` does, wants to hear nothing; any other failure lost output.
        if failure == EPIPE {
            guard pager == nil else { return }
            throw ExitCode(141)
        }
        if let failure { throw CLIError.output(failure) }
        if let file = options.cursorFile, let cursor { try CursorFile.write(cursor, to: file) }
        // What is followed has no end of its own.
        if options.follows { throw LocalClientError.brokenOff }
        if count == 0, options.usesExitCode || options.hasPattern { throw ExitCode(1) }
    }

    // MARK: Everything else

    private func lines(_ target: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try client.stream("GET", target) { piece in
            bytes += piece
            return true
        }
        return bytes
    }

    /// Values go on as they are, but a terminal obeys none of them.
    private func tell(_ lines: [UInt8]) {
        guard isatty(1) == 1 else {
            Terminal.write(lines)
            return
        }
        var harmless: [UInt8] = []
        TerminalText.append(lines[...], to: &harmless)
        Terminal.write(harmless)
    }

    private static func first(_ count: Int, of lines: [UInt8]) -> [UInt8] {
        lines.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().prefix(count)
            .flatMap { $0 + [0x0A] }
    }

    private func listCatalog() {
        let texts = Catalog.kinds.map { kind in
            let text = Catalog.text(ofKind: kind) ?? ""
            return ([kind] + text.split(separator: "\n").map { "    " + $0 }).joined(separator: "\n")
        }
        Terminal.print(texts.joined(separator: "\n\n"))
    }

    private func tellUsage() throws {
        let isFlush = options.action == .flush
        let usage = try client.request(
            isFlush ? "POST" : "GET", options.target(isFlush ? "/flush" : "/usage"), as: UsagePayload.self)
        let size = Progress.size(Int(clamping: usage.bytes))
        switch options.action {
        case .flush: Terminal.print("Everything is in \(usage.path), which takes up \(size).")
        case .usage: Terminal.print("The journal takes up \(size) in the file system.")
        default:
            let zone = SystemZones.local(Terminal.environment("TZ"))
            var rows = [
                ("File path", usage.path), ("Store ID", usage.store),
                ("Entries and changes", "\(usage.events)"),
                ("Drafts", "\(usage.drafts)"), ("Devices that wrote", "\(usage.devices)"),
                ("Last arrival", "\(usage.arrival)"),
            ]
            if let first = usage.first, let last = usage.last {
                rows.append(
                    (
                        "First",
                        Printer.time(first.multipliedReportingOverflow(by: 1_000).partialValue, in: zone)
                    ))
                rows.append(
                    ("Last", Printer.time(last.multipliedReportingOverflow(by: 1_000).partialValue, in: zone))
                )
            }
            rows.append(("Disk usage", size))
            Terminal.print(rows.map { "\($0.0): \($0.1)" }.joined(separator: "\n"))
        }
    }

    private func sync() throws {
        let result = try client.request("POST", "/sync?wait=1", as: SyncPayload.self)
        guard result.inSync else { throw CLIError.notInSync }
        Terminal.print("In sync.")
    }
}
