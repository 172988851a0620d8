import Causality
import EventLog
import Journal
import LocalAPI
import Query
import Store

/// Makes records of what a page holds: only the fields that somebody will look at.
struct RecordMaker: Sendable {
    let needed: LogFieldSet
    let reader: Ledger.Reader
    /// Whether what was taken back is told all the same.
    let unfolds: Bool
    let zone: TimeZoneRules
    /// Whether rifts are announced above their entries.
    let hasHeadings: Bool
    private var glance = Glance()
    private var parts: [Range<Int>] = []
    /// The rift of the entry before, which is mostly this one's too.
    private var lastRift: (id: EntryID, view: RiftView)?

    /// Whether records say something that stands in headers only.
    var needsHeaders: Bool { needed.contains(.answers) || needed.contains(.revises) }

    init(
        needed: LogFieldSet, reader: Ledger.Reader, unfolds: Bool, zone: TimeZoneRules, hasHeadings: Bool
    ) {
        (self.needed, self.reader, self.unfolds) = (needed, reader, unfolds)
        (self.zone, self.hasHeadings) = (zone, hasHeadings)
    }

    /// Fills a record with an event of a page. Throws ``StoreError`` for one that can't be read.
    mutating func fill(_ record: inout LogRecord, with row: StoredPage.Row, of page: inout LogPage) throws {
        record.clear()
        record.realtime = row.at.multipliedClamped(by: 1_000)
        guard let log = page.logs[row.log] else { throw StoreError.damaged(arrival: row.arrival) }
        do {
            try glance.read(header: row.header, body: row.body, in: &page.stored.bytes)
        } catch {
            throw StoreError.damaged(arrival: row.arrival)
        }
        record.isOwn = log.isOwn
        if row.rift != lastRift?.id { lastRift = row.rift.flatMap { id in page.rifts[id].map { (id, $0) } } }
        let rift = lastRift?.view
        let said = rift ?? page.loose[row.id]
        let fold = said.flatMap { $0.folded.isEmpty ? nil : $0.folded[row.id] }
        record.isFolded = fold.map { !unfolds || $0.isErased } ?? false
        if hasHeadings, let rift { record.heading = rift.heading }
        addAddress(of: row, log, to: &record)
        addOrigin(of: row, log, page, to: &record)
        if needed.contains(.rift), let rift = row.rift { record.add(.rift, high: rift.high, low: rift.low) }
        if needed.contains(.riftTitle), let title = rift?.title { record.add(.riftTitle, title) }
        if needed.contains(.tag), let rift { for tag in rift.tags { record.add(.tag, tag) } }
        let relation: LogField = row.kind == Kind.revise.rawValue ? .revises : .answers
        if needed.contains(relation) {
            for entry in glance.references { record.add(relation, high: entry.high, low: entry.low) }
        }
        if needed.contains(.state) { record.add(.state, fold == nil ? "shared" : "taken_back") }
        if needed.contains(.noEffect), let effect = said?.effects[row.id] { record.add(.noEffect, effect) }
        let choice = row.kind == Kind.receipt.rawValue ? ReceiptChoice(rawValue: glance.value)?.name : nil
        if needed.contains(.choice) { record.add(.choice, choice) }
        if let fold, record.isFolded {
            if needed.contains(.message) { record.add(.message, folded(fold)) }
            return
        }
        if let deed = page.deeds[row.arrival] {
            if needed.contains(.noEffect), !deed.counts { record.add(.noEffect, "notCounted") }
            if needed.contains(.message) { record.add(.message, deed.text) }
            return
        }
        addWords(of: page.stored.bytes, choice: choice, isAbsent: row.body == nil, to: &record)
    }

    private func addAddress(of row: StoredPage.Row, _ log: LogView, to record: inout LogRecord) {
        if needed.contains(.cursor) {
            let key = TimelineKey(
                at: row.at, stamp: row.stamp, position: Position(log: log.log, sequence: row.sequence))
            record.add(Cursor(store: reader.store, key: key, arrival: reader.arrival))
        }
        if needed.contains(.realtimeTimestamp) { record.add(.realtimeTimestamp, number: record.realtime) }
        if needed.contains(.sequenceNumber) { record.add(.sequenceNumber, number: row.arrival) }
        if needed.contains(.sequenceNumberID) { record.add(.sequenceNumberID, reader.store) }
        if needed.contains(.transport) { record.add(.transport, row.transport.name) }
    }

