import EventLog
import Glibc
import LocalAPI
import Store

/// What a backup is made of, and what becomes of one.
extension Ledger {
    /// Who this is, for a backup with or without the keys.
    func backupIdentity(hasKeys: Bool) throws -> (manifest: BackupManifest, identity: DeviceIdentity?) {
        guard let identity else { throw ErrorPayload("not_initialised") }
        let manifest = BackupManifest(
            program: Daemon.version, made: Machine.now().milliseconds, person: identity.person,
            personName: identity.personName, deviceName: identity.deviceName, hasKeys: hasKeys)
        return (manifest, hasKeys ? identity : nil)
    }

    /// Begins a copy for a backup, and tells where it will lie; one at a time until its key is derived.
    func beginBackup() throws -> String {
        guard !isBackingUp else { throw ErrorPayload("check_busy") }
        let path = try beginCopy()
        isBackingUp = true
        return path
    }

    /// Lets the next backup begin.
    ///
    /// - Parameter isCopied: whether the copy is whole; otherwise it is given up. A check may be copying by then.
    func endBackup(isCopied: Bool) {
        isBackingUp = false
        if !isCopied { stopCopy() }
    }

    /// Refuses where something would be overwritten.
    func requireNothing() throws {
        guard identity == nil else { throw ErrorPayload("restore_over") }
    }

    /// Goes on from a backup, in a state directory where there is nothing yet.
    ///
    /// No mark comes with it, so a log that is here goes on in a new epoch: what was written after the backup may lie
    /// with others.
    func restore(_ backup: ReceivedBackup) throws {
        try requireNothing()
        let identity = try backup.identity ?? DeviceIdentity.new(for: backup.manifest)
        try backup.prepare()
        try reopen {
            for file in [directory.database + "-wal", directory.database + "-shm", directory.path + "/mark"]
            where unsafe unlink(file) != 0 && errno != ENOENT {
                throw DaemonError.state(path: file, code: errno)
            }
            guard unsafe Glibc.rename(backup.path, directory.database) == 0 else {
                throw DaemonError.state(path: directory.database, code: errno)
            }
            // Last: killed before that, nothing is here yet, and restoring can be done again. It makes the name durable too.
            try directory.save(identity)
        }
    }
}
