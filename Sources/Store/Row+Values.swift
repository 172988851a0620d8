import GRDB

/// Columns read so that nothing in a file can stop the process: GRDB's subscripts trap on what is not of their type.
extension Row {
    /// A column that is a number. Throws ``StoreError/corrupt``.
    func number(_ column: String) throws -> Int64 {
        guard let number = try optionalNumber(column) else { throw StoreError.corrupt }
        return number
    }

    /// A column that is a number or NULL. Throws ``StoreError/corrupt``.
    func optionalNumber(_ column: String) throws -> Int64? {
        do { return try decode(Int64?.self, forColumn: column) } catch { throw StoreError.corrupt }
    }

    /// A column by its place that is a number. Throws ``StoreError/corrupt``.
    func number(at index: Int) throws -> Int64 {
        guard let number = try optionalNumber(at: index) else { throw StoreError.corrupt }
        return number
    }

    /// A column by its place that is a number or NULL. Throws ``StoreError/corrupt``.
    func optionalNumber(at index: Int) throws -> Int64? {
        do { return try decode(Int64?.self, atIndex: index) } catch { throw StoreError.corrupt }
    }

    /// A column that holds an unsigned number, whose bits SQLite takes for a signed one. Throws ``StoreError/corrupt``.
    func bits(_ column: String) throws -> UInt64 { UInt64(bitPattern: try number(column)) }

    /// A column that is a place in a log: never negative, so that one may be added to it. Throws ``StoreError/corrupt``.
    func sequence(_ column: String) throws -> UInt64 { try UInt64(sequence: number(column)) }

    /// A column's text, what is no UTF-8 replaced; empty for NULL.
    func text(_ column: String) -> String { String(decoding: bytes(column), as: UTF8.self) }

    /// The same of a column by its place.
    func text(at index: Int) -> String { String(decoding: bytes(at: index), as: UTF8.self) }
}

extension UInt64 {
    /// A place in a log as SQLite has it. Throws ``StoreError/corrupt`` for a negative one, which no log has.
    init(sequence column: Int64) throws {
        guard let sequence = UInt64(exactly: column) else { throw StoreError.corrupt }
        self = sequence
    }

    /// A place in a log as SQLite keeps it. Throws ``StoreError/corrupt`` beyond what it can keep.
    var sequenceColumn: Int64 {
        get throws {
            // One less than the greatest, so that there is always a next one.
            guard let column = Int64(exactly: self), column < .max else { throw StoreError.corrupt }
            return column
        }
    }
}
