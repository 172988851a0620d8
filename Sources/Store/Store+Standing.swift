package import Causality
import EventLog
import FoundationEssentials
import GRDB
package import Journal
import Synchronization

/// Where things stand, kept so that it need not be derived at each read.
///
/// A commit marks what it touches as stale in its own transaction, and a read derives it anew. So a batch of any size
/// costs the same as without projections, and what is read is never older than the log.
extension Store {
    /// Where a rift and those joined with it stand; nil if it has to be derived anew.
    package func standing(of subject: EntryID) throws -> Standing? {
        try queue.unsafeRead { db in
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT canonical, state FROM rift WHERE id = ? AND generation = ?"),
                arguments: [subject.data, generation.withLock { $0 }])
            guard let row, let canonical = EntryID(row.bytes("canonical")),
                let state = RiftState(rawValue: row.text("state"))
            else { return nil }
            let entries = try Entries(canonical, db)
            let registers = try Registers(canonical, db)
            return Standing(
                state: state, hurts: entries.hurts, title: registers.one(.title),
                agreement: registers.one(.agreement), tags: registers.bySubject(.tag),
                wordings: Dictionary(
                    registers.bySubject(.revise).compactMap { subject, register in
                        EntryID(subject).map { ($0, register) }
                    }, uniquingKeysWith: { first, _ in first }),
                takenBack: entries.takenBack, erased: entries.erased,
                resting: try Set(
                    Data.fetchAll(
                        db.cachedStatement(sql: "SELECT person FROM resting WHERE rift = ?"),
                        arguments: [canonical.data]
                    ).compactMap(PersonID.init)), effects: entries.effects)
        }
    }

    /// Keeps what was derived of rifts, in one transaction.
    ///
    /// - Parameter all: each standing with the rifts that are one by it; the least id stands for them.
    package func keep(_ all: [(standing: Standing, component: [EntryID])]) throws {
        guard !all.isEmpty else { return }
        try write { db in
            for (standing, component) in all { try self.keep(standing, of: component, db) }
        }
        checkpointAfter(
            all.reduce(0) { sum, one in
                let standing = one.standing
                let rows = standing.hurts.count + standing.effects.count + standing.wordings.count + 4
                return sum + rows * one.component.count * 512
            })
    }

    private func keep(_ standing: Standing, of component: [EntryID], _ db: Database) throws {
        guard let canonical = component.min() else { return }
        for subject in component {
            try forget(subject, db)
            try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO rift (id, canonical, state, generation) VALUES (?, ?, ?, ?)"
            ).execute(arguments: [
                subject.data, canonical.data, standing.state.rawValue, generation.withLock { $0 },
            ])
        }
        for person in standing.resting {
            try db.cachedStatement(sql: "INSERT INTO resting (rift, person) VALUES (?, ?)")
                .execute(arguments: [canonical.data, person.data])
        }
        try Entries(standing).keep(canonical, db)
        try keep(standing.title, .title, [], canonical, db)
        try keep(standing.agreement, .agreement, [], canonical, db)
        for (tag, register) in standing.tags { try keep(register, .tag, tag, canonical, db) }
        for (entry, register) in standing.wordings {
            try keep(register, .revise, entry.bytes, canonical, db)
        }
    }

    private func forget(_ subject: EntryID, _ db: Database) throws {
        for table in ["entry", "register", "resting"] {
            try db.cachedStatement(sql: "DELETE FROM \(table) WHERE rift = ?")
                .execute(arguments: [subject.data])
        }
    }

    /// A register's writes by rank: the winner has 0, those written apart follow.
    private func keep(
        _ register: Register<EntryID>, _ kind: Kind, _ subject: [UInt8], _ canonical: EntryID, _ db: Database
    ) throws {
        for (rank, event) in ([register.winner].compactMap(\.self) + register.apart).enumerated() {
            try db.cachedStatement(
                sql: "INSERT INTO register (rift, kind, subject, rank, event) VALUES (?, ?, ?, ?, ?)"
            ).execute(arguments: [canonical.data, Int64(kind.rawValue), subject.data, rank, event.data])
        }
    }

    // MARK: What a commit touches

    /// What a commit outdates besides the rifts that its own events are part of.
    package enum Outdated: Sendable {
        /// Nothing.
        case nothing
        /// Whatever depends on what someone had seen, or on who takes part.
        case everything
    }

    /// Marks everything that a batch may change; called before any of it is written.
    func markStale(_ batch: EventBatch, _ db: Database) throws -> Outdated {
        if try changesEverything(batch, db) {
            try outdateAll(db)
            return .everything
        }
        var subjects: Set<EntryID> = []
        for event in batch.events {
            let header = event.effective.header
            if let rift = header.kind == .rift ? event.effective.id : header.rift { subjects.insert(rift) }
            // Who says that two rifts are one changes both.
            if header.kind == .sameAs { subjects.formUnion(header.references.map(\.entry)) }
        }
        for subject in subjects {
            try db.cachedStatement(
                sql: """
                    UPDATE rift SET generation = 0
                    WHERE canonical = (SELECT canonical FROM rift WHERE id = ?) AND generation != 0
                    """
            ).execute(arguments: [subject.data])
        }
        return .nothing
    }

    /// Begins the next generation of projections: all that were derived before are outdated, however many there are.
    private func outdateAll(_ db: Database) throws {
        let next = generation.withLock { generation in
            generation += 1
            return generation
        }
        try set(.generation, bytes: UInt64(next).bigEndianBytes, db)
    }

    /// Whether a batch may change rifts that it has no event of.
    ///
    /// That is so if it changes who takes part or the names of stretches, or if an event had been named as seen before
    /// it came: then what its namer had seen grows by its arrival.
    private func changesEverything(_ batch: EventBatch, _ db: Database) throws -> Bool {
        guard batch.splits.isEmpty, batch.truncations.isEmpty else { return true }
        return try batch.events.contains { event in
            let kind = event.effective.header.kind
            return try kind?.isMembership == true && kind?.isName == false || isNamed(event, db)
        }
    }

    /// Whether an event that has not come was named as seen by one that is here: by its number and the beginning of its
    /// hash, so that nobody can name what does not exist yet. Of a device that was cut off every number counts.
    private func isNamed(_ event: StoredEvent, _ db: Database) throws -> Bool {
        let trunk = event.position.log.trunk
        let isCut = cutDevices.withLock { $0.contains(trunk.device) }
        // Numbers beyond Int64's are kept as negative ones.
        let number = isCut ? "(mentioned >= ?3 OR mentioned < 0)" : "mentioned = ?3 AND prefix = ?4"
        return try ["mention", "carried_mention"].contains { table in
            try Bool.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT EXISTS (
                            SELECT 1 FROM \(table) WHERE device = ?1 AND epoch = ?2 AND \(number))
                        """),
                arguments: [
                    trunk.device.data, Int64(bitPattern: trunk.epoch),
                    Int64(bitPattern: event.position.sequence),
                ] + (isCut ? [] : [Int64(bitPattern: event.hash.prefix)])) ?? false
        }
    }

    /// Takes over which devices are cut off.
    package func setCutDevices(_ devices: Set<DeviceID>) { cutDevices.withLock { $0 = devices } }

    /// Reads the generation of projections, and begins the next one if their rules have changed.
    func prepareStandings() throws {
        let rules = [UInt8(Kind.currentVocabulary), Schema.derivation]
        try write { db in
            let generation = try Data.fetchOne(
                db, sql: "SELECT value FROM meta WHERE key = ?", arguments: [MetaKey.generation.rawValue])
            self.generation.withLock {
                $0 = generation.map { Int64(clamping: UInt64(bigEndianBytes: Array($0))) } ?? 1
            }
            if try Data.fetchOne(
                db, sql: "SELECT value FROM meta WHERE key = ?", arguments: [MetaKey.derivation.rawValue])
                != rules.data
            {
                try self.outdateAll(db)
                try self.set(.derivation, bytes: rules, db)
            }
        }
    }
}

/// What is kept of single entries: a row for each that has a state, was taken back or erased, or lacks full effect.
private struct Entries {
    var hurts: [EntryID: HurtState] = [:]
    var takenBack: [EntryID: EntryID] = [:]
    var erased: Set<EntryID> = []
    var effects: [EntryID: Effect] = [:]

    init(_ standing: Standing) {
        hurts = standing.hurts
        takenBack = standing.takenBack
        erased = standing.erased
        effects = standing.effects
    }

    init(_ canonical: EntryID, _ db: Database) throws {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: "SELECT id, state, taken_back, is_erased, effect FROM entry WHERE rift = ?"),
            arguments: [canonical.data])
        while let row = try rows.next() {
            guard let id = EntryID(row.bytes("id")) else { continue }
            hurts[id] = HurtState(rawValue: row.text("state"))
            takenBack[id] = EntryID(row.bytes("taken_back"))
            if try row.number("is_erased") == 1 { erased.insert(id) }
            effects[id] = Effect(column: row.text("effect"))
        }
    }

    func keep(_ canonical: EntryID, _ db: Database) throws {
        let ids = Set(hurts.keys).union(takenBack.keys).union(erased).union(effects.keys)
        for id in ids {
            try db.cachedStatement(
                sql: """
                    INSERT INTO entry (rift, id, state, taken_back, is_erased, effect)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                canonical.data, id.data, hurts[id]?.rawValue, takenBack[id]?.data, erased.contains(id),
                effects[id]?.column,
            ])
        }
    }
}

