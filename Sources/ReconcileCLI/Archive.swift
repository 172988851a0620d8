import ArgumentParser
import LocalAPI

struct Archive: Command {
    static let configuration = CommandConfiguration(
        abstract: "Close this journal for good on this device, keep it for reading, and begin anew.",
        discussion: """
            What was shared stays here and can be read: reconcile log --archive NAME, reconcile export --archive NAME. \
            Drafts and notes move along, on this device as before. Your partner keeps their journal, and is not told. \
            Then reconcile pair begins another journal, with them or with someone else: also where all devices and words \
            of one of you are lost.

            Examples:
              reconcile archive                    asks first; named as in with-ben-2026-11
              reconcile archive the-first-years    under a name of your own
              reconcile archive --list             which there are
              reconcile log --archive with-ben-2026-11 -n 20
            """)
    @OptionGroup var socket: SocketOptions
    @Argument(help: "What it is to be called: letters, digits, -, _ and dots.") var name: String?
    @Flag(help: "Show the archives of this device; changes nothing.") var list = false
    @Flag(name: .shortAndLong, help: "Don't ask first.") var yes = false
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if list, name != nil { throw ValidationError("--list shows all of them: leave the name out.") }
    }

    func execute() throws {
        try Arguments.check()
        if list { return try showAll() }
        try confirm()
        let made = try socket.client.request(
            "POST", "/archive", body: ArchiveRequest(name: name), as: ArchivePayload.self)
        if json { return Terminal.print(try encoded(made)) }
        Terminal.say(
            shownLine(
                "Closed, as \(made.name): \(counted(UInt64(clamping: made.entries), "entry")) to read with"))
        Terminal.say("  reconcile log --archive \(shownLine(made.name))")
        if made.drafts > 0 {
            Terminal.say(
                "\(counted(UInt64(clamping: made.drafts), "draft")) moved along, on this device as before: reconcile drafts"
            )
        }
        Terminal.say("Whenever you like, `reconcile pair` begins another journal.")
    }

    private func confirm() throws {
        if yes { return }
        guard Terminal.isInputTerminal else { throw CLIError.needsYes }
        let status = try socket.client.request("GET", "/status", as: StatusPayload.self)
        guard status.paired else { throw LocalClientError.refused(ErrorPayload("not_paired")) }
        let partner = status.devices.first { $0.person != status.person }?.person
        Terminal.say(
            shownLine("This closes your journal with \(partner ?? "your partner") on this device, for good."))
        for line in [
            "It stays here, and can be read whenever you like; nothing is added to it any more.",
            "\(partner ?? "Your partner") keeps theirs as it is, and is not told.",
            "Drafts and notes move along. What they were about stays with them in words, for you alone.",
            "This device gets new keys: with this journal it never syncs again. To share after that: reconcile pair",
        ] { Terminal.say("  - " + shownLine(line)) }
        guard ["y", "yes"].contains(Terminal.askAnew("Close it? [y/N] ")?.lowercased()) else {
            throw Interruption.end
        }
    }

    private func showAll() throws {
        let archives = try socket.client.request("GET", "/archives", as: [ArchivePayload].self)
        if json { return Terminal.print(try encoded(archives)) }
        if archives.isEmpty { Terminal.print("No archives.") }
        for archive in archives {
            Terminal.print(shownLine(archive.name))
            let days = [archive.first, archive.last].compactMap { $0.map(Terminal.time) }
            Terminal.print(
                shownLine(
                    "    with \(archive.partner ?? "?"), \(counted(UInt64(clamping: archive.entries), "entry"))"
                        + (days.count == 2 ? ", from \(days[0]) to \(days[1])" : "")
                        + (archive.closed > 0 ? "; closed \(Terminal.time(archive.closed))" : "")))
        }
    }
}
