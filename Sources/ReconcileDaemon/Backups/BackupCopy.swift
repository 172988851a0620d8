import LocalAPI
import NIOCore

/// A copy of the database that is made for a backup while writing goes on.
struct BackupCopy {
    private let ledger: Ledger
    private let path: String
    private var isWhole = false

    /// Begins it; one at a time.
    init(of ledger: Ledger) async throws {
        path = try await ledger.beginBackup()
        self.ledger = ledger
    }

    /// Copies some more: how many pages are done, of how many; nil once it is whole.
    mutating func next() async throws -> (done: Int, all: Int)? {
        let step = try await ledger.copyOn()
        isWhole = step == nil
        return step
    }

    /// What is whole, on its way out as the bytes of a backup.
    func sealed(
        _ who: (manifest: BackupManifest, identity: DeviceIdentity?), _ passphrase: [UInt8]?
    ) async throws -> OutgoingBackup {
        // Deriving the key takes half a second of a thread.
        let backup = try await BackupThread.loop.submit { [path] in
            try OutgoingBackup(of: path, who.manifest, identity: who.identity, passphrase: passphrase)
        }.get()
        await ledger.endBackup(isCopied: true)
        return backup
    }

    /// Leaves nothing of it behind.
    func giveUp() async {
        await ledger.endBackup(isCopied: isWhole)
        JournalCheck.remove(path)
    }
}
