import Backup
import Causality
import EventLog
import FoundationEssentials
import Glibc
import Journal
import LocalAPI
import NIOCore
import Store

/// A backup that comes: its database goes into a copy in the state directory, which nobody reads before all of it is
/// known to be authentic.
actor IncomingBackup {
    /// What is kept in memory of an item is no longer.
    private static let longest: UInt64 = 1 << 16

    private let directory: StateDirectory
    private let path: String
    private let descriptor: CInt
    private var reader: BackupFile.Reader
    private var item: BackupFile.Item?
    private var found: [BackupFile.Item: [UInt8]] = [:]
    private var isTaken = false

    /// Safe: the executor lives as long as the process.
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe BackupThread.loop.executor.asUnownedSerialExecutor()
    }

    init(in directory: StateDirectory, passphrase: [UInt8]?) throws {
        self.directory = directory
        reader = BackupFile.Reader(passphrase: passphrase)
        path = directory.newCopy()
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DaemonError.state(path: path, code: errno) }
    }

    deinit {
        _ = close(descriptor)
        if !isTaken { JournalCheck.remove(path) }
    }

    /// Takes some more of the file. Throws ``BackupFile/Failure`` or ``StoreError/full``.
    func receive(_ bytes: [UInt8]) throws {
        try reader.receive(bytes)
        while let piece = try reader.next() {
            switch piece {
            case .item(let next, let length):
                let isKnown = found[next] != nil || (next == .manifest) != found.isEmpty
                guard !isKnown, next == .database || length <= Self.longest else {
                    throw BackupFile.Failure.damaged
                }
                (item, found[next]) = (next, [])
            case .bytes(let bytes):
                guard let item else { throw BackupFile.Failure.damaged }
                if item == .database {
                    try directory.append(bytes, to: descriptor)
                } else {
                    found[item]? += bytes
                }
            }
        }
    }

    /// What came, once all of it has. Throws ``BackupFile/Failure``.
    func finish() throws -> ReceivedBackup {
        try reader.finish()
        guard found[.database] != nil, let bytes = found[.manifest],
            let manifest = try? JSONDecoder().decode(BackupManifest.self, from: Data(bytes))
        else { throw BackupFile.Failure.damaged }
        let identity: DeviceIdentity?
        do {
            identity = try found[.identity].map {
                try JSONDecoder().decode(DeviceIdentity.self, from: Data($0))
            }
            _ = (try identity?.keys(), try identity?.personID())
            let names = [
                manifest.personName, manifest.deviceName, identity?.personName, identity?.deviceName,
            ]
            for name in names.compactMap(\.self) { try Ledger.checkName(name) }
        } catch {
            throw BackupFile.Failure.damaged
        }
        // Keys come sealed or not at all.
        guard (identity != nil) == manifest.hasKeys, identity == nil || reader.isSealed else {
            throw BackupFile.Failure.damaged
        }
        guard fsync(descriptor) == 0 else { throw DaemonError.state(path: path, code: errno) }
        isTaken = true
        return ReceivedBackup(path: path, manifest: manifest, identity: identity)
    }
}

/// A backup that is here and authentic: a database in the state directory that is not in use yet.
final class ReceivedBackup: Sendable {
    let path: String
    let manifest: BackupManifest
    /// The device with its keys; nil in a backup without them.
    let identity: DeviceIdentity?

    init(path: String, manifest: BackupManifest, identity: DeviceIdentity?) {
        (self.path, self.manifest, self.identity) = (path, manifest, identity)
    }

    deinit { JournalCheck.remove(path) }

    /// What will check it, how many events it has and how many drafts; no check where there is no journal yet.
    ///
    /// Throws ``BackupFile/Failure`` for a database that is damaged, of another kind or of a newer version.
    func examine() throws -> (check: JournalCheck?, events: Int64, drafts: Int64) {
        do { return try Store.opening(look) } catch StoreError.newer {
            throw BackupFile.Failure.newerVersion
        } catch StoreError.notOurs, StoreError.corrupt {
            throw BackupFile.Failure.damaged
        }
    }

    private func look() throws -> (check: JournalCheck?, events: Int64, drafts: Int64) {
        guard let status = FileStatus(of: path) else { throw DaemonError.state(path: path, code: errno) }
        // As a whole, and before anything is migrated: a file from outside may be made to do harm.
        try Inspection.inspect(path: path, bytes: status.size)
        let store = try Store(path: path)
        let (events, drafts) = (try store.count(), Int64(clamping: try store.draftCount()))
        guard let bytes = try store.meta(.genesis) else {
            try store.close()
            return (nil, events, drafts)
        }
        guard let genesis = Genesis(bytes: bytes) else { throw BackupFile.Failure.damaged }
        let identity = try identity ?? DeviceIdentity.new(for: manifest)
        let replica = try Replica(
            keys: identity.keys(), genesis: genesis, storage: store, segments: store.segments(),
            clock: store.clock(), epoch: store.epoch(), mark: nil, freshEpoch: 1)
        let check = JournalCheck(
            of: path, genesis: genesis, identity: identity, membership: replica.membership,
            names: try Names(in: replica, store), isKept: true)
        // The check opens it anew.
        try store.close()
        return (check, events, drafts)
    }

    /// Makes the database ready to go on from: nothing of it may count as if it were the only copy.
    func prepare() throws {
        let store = try Store(path: path)
        // What it holds may have been shared, or taken back, since it was made.
        try Ledger.holdNothing(in: store, because: "restored")
        // Arrival numbers are given again from here on: nobody may go on from a place in what came after the backup.
        if try store.meta(.store) != nil { try store.set(.store, to: Machine.random(16)) }
        if identity == nil, try store.meta(.genesis) != nil {
            try store.forget(.met)
            try store.set(.restored, to: [1])
        }
        // Where things stand is derived anew as it is opened: nothing vouches for that in a plain one.
        try store.forget(.derivation)
        try store.set(.restoring, to: [1])
        try store.close()
    }
}

extension DeviceIdentity {
    /// A new device of the person whose backup it is.
    static func new(for manifest: BackupManifest) throws -> DeviceIdentity {
        guard PersonID(hexadecimal: manifest.person) != nil else { throw BackupFile.Failure.damaged }
        let keys = DeviceKeys()
        return DeviceIdentity(
            person: manifest.person, personName: manifest.personName, deviceName: manifest.deviceName,
            eventKey: keys.secrets.event, meetKey: keys.secrets.meet)
    }
}
