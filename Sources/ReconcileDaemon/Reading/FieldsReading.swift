import Causality
import EventLog
import Journal
import LocalAPI
import Query
import Store

/// What fields there are, and which values a field has.
struct FieldsReading {
    private let ledger: Ledger

    init(of ledger: Ledger) { self.ledger = ledger }

    /// The names of all fields that some entry has, sorted.
    func names() async throws -> [[UInt8]] {
        var found: LogFieldSet = []
        try await everyRecord(LogFieldSet(LogField.allCases.filter { !$0.isAddress })) { record in
            for entry in record.entries { found.insert(LogFieldSet(entry.field)) }
        }
        return LogField.allCases.filter(found.contains).map { Array($0.name.utf8) }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The distinct values of a field, sorted. What an index knows is not looked for in every entry.
    func values(of field: LogField) async throws -> [[UInt8]] {
        var found = Set<[UInt8]>()
        let needed = LogFieldSet(field)
        if let known = try await ledger.knownValues(of: field) {
            found.formUnion(known)
            try await everyDraft(needed) { record in Self.add(field, of: record, to: &found) }
        } else {
            try await everyRecord(needed) { record in Self.add(field, of: record, to: &found) }
        }
        return found.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private static func add(_ field: LogField, of record: LogRecord, to found: inout Set<[UInt8]>) {
        for entry in record.entries where entry.field == field {
            let value = record.bytes[entry.range]
            found.insert(Array(value))
        }
    }

    private func everyDraft(_ needed: LogFieldSet, _ look: (LogRecord) -> Void) async throws {
        let reader = try await ledger.reader(withDrafts: true)
        var maker = RecordMaker(
            needed: needed, reader: reader, unfolds: false, zone: .utc, hasHeadings: false)
        var record = LogRecord()
        for draft in reader.drafts {
            maker.fill(&record, with: draft)
            look(record)
        }
    }

    private func everyRecord(_ needed: LogFieldSet, _ look: (LogRecord) -> Void) async throws {
        try await everyDraft(needed, look)
        let reader = try await ledger.reader(withDrafts: false)
        var maker = RecordMaker(
            needed: needed, reader: reader, unfolds: false, zone: .utc, hasHeadings: false)
        var record = LogRecord()
        var request = Store.PageRequest()
        request.limit = 1_000
        request.throughArrival = reader.arrival
        while true {
            try Task.checkCancellation()
            var page = try await ledger.logPage(request)
            for row in page.stored.rows {
                try maker.fill(&record, with: row, of: &page)
                look(record)
            }
            guard !page.stored.isLast, let key = page.stored.lastKey else { return }
            request.begin(at: key)
        }
    }
}

extension Ledger {
    /// The values of a field, where an index knows them; nil where every entry has to be looked at.
    func knownValues(of field: LogField) throws -> [[UInt8]]? {
        let names = try names()
        switch field {
        case .kind, .syslogIdentifier:
            return try store.kinds().map { Array((Kind(rawValue: $0)?.name ?? "\($0)").utf8) }
        case .author, .device, .hostname, .deviceID:
            guard let replica else { return [] }
            return try store.writers().compactMap { device in
                switch field {
                case .author: replica.membership.person(of: device).map { Array(names.person($0).utf8) }
                case .deviceID: Array(device.description.utf8)
                default: Array(names.device(device).utf8)
                }
            }
        case .rift: return try namedRifts().map { Array($0.description.utf8) }
        case .riftTitle:
            return replica == nil ? [] : try namedRifts().compactMap { try riftView($0).title }
        case .tag: return replica == nil ? [] : try namedRifts().flatMap { try riftView($0).tags }
        default: return nil
        }
    }

    /// The rifts to which events belong; kept until something changes.
    private func namedRifts() throws -> [EntryID] {
        if let knownRifts { return knownRifts }
        let rifts = try store.riftsNamed()
        knownRifts = rifts
        return rifts
    }

    /// What the journal takes up.
    func usage() throws -> UsagePayload {
        guard identity != nil else { throw ErrorPayload("not_initialised") }
        let bounds = try store.bounds()
        return UsagePayload(
            path: directory.database, bytes: try directory.usedBytes(), events: try store.count(),
            drafts: try store.drafts().count, store: try storeID(),
            first: bounds?.first, last: bounds?.last, arrival: try store.lastArrival(),
            logs: try store.writers().count)
    }

    /// Writes everything back into the database file.
    func flush() throws { try store.checkpoint() }
}
