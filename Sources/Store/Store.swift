import CDatabase
import Causality
import GRDB
import GRDBSQLite
import Synchronization

/// The journal on disk: the append-only log, what is projected from it, and drafts apart.
///
/// One connection, exclusive: SQLite before 3.51.3 can corrupt a WAL that two connections reset. Nothing but the
/// daemon opens the file.
package final class Store: Sendable {
    let queue: DatabaseQueue
    /// The names of stretches in the database, by which they are few and asked for often.
    let logs = LogIndex()
    /// In which generation projections are derived; one of an earlier generation is outdated.
    let generation = Mutex<Int64>(1)
    /// Bytes committed since the last checkpoint.
    let pending = Mutex(0)
    /// How often drafts were changed.
    let draftChanges = Mutex(0)
    /// Where the file lies.
    package let path: String

    private let diskFailed: @Sendable (Int32) -> Void

    /// Opens or makes the database at a path. Throws ``StoreError``.
    ///
    /// - Parameter diskFailed: told SQLite's extended code as soon as a write or an fsync fails; nothing may be
    ///   acknowledged from then on.
    package init(path: String, diskFailed: @escaping @Sendable (Int32) -> Void = { _ in }) throws {
        self.path = path
        self.diskFailed = diskFailed
        var configuration = Configuration()
        configuration.label = "journal"
        configuration.prepareDatabase { db in try Self.prepare(db) }
        queue = try Self.opening { try DatabaseQueue(path: path, configuration: configuration) }
        try Self.opening {
            try queue.inDatabase(Self.claim)
            try Schema.migrator.migrate(queue)
            try queue.inDatabase(Self.checkSettings)
            try prepareStandings()
        }
    }

    /// Does what a start has to do with the database. Throws ``StoreError`` for what SQLite says is wrong with it.
    package static func opening<Value>(_ work: () throws -> Value) throws -> Value {
        do { return try work() } catch is RowDecodingError {
            throw StoreError.corrupt
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_NOTADB: throw StoreError.notOurs
            case .SQLITE_BUSY, .SQLITE_LOCKED: throw StoreError.inUse
            case .SQLITE_FULL: throw StoreError.full
            case .SQLITE_CORRUPT: throw StoreError.corrupt
            case .SQLITE_IOERR: throw StoreError.disk(code: error.extendedResultCode.rawValue)
            default: throw StoreError.unusable(code: error.extendedResultCode.rawValue)
            }
        }
    }

    private static func prepare(_ db: Database) throws {
        // Nothing in the file may do anything by itself.
        if let connection = unsafe db.sqliteConnection {
            let code = unsafe reconcile_distrust(connection)
            guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        }
        // The lock first: WAL then needs no shared memory, and a second opener is refused at once.
        try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
        try db.execute(sql: "PRAGMA trusted_schema = OFF")
        try db.execute(sql: "PRAGMA temp_store = MEMORY")
        try db.execute(sql: "PRAGMA secure_delete = ON")
        try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        try db.execute(sql: "PRAGMA cache_size = -4000")
    }

    /// Makes the file ours if it is empty, and refuses it if it is someone else's or newer.
    private static func claim(_ db: Database) throws {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        if application != Schema.applicationID {
            guard application == 0, tables == 0 else { throw StoreError.notOurs }
        }
        guard version <= Schema.version else { throw StoreError.newer(version: version) }
        guard try Schema.isOurs(db) else { throw StoreError.corrupt }
        try db.execute(sql: "PRAGMA journal_mode = WAL")
        try db.execute(sql: "PRAGMA synchronous = FULL")
        try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(Schema.version)")
    }

    private static func checkSettings(_ db: Database) throws {
        let expected = [
            ("locking_mode", "exclusive"), ("journal_mode", "wal"), ("synchronous", "2"),
            ("trusted_schema", "0"),
            ("secure_delete", "1"), ("temp_store", "2"), ("foreign_keys", "1"), ("wal_autocheckpoint", "0"),
        ]
        for (name, value) in expected {
            let found = try Row.fetchOne(db, sql: "PRAGMA \(name)")?[0].map { "\($0)" } ?? "none"
            guard found == value else { throw StoreError.setting(name: name, value: found) }
        }
    }

    /// One transaction that writes. Throws ``StoreError/full`` or ``StoreError/disk(code:)`` where the disk is at fault.
    func write<Value>(_ change: (Database) throws -> Value) throws -> Value {
        try telling { try queue.write(change) }
    }

    /// One transaction that writes what only follows from the log, and so need not outlast a crash of the machine: the next
    /// one that must carries it along. Throws as ``write(_:)`` does.
    func writeDerived<Value>(_ change: (Database) throws -> Value) throws -> Value {
        try telling {
            try queue.inDatabase { db in try db.execute(sql: "PRAGMA synchronous = NORMAL") }
            let result = Result { try queue.write(change) }
            try queue.inDatabase { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
            return try result.get()
        }
    }

    /// Writes everything back into the database file and empties the log beside it.
    package func checkpoint() throws {
        try telling { try queue.inDatabase { db in _ = try db.checkpoint(.truncate) } }
    }

    /// Tells a disk that is full from one that failed. After a failed fsync nobody knows what is on the disk.
    private func telling<Value>(_ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_FULL: throw StoreError.full
            case .SQLITE_IOERR:
                let code = error.extendedResultCode.rawValue
                diskFailed(code)
                throw StoreError.disk(code: code)
            default: throw error
            }
        }
    }

    /// Closes the database; nothing may be asked of it afterwards, whether this throws or not.
    ///
    /// Throws where not all of it could be written back into the file: what was committed lies beside it then, durably.
    package func close() throws {
        let writtenBack = Result { try checkpoint() }
        try queue.close()
        try writtenBack.get()
    }
}
