package import Causality
package import EventLog
import GRDB
import Synchronization
package import Journal

/// What changes on this device only, in the same transaction as the events.
package struct LocalChange: Sendable {
    /// Drafts that became the events, or were thrown away.
    package var removedDrafts: [Int64] = []
    /// Drafts that name something by its id now.
    package var replacedDrafts: [(id: Int64, content: [UInt8])] = []
    /// Drafts that are made, such as a note of what stayed behind.
    package var addedDrafts: [(content: [UInt8], written: Int64)] = []
    /// The answer to remember under an idempotency key.
    package var answer: (key: String, content: [UInt8])?
    /// Devices whose codes were compared, with their bundles' bytes, and when, in milliseconds since 1970.
    package var introduced: [(device: DeviceID, bundle: [UInt8], at: Int64)] = []
    /// What was taken in from a file, by a hash of what the file said, and the entry or draft that it became.
    package var imported: [(key: [UInt8], entry: String)] = []
    /// Events whose words are deleted, as nobody else has them. The caller empties the log beside the database then.
    package var erased: [EntryID] = []
    /// Values to be kept, such as the genesis.
    package var meta: [MetaKey: [UInt8]] = [:]

    /// No change.
    package init() {}

    fileprivate var hasDrafts: Bool {
        !removedDrafts.isEmpty || !replacedDrafts.isEmpty || !addedDrafts.isEmpty
    }
}

extension Store {
    /// Commits a batch: all of it is durable when this returns, or nothing has changed.
    ///
    /// Returns what it outdates besides what its own events are part of.
    @discardableResult
    package func commit(_ batch: EventBatch, local: LocalChange = LocalChange()) throws -> Outdated {
        let generation = generation.withLock { $0 }
        let outdated: Outdated
        do {
            outdated = try write { db in
                let outdated = try self.markStale(batch, db)
                for split in batch.splits { try self.split(split, db) }
                for cut in batch.truncations { try self.truncate(cut, db) }
                for event in batch.events { try self.insert(event, batch: batch, db) }
                for (log, head) in batch.heads { try self.insert(head, log: log, db) }
                for (id, bytes) in batch.bodies { try self.insert(body: bytes, of: id, db) }
                try self.apply(local, db)
                try self.set(.clock, bytes: batch.clock.rawValue.bigEndianBytes, db)
                try self.set(.epoch, bytes: batch.epoch.bigEndianBytes, db)
                if let door = batch.door { try self.set(door, db) }
                return outdated
            }
        } catch {
            // What the failed transaction changed in memory goes back with it; stretches only now that it was undone.
            self.generation.withLock { $0 = generation }
            try queue.unsafeRead { db in try self.logs.reload(db) }
            throw error
        }
        checkpointAfter(
            batch.events.reduce(0) { $0 + $1.headerBytes.count + ($1.body?.count ?? 0) }
                + batch.bodies.reduce(0) { $0 + $1.bytes.count })
        return outdated
    }

    /// Commits what changes on this device only.
    package func commit(_ local: LocalChange) throws { try write { db in try self.apply(local, db) } }

    /// Throws the whole log away, of a pairing that never came about: nobody has any of it. Drafts stay.
    package func discardLog() throws {
        try write { db in
            for table in [
                "body", "reference", "event", "head", "mention", "rift", "entry", "register", "resting",
                "carried_mention", "naming", "answer", "meeting", "introduced", "allowance",
            ] {
                try db.execute(sql: "DELETE FROM \(table)")
            }
            try db.execute(sql: "UPDATE log SET parent = NULL")
            try db.execute(sql: "DELETE FROM log")
            for key in [MetaKey.genesis, .door, .epoch, .partnership] {
                try db.execute(sql: "DELETE FROM meta WHERE key = ?", arguments: [key.rawValue])
            }
            try self.logs.reload(db)
        }
    }

    /// Writes the log beside the database back once enough has gathered in it.
    ///
    /// What was committed is durable already, so a full disk only puts this off; a failed one was told of.
    func checkpointAfter(_ bytes: Int) {
        let due = pending.withLock { pending in
            pending += bytes + 512
            guard pending >= Self.checkpointBytes else { return false }
            pending = 0
            return true
        }
        if due { try? checkpoint() }
    }

    static let checkpointBytes = 16 << 20

