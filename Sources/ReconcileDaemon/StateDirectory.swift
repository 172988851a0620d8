import Causality
import EventLog
import FoundationEssentials
import Glibc
import Journal
import LocalAPI
import Probes
import Store
import Synchronization

/// The directory that holds everything of one person on one device.
package final class StateDirectory: Sendable {
    /// Where it lies.
    package let path: String
    private let lock: CInt
    private let shares = Atomic(false)

    /// Opens the directory, making it and what leads to it if needed, and keeps every other daemon out of it.
    ///
    /// Throws ``DaemonError``, also if others may look into it.
    package init(path: String) throws {
        self.path = path
        // Whatever is made in here, by SQLite too, is its person's alone.
        umask(0o077)
        try Self.make(path)
        guard let status = FileStatus(of: path, followsLinks: true) else {
            throw DaemonError.state(path: path, code: errno)
        }
        guard status.owner == geteuid(), status.mode & 0o077 == 0 else {
            throw DaemonError.stateIsOpen(path: path)
        }
        switch FileSystemKind(of: path) {
        case .network(let kind): throw DaemonError.stateElsewhere(path: path, kind: kind)
        case .synced(let program): throw DaemonError.stateIsSynced(path: path, program: program)
        case .local, .memory, .unknown, nil: break
        }
        lock = unsafe open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw DaemonError.state(path: path, code: errno) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            throw errno == EWOULDBLOCK
                ? DaemonError.stateInUse(path: path) : DaemonError.state(path: path, code: errno)
        }
        removeCopies()
        try finishArchive()
        try checkSharing()
    }

    /// Whether sharing with the partner is allowed, from this instant on, whatever the ledger is at.
    var isShared: Bool { shares.load(ordering: .sequentiallyConsistent) }

    func allowSharing(_ isAllowed: Bool) { shares.store(isAllowed, ordering: .sequentiallyConsistent) }

    private static func make(_ path: String) throws {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/" + part
            if unsafe mkdir(made, 0o700) != 0, errno != EEXIST {
                throw DaemonError.state(path: made, code: errno)
            }
        }
    }

    /// How many bytes this person may still write on its disk.
    func freeBytes() throws -> UInt64 {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { throw DaemonError.state(path: path, code: errno) }
        // A file system in user space says what it likes.
        return UInt64(status.f_bavail).multipliedClamped(by: UInt64(status.f_frsize))
    }

    /// Writes something that is nothing to the disk, durably. Throws ``DaemonError`` where that fails.
    func probe() throws {
        let name = Self.copyPrefix + "probe"
        try write([0], to: name)
        _ = unsafe unlink(path + "/" + name)
    }

    /// Adds bytes that came from outside to an open file on this disk. Throws ``StoreError/full`` where they would take what
    /// is kept for its person's own writing.
    func append(_ bytes: [UInt8], to descriptor: CInt) throws {
        guard try freeBytes() > Ledger.reserve else { throw StoreError.full }
        guard !writeAll(bytes, to: descriptor) else { return }
        throw [ENOSPC, EDQUOT].contains(errno) ? StoreError.full : DaemonError.state(path: path, code: errno)
    }

    /// How copies of the database begin, on which it is checked. They are deleted then; after a crash at the next start.
    static let copyPrefix = "check-"

    /// How files end that are being written, and take their name once they are whole.
    static let unfinished = ".new"

    /// A path for a copy that isn't there yet.
    func newCopy() -> String { path + "/\(Self.copyPrefix)\(UInt64.random(in: 0 ... .max)).sqlite" }

    /// Also what a crash left half written: that may be keys.
    private func removeCopies() {
        for name in names(inDirectory: path)
        where name.hasPrefix(Self.copyPrefix) || name.hasSuffix(Self.unfinished) {
            _ = unsafe unlink(path + "/" + name)
        }
    }

    /// What the database takes up on the disk, with the log beside it.
    func usedBytes() throws -> Int64 {
        try ["", "-wal"].reduce(0) { sum, suffix in
            guard let status = FileStatus(of: database + suffix) else {
                if errno == ENOENT { return sum }
                throw DaemonError.state(path: database + suffix, code: errno)
            }
            return sum.addingClamped(status.usedBytes)
        }
    }

    deinit { _ = Glibc.close(lock) }

    /// The database.
    var database: String { path + "/journal.sqlite" }

    /// Writes a file so that it holds either the old or the new bytes, and durably the new ones on return.
    func write(_ bytes: [UInt8], to name: String) throws {
        let (target, temporary) = (path + "/" + name, path + "/" + name + Self.unfinished)
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DaemonError.state(path: temporary, code: errno) }
        defer { _ = Glibc.close(descriptor) }
        guard writeAll(bytes, to: descriptor) else { throw DaemonError.state(path: temporary, code: errno) }
        guard fsync(descriptor) == 0, unsafe rename(temporary, target) == 0 else {
            throw DaemonError.state(path: target, code: errno)
        }
        try sync()
    }

    /// Makes durable which files are here, or in a directory here.
    func sync(_ name: String = ".") throws {
        let directory = path + "/" + name
        let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if descriptor >= 0 { _ = Glibc.close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw DaemonError.state(path: directory, code: errno)
        }
    }

    /// A file's bytes; nil if there is none.
    func read(_ name: String) throws -> [UInt8]? {
        let file = path + "/" + name
        let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw DaemonError.state(path: file, code: errno)
        }
        defer { _ = Glibc.close(descriptor) }
        var bytes: [UInt8] = []
        while true {
            guard let piece = readSome(from: descriptor) else {
                throw DaemonError.state(path: file, code: errno)
            }
            if piece.isEmpty { return bytes }
            bytes += piece
        }
    }

    private struct StoredMark: Codable {
        var epoch: UInt64?
        var sequences: [String: UInt64]
    }

    /// The mark; nil if none was ever written, or what is there is none: either begins a new epoch.
    func mark() throws -> Mark? {
        guard let bytes = try read("mark"),
            let stored = try? JSONDecoder().decode(StoredMark.self, from: Data(bytes))
        else { return nil }
        var mark = Mark(epoch: stored.epoch)
        for (epoch, sequence) in stored.sequences {
            if let epoch = UInt64(epoch) { mark[epoch] = sequence }
        }
        return mark
    }

    /// Makes the mark durable.
    func save(_ mark: Mark) throws {
        // Can't trap: keys of a dictionary, each written otherwise.
        let sequences = Dictionary(uniqueKeysWithValues: mark.sequences.map { ("\($0.key)", $0.value) })
        let stored = StoredMark(epoch: mark.epoch, sequences: sequences)
        try write(Array(JSONEncoder().encode(stored)), to: "mark")
    }

    /// Who this device is; nil before `init`. Throws ``DaemonError/damagedIdentity``.
    func identity() throws -> DeviceIdentity? {
        try read("identity").map { bytes in
            guard let identity = try? JSONDecoder().decode(DeviceIdentity.self, from: Data(bytes)) else {
                throw DaemonError.damagedIdentity
            }
            return identity
        }
    }

    /// Keeps who this device is.
    func save(_ identity: DeviceIdentity) throws {
        try write(Array(JSONEncoder().encode(identity)), to: "identity")
    }
}

/// Who this device is: its person, its names and its secret keys. Kept outside of the database.
struct DeviceIdentity: Codable, Sendable {
    var person: String
    var personName: String
    var deviceName: String
    var eventKey: [UInt8]
    var meetKey: [UInt8]

    /// The keys. Throws ``DaemonError/damagedIdentity``.
    func keys() throws -> DeviceKeys {
        do { return try DeviceKeys(event: eventKey, meet: meetKey) } catch {
            throw DaemonError.damagedIdentity
        }
    }

    /// The person's id. Throws ``DaemonError/damagedIdentity``.
    func personID() throws -> PersonID {
        guard let id = PersonID(hexadecimal: person) else { throw DaemonError.damagedIdentity }
        return id
    }
}
