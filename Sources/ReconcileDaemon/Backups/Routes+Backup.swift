import Backup
import FoundationEssentials
import HTTPTypes
import Hummingbird
import LocalAPI
import Logging
import NIOCore

/// Backups: made for the command line to put into a file, read back, and gone on from.
extension Routes {
    func addBackups(to router: Router<BasicRequestContext>) {
        router.post("/backup") { request, _ in
            do { return try await makeBackup(request) } catch { return try Self.refuse(refusal(for: error)) }
        }
        router.post("/backup/verify") { request, _ in
            do { return try await take(request, isRestored: false) } catch {
                return try Self.refuse(refusal(for: error))
            }
        }
        router.post("/backup/restore") { request, _ in
            do {
                try await ledger.requireNothing()
                return try await take(request, isRestored: true)
            } catch { return try Self.refuse(refusal(for: error)) }
        }
    }

    private func makeBackup(_ request: Request) async throws -> Response {
        let passphrase = try request.passphrase
        let who = try await ledger.backupIdentity(hasKeys: passphrase != nil)
        return Response(
            status: .ok, headers: [.contentType: "application/octet-stream"],
            body: .init { writer in
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    let backup: OutgoingBackup
                    var copy: BackupCopy?
                    do {
                        // Not before: where whoever asked has gone away by now, this is never begun.
                        copy = try await BackupCopy(of: ledger)
                        var told = 0
                        while let (done, all) = try await copy?.next() {
                            try Task.checkCancellation()
                            guard done - told >= 4_096 else { continue }
                            told = done
                            try await writer.write(Self.line(.copying(done, of: all)))
                        }
                        try Task.checkCancellation()
                        guard let whole = try await copy?.sealed(who, passphrase) else { return }
                        backup = whole
                    } catch {
                        await copy?.giveUp()
                        try Task.checkCancellation()
                        var step = BackupStep(step: "failed")
                        step.failure = refusal(for: error).error
                        return try await writer.write(Self.line(step))
                    }
                    var file = BackupStep(step: "file")
                    file.all = backup.length
                    try await writer.write(Self.line(file))
                    while let bytes = try await backup.next() {
                        if !bytes.isEmpty { try await writer.write(ByteBuffer(bytes: bytes)) }
                    }
                }
                try await writer.finish(nil)
            })
    }

    /// Reads a backup to its end, checks it, and perhaps goes on from it.
    private func take(_ request: Request, isRestored: Bool) async throws -> Response {
        let incoming = try IncomingBackup(in: ledger.directory, passphrase: try request.passphrase)
        var pieces = request.body.makeAsyncIterator()
        while true {
            let piece: ByteBuffer?
            do { piece = try await pieces.next(isolation: #isolation) } catch { throw UploadBrokenOff() }
            guard let piece else { break }
            try await incoming.receive(Array(piece.readableBytesView))
        }
        let backup = try await incoming.finish()
        // Opening a database takes its time, and the event loops have others to serve.
        let (check, events, drafts) = try await BackupThread.loop.submit { try backup.examine() }.get()
        return Response(
            status: .ok, headers: [.contentType: "application/x-ndjson"],
            body: .init { writer in
                var last = BackupStep(step: "done")
                (last.manifest, last.events, last.drafts) = (backup.manifest, events, drafts)
                do {
                    var problems = try await check?.begin() ?? []
                    var (told, isForged) = (0, false)
                    while true {
                        for problem in problems {
                            last.problems += 1
                            // What only follows from the events is derived anew.
                            if problem.kind != "standing", problem.kind != "index" { isForged = true }
                            var step = BackupStep(step: "problem")
                            step.problem = VerifyStep(problem)
                            try await writer.write(Self.line(step))
                        }
                        guard let check, let more = try await check.next() else { break }
                        problems = more
                        let (done, all) = (await check.checked, await check.all)
                        guard done - told >= 5_000 else { continue }
                        told = done
                        try await writer.write(Self.line(.checking(done, of: all)))
                    }
                    if isRestored {
                        // Who made a plain one is known by nothing but the signatures in it.
                        guard backup.identity != nil || !isForged else {
                            throw ErrorPayload("backup_unproved")
                        }
                        try await ledger.restore(backup)
                        try await links.reload()
                        await dialling.wake()
                        await discovery.beginAgain()
                        logger.notice(
                            "restored from a backup", metadata: ["keys": "\(backup.identity != nil)"])
                    }
                } catch {
                    last.step = "failed"
                    last.failure = refusal(for: error).error
                }
                try await writer.write(Self.line(last))
                try await writer.finish(nil)
            })
    }

    private static func line(_ step: BackupStep) throws -> ByteBuffer {
        ByteBuffer(bytes: Array(try JSONEncoder().encode(step)) + [0x0A])
    }
}

extension BackupStep {
    fileprivate static func copying(_ done: Int, of all: Int) -> BackupStep {
        var step = BackupStep(step: "copying")
        (step.done, step.all) = (done, all)
        return step
    }

    fileprivate static func checking(_ done: Int, of all: Int) -> BackupStep {
        var step = BackupStep(step: "checking")
        (step.done, step.all) = (done, all)
        return step
    }
}

extension BackupFile.Failure {
    /// The failure by the name under which the command line explains it.
    var refusal: ErrorPayload {
        switch self {
        case .notABackup: ErrorPayload("backup_none")
        case .newerVersion: ErrorPayload("backup_newer")
        case .needsPassphrase: ErrorPayload("backup_sealed")
        case .needsNone: ErrorPayload("backup_plain")
        case .wrongPassphrase: ErrorPayload("backup_passphrase")
        case .damaged: ErrorPayload("backup_damaged")
        case .truncated: ErrorPayload("backup_truncated")
        }
    }
}

extension Request {
    /// The passphrase that comes with a request, in hexadecimal digits; nil where none does.
    fileprivate var passphrase: [UInt8]? {
        get throws {
            guard let digits = HTTPField.Name("Reconcile-Passphrase").flatMap({ headers[$0] }) else {
                return nil
            }
            let digitPairs = Array(digits.utf8)
            guard digitPairs.count.isMultiple(of: 2), !digitPairs.isEmpty, digitPairs.count <= 4_096 else {
                throw ErrorPayload("bad_request")
            }
            return try stride(from: 0, to: digitPairs.count, by: 2).map { start in
                let pair = String(decoding: digitPairs[start..<start + 2], as: UTF8.self)
                guard let byte = UInt8(pair, radix: 16) else { throw ErrorPayload("bad_request") }
                return byte
            }
        }
    }
}
