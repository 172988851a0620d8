package import Causality
package import EventLog
import FoundationEssentials
import GRDB
package import Journal

extension Store: LogReading {
    /// The header hash at a place; nil if nothing is there.
    package func hash(at position: Position) throws -> Digest? {
        guard let log = logs.id(of: position.log) else { return nil }
        return try queue.unsafeRead { db in
            try Data.fetchOne(
                db.cachedStatement(sql: "SELECT hash FROM event WHERE log = ? AND sequence = ?"),
                arguments: [log, Int64(clamping: position.sequence)]
            ).flatMap(Digest.init)
        }
    }

    /// The events of one stretch that are here, in order, from a sequence number to another, both included.
    package func events(of log: LogID, from: UInt64, through: UInt64) throws -> [StoredEvent] {
        guard let id = logs.id(of: log) else { return [] }
        return try queue.unsafeRead { db in
            let rows = try Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT arrival, log, sequence, hash, header, event.id, bytes
                        FROM event LEFT JOIN body ON event = arrival
                        WHERE log = ? AND sequence BETWEEN ? AND ? ORDER BY sequence
                        """),
                arguments: [id, Int64(clamping: from), Int64(clamping: through)])
            var events: [StoredEvent] = []
            while let row = try rows.next() { events.append(try stored(row)) }
            return events
        }
    }

    /// The same as they travel, without the words that are erased: as many as fit into so many bytes, and with empty bodies if these aren't wanted.
    package func bytes(
        of log: LogID, from: UInt64, through: UInt64, withBodies: Bool, bytes: Int
    ) throws -> [EventBytes] {
        guard let id = logs.id(of: log) else { return [] }
        let (words, join) =
            withBodies
            ? ("bytes", "LEFT JOIN body ON event = arrival AND lacks_body < \(Words.erased)") : ("NULL", "")
        return try queue.unsafeRead { db in
            let rows = try Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT header, \(words) FROM event \(join)
                        WHERE log = ? AND sequence BETWEEN ? AND ? ORDER BY sequence
                        """),
                arguments: [id, Int64(clamping: from), Int64(clamping: through)])
            var events: [EventBytes] = []
            var left = bytes
            while let row = try rows.next() {
                let event = EventBytes(header: row.bytes(at: 0), body: row.bytes(at: 1))
                left -= event.runLength
                if left < 0 { break }
                events.append(event)
            }
            return events
        }
    }

    private func stored(_ row: Row) throws -> StoredEvent {
        let placed = try placed(
            EntryID(row.bytes("id")), log: row.number("log"), row.sequence("sequence"),
            header: row.bytes("header"), arrival: row.number("arrival"))
        guard let hash = Digest(row.bytes("hash")) else {
            throw StoreError.damaged(arrival: try row.number("arrival"))
        }
        return StoredEvent(
            position: placed.position, hash: hash, headerBytes: row.bytes("header"),
            body: row.hasNull(atIndex: 6) ? nil : row.bytes("bytes"), effective: placed.effective)
    }

    /// The last signed head of a stretch between two sequence numbers, both included; nil if there is none.
    package func head(of log: LogID, atOrAfter lower: UInt64, through upper: UInt64) throws -> Head? {
        guard let id = logs.id(of: log) else { return nil }
        return try queue.unsafeRead { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT sequence, hash, signature FROM head
                    WHERE log = ? AND sequence BETWEEN ? AND ? ORDER BY sequence DESC LIMIT 1
                    """,
                arguments: [id, Int64(clamping: lower), Int64(clamping: upper)])
            guard let row, let hash = Digest(row.bytes("hash")) else { return nil }
            return Head(
                log: log, sequence: try row.sequence("sequence"), hash: hash,
                signature: row.bytes("signature"))
        }
    }

    /// What a stretch said last of each other log, at or before a sequence number.
    package func mentions(in log: LogID, through sequence: UInt64) throws -> [Mention] {
        guard let id = logs.id(of: log) else { return [] }
        return try queue.unsafeRead { db in
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT m.device, m.epoch, m.mentioned, m.prefix FROM mention AS m JOIN (
                            SELECT device, epoch, max(sequence) AS sequence FROM mention
                            WHERE log = ?1 AND sequence <= ?2 GROUP BY device, epoch
                        ) USING (device, epoch, sequence) WHERE m.log = ?1
                        """),
                arguments: [id, Int64(clamping: sequence)])
            return try rows.compactMap { row in
                try DeviceID(row.bytes("device")).map { device in
                    Mention(
                        log: LogID(device: device, epoch: try row.bits("epoch")),
                        sequence: try row.bits("mentioned"),
                        prefix: try row.bits("prefix"))
                }
            }
        }
    }

    /// Whether a stretch had named any log of a device, here or not, at or before a sequence number.
    package func names(_ device: DeviceID, in log: LogID, through sequence: UInt64) throws -> Bool {
        guard let id = logs.id(of: log) else { return false }
        return try queue.unsafeRead { db in
            try Bool.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT EXISTS (
                            SELECT 1 FROM mention WHERE log = ?1 AND device = ?2 AND sequence <= ?3)
                        """), arguments: [id, device.data, Int64(clamping: sequence)]) ?? false
        }
    }

    /// What a stretch had said last of one other log, at each of some sequence numbers, which ascend.
    ///
    /// Few are looked up each by itself; for many, what was said is read once in the order in which it was said.
    package func mentions(in log: LogID, of trunk: LogID, at sequences: [UInt64]) throws -> [[Mention]] {
        guard let id = logs.id(of: log), let last = sequences.last else { return sequences.map { _ in [] } }
        let isFew = sequences.count <= Self.fewPlaces
        return try queue.unsafeRead { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT sequence, mentioned, prefix FROM mention
                    WHERE log = ?1 AND device = ?2 AND epoch = ?3 AND sequence
                    """
                        + (isFew
                            ? """
                             = (SELECT max(sequence) FROM mention
                                WHERE log = ?1 AND device = ?2 AND epoch = ?3 AND sequence <= ?4)
                            """ : " <= ?4 ORDER BY sequence"))
            func read(through sequence: UInt64, _ take: (UInt64, Mention) -> Void) throws {
                let rows = try Row.fetchCursor(
                    statement,
                    arguments: [
                        id, trunk.device.data, Int64(bitPattern: trunk.epoch), Int64(clamping: sequence),
                    ])
                while let row = try rows.next() {
                    let mention = Mention(
                        log: trunk, sequence: UInt64(bitPattern: try row.number(at: 1)),
                        prefix: UInt64(bitPattern: try row.number(at: 2)))
                    take(UInt64(bitPattern: try row.number(at: 0)), mention)
                }
            }
            var found: [[Mention]] = []
            guard !isFew else {
                for sequence in sequences {
                    found.append([])
                    try read(through: sequence) { found[found.count - 1].append($1) }
                }
                return found
            }
            var (said, saidAt) = ([Mention](), UInt64(0))
            try read(through: last) { sequence, mention in
                while found.count < sequences.count, sequences[found.count] < sequence { found.append(said) }
                if sequence != saidAt { (said, saidAt) = ([], sequence) }
                said.append(mention)
            }
            while found.count < sequences.count { found.append(said) }
            return found
        }
    }

    /// Places that are looked up one by one rather than on the way through all.
    private static let fewPlaces = 32

    /// The bodies that are here and not erased, of the events named.
    package func bodies(of ids: [EntryID]) throws -> [EntryID: [UInt8]] {
        try queue.unsafeRead { db in
            var bodies: [EntryID: [UInt8]] = [:]
            for id in ids {
                let bytes = try Data.fetchOne(
                    db.cachedStatement(
                        sql: """
                            SELECT bytes FROM body JOIN event ON arrival = event
                            WHERE event.id = ? AND lacks_body < \(Words.erased) LIMIT 1
                            """),
                    arguments: [id.data])
                if let bytes { bodies[id] = Array(bytes) }
            }
            return bodies
        }
    }

    /// The ids of events whose words are absent and not erased, in order; only those behind an id if one is given.
    package func missingBodies(after: EntryID?, limit: Int) throws -> [EntryID] {
        try queue.unsafeRead { db in
            try Data.fetchAll(
                db, sql: "SELECT DISTINCT id FROM event WHERE lacks_body = 1 AND id > ? ORDER BY id LIMIT ?",
                arguments: [after?.data ?? Data(), limit == .max ? -1 : limit]
            ).compactMap(EntryID.init)
        }
    }

    /// The header that an id names, of any of its places; nil if it isn't here.
    package func header(of id: EntryID) throws -> EventHeader? {
        try placed("event.id = ? LIMIT 1", [id.data]).first?.effective.header
    }

    /// All events whose header names a rift, and the rift itself.
    package func events(inRift rift: EntryID) throws -> [PlacedEvent] { try placed("rift = ?", [rift.data]) }

    /// An event, at each of its places, with all that refers to it.
    package func events(about entry: EntryID) throws -> [PlacedEvent] {
        try placed(
            "event.id = ?1 OR arrival IN (SELECT event FROM reference WHERE target = ?1)", [entry.data])
    }

    /// All `same_as` events of the journal.
    package func joins() throws -> [PlacedEvent] { try placed("kind = ?", [Int64(Kind.sameAs.rawValue)]) }

    /// A place in the timeline of a rift from which its events are read on.
    package struct RiftPlace: Sendable {
        fileprivate let at: Int64
        fileprivate let stamp: Int64
        fileprivate let arrival: Int64
    }

    /// Some events of a rift behind a place, and where the next ones begin; nil if nothing follows.
    package func events(
        inRift rift: EntryID, after place: RiftPlace?, limit: Int
    ) throws -> (events: [PlacedEvent], next: RiftPlace?) {
        let last = place ?? RiftPlace(at: .min, stamp: .min, arrival: 0)
        let rows = try rows(
            """
            rift = ?1 AND (at, stamp, arrival) > (?2, ?3, ?4) ORDER BY at, stamp, arrival LIMIT ?5
            """, [rift.data, last.at, last.stamp, last.arrival, limit])
        let events = try rows.map(placed)
        guard rows.count == limit, let end = rows.last else { return (events, nil) }
        return (events, try riftPlace(of: end.arrival))
    }

    private func riftPlace(of arrival: Int64) throws -> RiftPlace? {
        try queue.unsafeRead { db in
            try Row.fetchOne(
                db.cachedStatement(sql: "SELECT at, stamp FROM event WHERE arrival = ?"), arguments: [arrival]
            ).map { RiftPlace(at: try $0.number(at: 0), stamp: try $0.number(at: 1), arrival: arrival) }
        }
    }

    /// The events that a condition selects, in no order unless it ends with one.
    func placed(_ condition: String, _ arguments: StatementArguments) throws -> [PlacedEvent] {
        // Decoding takes longer than reading, and others may read meanwhile.
        try rows(condition, arguments).map(placed)
    }

    private func placed(_ row: PlacedRow) throws -> PlacedEvent {
        try placed(row.id, log: row.log, row.sequence, header: row.header, arrival: row.arrival)
    }

    /// An event's row, undecoded.
    private struct PlacedRow {
        let arrival: Int64
        let log: Int64
        let sequence: UInt64
        let id: EntryID?
        let header: [UInt8]
    }

    private func rows(_ condition: String, _ arguments: StatementArguments) throws -> [PlacedRow] {
        try queue.unsafeRead { db in
            let statement = try db.cachedStatement(
                sql: "SELECT arrival, log, sequence, event.id, header FROM event WHERE \(condition)")
            try statement.setArguments(arguments)
            let rows = unsafe StatementRows(statement.sqliteStatement)
            defer { unsafe rows.reset() }
            var found: [PlacedRow] = []
            while try unsafe rows.step() {
                found.append(
                    PlacedRow(
                        arrival: unsafe rows.number(0), log: unsafe rows.number(1),
                        sequence: try UInt64(sequence: unsafe rows.number(2)), id: unsafe rows.identifier(3),
                        header: unsafe rows.bytes(4)))
            }
            return found
        }
    }

    /// An event's row, decoded. Throws ``StoreError/damaged(arrival:)``.
    func placed(
        _ id: EntryID?, log: Int64, _ sequence: UInt64, header: [UInt8]?, arrival: Int64
    ) throws -> PlacedEvent {
        guard let log = logs.log(log), let id, let header = header.flatMap({ try? EventHeader(bytes: $0) }),
            let effective = try? EffectiveEvent(id: id, storedHeader: header)
        else { throw StoreError.damaged(arrival: arrival) }
        return PlacedEvent(position: Position(log: log, sequence: sequence), effective: effective)
    }

    /// The shape of all logs, as a replica starts from it.
    package func segments() throws -> [LogForest.Segment] {
        let rows = try queue.unsafeRead { db in
            try self.logs.reload(db)
            // The logs first, which are few: otherwise each event is asked whether it is its log's last.
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT log.id AS log, parent, parent_sequence, sequence, hash
                    FROM log CROSS JOIN event ON event.log = log.id
                    AND sequence = (SELECT max(last.sequence) FROM event AS last WHERE last.log = log.id)
                    """)
        }
        let segments: [LogForest.Segment] = try rows.compactMap { row in
            guard let log = logs.log(try row.number("log")), let hash = Digest(row.bytes("hash")) else {
                return nil
            }
            let parent = try row.optionalNumber("parent").flatMap(logs.log).map {
                Position(log: $0, sequence: try row.sequence("parent_sequence"))
            }
            let end = try row.sequence("sequence")
            return LogForest.Segment(
                log: log, parent: parent, end: end, hash: hash,
                head: try head(of: log, atOrAfter: (parent?.sequence ?? 0) + 1, through: end))
        }
        guard Self.areATree(segments) else { throw StoreError.corrupt }
        return segments
    }

    /// Whether each stretch departs from within another one: so that every way back ends, and counts down.
    private static func areATree(_ segments: [LogForest.Segment]) -> Bool {
        let byLog = Dictionary(segments.map { ($0.log, $0) }) { first, _ in first }
        return segments.allSatisfy { segment in
            guard let parent = segment.parent else { return segment.end > 0 }
            guard let before = byLog[parent.log], parent.log.trunk == segment.log.trunk else { return false }
            return segment.end > parent.sequence && parent.sequence <= before.end
                && parent.sequence > before.parent?.sequence ?? 0
        }
    }

    /// The last name that some stretches have for a person or device, each at or before a sequence number; with all
    /// places of each.
    ///
    /// - Parameters:
    ///   - kind: whether a person or a device is named.
    ///   - subject: its id.
    package func names(
        _ kind: Kind, of subject: [UInt8], in ends: [(log: LogID, end: UInt64)]
    ) throws -> [PlacedEvent] {
        let ids = try queue.unsafeRead { db in
            try ends.compactMap { log, end -> EntryID? in
                guard let log = logs.id(of: log) else { return nil }
                return try Data.fetchOne(
                    db.cachedStatement(
                        sql: """
                            SELECT event.id FROM naming JOIN event USING (log, sequence)
                            WHERE naming.kind = ? AND subject = ? AND log = ? AND sequence <= ?
                            ORDER BY sequence DESC LIMIT 1
                            """),
                    arguments: [Int64(kind.rawValue), subject.data, log, Int64(clamping: end)]
                ).flatMap(EntryID.init)
            }
        }
        return try Set(ids).flatMap { try placed("event.id = ?", [$0.data]) }
    }

    /// All events that announce or withdraw recovery words.
    package func recoveries() throws -> [PlacedEvent] {
        let kinds = [Kind.recovery, .withdraw].map { String($0.rawValue) }.joined(separator: ", ")
        return try placed("kind IN (\(kinds))", [])
    }

    /// All events that say who takes part.
    package func claims() throws -> [Membership.Claim] {
        let kinds = Kind.claims.map { String($0.rawValue) }.joined(separator: ", ")
        return try placed("kind IN (\(kinds))", []).compactMap(Membership.Claim.init)
    }
}
