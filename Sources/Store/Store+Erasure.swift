package import Causality
package import EventLog
import GRDB
package import Journal

/// Words that both persons agreed to let go: deleted by their own person's hand, and else kept and given to nobody.
///
/// The header stays, with its commitment, so that the chain verifies. Its row says that the words are not looked for,
/// nor taken in if they are offered, and whether they lie here still.
extension Store {
    /// All events of a kind that has to do with erasing.
    package func erasures(_ kind: Kind) throws -> [PlacedEvent] {
        try placed("kind = ?", [Int64(kind.rawValue)])
    }

    /// The latest requests to erase by some devices, as many of them.
    package func latestErasures(limit: Int, by isOne: (DeviceID) -> Bool) throws -> [PlacedEvent] {
        let numbers = logs.ids(where: isOne)
        guard !numbers.isEmpty else { return [] }
        return try placed(
            """
            kind = ?1 AND log IN (\(numbers.map(String.init).joined(separator: ","))) ORDER BY at DESC, stamp DESC LIMIT ?2
            """, [Int64(Kind.erase.rawValue), limit])
    }

    /// The requests to erase that were made in a rift.
    package func erasures(inRift rift: EntryID) throws -> [PlacedEvent] {
        try placed("rift = ? AND kind = ?", [rift.data, Int64(Kind.erase.rawValue)])
    }

    /// Whether any entry was ever asked to be erased.
    package func hasErasures() throws -> Bool {
        try queue.unsafeRead { db in
            try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM event WHERE kind = ?)"),
                arguments: [Int64(Kind.erase.rawValue)]) ?? false
        }
    }

    /// Whether anyone consented to a request to erase an entry, whether or not that counts.
    package func hasConsent(toErase entry: EntryID) throws -> Bool {
        try queue.unsafeRead { db in
            try Bool.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT EXISTS (
                            SELECT 1 FROM reference AS request
                            JOIN event ON event.arrival = request.event
                            JOIN reference AS consent ON consent.target = event.id AND consent.kind = ?3
                            WHERE request.target = ?1 AND request.kind = ?2)
                        """),
                arguments: [entry.data, Int64(Kind.erase.rawValue), Int64(Kind.consent.rawValue)]) ?? false
        }
    }

    /// Whether an event was written on this device, and did not come from another one or out of a file.
    package func isWrittenHere(_ position: Position) throws -> Bool {
        guard let log = logs.id(of: position.log) else { return false }
        return try queue.unsafeRead { db in
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT transport FROM event WHERE log = ? AND sequence = ?"),
                arguments: [log, Int64(clamping: position.sequence)]) == Condition.Transport.local.rawValue
        }
    }

    /// The arrival number of the first event with an id; nil if it isn't here.
    package func arrival(of id: EntryID) throws -> Int64? {
        try queue.unsafeRead { db in
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT min(arrival) FROM event WHERE id = ?"), arguments: [id.data])
        }
    }

    /// Deletes the words of events. They can be read in the log beside the database until ``checkpoint()``.
    ///
    /// - Parameter whatIsHere: else only those are given up that are not here anyway.
    /// Returns whether anything was changed.
    @discardableResult
    package func erase(_ ids: some Sequence<EntryID>, whatIsHere: Bool) throws -> Bool {
        let due = try queue.unsafeRead { db in
            try ids.filter { id in
                try Bool.fetchOne(
                    db.cachedStatement(
                        sql: """
                            SELECT EXISTS (
                                SELECT 1 FROM event LEFT JOIN body ON body.event = event.arrival
                                WHERE event.id = ?1
                                    AND (event.lacks_body = \(Words.lacking) OR ?2 AND body.event IS NOT NULL))
                            """), arguments: [id.data, whatIsHere]) ?? false
            }
        }
        guard !due.isEmpty else { return false }
        try write { db in for id in due { try erase(id, whatIsHere: whatIsHere, db) } }
        return true
    }

    /// Keeps the words of erased events from everyone, and has those that are not here no longer asked for.
    ///
    /// Returns whether anything was changed.
    @discardableResult
    package func withhold(_ ids: some Sequence<EntryID>) throws -> Bool {
        try turn(
            ids, [(Words.lacking, Words.erased), (Words.here, Words.withheld)],
            only: "lacks_body <> \(Words.here) OR arrival IN (SELECT event FROM body)")
    }

    /// Shows words again that are erased no longer, and has those asked for again that were deleted.
    ///
    /// Returns whether anything was changed.
    @discardableResult
    package func bringBack(_ ids: some Sequence<EntryID>) throws -> Bool {
        try turn(ids, [(Words.erased, Words.lacking), (Words.withheld, Words.here)], only: "true")
    }

    /// Whether the words of any of some erased events lie here still.
    package func keepsErased(_ ids: some Sequence<EntryID>) throws -> Bool {
        try queue.unsafeRead { db in
            try ids.contains { id in
                try Bool.fetchOne(
                    db.cachedStatement(
                        sql:
                            "SELECT EXISTS (SELECT 1 FROM event WHERE id = ? AND lacks_body = \(Words.withheld))"
                    ), arguments: [id.data]) ?? false
            }
        }
    }

    /// Turns what rows say of their words into something else, where there is anything to be turned.
    private func turn(
        _ ids: some Sequence<EntryID>, _ changes: [(old: Int, new: Int)], only condition: String
    ) throws -> Bool {
        let states = changes.map { String($0.old) }.joined(separator: ", ")
        let affected = "id = ? AND lacks_body IN (\(states)) AND (\(condition))"
        let due = try queue.unsafeRead { db in
            try ids.filter { id in
                try Bool.fetchOne(
                    db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM event WHERE \(affected))"),
                    arguments: [id.data]) ?? false
            }
        }
        guard !due.isEmpty else { return false }
        let cases = changes.map { "WHEN \($0.old) THEN \($0.new)" }.joined(separator: " ")
        try write { db in
            for id in due {
                try db.execute(
                    sql: "UPDATE event SET lacks_body = CASE lacks_body \(cases) END WHERE \(affected)",
                    arguments: [id.data])
            }
        }
        return true
    }

    func erase(_ id: EntryID, whatIsHere: Bool, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE event SET lacks_body = \(Words.erased)
                WHERE id = ?1 AND (lacks_body = \(Words.lacking) OR ?2 AND arrival IN (SELECT event FROM body))
                """, arguments: [id.data, whatIsHere])
        guard whatIsHere else { return }
        try db.execute(
            sql: "DELETE FROM body WHERE event IN (SELECT arrival FROM event WHERE id = ?)",
            arguments: [id.data])
    }

    /// What a row says of its words, in `lacks_body`.
    enum Words {
        static let here = 0
        static let lacking = 1
        /// Erased, and not here.
        static let erased = 2
        /// Erased, and kept here: nothing reads them but what deletes them or brings them back.
        static let withheld = 3
    }
}
