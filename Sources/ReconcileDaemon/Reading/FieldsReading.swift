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
        let needed = LogFieldSet(LogField.allCases.filter { !$0.isAddress })
        let reader = try await ledger.reader(withDrafts: true)
        func look(_ record: LogRecord) {
            for entry in record.entries { found.insert(LogFieldSet(entry.field)) }
        }
        Self.everyDraft(needed, reader, look)
        try await everyEvent(needed, reader, look)
        return LogField.allCases.filter(found.contains).map { Array($0.name.utf8) }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The distinct values of a field, sorted. What an index knows is not looked for in every entry.
    func values(of field: LogField) async throws -> [[UInt8]] {
        let needed = LogFieldSet(field)
        let (known, reader) = try await ledger.knownValues(of: field)
        if let known, reader.drafts.isEmpty { return known }
        return try await withTaskExecutorPreference(LoopExecutor.long) {
            var found = Set(known ?? [])
            Self.everyDraft(needed, reader) { record in Self.add(field, of: record, to: &found) }
            if known == nil {
                try await everyEvent(needed, reader) { record in Self.add(field, of: record, to: &found) }
            }
            return found.sorted { $0.lexicographicallyPrecedes($1) }
        }
    }

    private static func add(_ field: LogField, of record: LogRecord, to found: inout Set<[UInt8]>) {
        for entry in record.entries where entry.field == field {
            let value = record.bytes[entry.range]
            found.insert(Array(value))
        }
    }

    private static func everyDraft(
        _ needed: LogFieldSet, _ reader: Ledger.Reader, _ look: (LogRecord) -> Void
    ) {
        var maker = RecordMaker(
            needed: needed, reader: reader, unfolds: false, zone: .utc, hasHeadings: false)
        var record = LogRecord()
        for draft in reader.drafts {
            maker.fill(&record, with: draft)
            look(record)
        }
    }

    private func everyEvent(
        _ needed: LogFieldSet, _ reader: Ledger.Reader, _ look: (LogRecord) -> Void
    ) async throws {
        var maker = RecordMaker(
            needed: needed, reader: reader, unfolds: false, zone: .utc, hasHeadings: false)
        var record = LogRecord()
        var request = Store.PageRequest()
        request.limit = 1_000
        request.throughArrival = reader.arrival
        while true {
            try Task.checkCancellation()
            var page = try await ledger.logPage(request, of: reader.store)
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
    /// The distinct values of a field that shared entries have, sorted, where an index knows them, and nil where every
    /// entry has to be looked at; and who reads.
    func knownValues(of field: LogField) throws -> (values: [[UInt8]]?, reader: Reader) {
        let reader = try reader(withDrafts: true)
        if let cached = fieldValues[field] { return (cached, reader) }
        let values = try indexedValues(of: field).map { values in
            Set(values).sorted { $0.lexicographicallyPrecedes($1) }
        }
        fieldValues[field] = values
        return (values, reader)
    }

    private func indexedValues(of field: LogField) throws -> [[UInt8]]? {
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
        case .rift: return try store.riftsNamed().map { Array($0.description.utf8) }
        case .riftTitle:
            return replica == nil ? [] : try store.riftsNamed().compactMap { try riftView($0).title }
        case .tag: return replica == nil ? [] : try store.riftsNamed().flatMap { try riftView($0).tags }
        default: return nil
        }
    }

    /// What the journal takes up.
    func usage() throws -> UsagePayload {
        guard identity != nil else { throw ErrorPayload("not_initialised") }
        let bounds = try store.bounds()
        return UsagePayload(
            path: directory.database, bytes: try directory.usedBytes(), events: try store.count(),
            drafts: try store.draftCount(), store: try storeID(),
            first: bounds?.first, last: bounds?.last, arrival: try store.lastArrival(),
            devices: try store.writers().count)
    }

    /// Writes everything back into the database file.
    func flush() throws { try store.checkpoint() }
}
