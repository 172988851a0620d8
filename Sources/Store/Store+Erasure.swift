package import EventLog
import GRDB
package import Journal

/// Words that are deleted for good, as both persons agreed.
///
/// The header stays, with its commitment, so that the chain verifies. Its row says that the words will not be looked
/// for any more, nor taken in if they are offered.
extension Store {
    /// All events of a kind that has to do with erasing.
    package func erasures(_ kind: Kind) throws -> [PlacedEvent] {
        try placed("kind = ?", [Int64(kind.rawValue)])
    }

    /// Whether any entry was ever asked to be erased.
    package func hasErasures() throws -> Bool {
        try queue.unsafeRead { db in
            try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM event WHERE kind = ?)"),
                arguments: [Int64(Kind.erase.rawValue)]) ?? false
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
    private enum Words {
        static let lacking = 1
        static let erased = 2
    }
}
