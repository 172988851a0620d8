import GRDB

/// What is needed where one journal is closed and another begins.
extension Store {
    /// How many events there are of some kinds, and when the first and the last of them were shared.
    package func extent(of kinds: [UInt32]) throws -> (count: Int64, first: Int64?, last: Int64?) {
        try queue.unsafeRead { db in
            let list = kinds.map { "\($0)" }.joined(separator: ", ")
            let row = try Row.fetchOne(
                db,
                sql:
                    "SELECT count(*) AS n, min(at) AS first, max(at) AS last FROM event WHERE kind IN (\(list))"
            )
            return (row?["n"] ?? 0, row?["first"], row?["last"])
        }
    }

    /// Takes drafts over by their numbers, into a store without any, with what is known of files that were taken in as drafts.
    package func takeOver(_ drafts: [StoredDraft], of other: Store) throws {
        // An entry's id is longer.
        let imported = try other.queue.unsafeRead { db in
            try Row.fetchAll(db, sql: "SELECT key, entry FROM imported WHERE length(entry) < 32")
        }
        let next = try other.nextDraft()
        try write { db in
            for draft in drafts {
                try db.cachedStatement(sql: "INSERT INTO draft (id, content, written) VALUES (?, ?, ?)")
                    .execute(arguments: [draft.id, draft.content.data, draft.written])
            }
            for row in imported {
                try db.cachedStatement(sql: "INSERT INTO imported (key, entry) VALUES (?, ?)")
                    .execute(arguments: [row.bytes("key").data, row.text("entry")])
            }
            // A number that was given once means nothing else later.
            try db.execute(sql: "DELETE FROM sqlite_sequence WHERE name = 'draft'")
            try db.execute(
                sql: "INSERT INTO sqlite_sequence (name, seq) VALUES ('draft', ?)", arguments: [next - 1])
        }
        draftsChanged()
    }

    /// Deletes all drafts, so that nothing of them can be read in the file any more.
    package func removeDrafts() throws {
        defer { draftsChanged() }
        try write { db in try db.execute(sql: "DELETE FROM draft") }
        try checkpoint()
    }
}
