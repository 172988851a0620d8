package import Causality
package import EventLog
import FoundationEssentials
import GRDB
import Synchronization
package import Journal

/// Everything that is stored, for looking whether it is what it has to be.
extension Store {
    /// One log, from where it parts from another.
    package struct Stretch: Sendable {
        /// The store's own number for it.
        package let number: Int64
        /// Its device, epoch and branch.
        package let log: LogID
        /// The last event before it; zero for the beginning of everything.
        package let after: UInt64
        /// That event's hash.
        package let hash: Digest
        /// Whether another log departs from it.
        package let isContinued: Bool
    }

    /// All logs.
    package func stretches() throws -> [Stretch] {
        try queue.unsafeRead { db in
            try self.logs.reload(db)
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT log.id AS number, parent_sequence, hash,
                        EXISTS (SELECT 1 FROM log AS child WHERE child.parent = log.id) AS is_continued
                    FROM log
                    LEFT JOIN event ON event.log = parent AND event.sequence = parent_sequence ORDER BY log.id
                    """
            ).compactMap { row in
                let number = try row.number("number")
                guard let log = self.logs.log(number) else { return nil }
                return Stretch(
                    number: number, log: log, after: try row.sequence("parent_sequence"),
                    hash: Digest(row.bytes("hash")) ?? .zero, isContinued: try row.number("is_continued") == 1
                )
            }
        }
    }

    /// The next events of a log behind a number, in order: about so many bytes of them, and at least one if there is one.
    func stored(_ log: Int64, after sequence: UInt64, bytes: Int) throws -> [ChainVerifier.Stored] {
        try queue.unsafeRead { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT sequence, hash, header, event.id, kind, rift, at, stamp, lacks_body, bytes, arrival
                    FROM event LEFT JOIN body ON event = arrival
                    WHERE log = ? AND sequence > ? ORDER BY sequence
                    """)
            try statement.setArguments([log, Int64(clamping: sequence)])
            let rows = unsafe StatementRows(statement.sqliteStatement)
            defer { unsafe rows.reset() }
            var events: [ChainVerifier.Stored] = []
            var left = bytes
            while left > 0, try unsafe rows.step() {
                var event = ChainVerifier.Stored()
                event.sequence = try UInt64(sequence: unsafe rows.number(0))
                event.hash = Digest(unsafe rows.bytes(1)) ?? .zero
                event.header = unsafe rows.bytes(2)
                event.id = unsafe rows.identifier(3) ?? event.id
                event.kind = UInt32(truncatingIfNeeded: unsafe rows.number(4))
                event.rift = unsafe rows.identifier(5)
                event.at = unsafe rows.number(6)
                event.stamp = Stamp(column: unsafe rows.number(7))
                event.arrival = unsafe rows.number(10)
                let words = Int(truncatingIfNeeded: unsafe rows.number(8))
                event.lacksBody = words == Words.lacking || words == Words.erased
                event.body = unsafe rows.isNull(9) ? nil : unsafe rows.bytes(9)
                left -= event.header.count + (event.body?.count ?? 0)
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
                        log: name, sequence: try row.sequence("sequence"), hash: hash,
                        signature: row.bytes("signature")), Digest(row.bytes("stored"))
                )
            }
        }
    }

    /// How many events there are, each of them counted.
    package func rows() throws -> Int64 {
        try queue.unsafeRead { db in
            try Int64.fetchOne(db, sql: "SELECT count(*) FROM event NOT INDEXED") ?? 0
        }
    }

    /// The rifts whose standing is kept and not stale.
    package func keptRifts() throws -> [EntryID] {
        try queue.unsafeRead { db in
            try Data.fetchAll(
                db, sql: "SELECT id FROM rift WHERE generation = ? ORDER BY id",
                arguments: [self.generation.withLock { $0 }]
            ).compactMap(
                EntryID.init)
        }
    }

    /// Whether each index has as many entries as its table has rows.
    package func indexesAreWhole(rows count: Int64) throws -> Bool {
        try queue.unsafeRead { db in
            let rifts = try Int64.fetchOne(
                db, sql: "SELECT count(*) FROM event NOT INDEXED WHERE rift IS NOT NULL")
            let ofRifts = try Int64.fetchOne(
                db, sql: "SELECT count(*) FROM event INDEXED BY event_rift WHERE rift IS NOT NULL")
            guard rifts == ofRifts else { return false }
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
                try db.execute(
                    sql: """
                        UPDATE event SET lacks_body =
                            CASE lacks_body WHEN \(Words.withheld) THEN \(Words.erased) ELSE \(Words.lacking) END
                        WHERE id = ?
                        """, arguments: [id.data])
            }
            for rift in rifts {
                try db.execute(sql: "UPDATE rift SET generation = 0 WHERE id = ?", arguments: [rift.data])
            }
        }
    }

    /// The tables of references and mentions, as sums.
    package func derivedRows() throws -> DerivedRows {
        try queue.unsafeRead { db in
            var rows = DerivedRows()
            try unsafe Self.everyRow(db, "SELECT target, kind, event FROM reference") { row in
                guard let target = unsafe row.identifier(0) else { return }
                rows.addReference(
                    to: target, kind: UInt32(clamping: unsafe row.number(1)), by: unsafe row.number(2))
            }
            try unsafe Self.everyRow(
                db, "SELECT device, log, sequence, epoch, mentioned, prefix FROM mention"
            ) { row in
                guard let device = unsafe row.identifier(0) else { return }
                let mention = Mention(
                    log: LogID(
                        device: DeviceID(high: device.high, low: device.low),
                        epoch: UInt64(bitPattern: unsafe row.number(3))),
                    sequence: UInt64(bitPattern: unsafe row.number(4)),
                    prefix: UInt64(bitPattern: unsafe row.number(5)))
                rows.addMention(
                    mention, in: unsafe row.number(1), at: UInt64(bitPattern: unsafe row.number(2)))
            }
            return rows
        }
    }

    private static func everyRow(_ db: Database, _ sql: String, _ look: (StatementRows) -> Void) throws {
        let statement = try db.cachedStatement(sql: sql)
        let rows = unsafe StatementRows(statement.sqliteStatement)
        defer { unsafe rows.reset() }
        while try unsafe rows.step() { unsafe look(rows) }
    }
}

