import Backup
import Causality
import EventLog
import FoundationEssentials
import GRDB
import Journal
import Peering
import Store
import Transport
import Wire

/// Bundles: the input's first byte says in what pieces the rest comes, and whether that is a file or what is sealed in one.
///
/// - However a file is parted, the same is read of it.
package func fuzzBundles(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let household = Household.shared
    var file = Array(bytes.dropFirst())
    if first & 1 == 1 {
        guard var writer = try? BundleFile.Writer(for: [household.bundle(1)], journal: household.journal),
            var sealed = try? writer.begin()
        else { return }
        for frame in frames(in: file, limit: Frame.limit) {
            guard let message = try? WireMessage(type: frame.type, payload: frame.payload) else { continue }
            sealed += (try? writer.append(message)) ?? []
        }
        file = sealed + ((try? writer.finish()) ?? [])
    }
    let whole = readBundle(file, pieces: file.count)
    let parted = readBundle(file, pieces: Int(first >> 1) + 1)
    require(whole.isWhole == parted.isWhole, "a bundle in pieces is whole: \(parted.isWhole)")
    if whole.isWhole { require(whole.messages == parted.messages, "a bundle in pieces") }
}

private func readBundle(_ file: [UInt8], pieces: Int) -> (messages: Int, isWhole: Bool) {
    let household = Household.shared
    var reader = BundleFile.Reader(keys: household.keys[1], journal: household.journal)
    var messages = 0
    var rest = file[...]
    do {
        while !rest.isEmpty {
            let piece = rest.prefix(max(pieces, 1))
            rest = rest.dropFirst(piece.count)
            try reader.receive(piece)
            while let message = try reader.next() {
                messages += 1
                guard case .run(let wire) = message, let run = try? Run(wire) else { continue }
                _ = try? PreparedRun(run, journal: household.journal)
            }
        }
        try reader.finish()
        return (messages, true)
    } catch {
        return (messages, false)
    }
}

/// Backups: the input's first byte says in what pieces the rest comes, and whether that is a file or what is sealed in one.
///
/// - However a file is parted, the same comes out of it; and no item is longer than it said.
package func fuzzBackups(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    var file = Array(bytes.dropFirst())
    if first & 1 == 1 {
        guard var writer = try? BackupFile.Writer(passphrase: nil, salt: Household.bytes(9, 16)),
            let sealed = try? writer.append(file), let end = try? writer.finish()
        else { return }
        file = sealed + end
    }
    let whole = readBackup(file, pieces: file.count)
    let parted = readBackup(file, pieces: Int(first >> 1) + 1)
    require(whole == parted, "a backup in pieces of \(first >> 1)")
}

private func readBackup(_ file: [UInt8], pieces: Int) -> [UInt8]? {
    var reader = BackupFile.Reader(passphrase: nil)
    var rest = file[...]
    var (read, left): ([UInt8], UInt64) = ([], 0)
    do {
        while !rest.isEmpty {
            let piece = rest.prefix(max(pieces, 1))
            rest = rest.dropFirst(piece.count)
            try reader.receive(Array(piece))
            while let next = try reader.next() {
                switch next {
                case .item(let item, let length):
                    require(left == 0, "an item begins within another")
                    read.append(item.rawValue)
                    left = length
                case .bytes(let bytes):
                    require(UInt64(bytes.count) <= left, "more bytes than were said")
                    left -= UInt64(bytes.count)
                    read += bytes
                }
            }
        }
        try reader.finish()
        return read
    } catch {
        return nil
    }
}

