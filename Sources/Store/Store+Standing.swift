import Causality
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
    ///
    /// - Parameters:
    ///   - entries: of which entries it is asked what was said of them; all, and all tags, if nil.
    ///   - withTags: whether the tags are asked for, of which anyone can put any number.
    ///   - evenIfOutdated: whether it may be as it was when it was derived last.
    package func standing(
        of subject: EntryID, about entries: Set<EntryID>? = nil, withTags: Bool = false,
        evenIfOutdated: Bool = false
    ) throws -> Standing? {
        try queue.unsafeRead { db in
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT canonical, state, generation FROM rift WHERE id = ?"),
                arguments: [subject.data])
            guard let row, let canonical = EntryID(row.bytes("canonical")),
                let state = RiftState(rawValue: row.text("state")),
                isWhole(try row.number("generation"), evenIfOutdated: evenIfOutdated)
            else { return nil }
            let remarks = try Entries(canonical, entries, db)
            let registers = try Registers(canonical, entries, withTags: withTags, db)
            return Standing(
                state: state, hurts: remarks.hurts, title: registers.one(.title),
                agreement: registers.one(.agreement), tags: registers.bySubject(.tag),
                wordings: Dictionary(
                    registers.bySubject(.revise).compactMap { subject, register in
                        EntryID(subject).map { ($0, register) }
                    }, uniquingKeysWith: { first, _ in first }),
                takenBack: remarks.takenBack, erased: remarks.erased,
                resting: try Set(
                    Data.fetchAll(
                        db.cachedStatement(sql: "SELECT person FROM resting WHERE rift = ?"),
                        arguments: [canonical.data]
                    ).compactMap(PersonID.init)), effects: remarks.effects)
        }
    }

    private func isWhole(_ kept: Int64, evenIfOutdated: Bool) -> Bool {
        evenIfOutdated ? kept >= Generation.outdated : kept == generation.withLock { $0 }
    }

    /// Whether a rift's standing is kept as it is now.
    package func isStandingKept(of subject: EntryID) throws -> Bool {
        try queue.unsafeRead { db in
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT generation FROM rift WHERE id = ?"),
                arguments: [subject.data])
        } == generation.withLock { $0 }
    }

    /// Keeps what was derived of rifts, in one transaction.
    ///
    /// - Parameter all: each standing with the rifts that are one by it; the least id stands for them.
    package func keep(_ all: [(standing: Standing, component: [EntryID])]) throws {
        for (standing, component) in all {
            var derivation = try beginDeriving(component)
            while try keepNext(of: standing, &derivation, rows: .max) {}
        }
    }

    /// A derivation under way: what it found is kept in pieces, so that nobody waits for all of it.
    package struct Derivation: Sendable {
        fileprivate let component: [EntryID]
        fileprivate let canonical: EntryID
        /// The generation in which it began.
        fileprivate let generation: Int64
        fileprivate var rows: [ProjectedRow]?
        fileprivate var isEmptied = false
    }

    /// Begins to derive where rifts stand that are one. What is committed meanwhile outdates it as it would outdate what
    /// is kept; until it is kept as a whole, nothing of these rifts is.
    package func beginDeriving(_ component: [EntryID]) throws -> Derivation {
        let canonical = component.min() ?? EntryID(high: 0, low: 0)
        try writeDerived { db in
            for subject in component {
                try db.cachedStatement(
                    sql: "INSERT OR REPLACE INTO rift (id, canonical, state, generation) VALUES (?, ?, ?, ?)"
                ).execute(arguments: [
                    subject.data, canonical.data, RiftState.begun.rawValue, Generation.beingDerived,
                ])
            }
        }
        return Derivation(
            component: component, canonical: canonical, generation: generation.withLock { $0 })
    }

    /// Keeps some more rows of what was derived, in one transaction; false once all of it is kept.
    package func keepNext(of standing: Standing, _ derivation: inout Derivation, rows limit: Int) throws
        -> Bool
    {
        var rows = derivation.rows ?? ProjectedRow.all(of: standing)
        var left = limit
        try writeDerived { db in
            if !derivation.isEmptied {
                let dropped = try self.forget(derivation.component, limit: left, db)
                guard dropped < left else {
                    left = 0
                    return
                }
                derivation.isEmptied = true
            }
            for row in rows.suffix(min(left, rows.count)).reversed() {
                try row.keep(derivation.canonical, db)
            }
            rows.removeLast(min(left, rows.count))
            guard rows.isEmpty else { return }
            for subject in derivation.component {
                // What was outdated meanwhile stays so.
                try db.cachedStatement(
                    sql: """
                        UPDATE rift SET state = ?, generation = CASE generation WHEN ? THEN ? ELSE \(Generation.outdated) END
                        WHERE id = ?
                        """
                ).execute(arguments: [
                    standing.state.rawValue, Generation.beingDerived, derivation.generation, subject.data,
                ])
            }
        }
        derivation.rows = rows
        checkpointAfter(min(limit, 1_000) * 512)
        return !derivation.isEmptied || !rows.isEmpty
    }

    /// Drops up to so many rows that were kept of some rifts; returns how many.
    private func forget(_ component: [EntryID], limit: Int, _ db: Database) throws -> Int {
        var dropped = 0
        for subject in component {
            for (table, key) in [
                ("entry", "id"), ("register", "kind, subject, rank"), ("resting", "person"),
            ] where dropped < limit {
                try db.cachedStatement(
                    sql: """
                        DELETE FROM \(table) WHERE rift = ?1 AND (\(key)) IN (
                            SELECT \(key) FROM \(table) WHERE rift = ?1 LIMIT ?2)
                        """
                ).execute(arguments: [subject.data, Int64(clamping: limit - dropped)])
                dropped += db.changesCount
            }
        }
        return dropped
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
                    UPDATE rift SET generation = CASE
                        WHEN generation < 0 THEN \(Generation.outdatedUnderWay) ELSE \(Generation.outdated) END
                    WHERE canonical = (SELECT canonical FROM rift WHERE id = ?)
                    AND generation != \(Generation.outdated)
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
        try set(.generation, bytes: UInt64(clamping: next).bigEndianBytes, db)
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
    /// hash, so that nobody can name what does not exist yet.
    private func isNamed(_ event: StoredEvent, _ db: Database) throws -> Bool {
        let trunk = event.position.log.trunk
        return try ["mention", "carried_mention"].contains { table in
            try Bool.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT EXISTS (
                            SELECT 1 FROM \(table)
                            WHERE device = ?1 AND epoch = ?2 AND mentioned = ?3 AND prefix = ?4)
                        """),
                arguments: [
                    trunk.device.data, Int64(bitPattern: trunk.epoch),
                    Int64(bitPattern: event.position.sequence), Int64(bitPattern: event.hash.prefix),
                ]) ?? false
        }
    }

    /// Reads the generation of projections, and begins the next one if their rules have changed.
    func prepareStandings() throws {
        // Can't trap: a constant.
        let rules = [UInt8(Kind.currentVocabulary), Schema.derivation]
        try write { db in
            let generation = try Data.fetchOne(
                db, sql: "SELECT value FROM meta WHERE key = ?", arguments: [MetaKey.generation.rawValue])
            let kept = generation.map { UInt64(bigEndianBytes: Array($0)) } ?? 1
            // One that is not counted up to in an age was written by someone else.
            // Can't trap: a constant.
            let isPlausible = kept <= UInt64(Int32.max)
            self.generation.withLock { $0 = isPlausible ? Int64(clamping: kept) : 1 }
            if !isPlausible {
                try db.execute(sql: "UPDATE rift SET generation = \(Generation.outdated)")
                try self.outdateAll(db)
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

/// What the number of a generation says that is none.
enum Generation {
    /// Outdated.
    static let outdated: Int64 = 0
    /// Some of it may be kept, and not all.
    static let beingDerived: Int64 = -1
    /// The same, and outdated before it is done.
    static let outdatedUnderWay: Int64 = -2
}

/// A row of what is kept of a rift.
private enum ProjectedRow: Sendable {
    /// What there is to say of an entry.
    case entry(EntryID, HurtState?, takenBack: EntryID?, isErased: Bool, Effect?)
    /// A register's write: the winner has rank 0, those written apart follow.
    case write(Kind, subject: [UInt8], rank: Int, EntryID)
    /// A person whose current vote is to rest.
    case resting(PersonID)

    static func all(of standing: Standing) -> [Self] {
        let ids = Set(standing.hurts.keys).union(standing.takenBack.keys).union(standing.erased)
            .union(standing.effects.keys)
        let entries = ids.map { id in
            Self.entry(
                id, standing.hurts[id], takenBack: standing.takenBack[id],
                isErased: standing.erased.contains(id), standing.effects[id])
        }
        return entries + writes(standing.title, .title) + writes(standing.agreement, .agreement)
            + standing.tags.flatMap { writes($1, .tag, $0) }
            + standing.wordings.flatMap { writes($1, .revise, $0.bytes) }
            + standing.resting.map(Self.resting)
    }

    private static func writes(
        _ register: Register<EntryID>, _ kind: Kind, _ subject: [UInt8] = []
    ) -> [Self] {
        ([register.winner].compactMap(\.self) + register.apart).enumerated().map { rank, event in
            .write(kind, subject: subject, rank: rank, event)
        }
    }

    func keep(_ canonical: EntryID, _ db: Database) throws {
        switch self {
        case .entry(let id, let state, let takenBack, let isErased, let effect):
            try db.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO entry (rift, id, state, taken_back, is_erased, effect)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                canonical.data, id.data, state?.rawValue, takenBack?.data, isErased, effect?.column,
            ])
        case .write(let kind, let subject, let rank, let event):
            try db.cachedStatement(
                sql:
                    "INSERT OR REPLACE INTO register (rift, kind, subject, rank, event) VALUES (?, ?, ?, ?, ?)"
            ).execute(arguments: [canonical.data, Int64(kind.rawValue), subject.data, rank, event.data])
        case .resting(let person):
            try db.cachedStatement(sql: "INSERT OR REPLACE INTO resting (rift, person) VALUES (?, ?)")
                .execute(arguments: [canonical.data, person.data])
        }
    }
}

/// What is kept of single entries: a row for each that has a state, was taken back or erased, or lacks full effect.
private struct Entries {
    var hurts: [EntryID: HurtState] = [:]
    var takenBack: [EntryID: EntryID] = [:]
    var erased: Set<EntryID> = []
    var effects: [EntryID: Effect] = [:]

    init(_ canonical: EntryID, _ entries: Set<EntryID>?, _ db: Database) throws {
        let columns = "SELECT id, state, taken_back, is_erased, effect FROM entry WHERE rift = ?"
        guard let entries else {
            try read(columns, [canonical.data], db)
            return
        }
        for entry in entries { try read(columns + " AND id = ?", [canonical.data, entry.data], db) }
    }

    private mutating func read(_ sql: String, _ arguments: StatementArguments, _ db: Database) throws {
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        while let row = try rows.next() {
            guard let id = EntryID(row.bytes("id")) else { continue }
            hurts[id] = HurtState(rawValue: row.text("state"))
            takenBack[id] = EntryID(row.bytes("taken_back"))
            if try row.number("is_erased") == 1 { erased.insert(id) }
            effects[id] = Effect(column: row.text("effect"))
        }
    }
}

/// The registers of one rift as they are kept.
private struct Registers {
    private struct Key: Hashable { let kind: Int64, subject: [UInt8] }
    private var writes: [Key: [EntryID]] = [:]

    init(_ canonical: EntryID, _ entries: Set<EntryID>?, withTags: Bool, _ db: Database) throws {
        let columns = "SELECT kind, subject, event FROM register WHERE rift = ?"
        guard let entries else {
            try read(columns + " ORDER BY rank", [canonical.data], db)
            return
        }
        for kind in [Kind.title, .agreement] + (withTags ? [.tag] : []) {
            try read(
                columns + " AND kind = ? ORDER BY rank", [canonical.data, Int64(kind.rawValue)], db)
        }
        for entry in entries {
            try read(
                columns + " AND kind = ? AND subject = ? ORDER BY rank",
                [canonical.data, Int64(Kind.revise.rawValue), entry.data], db)
        }
    }

    private mutating func read(_ sql: String, _ arguments: StatementArguments, _ db: Database) throws {
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
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
            // Can't trap: keys of a dictionary, of one kind.
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
