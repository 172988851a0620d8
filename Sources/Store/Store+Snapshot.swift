import GRDB
import GRDBSQLite

/// A copy of the database as it is at one moment, made while writing goes on.
///
/// `VACUUM INTO` and GRDB's own loop hold the one connection until they are done. Page by page nobody waits longer than
/// a millisecond, and what is written in between is in the copy too, as it comes by the same connection.
///
/// Safe: both handles belong to this value alone, and the queue takes turns with everyone else.
@safe package struct Snapshot: ~Copyable {
    private let source: DatabaseQueue
    private var target: OpaquePointer?
    private var backup: OpaquePointer?

    /// Pages that are copied in one turn.
    private static let step: CInt = 256

    /// Begins a copy at a path where nothing is. Throws GRDB's error.
    package init(of store: Store, at path: String) throws {
        source = store.queue
        var target: OpaquePointer?
        let code = unsafe sqlite3_open_v2(
            path, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW, nil)
        unsafe self.target = unsafe target
        guard code == SQLITE_OK else {
            unsafe sqlite3_close(target)
            throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
        unsafe backup = unsafe source.inDatabase { db in
            unsafe sqlite3_backup_init(target, "main", db.sqliteConnection, "main")
        }
    }

    /// Copies some pages, and tells how many of all are done; nil once all are. Throws ``StoreError/full`` or GRDB's error.
    package mutating func next() throws -> (done: Int, all: Int)? {
        let backup = unsafe backup
        let code = source.inDatabase { _ in unsafe sqlite3_backup_step(backup, Self.step) }
        guard code != SQLITE_DONE else { return nil }
        if code == SQLITE_FULL { throw StoreError.full }
        guard code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
        // Can't trap: an Int is wider, here and in the next line.
        let all = Int(unsafe sqlite3_backup_pagecount(backup))
        return (all - Int(unsafe sqlite3_backup_remaining(backup)), all)
    }

    deinit {
        let (backup, target) = (unsafe backup, unsafe target)
        source.inDatabase { _ in _ = unsafe sqlite3_backup_finish(backup) }
        _ = unsafe sqlite3_close(target)
    }
}