/// Database files: the input is what is done to a journal's file, as statements if it begins with `SQL`, and otherwise as
/// bytes that are changed, four of the input for each: where, and what.
///
/// - Whatever stands in the file, looking at it ends, and so does reading it; what can't be read is told.
package func fuzzDatabases(_ bytes: [UInt8]) {
    let path = FuzzedFile.path
    FuzzedJournal.remove(path)
    var image = FuzzedFile.image
    let isSQL = bytes.starts(with: "SQL".utf8)
    if !isSQL {
        for start in stride(from: 0, to: bytes.count - 3, by: 4) {
            let place = bytes[start..<start + 3].reduce(0) { $0 << 8 | Int($1) }
            image[place % image.count] = bytes[start + 3]
        }
    }
    guard FileManager.default.createFile(atPath: path, contents: Data(image)) else { return }
    if isSQL, !change(path, String(decoding: bytes.dropFirst(3), as: UTF8.self)) { return }
    let isWhole = (try? Inspection.inspect(path: path, bytes: image.count)) != nil
    let store = try? Store(path: path)
    if isWhole { require(store != nil, "what was looked at can't be opened") }
    if let store { readAll(store) }
    try? store?.close()
}

/// The file of a small journal, and where it is put.
private enum FuzzedFile {
    static let path = FuzzedJournal.path("database")
    static let image: [UInt8] = {
        do {
            let journal = FuzzedJournals.sender
            try journal.begin()
            _ = try journal.store.addDraft(Array("{}".utf8), written: 5, key: "key") { _ in [1] }
            for rift in try journal.store.rifts() {
                let standing = try journal.replica.standing(ofRift: rift, joins: journal.replica.joins())
                try journal.store.keep([(standing, [rift])])
            }
            try journal.store.checkpoint()
            let copy = FuzzedJournal.path("image")
            var snapshot = try Snapshot(of: journal.store, at: copy)
            while try snapshot.next() != nil {}
            defer { FuzzedJournal.remove(copy) }
            return Array(try Data(contentsOf: URL(filePath: copy)))
        } catch { fatalError("no file can be made: \(error)") }
    }()
}

/// Does something to a file as someone would who means harm; false where SQLite doesn't.
private func change(_ path: String, _ sql: String) -> Bool {
    // What writes for ever harms whoever crafts a file, and only them.
    let isEndless = sql.lowercased().contains("recursive") && !sql.lowercased().contains("create")
    guard !isEndless, !sql.lowercased().contains("attach"), !sql.lowercased().contains("vacuum") else {
        return false
    }
    do {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA writable_schema = ON; PRAGMA ignore_check_constraints = ON")
            for statement in sql.split(separator: ";").prefix(8) { try? db.execute(sql: String(statement)) }
        }
        return true
    } catch {
        return false
    }
}

/// Reads everything that a daemon reads, each for itself.
private func readAll(_ store: Store) {
    let household = Household.shared
    _ = (try? store.drafts(), try? store.meetings(), try? store.introduced(), try? store.nextDraft())
    _ = (try? store.bounds(), try? store.kinds(), try? store.riftsNamed(), try? store.writers())
    _ = (try? store.clock(), try? store.epoch(), try? store.keptRifts(), try? store.derivedRows())
    for stretch in (try? store.stretches()) ?? [] {
        _ = try? store.heads(stretch.number, of: stretch.log)
        let page = try? store.page(of: stretch, after: nil, journal: household.journal, bytes: 1 << 16)
        _ = page?.check()
    }
    _ = try? store.knowledge(through: .max, of: household.keys[0].device)
    _ = try? store.count(after: 0, exceptBy: household.keys[1].device)
    guard let replica = try? household.replica(0, store) else { return }
    for event in (try? store.page(.init()))?.events ?? [] {
        _ = try? replica.standing(ofEntry: event.placed.effective.id)
        _ = try? store.standing(of: event.placed.effective.id)
    }
    _ = (
        replica.headsDigest, try? replica.missingDigest(), try? store.joins(),
        try? store.logged(.init(high: 0, low: 0))
    )
    for outgoing in (try? replica.plan(for: PeerKnowledge()))?.sends ?? [] {
        _ = try? replica.run(of: outgoing)
    }
    for trunk in replica.forest.trunks { _ = try? replica.samples(of: trunk) }
    _ = try? replica.append([NewEvent(.account, body: Body([], salt: []))], at: Household.wall)
}
