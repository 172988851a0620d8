import FoundationEssentials
import GRDB
import Synchronization

/// What was written and not shared: on this device only, in a table that nothing about peers ever reads.
package struct StoredDraft: Sendable {
    /// Its number here.
    package let id: Int64
    /// Its content, as its owner encodes it.
    package let content: [UInt8]
    /// When it was written, in milliseconds since 1970.
    package let written: Int64

    /// A draft by its number, and what it says.
    package init(id: Int64, content: [UInt8], written: Int64) {
        (self.id, self.content, self.written) = (id, content, written)
    }
}

extension Store {
    /// Keeps a draft; durable on return.
    ///
    /// - Parameter answer: the idempotency key, and the answer to remember under it once the number is known.
    package func addDraft(
        _ content: [UInt8], written: Int64, key: String?, answer: (Int64) throws -> [UInt8]
    ) throws -> [UInt8] {
        defer { draftsChanged() }
        return try write { db in
            try db.execute(
                sql: "INSERT INTO draft (content, written) VALUES (?, ?)", arguments: [content.data, written])
            let bytes = try answer(db.lastInsertedRowID)
            try remember(bytes, key, db)
            return bytes
        }
    }

    /// Changes a draft, and remembers the answer under an idempotency key.
    package func replaceDraft(_ id: Int64, with content: [UInt8], key: String?, answer: [UInt8]) throws {
        defer { draftsChanged() }
        try write { db in
            try db.execute(sql: "UPDATE draft SET content = ? WHERE id = ?", arguments: [content.data, id])
            try remember(answer, key, db)
        }
        forgetOverwritten()
    }

    /// Throws a draft away, and remembers the answer under an idempotency key.
    package func removeDraft(_ id: Int64, key: String?, answer: [UInt8]) throws {
        defer { draftsChanged() }
        try write { db in
            try db.execute(sql: "DELETE FROM draft WHERE id = ?", arguments: [id])
            try remember(answer, key, db)
        }
        forgetOverwritten()
    }

    /// What was thrown away stays readable in the log beside the database until that is emptied.
    func forgetOverwritten() {
        // What was changed is durable, so this is no failure of it: the next checkpoint does it, and comes soon. A failed
        // disk was told of.
        do { try checkpoint() } catch { pending.withLock { $0 = Self.checkpointBytes } }
    }

    func remember(_ answer: [UInt8], _ key: String?, _ db: Database) throws {
        guard let key else { return }
        try db.execute(
            sql: "INSERT INTO answer (key, content, at) VALUES (?, ?, unixepoch())",
            arguments: [key, answer.data])
        // Nobody repeats a write after a day.
        try db.execute(sql: "DELETE FROM answer WHERE at < unixepoch() - 86400")
    }

    /// All drafts, oldest first.
    package func drafts() throws -> [StoredDraft] {
        try queue.unsafeRead { db in
            try Row.fetchAll(db, sql: "SELECT id, content, written FROM draft ORDER BY id").map(Self.draft)
        }
    }

    /// One draft; nil if it isn't here.
    package func draft(_ id: Int64) throws -> StoredDraft? {
        try queue.unsafeRead { db in
            try Row.fetchOne(db, sql: "SELECT id, content, written FROM draft WHERE id = ?", arguments: [id])
                .map(Self.draft)
        }
    }

    private static func draft(_ row: Row) throws -> StoredDraft {
        StoredDraft(
            id: try row.number("id"), content: row.bytes("content"), written: try row.number("written"))
    }

    /// How many drafts there are.
    package func draftCount() throws -> Int {
        try queue.unsafeRead { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM draft") ?? 0 }
    }

    /// A number that is another one after each change of a draft, for whoever keeps what they say.
    package var draftState: Int { draftChanges.withLock { $0 } }

    func draftsChanged() { draftChanges.withLock { $0 += 1 } }

    /// The number that the next draft gets.
    package func nextDraft() throws -> Int64 {
        let last = try queue.unsafeRead { db in
            try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'draft'") ?? 0
        }
        // There have to be numbers for all that a file may bring.
        guard (0...(.max >> 1)).contains(last) else { throw StoreError.corrupt }
        return last + 1
    }

    /// What an entry of a file became when it was taken in; nil if it never was.
    package func imported(_ key: [UInt8]) throws -> String? {
        try queue.unsafeRead { db in
            try String.fetchOne(
                db.cachedStatement(sql: "SELECT entry FROM imported WHERE key = ?"), arguments: [key.data])
        }
    }

    /// The answer that a write with this idempotency key had; nil if there was none.
    package func answer(to key: String) throws -> [UInt8]? {
        try queue.unsafeRead { db in
            try Data.fetchOne(db, sql: "SELECT content FROM answer WHERE key = ?", arguments: [key]).map(
                Array.init)
        }
    }
}
