import ArgumentParser
import FoundationEssentials
import Glibc
import LocalAPI

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Everything of this device in one file, drafts and notes too, and back.",
        discussion: """
            A backup is sealed with a passphrase, and holds the keys of this device: whoever has both can go on as you. \
            With --plain it is sealed by nothing and holds no keys: whoever has the file can read all of it. Writing goes \
            on while one is made, and it is read back before it counts. Archives are not in it: for a copy of one there is \
            reconcile export --archive NAME --to FILE.

            Example: reconcile backup create --to /media/stick/journal.backup
            """,
        subcommands: [CreateBackup.self, VerifyBackup.self, RestoreBackup.self])
}

/// Where a passphrase comes from.
struct PassphraseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Read the passphrase from a file's first line; - is standard input.", valueName: "file"))
    var passphraseFile: String?
}

struct CreateBackup: Command {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Put everything of this device into a file.",
        discussion: "Example: reconcile backup create --to /media/stick/journal.backup")
    @OptionGroup var socket: SocketOptions
    @OptionGroup var passphrase: PassphraseOptions
    @Option(help: ArgumentHelp("The file to make.", valueName: "file")) var to: String
    @Flag(help: "Seal it with nothing, and leave the keys out.") var plain = false
    @Flag(help: "Take the place of a file that is there already.") var force = false
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if plain, passphrase.passphraseFile != nil {
            throw ValidationError("--plain seals with nothing: leave --passphrase-file out, or --plain.")
        }
    }

    func execute() throws {
        try Arguments.check()
        // A place where it can't be is found before anyone has typed a passphrase.
        try NewFile.check(to, replacing: force)
        let secret = plain ? nil : try Passphrase.choose(passphrase.passphraseFile)
        let file = try NewFile(to, replacing: force)
        var (progress, bytes, size) = (Progress(), 0, 0)
        var lines = BackupLines()
        defer { progress.end() }
        try socket.client.stream("POST", "/backup", headers: Passphrase.headers(secret)) { piece in
            let rest = try lines.receive(piece) { step in
                if step.step == "copying" {
                    progress.show("copying \(Progress.bar(step.done, of: step.all))")
                }
                if step.step == "file" { size = step.all }
                if let failure = step.failure { throw LocalClientError.refused(ErrorPayload(failure)) }
            }
            try file.write(rest)
            bytes += rest.count
            if size > 0 { progress.show("writing \(Progress.bar(bytes, of: size))") }
            return true
        }
        progress.end()
        // What can't be read back is no backup: it gets its name only then.
        try file.settle()
        let found = try BackupUpload(file: file.place).send("/backup/verify", socket.client, secret)
        // A copy of what is damaged doesn't take a good one's place; without a passphrase it would not be restored either.
        guard found.problems == 0 || !plain && FileStatus(of: to) == nil else {
            throw CLIError.damagedBackup(to, isKept: false)
        }
        try file.finish()
        guard found.problems == 0 else { throw CLIError.damagedBackup(to, isKept: true) }
        if json { return Terminal.print(try encoded(Made(file: to, bytes: bytes, backup: found))) }
        Terminal.say(
            shownLine(
                "\(to): \(counted(UInt64(clamping: found.events), "event")) and \(counted(UInt64(clamping: found.drafts), "draft")), \(Progress.size(bytes)), read back and found whole."
            ))
        Terminal.say(
            plain
                ? "It is sealed by nothing: whoever has it can read all of it, drafts and notes too. It holds no keys."
                : "Without its passphrase nobody can open it, you neither: keep that in another place.")
        for archive in try socket.client.request("GET", "/archives", as: [ArchivePayload].self) {
            Terminal.say(
                shownLine(
                    "Not in it is the archive \(archive.name). A copy of that: reconcile export --archive \(archive.name) --to FILE"
                ))
        }
    }

    private struct Made: Encodable {
        let file: String
        let bytes: Int
        let backup: BackupStep
    }
}