/// What headers say that is kept in tables of its own, in a form to be compared: sums of what each row comes to.
package struct DerivedRows: Equatable, Sendable {
    private var references: UInt64 = 0
    private var mentions: UInt64 = 0

    /// No rows.
    package init() {}

    /// Adds the rows of an event in a log. One whose header can't be read has none, and is told of elsewhere.
    package mutating func add(
        _ outcome: ChainVerifier.Outcome, of event: ChainVerifier.Stored, in log: Int64
    ) {
        guard let (header, effective) = outcome.said else { return }
        for target in Set(effective.header.references.map(\.entry)) {
            addReference(to: target, kind: effective.header.kindNumber, by: event.arrival)
        }
        for mention in header.seen { addMention(mention, in: log, at: event.sequence) }
    }

    /// Adds what was counted apart.
    package mutating func add(_ other: DerivedRows) {
        references &+= other.references
        mentions &+= other.mentions
    }

    mutating func addReference(to target: EntryID, kind: UInt32, by arrival: Int64) {
        // Can't trap: kinds have 32 bits.
        references &+= Self.mixed([target.high, target.low, UInt64(kind), UInt64(bitPattern: arrival)])
    }

    mutating func addMention(_ mention: Mention, in log: Int64, at sequence: UInt64) {
        let device = mention.log.device
        mentions &+= Self.mixed([
            device.high, device.low, mention.log.epoch, mention.sequence, mention.prefix,
            UInt64(bitPattern: log),
            sequence,
        ])
    }

    /// Sebastiano Vigna's splitmix64 over all parts: what differs in one bit differs in half of them.
    private static func mixed(_ parts: [UInt64]) -> UInt64 {
        parts.reduce(0x9E37_79B9_7F4A_7C15) { sum, part in
            var value = (sum ^ part) &+ 0x9E37_79B9_7F4A_7C15
            value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
            return value ^ value >> 31
        }
    }
}
