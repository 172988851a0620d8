import GRDB
import Synchronization

/// What a file of this program's looks like, whichever version made it.
extension Schema {
    /// Everything that is in a database, a line each; more than this program makes need not be read.
    static let objects = """
        SELECT quote(type) || quote(name) || quote(tbl_name) || quote(sql) FROM sqlite_master
        ORDER BY 1 LIMIT 200
        """

    /// The migrations that a database had; asked for only where there is a table of them.
    static let done = "SELECT identifier FROM grdb_migrations ORDER BY rowid LIMIT 200"

    /// How a version of this program leaves a database.
    struct Layout {
        /// What is in it.
        let objects: [String]
        /// The migrations that led there.
        let done: [String]
    }

    /// The layout that a database has by what is in it; nil if that is none of this program's.
    static func layout(of objects: [String]) throws -> Layout? {
        let names = migrator.migrations
        for count in (0...names.count).reversed() {
            let layout = try layout(after: Array(names.prefix(count)))
            if layout.objects == objects { return layout }
        }
        return nil
    }

    /// A cache of layouts by their last migration, each with the database in memory that it was read off.
    ///
    /// They are kept for good: one that goes has libdispatch start its thread pool, whose monitor on Linux then wakes the
    /// process every second for as long as it lives.
    private static let layouts = Mutex<[String: (layout: Layout, kept: DatabaseQueue)]>([:])

    private static func layout(after done: [String]) throws -> Layout {
        try layouts.withLock { layouts in
            if let known = layouts[done.last ?? ""] { return known.layout }
            let fresh = try DatabaseQueue()
            if let last = done.last {
                try migrator.migrate(fresh, upTo: last)
            } else {
                // What a first start leaves that ended before anything else was made.
                try DatabaseMigrator().migrate(fresh)
            }
            let found = try fresh.read { db in try String.fetchAll(db, sql: objects) }
            let layout = Layout(objects: found, done: done)
            layouts[done.last ?? ""] = (layout, fresh)
            return layout
        }
    }

    /// Whether a database is laid out as this program leaves one, and holds nothing else: no trigger, no view, no column
    /// that may hold what no code here expects. Nothing in its tables is read before that is known.
    static func isOurs(_ db: Database) throws -> Bool {
        let found = try Row.fetchAll(db, sql: objects).map { $0.text(at: 0) }
        if found.isEmpty { return true }
        guard let layout = try layout(of: found) else { return false }
        return try Row.fetchAll(db, sql: done).map { $0.text(at: 0) } == layout.done
    }

    /// What is true of no row that this program writes, though its column's type allows it.
    ///
    /// Numbers have room above them, so that there is always a next one.
    static let neverTrue = [
        ("log", "id < 1 OR length(device) <> 16 OR length(branch) <> 16 OR parent_sequence < 0"),
        (
            "event",
            """
            arrival NOT BETWEEN 1 AND 0x3FFFFFFFFFFFFFFF OR sequence NOT BETWEEN 1 AND 0x3FFFFFFFFFFFFFFF
            OR length(hash) <> 32 OR length(id) <> 16 OR length(rift) <> 16 OR kind NOT BETWEEN 0 AND 0xFFFFFFFF
            """
        ),
        ("head", "sequence NOT BETWEEN 1 AND 0x3FFFFFFFFFFFFFFF OR length(hash) <> 32"),
        ("mention", "sequence NOT BETWEEN 1 AND 0x3FFFFFFFFFFFFFFF OR length(device) <> 16"),
        ("reference", "length(target) <> 16"),
        ("draft", "id NOT BETWEEN 1 AND 0x3FFFFFFFFFFFFFFF"),
        ("sqlite_sequence", "typeof(seq) <> 'integer' OR seq NOT BETWEEN 0 AND 0x3FFFFFFFFFFFFFFF"),
    ]
}
