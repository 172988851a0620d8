import FoundationEssentials
import Glibc
import LocalAPI

/// A backup's file, sent to the daemon.
struct BackupUpload {
    let file: String

    /// Sends it with what stands in a file of passphrases, or else with what is asked for if only that opens it.
    func send(_ target: String, _ client: LocalClient, passphraseFile: String?) throws -> BackupStep {
        if let passphraseFile { return try send(target, client, Passphrase.read(passphraseFile)) }
        do { return try send(target, client, nil) } catch LocalClientError.refused(let refusal)
            where refusal.error == "backup_sealed"
        {
            return try send(target, client, Passphrase.ask())
        }
    }

    /// Sends it, shows how far that is and what is wrong with it, and tells what it came to.
    func send(_ target: String, _ client: LocalClient, _ secret: [UInt8]?) throws -> BackupStep {
        let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CLIError.unreadable(file, errno) }
        defer { _ = close(descriptor) }
        let size = FileStatus(descriptor: descriptor)?.size ?? 0
        var (progress, sent, last, lines) = (Progress(), 0, BackupStep?.none, BackupLines())
        defer { progress.end() }
        try client.stream(
            "POST", target, headers: Passphrase.headers(secret),
            upload: {
                guard let bytes = Terminal.read(descriptor) else { throw CLIError.unreadable(file, errno) }
                sent += bytes.count
                if size > 0 { progress.show("reading \(Progress.bar(sent, of: size))") }
                return bytes
            },
            receive: { piece in
                _ = try lines.receive(piece) { step in
                    if let problem = step.problem {
                        progress.end()
                        Terminal.note(Verification.text(of: problem))
                    }
                    if step.step == "checking" {
                        progress.show("checking \(Progress.bar(step.done, of: step.all))")
                    }
                    last = step
                }
                return true
            })
        progress.end()
        guard let last else { throw LocalClientError.brokenOff }
        if let failure = last.failure { throw LocalClientError.refused(ErrorPayload(failure)) }
        guard last.step == "done" else { throw LocalClientError.brokenOff }
        return last
    }

    /// What a backup is one of.
    static func line(_ manifest: BackupManifest) -> String {
        shownLine(
            "A backup of \(manifest.personName)'s \(manifest.deviceName), made \(Terminal.time(manifest.made)), \(manifest.hasKeys ? "with" : "without") its keys."
        )
    }
}

/// Steps that are told line by line, with perhaps a file behind them.
struct BackupLines {
    private var bytes: [UInt8] = []
    private var isFile = false

    /// Takes some more of an answer; what of it belongs to the file.
    mutating func receive(_ piece: [UInt8], _ tell: (BackupStep) throws -> Void) throws -> [UInt8] {
        if isFile { return piece }
        bytes += piece
        while !isFile, let end = bytes.firstIndex(of: 0x0A) {
            let step = try JSONDecoder().decode(BackupStep.self, from: Data(bytes[..<end]))
            bytes.removeSubrange(...end)
            isFile = step.step == "file"
            try tell(step)
        }
        guard isFile else { return [] }
        defer { bytes = [] }
        return bytes
    }
}