/// The registers of one rift as they are kept.
private struct Registers {
    private struct Key: Hashable { let kind: Int64, subject: [UInt8] }
    private var writes: [Key: [EntryID]] = [:]

    init(_ canonical: EntryID, _ db: Database) throws {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: "SELECT kind, subject, event FROM register WHERE rift = ? ORDER BY rank"),
            arguments: [canonical.data])
        while let row = try rows.next() {
            guard let event = EntryID(row.bytes("event")) else { continue }
            let key = Key(kind: try row.number("kind"), subject: row.bytes("subject"))
            writes[key, default: []].append(event)
        }
    }

    func one(_ kind: Kind) -> Register<EntryID> {
        bySubject(kind)[[]] ?? Register(standing: [])
    }

    func bySubject(_ kind: Kind) -> [[UInt8]: Register<EntryID>] {
        Dictionary(
            uniqueKeysWithValues: writes.filter { $0.key.kind == Int64(kind.rawValue) }.map { key, writes in
                (key.subject, Register(standing: writes))
            })
    }
}

extension Effect {
    /// The effect as it is kept; ``full`` is not.
    fileprivate var column: String {
        switch self {
        case .full: "full"
        case .waiting: "waiting"
        case .unknownKind: "unknown"
        case .none(let rule): rule.rawValue
        }
    }

    fileprivate init?(column: String) {
        switch column {
        case "full": self = .full
        case "waiting": self = .waiting
        case "unknown": self = .unknownKind
        default:
            guard let rule = Rule(rawValue: column) else { return nil }
            self = .none(rule)
        }
    }
}