    private func addOrigin(
        of row: StoredPage.Row, _ log: LogView, _ page: LogPage, to record: inout LogRecord
    ) {
        if needed.contains(.entryID) { record.add(.entryID, high: row.id.high, low: row.id.low) }
        addKind(Kind(rawValue: row.kind)?.name ?? "\(row.kind)", to: &record)
        if needed.contains(.author) { record.add(.author, log.author) }
        if needed.contains(.device) { record.add(.device, log.device) }
        if needed.contains(.deviceID) {
            record.add(.deviceID, high: log.log.device.high, low: log.log.device.low)
        }
        if needed.contains(.hostname) { record.add(.hostname, log.device) }
        if needed.contains(.sequence) { record.add(.sequence, number: Int64(clamping: row.sequence)) }
        if needed.contains(.cutOff), page.cutOff.contains(row.arrival) { record.add(.cutOff, "1") }
    }

    private func addKind(_ name: String, to record: inout LogRecord) {
        if needed.contains(.kind) { record.add(.kind, name) }
        if needed.contains(.syslogIdentifier) { record.add(.syslogIdentifier, name) }
    }

    /// The words of an event, by their fields and as one message.
    private mutating func addWords(
        of bytes: [UInt8], choice: String?, isAbsent: Bool, to record: inout LogRecord
    ) {
        parts.removeAll(keepingCapacity: true)
        let wantsMessage = needed.contains(.message)
        guard let words = glance.words, !glance.hasCommitment || !isAbsent else {
            guard wantsMessage else { return }
            // Anyone can commit to bytes that no one can read.
            record.add(
                .message,
                !glance.hasCommitment
                    ? choice ?? ""
                    : isAbsent ? "(these words have not arrived)" : "(these words can't be read)")
            return
        }
        if let choice, wantsMessage { parts.append(record.append(choice.utf8)) }
        for word in words {
            guard let field = LogField(wordsNumber: word.field) else { continue }
            let isTold = wantsMessage && field != .noneHere && field != .written
            guard isTold || needed.contains(field) else { continue }
            let range = record.append(bytes[word.range])
            if isTold { parts.append(range) }
            if needed.contains(field) { record.add(field, at: range) }
        }
        if wantsMessage { record.add(.message, joining: parts) }
    }

    private func folded(_ fold: RiftView.Fold) -> String {
        guard !fold.isErased else { return "(erased, with both your consent)" }
        let seconds = fold.at.flooredSeconds
        let time = CivilTime(seconds: seconds + Int64(zone.period(at: seconds).offset))
        let author = String(decoding: fold.author, as: UTF8.self)
        return "(\(author) took this back, \(time.day) \(CivilTime.months[time.month - 1]) \(time.year))"
    }

    /// Fills a record with a draft.
    mutating func fill(_ record: inout LogRecord, with view: Ledger.DraftView) {
        record.clear()
        record.realtime = view.written.multipliedClamped(by: 1_000)
        record.isOwn = true
        let draft = view.draft
        if hasHeadings {
            record.heading =
                view.title.map { TerminalText.line(String(decoding: $0, as: UTF8.self)) }.map {
                    Array($0.utf8)
                } ?? []
        }
        func add(_ field: LogField, _ value: some Collection<UInt8>) {
            if needed.contains(field) { record.add(field, value) }
        }
        if needed.contains(.cursor) {
            record.add(Cursor(store: reader.store, key: key(of: view), arrival: reader.arrival))
        }
        if needed.contains(.realtimeTimestamp) { record.add(.realtimeTimestamp, number: record.realtime) }
        add(.transport, "local".utf8)
        add(.entryID, "d\(view.id)".utf8)
        addKind(draft.kind, to: &record)
        add(.author, reader.person)
        add(.device, reader.device)
        add(.deviceID, reader.deviceID.description.utf8)
        add(.hostname, reader.device)
        let rift = draft.kind == Kind.rift.name ? "d\(view.id)" : draft.rift
        if let rift { add(.rift, rift.utf8) }
        if let title = view.title { add(.riftTitle, title) }
        for entry in draft.about { add(.answers, entry.utf8) }
        add(.state, "draft".utf8)
        if let choice = draft.choice { add(.choice, choice.utf8) }
        var message = draft.choice.map { Array($0.utf8) } ?? []
        for field in draft.fields {
            guard let name = FieldName(name: field.name), let logged = LogField(wordsNumber: name.rawValue)
            else { continue }
            add(logged, field.text.utf8)
            guard name != .noneHere, name != .written else { continue }
            if !message.isEmpty { message.append(0x0A) }
            message += field.text.utf8
        }
        add(.message, message)
    }

    /// Where a draft stands among what is shared: at the time at which it was written.
    func key(of view: Ledger.DraftView) -> TimelineKey {
        TimelineKey(
            at: view.written, stamp: Stamp(0),
            position: Position(
                log: LogID(device: reader.deviceID, epoch: 0), sequence: UInt64(clamping: view.id)))
    }
}

extension Int64 {
    /// Seconds from milliseconds, towards the past.
    fileprivate var flooredSeconds: Int64 { self / 1_000 - (self % 1_000 < 0 ? 1 : 0) }
}