    private func row(of log: LogID, parent: Position?, _ db: Database) throws -> Int64 {
        if let id = logs.id(of: log) { return id }
        try db.execute(
            sql: "INSERT INTO log (device, epoch, branch, parent, parent_sequence) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                log.device.data, Int64(bitPattern: log.epoch), log.branch.data,
                parent.flatMap { logs.id(of: $0.log) },
                Int64(bitPattern: parent?.sequence ?? 0),
            ])
        try logs.reload(db)
        return db.lastInsertedRowID
    }

    private func insert(_ event: StoredEvent, batch: EventBatch, _ db: Database) throws {
        let log = event.position.log
        let id = try row(of: log, parent: batch.parents[log], db)
        let header = event.effective.header
        let lacksBody = header.commitment != nil && event.body == nil
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO event (log, sequence, hash, header, id, kind, rift, at, stamp, transport, lacks_body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        let rift = header.kind == .rift ? event.effective.id : header.rift
        try insert.execute(arguments: [
            id, try event.position.sequence.sequenceColumn, event.hash.data, event.headerBytes.data,
            event.effective.id.data,
            Int64(header.kindNumber), rift?.data, header.at, header.stamp.column,
            (batch.isImported ? Condition.Transport.imported : batch.isLocal ? .local : .sync).rawValue,
            lacksBody,
        ])
        let arrival = db.lastInsertedRowID
        if let body = event.body {
            try db.cachedStatement(sql: "INSERT INTO body (event, bytes) VALUES (?, ?)")
                .execute(arguments: [arrival, body.data])
        }
        for target in Set(header.references.map(\.entry)) {
            try db.cachedStatement(sql: "INSERT INTO reference (target, kind, event) VALUES (?, ?, ?)")
                .execute(arguments: [target.data, Int64(header.kindNumber), arrival])
        }
        try insertMentions(of: event, log: id, db)
        try Schema.index(event.effective, log: id, sequence: Int64(clamping: event.position.sequence), db)
    }

    private func insertMentions(of event: StoredEvent, log: Int64, _ db: Database) throws {
        for mention in try event.seen() {
            try db.cachedStatement(
                sql: """
                    INSERT OR IGNORE INTO mention (log, device, epoch, sequence, mentioned, prefix)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                log, mention.log.device.data, Int64(bitPattern: mention.log.epoch),
                try event.position.sequence.sequenceColumn,
                Int64(bitPattern: mention.sequence), Int64(bitPattern: mention.prefix),
            ])
        }
    }

    private func insert(_ head: Head, log: LogID, _ db: Database) throws {
        guard let id = logs.id(of: log) else { return }
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO head (log, sequence, hash, signature) VALUES (?, ?, ?, ?)"
        )
        .execute(arguments: [id, try head.sequence.sequenceColumn, head.hash.data, head.signature.data])
    }

    private func insert(body: [UInt8], of id: EntryID, _ db: Database) throws {
        try db.execute(
            sql:
                "INSERT INTO body (event, bytes) SELECT arrival, ? FROM event WHERE id = ? AND lacks_body = 1",
            arguments: [body.data, id.data])
        try db.execute(
            sql: "UPDATE event SET lacks_body = 0 WHERE id = ? AND lacks_body = 1", arguments: [id.data])
    }

    private func split(_ split: EventBatch.Split, _ db: Database) throws {
        guard let old = logs.id(of: split.log) else { return }
        let parent = split.sequence == 0 ? nil : Position(log: split.log, sequence: split.sequence)
        let new = try row(of: split.continuation, parent: parent, db)
        let behind: StatementArguments = [new, old, Int64(clamping: split.sequence)]
        try db.execute(
            sql: "UPDATE log SET parent = ? WHERE parent = ? AND parent_sequence > ?", arguments: behind)
        for table in ["event", "head", "mention", "naming"] {
            try db.execute(
                sql: "UPDATE \(table) SET log = ? WHERE log = ? AND sequence > ?", arguments: behind)
        }
        if split.sequence == 0 { try db.execute(sql: "DELETE FROM log WHERE id = ?", arguments: [old]) }
        try logs.reload(db)
    }

    private func truncate(_ cut: EventBatch.Truncation, _ db: Database) throws {
        guard let log = logs.id(of: cut.log) else { return }
        let behind: StatementArguments = [log, Int64(clamping: cut.sequence)]
        let events = "SELECT arrival FROM event WHERE log = ? AND sequence > ?"
        try db.execute(sql: "DELETE FROM body WHERE event IN (\(events))", arguments: behind)
        try db.execute(sql: "DELETE FROM reference WHERE event IN (\(events))", arguments: behind)
        for table in ["event", "head", "mention", "naming"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE log = ? AND sequence > ?", arguments: behind)
        }
    }

    private func apply(_ local: LocalChange, _ db: Database) throws {
        if local.hasDrafts { draftsChanged() }
        for (device, bundle, at) in local.introduced {
            try db.execute(
                sql: "INSERT OR REPLACE INTO introduced (device, bundle, at) VALUES (?, ?, ?)",
                arguments: [device.data, bundle.data, at])
        }
        for id in local.erased { try erase(id, whatIsHere: true, db) }
        for draft in local.removedDrafts {
            try db.execute(sql: "DELETE FROM draft WHERE id = ?", arguments: [draft])
        }
        for draft in local.addedDrafts {
            try db.execute(
                sql: "INSERT INTO draft (content, written) VALUES (?, ?)",
                arguments: [draft.content.data, draft.written])
        }
        for draft in local.replacedDrafts {
            try db.execute(
                sql: "UPDATE draft SET content = ? WHERE id = ?", arguments: [draft.content.data, draft.id])
        }
        for (key, entry) in local.imported {
            try db.cachedStatement(sql: "INSERT OR REPLACE INTO imported (key, entry) VALUES (?, ?)")
                .execute(arguments: [key.data, entry])
        }
        if let (key, content) = local.answer { try remember(content, key, db) }
        for (key, value) in local.meta { try set(key, bytes: value, db) }
    }
}
