import CDatabase
import FoundationEssentials
import GRDB
import GRDBSQLite

/// Looks a database through that comes from outside, before anything else opens it.
///
/// It is read only, and by a connection that runs no trigger and no view: first its layout has to be one of this
/// program's, then its pages are checked, and last that no row holds what no code expects. All of it ends: whatever the
/// file says, a statement that takes too long is interrupted.
@safe package final class Inspection {
    private let connection: OpaquePointer
    private let deadline: Deadline

    /// How long all of it may take, besides what the size of the file explains.
    private static let patience = Duration.seconds(30)

    /// Looks at a file in which nobody writes. Throws ``StoreError`` for one that is damaged, someone else's or newer.
    ///
    /// - Parameter bytes: how large it is; a second more is allowed for each MiB.
    package static func inspect(path: String, bytes: Int) throws {
        // A format that only a later SQLite writes is read by this one, and could not be migrated.
        guard let file = try? Data(contentsOf: URL(filePath: path), options: .alwaysMapped) else {
            throw error(SQLITE_CANTOPEN)
        }
        guard file.count >= 100, file[18...19].allSatisfy({ $0 == 1 || $0 == 2 }) else {
            throw file.starts(with: "SQLite format 3".utf8) ? StoreError.corrupt : .notOurs
        }
        let inspection = try Inspection(path: path, within: patience + .seconds(bytes >> 20))
        try inspection.checkOrigin()
        try inspection.checkLayout()
        try inspection.checkRows()
    }

    private init(path: String, within patience: Duration) throws {
        var connection: OpaquePointer?
        // Immutable: it is said to be in WAL mode, and nothing must be made beside it.
        let code = unsafe sqlite3_open_v2(
            "file:\(Self.escaped(path))?immutable=1", &connection,
            SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOFOLLOW, nil)
        guard code == SQLITE_OK, let connection = unsafe connection else {
            unsafe sqlite3_close(connection)
            throw Self.error(code)
        }
        unsafe self.connection = unsafe connection
        deadline = Deadline(at: .now + patience)
        let refusal = unsafe reconcile_distrust(connection)
        guard refusal == SQLITE_OK else { throw Self.error(refusal) }
        // Far beyond whatever this program writes.
        let limits: [(CInt, CInt)] = [
            (SQLITE_LIMIT_LENGTH, 1 << 26), (SQLITE_LIMIT_SQL_LENGTH, 1 << 16), (SQLITE_LIMIT_COLUMN, 64),
            (SQLITE_LIMIT_EXPR_DEPTH, 64), (SQLITE_LIMIT_COMPOUND_SELECT, 4), (SQLITE_LIMIT_ATTACHED, 0),
            (SQLITE_LIMIT_TRIGGER_DEPTH, 1), (SQLITE_LIMIT_WORKER_THREADS, 0),
        ]
        for (limit, value) in limits { _ = unsafe sqlite3_limit(connection, limit, value) }
        // Safe: the deadline lives as long as the connection, which this owns.
        let context = unsafe Unmanaged.passUnretained(deadline).toOpaque()
        unsafe sqlite3_progress_handler(
            connection, 10_000,
            { context in
                guard let context = unsafe context else { return 1 }
                return unsafe Unmanaged<Deadline>.fromOpaque(context).takeUnretainedValue().hasPassed ? 1 : 0
            }, context)
        _ = try texts("PRAGMA query_only = ON")
        _ = try texts("PRAGMA cell_size_check = ON")
    }

    deinit { unsafe sqlite3_close(connection) }

    // MARK: What is looked at

    private func checkOrigin() throws {
        // Can't trap: a constant.
        guard try numbers("PRAGMA application_id") == [Int64(Schema.applicationID)] else {
            throw StoreError.notOurs
        }
        let version = try numbers("PRAGMA user_version").first.flatMap { Int32(exactly: $0) } ?? .max
        guard version <= Schema.version else { throw StoreError.newer(version: version) }
    }

    /// Nothing is read from its tables before it is known that they are tables, and which.
    private func checkLayout() throws {
        let objects = try texts(Schema.objects)
        guard let layout = try Schema.layout(of: objects) else { throw StoreError.corrupt }
        guard try texts(Schema.done) == layout.done, try texts("PRAGMA quick_check(1)") == ["ok"] else {
            throw StoreError.corrupt
        }
    }

    private func checkRows() throws {
        for (table, isWrong) in Schema.neverTrue {
            guard try numbers("SELECT EXISTS (SELECT 1 FROM \(table) WHERE \(isWrong))") == [0] else {
                throw StoreError.corrupt
            }
        }
    }

    // MARK: Reading

    private func texts(_ sql: String) throws -> [String] {
        var texts: [String] = []
        unsafe try rows(of: sql) { texts.append(String(decoding: unsafe $0.bytes(0), as: UTF8.self)) }
        return texts
    }

    private func numbers(_ sql: String) throws -> [Int64] {
        var numbers: [Int64] = []
        unsafe try rows(of: sql) { numbers.append(unsafe $0.number(0)) }
        return numbers
    }

    private func rows(of sql: String, _ look: (StatementRows) -> Void) throws {
        var statement: OpaquePointer?
        let code = unsafe sqlite3_prepare_v2(connection, sql, -1, &statement, nil)
        defer { unsafe sqlite3_finalize(statement) }
        guard code == SQLITE_OK, let statement = unsafe statement else { throw Self.error(code) }
        let rows = unsafe StatementRows(statement)
        do { while try unsafe rows.step() { unsafe look(rows) } } catch let error as DatabaseError {
            throw Self.error(error.resultCode.rawValue)
        }
    }

    /// What can't be read, or not in time, is damaged, unless it is the disk or this machine that is at fault.
    private static func error(_ code: CInt) -> StoreError {
        switch code & 0xFF {
        case SQLITE_NOTADB: .notOurs
        case SQLITE_IOERR: .disk(code: code)
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_NOMEM: .unusable(code: code)
        default: .corrupt
        }
    }

    /// A path as a part of an address.
    private static func escaped(_ path: String) -> String {
        path.utf8.reduce(into: "") { text, byte in
            switch byte {
            case 45...57, 65...90, 95, 97...122: text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
    }
}

/// When nobody waits any longer.
private final class Deadline {
    private let end: ContinuousClock.Instant

    init(at end: ContinuousClock.Instant) { self.end = end }

    var hasPassed: Bool { .now >= end }
}