struct VerifyBackup: Command {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read a backup to its end and check all that is in it; changes nothing.",
        discussion:
            "Any daemon can do that, also one that was never set up.\n\nExample: reconcile backup verify journal.backup"
    )
    @OptionGroup var socket: SocketOptions
    @OptionGroup var passphrase: PassphraseOptions
    @Argument(help: "The file.") var file: String
    @Flag(help: "Print JSON.") var json = false

    func execute() throws {
        try Arguments.check()
        let found = try BackupUpload(file: file).send(
            "/backup/verify", socket.client, passphraseFile: passphrase.passphraseFile)
        if json {
            Terminal.print(try encoded(found))
        } else {
            if let manifest = found.manifest { Terminal.say(BackupUpload.line(manifest)) }
            Terminal.say(
                found.problems == 0
                    ? "PASS: \(counted(UInt64(clamping: found.events), "event")) and \(counted(UInt64(clamping: found.drafts), "draft")), as they were written."
                    : "FAIL: \(found.problems) found.")
        }
        if found.problems > 0 { throw ExitCode(1) }
    }
}

struct RestoreBackup: Command {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Go on from a backup, with a daemon that was never set up.",
        discussion: """
            Nothing is overwritten: where there is a journal already, it is refused. What you shared after the backup was \
            made comes back from your partner's devices and your other ones; what was only on this device and is not in the \
            backup is lost. A plain backup holds no keys, so it makes a new device of yours, which is let in by `reconcile \
            pair --mine`, or by recovery words, with --recover.

            A restored device shares with your partner only if you say so, as you may have stopped after the backup was \
            made: at a terminal you are asked, in a script say --share-again.

            Example: reconcile backup restore /media/stick/journal.backup
            """)
    @OptionGroup var socket: SocketOptions
    @OptionGroup var passphrase: PassphraseOptions
    @Argument(help: "The file.") var file: String
    @Flag(help: "Share with your partner again from here, without being asked.") var shareAgain = false
    @Flag(help: "Print JSON.") var json = false

    func execute() throws {
        try Arguments.check()
        let before = try socket.client.request("GET", "/status", as: StatusPayload.self)
        guard !before.initialised else {
            throw LocalClientError.refused(ErrorPayload("restore_over"))
        }
        let found = try BackupUpload(file: file).send(
            "/backup/restore", socket.client, passphraseFile: passphrase.passphraseFile)
        let isPaired = found.manifest?.hasKeys == true
        if isPaired, try maySay() {
            _ = try socket.client.request("POST", "/together", as: StatusPayload.self)
        }
        // Whoever has what the backup lacks may be at hand.
        let sync = isPaired ? try? socket.client.request("POST", "/sync?wait=1", as: SyncPayload.self) : nil
        let after = try socket.client.request("GET", "/status", as: StatusPayload.self)
        let back = max(0, after.events &- found.events)
        if json {
            return Terminal.print(
                try encoded(
                    Restored(
                        backup: found, cameBack: back, inSync: sync?.inSync ?? false, isApart: after.apart)))
        }
        if let manifest = found.manifest { Terminal.say(BackupUpload.line(manifest)) }
        Terminal.say(
            "Restored: \(counted(UInt64(clamping: found.events), "event")) and \(counted(UInt64(clamping: found.drafts), "draft")). Drafts that were held are drafts again, and wait for you."
        )
        if found.problems > 0 {
            Terminal.say(
                "\(found.problems) of it is not as it was written; `reconcile log --verify` says what to do.")
        }
        guard after.paired else {
            return Terminal.say(isPaired ? "There was no partner yet: reconcile pair" : Explanation.newDevice)
        }
        guard isPaired else { return Terminal.say(Explanation.newDevice) }
        if after.apart { Terminal.say(Explanation.apart(after)) }
        Terminal.say(
            "This device goes on in a new chapter of its log. If the other copy of it still runs somewhere, stop that one for good."
        )
        Terminal.say(
            sync?.inSync == true
                ? "\(counted(UInt64(clamping: back), "event")) that the backup lacked came back from the others."
                : "What the backup lacks comes back when you meet your partner's device, or another one of yours: `reconcile status` shows it."
        )
    }

    /// Whether this person shares with the other one, from here too.
    private func maySay() throws -> Bool {
        let status = try socket.client.request("GET", "/status", as: StatusPayload.self)
        guard status.paired, status.apart else { return false }
        if shareAgain { return true }
        guard Terminal.isInputTerminal, !json else { return false }
        let answer = Terminal.ask("It is restored. Do you share with your partner, and from here too? [Y/n] ")
        return answer.map { !$0.lowercased().hasPrefix("n") } ?? false
    }

    private struct Restored: Encodable {
        let backup: BackupStep
        let cameBack: Int64
        let inSync: Bool
        /// Whether nothing is shared from here until its person says so.
        let isApart: Bool
    }
}
