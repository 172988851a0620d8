import Causality
import EventLog
import FoundationEssentials
import GRDB
import Journal

/// The database's tables. Two of them hold human words, `body` and `draft`; all others hold ids and numbers only.
enum Schema {
    /// "RCNJ": tells our files from anyone's.
    static let applicationID: Int32 = 0x5243_4E4A
    /// The layout that this program writes; a database beyond it is left alone.
    static let version: Int32 = 6
    /// Raised when states are derived by other rules; what was kept is then derived anew.
    static let derivation: UInt8 = 3

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 the log") { db in try db.execute(sql: log) }
        migrator.registerMigration("2 where things stand") { db in try db.execute(sql: standings) }
        migrator.registerMigration("3 devices met") { db in try db.execute(sql: meetings) }
        migrator.registerMigration("4 limits of a day") { db in try db.execute(sql: limits) }
        migrator.registerMigration("5 the query") { db in try db.execute(sql: query) }
        migrator.registerMigration("6 bounded work") { db in
            try db.execute(sql: bounds)
            try indexHeaders(db)
        }
        return migrator
    }

    private static let log = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

        -- A stretch of events without a fork: see LogForest.
        CREATE TABLE log (
            id INTEGER PRIMARY KEY,
            device BLOB NOT NULL, epoch INTEGER NOT NULL, branch BLOB NOT NULL,
            parent INTEGER REFERENCES log(id), parent_sequence INTEGER NOT NULL DEFAULT 0,
            UNIQUE (device, epoch, branch)
        ) STRICT;

        -- The log itself. Rows are added, and never changed but for the name of their stretch and their body's absence.
        CREATE TABLE event (
            arrival INTEGER PRIMARY KEY AUTOINCREMENT,
            log INTEGER NOT NULL REFERENCES log(id), sequence INTEGER NOT NULL,
            hash BLOB NOT NULL, header BLOB NOT NULL,
            -- What follows is read off the header, for the indexes.
            id BLOB NOT NULL, kind INTEGER NOT NULL, rift BLOB,
            at INTEGER NOT NULL, stamp INTEGER NOT NULL,
            transport INTEGER NOT NULL, lacks_body INTEGER NOT NULL,
            UNIQUE (log, sequence)
        ) STRICT;
        CREATE INDEX event_id ON event (id);
        CREATE INDEX event_timeline ON event (at, stamp);
        CREATE INDEX event_rift ON event (rift, arrival) WHERE rift IS NOT NULL;
        CREATE INDEX event_kind ON event (kind, arrival) WHERE kind IN (1, 32, 40, 42, 43, 44);
        CREATE INDEX event_lacking ON event (id) WHERE lacks_body = 1;

        CREATE TABLE body (event INTEGER PRIMARY KEY REFERENCES event(arrival), bytes BLOB NOT NULL) STRICT;

        CREATE TABLE head (
            log INTEGER NOT NULL REFERENCES log(id), sequence INTEGER NOT NULL,
            hash BLOB NOT NULL, signature BLOB NOT NULL,
            PRIMARY KEY (log, sequence)
        ) STRICT, WITHOUT ROWID;

        -- What each log said of others, where it changed.
        CREATE TABLE mention (
            log INTEGER NOT NULL REFERENCES log(id),
            device BLOB NOT NULL, epoch INTEGER NOT NULL, sequence INTEGER NOT NULL,
            mentioned INTEGER NOT NULL, prefix INTEGER NOT NULL,
            PRIMARY KEY (log, device, epoch, sequence, mentioned, prefix)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE reference (
            target BLOB NOT NULL, kind INTEGER NOT NULL, event INTEGER NOT NULL REFERENCES event(arrival),
            PRIMARY KEY (target, kind, event)
        ) STRICT, WITHOUT ROWID;

        -- Never read by anything that talks to a peer.
        CREATE TABLE draft (
            id INTEGER PRIMARY KEY AUTOINCREMENT, content BLOB NOT NULL, written INTEGER NOT NULL
        ) STRICT;

        -- The answers to writes that were done, so that a retry after a lost answer gives the same one.
        CREATE TABLE answer (key TEXT PRIMARY KEY, content BLOB NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        """

    /// Projections: all of it follows from the tables above, and is derived anew where it is missing or stale.
    private static let standings = """
        -- An index that is partial by a list of kinds serves no query by kind, and a rift is read in timeline order.
        DROP INDEX event_kind;
        CREATE INDEX event_kind ON event (kind, arrival);
        DROP INDEX event_rift;
        CREATE INDEX event_rift ON event (rift, at, stamp) WHERE rift IS NOT NULL;

        -- Each rift by the one that stands for all those joined with it.
        CREATE TABLE rift (
            id BLOB PRIMARY KEY, canonical BLOB NOT NULL, state TEXT NOT NULL, is_stale INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX rift_canonical ON rift (canonical);

        -- What there is to say of an entry: a hurt's state, what took it back, why it has no effect.
        CREATE TABLE entry (
            rift BLOB NOT NULL, id BLOB NOT NULL,
            state TEXT, taken_back BLOB, is_erased INTEGER NOT NULL, effect TEXT,
            PRIMARY KEY (rift, id)
        ) STRICT, WITHOUT ROWID;

        -- The writes of each register: rank 0 won, those above were written apart. History stands in the log.
        -- Titles and agreements have no subject, tags their own, and revisions the entry that they reword.
        CREATE TABLE register (
            rift BLOB NOT NULL, kind INTEGER NOT NULL, subject BLOB NOT NULL, rank INTEGER NOT NULL,
            event BLOB NOT NULL,
            PRIMARY KEY (rift, kind, subject, rank)
        ) STRICT, WITHOUT ROWID;

        -- Whose current vote is to rest.
        CREATE TABLE resting (
            rift BLOB NOT NULL, person BLOB NOT NULL, PRIMARY KEY (rift, person)
        ) STRICT, WITHOUT ROWID;

        -- Up to where some log was named as seen, here or not.
        CREATE TABLE foretold (
            device BLOB NOT NULL, epoch INTEGER NOT NULL, sequence INTEGER NOT NULL,
            PRIMARY KEY (device, epoch)
        ) STRICT, WITHOUT ROWID;
        """

    /// What is known of devices besides the log: only this device's affair, and in no journal.
    private static let meetings = """
        CREATE TABLE meeting (
            device BLOB PRIMARY KEY, addresses TEXT NOT NULL, seen INTEGER NOT NULL,
            settled INTEGER NOT NULL, skew INTEGER
        ) STRICT, WITHOUT ROWID;

        -- Devices whose codes were compared here, and whose admission may not have arrived yet.
        CREATE TABLE introduced (device BLOB PRIMARY KEY, bundle BLOB NOT NULL) STRICT, WITHOUT ROWID;
        """

    /// What a device may send on a day, and how long one may wait that was introduced.
    private static let limits = """
        ALTER TABLE meeting ADD COLUMN day INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE meeting ADD COLUMN received INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE meeting ADD COLUMN is_paused INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE introduced ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
        """

    /// A kind is read in timeline order; and what was taken in from files, so that it isn't taken in twice.
    private static let query = """
        DROP INDEX event_kind;
        CREATE INDEX event_kind ON event (kind, at, stamp);

        -- What was imported, by a hash of what the file said, and the entry or draft that it became.
        CREATE TABLE imported (key BLOB PRIMARY KEY, entry TEXT NOT NULL) STRICT, WITHOUT ROWID;
        """

    /// What makes the work that an event causes independent of how many there are.
    private static let bounds = """
        -- A rift's projection is valid in the generation in which it was derived, so all can be outdated at once.
        ALTER TABLE rift RENAME COLUMN is_stale TO generation;
        UPDATE rift SET generation = 0;

        -- Who named an event, before it came or after.
        DROP TABLE foretold;
        CREATE INDEX mention_named ON mention (device, epoch, mentioned);
        -- Whether a log had named a device at all.
        CREATE INDEX mention_first ON mention (log, device, sequence);

        -- The same of what stands in carried events, which speaks for them and not for their log.
        CREATE TABLE carried_mention (
            device BLOB NOT NULL, epoch INTEGER NOT NULL, mentioned INTEGER NOT NULL, prefix INTEGER NOT NULL,
            PRIMARY KEY (device, epoch, mentioned, prefix)
        ) STRICT, WITHOUT ROWID;

        -- What came on the last day, by the person or device that has an allowance of its own.
        CREATE TABLE allowance (key BLOB PRIMARY KEY, content BLOB NOT NULL) STRICT, WITHOUT ROWID;

        -- The names of persons and devices by log, so that the last one of each is found at once.
        CREATE TABLE naming (
            kind INTEGER NOT NULL, subject BLOB NOT NULL, log INTEGER NOT NULL REFERENCES log(id),
            sequence INTEGER NOT NULL,
            PRIMARY KEY (kind, subject, log, sequence)
        ) STRICT, WITHOUT ROWID;
        """

    private static func indexHeaders(_ db: Database) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT id, log, sequence, header FROM event")
        while let row = try rows.next() {
            // What can't be read is told of by the check.
            guard let id = EntryID(row.bytes("id")),
                let header = try? EventHeader(bytes: row.bytes("header")),
                let effective = try? EffectiveEvent(id: id, storedHeader: header)
            else { continue }
            try index(effective, log: row.number("log"), sequence: row.number("sequence"), db)
        }
    }

    /// Enters an event into the indexes that are made of what stands in its header.
    static func index(_ event: EffectiveEvent, log: Int64, sequence: Int64, _ db: Database) throws {
        if event.header.kind?.isName == true {
            try db.cachedStatement(
                sql: "INSERT OR IGNORE INTO naming (kind, subject, log, sequence) VALUES (?, ?, ?, ?)"
            ).execute(arguments: [Int64(event.header.kindNumber), event.header.subject.data, log, sequence])
        }
        for mention in event.carriedSeen ?? [] {
            try db.cachedStatement(
                sql: """
                    INSERT OR IGNORE INTO carried_mention (device, epoch, mentioned, prefix)
                    VALUES (?, ?, ?, ?)
                    """
            ).execute(arguments: [
                mention.log.device.data, Int64(bitPattern: mention.log.epoch),
                Int64(bitPattern: mention.sequence), Int64(bitPattern: mention.prefix),
            ])
        }
    }
}
