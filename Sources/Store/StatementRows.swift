import Causality
import GRDB
import GRDBSQLite
import Journal

/// The rows of a statement that reads a page of the timeline, read through SQLite's own functions.
///
/// Unsafe: the statement has to live as long as this does, and nothing else may step it.
@unsafe struct StatementRows {
    private let statement: SQLiteStatement

    init(_ statement: SQLiteStatement) { unsafe self.statement = statement }

    /// Goes to the next row; false behind the last one.
    func step() throws -> Bool {
        switch unsafe sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
    }

    /// Leaves nothing open that would hold a checkpoint up.
    func reset() { _ = unsafe sqlite3_reset(statement) }

    /// Adds the row to a page.
    func append(to page: inout StoredPage) throws {
        let arrival = unsafe sqlite3_column_int64(statement, 0)
        guard let id = unsafe identifier(3) else { throw StoreError.damaged(arrival: arrival) }
        // A way that nobody knows must not hide the event; the check tells of it.
        let transport = Condition.Transport(rawValue: unsafe number(8)) ?? .sync
        let header = unsafe isNull(9) ? nil : unsafe bytes(9, to: &page.bytes)
        let hasBody = unsafe sqlite3_column_type(statement, 10) != SQLITE_NULL
        let body = hasBody ? unsafe bytes(10, to: &page.bytes) : nil
        page.rows.append(
            StoredPage.Row(
                arrival: arrival, log: unsafe sqlite3_column_int64(statement, 1),
                sequence: try UInt64(sequence: unsafe sqlite3_column_int64(statement, 2)), id: id,
                kind: UInt32(truncatingIfNeeded: unsafe sqlite3_column_int64(statement, 4)),
                rift: unsafe identifier(5), at: unsafe sqlite3_column_int64(statement, 6),
                stamp: Stamp(column: unsafe sqlite3_column_int64(statement, 7)), transport: transport,
                header: header, body: body))
    }

    /// A column that is a number.
    func number(_ column: CInt) -> Int64 { unsafe sqlite3_column_int64(statement, column) }

    /// Whether a column is NULL.
    func isNull(_ column: CInt) -> Bool { unsafe sqlite3_column_type(statement, column) == SQLITE_NULL }

    /// A column that is bytes.
    func bytes(_ column: CInt) -> [UInt8] {
        var bytes: [UInt8] = []
        _ = unsafe self.bytes(column, to: &bytes)
        return bytes
    }

    /// A column that is an identifier; nil where it is none.
    func identifier(_ column: CInt) -> EntryID? {
        guard unsafe sqlite3_column_bytes(statement, column) == 16,
            let start = unsafe sqlite3_column_blob(statement, column)
        else { return nil }
        // Safe: SQLite says that sixteen bytes lie there, and keeps them until the next step.
        return EntryID(
            high: unsafe UInt64(bigEndian: start.loadUnaligned(as: UInt64.self)),
            low: unsafe UInt64(bigEndian: start.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    /// Adds a column's bytes to others, and tells where.
    func bytes(_ column: CInt, to bytes: inout [UInt8]) -> Range<Int> {
        let start = bytes.count
        if let blob = unsafe sqlite3_column_blob(statement, column) {
            // Safe: SQLite says how many bytes lie there, and keeps them until the next step.
            // Can't trap: an Int is wider.
            let count = Int(unsafe sqlite3_column_bytes(statement, column))
            unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: blob, count: count))
        }
        return start..<bytes.count
    }
}
