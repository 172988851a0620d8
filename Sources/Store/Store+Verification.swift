package import Causality
package import EventLog
import FoundationEssentials
import GRDB
package import Journal

/// Everything that is stored, for looking whether it is what it has to be.
extension Store {
    /// One log, from where it parts from another.
    package struct Stretch: Sendable {
        package let number: Int64
        package let log: LogID
        /// The last event before it; zero for the beginning of everything.
        package let after: UInt64
        /// That event's hash.
        package let hash: Digest
    }

    /// All logs.
    package func stretches() throws -> [Stretch] {
        try queue.unsafeRead { db in
            try self.logs.reload(db)
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT log.id AS number, parent_sequence, hash FROM log
                    LEFT JOIN event ON event.log = parent AND event.sequence = parent_sequence ORDER BY log.id
                    """
            ).compactMap { row in
                let number: Int64 = row["number"]
                guard let log = self.logs.log(number) else { return nil }
                return Stretch(
                    number: number, log: log, after: UInt64(bitPattern: row["parent_sequence"]),
                    hash: Digest(row.bytes("hash")) ?? .zero)
            }
        }
    }

    /// The next events of a log behind a number, in order.
    package func stored(_ log: Int64, after sequence: UInt64, limit: Int) throws -> [ChainVerifier.Stored] {
        try queue.unsafeRead { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT sequence, hash, header, event.id, kind, rift, at, stamp, lacks_body, bytes
                    FROM event LEFT JOIN body ON event = arrival
                    WHERE log = ? AND sequence > ? ORDER BY sequence LIMIT ?
                    """)
            try statement.setArguments([log, Int64(clamping: sequence), limit])
            let rows = unsafe StatementRows(statement.sqliteStatement)
            defer { unsafe rows.reset() }
            var events: [ChainVerifier.Stored] = []
            while try unsafe rows.step() {
                var event = ChainVerifier.Stored()
                event.sequence = UInt64(bitPattern: unsafe rows.number(0))
                event.hash = Digest(unsafe rows.bytes(1)) ?? .zero
                event.header = unsafe rows.bytes(2)
                event.id = unsafe rows.identifier(3) ?? event.id
                event.kind = UInt32(truncatingIfNeeded: unsafe rows.number(4))
                event.rift = unsafe rows.identifier(5)
                event.at = unsafe rows.number(6)
                event.stamp = Stamp(column: unsafe rows.number(7))
                event.lacksBody = unsafe rows.number(8) != 0
                event.body = unsafe rows.isNull(9) ? nil : unsafe rows.bytes(9)
                events.append(event)
            }
            return events
        }
    }

    /// The signed heads of a log, in order, each with its event's hash as it is stored; nil where that is missing.
    package func heads(_ log: Int64, of name: LogID) throws -> [(head: Head, stored: Digest?)] {
        try queue.unsafeRead { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT head.sequence, head.hash AS signed, signature, event.hash AS stored
                    FROM head LEFT JOIN event ON event.log = head.log AND event.sequence = head.sequence
                    WHERE head.log = ? ORDER BY head.sequence
                    """, arguments: [log]
            ).compactMap { row in
                guard let hash = Digest(row.bytes("signed")) else { return nil }
                return (
                    Head(
                        log: name, sequence: UInt64(bitPattern: row["sequence"]), hash: hash,
                        signature: row.bytes("signature")), Digest(row.bytes("stored"))
                )
            }
        }
    }

    /// The rifts whose standing is kept and not stale.
    package func keptRifts() throws -> [EntryID] {
        try queue.unsafeRead { db in
            try Data.fetchAll(db, sql: "SELECT id FROM rift WHERE is_stale = 0 ORDER BY id").compactMap(
                EntryID.init)
        }
    }

    /// Whether each index has as many entries as its table has rows.
    package func indexesAreWhole() throws -> Bool {
        try queue.unsafeRead { db in
            let count = try Int64.fetchOne(db, sql: "SELECT count(*) FROM event NOT INDEXED")
            for index in ["event_id", "event_timeline", "event_kind"] {
                guard try Int64.fetchOne(db, sql: "SELECT count(*) FROM event INDEXED BY \(index)") == count
                else {
                    return false
                }
            }
            return true
        }
    }

    /// Lets words that are not the committed ones be asked for again, and standings be derived anew.
    package func mend(bodies: [EntryID], rifts: [EntryID]) throws {
        try write { db in
            for id in bodies {
                try db.execute(
                    sql: "DELETE FROM body WHERE event IN (SELECT arrival FROM event WHERE id = ?)",
                    arguments: [id.data])
                try db.execute(sql: "UPDATE event SET lacks_body = 1 WHERE id = ?", arguments: [id.data])
            }
            for rift in rifts {
                try db.execute(sql: "UPDATE rift SET is_stale = 1 WHERE id = ?", arguments: [rift.data])
            }
        }
    }
}
