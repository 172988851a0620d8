import Causality
import EventLog
import Journal
import LocalAPI
import Query
import Store

/// Reading for `log`: pages with what their records need, and what words in a query stand for.
extension Ledger {
    /// What a query's words have to be known for, at its beginning.
    struct Reader: Sendable {
        /// The store's random id.
        let store: String
        /// Everything that is here now.
        let arrival: Int64
        /// Who reads.
        let person: [UInt8]
        let device: [UInt8]
        let deviceID: DeviceID
        let drafts: [DraftView]
    }

    /// A draft as it is read in the log.
    struct DraftView: Sendable {
        let id: Int64
        let draft: Draft
        /// Milliseconds since 1970.
        let written: Int64
        /// The title of its rift, shared or a draft too.
        let title: [UInt8]?
    }

    /// Who reads, and up to where. Throws where this device is not set up.
    func reader(withDrafts: Bool) throws -> Reader {
        guard let identity else { throw ErrorPayload("not_initialised") }
        let names = try names()
        let person = try identity.personID()
        // Told by the keys only where nobody else knows: to derive them takes longer than a page.
        let device = try replica?.device ?? identity.keys().device
        return Reader(
            store: try storeID(), arrival: try store.lastArrival(),
            person: Array((names[person] ?? identity.personName).utf8),
            device: Array((names[device] ?? identity.deviceName).utf8), deviceID: device,
            drafts: withDrafts ? try draftViews() : [])
    }

    /// The store's random id, in hexadecimal digits; made when it is first asked for.
    func storeID() throws -> String {
        if let knownStoreID { return knownStoreID }
        let bytes: [UInt8]
        if let kept = try store.meta(.store) {
            bytes = kept
        } else {
            bytes = Machine.random(16)
            try store.set(.store, to: bytes)
        }
        let id = bytes.reduce(into: "") { text, byte in
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        knownStoreID = id
        return id
    }

    private func draftViews() throws -> [DraftView] {
        let all = try allDrafts()
        if let views = keptDrafts?.views { return views }
        var titles: [String: [UInt8]] = [:]
        for kept in all where kept.content?.kind == Kind.rift.name {
            titles["d\(kept.stored.id)"] = try kept.read().fields.first.map { Array($0.text.utf8) }
        }
        let views = try all.map { kept in
            let draft = try kept.read()
            let rift = draft.kind == Kind.rift.name ? "d\(kept.stored.id)" : draft.rift
            let shared = rift.flatMap { EntryID(hexadecimal: $0) }
            let title = try shared.map { try riftView($0).title } ?? rift.flatMap { titles[$0] }
            return DraftView(
                id: kept.stored.id, draft: draft, written: kept.stored.written, title: title)
        }
        keptDrafts?.views = views
        return views
    }

    /// A page with all that its records need. Throws where another journal has taken the place of the one that was begun.
    ///
    /// Where its rifts stand is derived first, in turns; of each only what is said of these events is read.
    ///
    /// - Parameter id: the store's random id, as it was at the beginning.
    func logPage(_ request: Store.PageRequest, of id: String) async throws -> LogPage {
        guard try storeID() == id else { throw ErrorPayload("journal_changed") }
        var page = LogPage(stored: try store.storedPage(request))
        guard replica != nil else { return page }
        try await derive(Set(page.stored.rows.compactMap(\.rift)).filter { riftViews[$0] == nil })
        guard let replica else { return page }
        var rift: EntryID?
        for row in page.stored.rows {
            if page.logs[row.log] == nil { page.logs[row.log] = try logView(row.log, replica) }
            if let next = row.rift {
                if next == rift { continue }
                rift = next
                if page.rifts[next] == nil { page.rifts[next] = try riftView(next) }
            } else if try store.isAnswered(row.id, by: [.retract, .erase]) {
                page.loose[row.id] = try view(of: replica.standing(ofEntry: row.id))
            }
        }
        try addRemarks(to: &page)
        if request.isMembership {
            for row in page.stored.rows {
                page.deeds[row.arrival] = try deed(row, in: page, replica.membership)
            }
        }
        // Only a retired device's logs have an end behind which something may stand.
        for row in page.stored.rows {
            guard let view = page.logs[row.log], replica.membership.cuts[view.log.device] != nil else {
                continue
            }
            if !replica.membership.counts(Position(log: view.log, sequence: row.sequence)) {
                page.cutOff.insert(row.arrival)
            }
        }
        return page
    }

    /// Adds what was said of the events of a page. What reworded an erased entry is folded away with it.
    private func addRemarks(to page: inout LogPage) throws {
        let joins = try joins()
        for (rift, rows) in Dictionary(grouping: page.stored.rows.filter { $0.rift != nil }, by: \.rift) {
            guard let rift else { continue }
            var reworded: [EntryID: EntryID] = [:]
            for row in rows where row.kind == Kind.revise.rawValue {
                reworded[row.id] = try store.header(of: row.id)?.references.first?.entry
            }
            let concerned = Set(rows.map(\.id) + reworded.values)
            let remarks = try view(
                of: standing(ofRift: rift, joins, about: concerned, evenIfOutdated: true))
            page.rifts[rift]?.folded = remarks.folded
            page.rifts[rift]?.effects = remarks.effects
            for (revision, entry) in reworded where remarks.folded[entry]?.isErased == true {
                page.rifts[rift]?.folded[revision] = .erased
            }
        }
    }

    /// What an event about a device comes to; nil for one with words of its own.
    private func deed(_ row: StoredPage.Row, in page: LogPage, _ membership: Membership) throws -> Deed? {
        guard let bytes = row.header, let kind = Kind(rawValue: row.kind),
            let stored = try? EventHeader(bytes: Array(page.stored.bytes[bytes])),
            let header = try? EffectiveEvent(id: row.id, storedHeader: stored).header
        else { return nil }
        let names = try names()
        func name(_ id: DeviceID) -> String {
            guard let person = membership.person(of: id) else { return names.device(id) }
            return "\(names.person(person))'s \(names.device(id))"
        }
        let (text, counts): (String, Bool)
        switch kind {
        case .admit:
            guard let device = header.admission?.bundle.device else { return nil }
            text = "\(name(device)) takes part"
            counts = membership.member(device)?.admittedBy == row.id
        case .recover:
            guard let device = header.recovery?.bundle?.device else { return nil }
            text = "\(name(device)) takes part by recovery words"
            counts = membership.member(device)?.admittedBy == row.id && !membership.isVoid(device)
        case .retire:
            guard let device = header.retired else { return nil }
            text = "\(name(device)) takes part no longer"
            counts = membership.retirements[device]?.contains { $0.id == row.id } ?? false
        case .recovery:
            text = "Recovery words were made"
            counts = membership.recoveries.contains { $0.id == row.id }
        case .withdraw:
            guard let words = header.recovery?.announced else { return nil }
            text = "Recovery words were withdrawn"
            counts = !membership.recoveries.contains { $0.id == words }
        default: return nil
        }
        return Deed(text: Array((counts ? text : text + ", which does not count").utf8), counts: counts)
    }

    /// The next words behind an arrival number.
    func words(after arrival: Int64, through last: Int64) throws -> StoredWords {
        try store.words(after: arrival, through: last, limit: 4_000)
    }

    /// The events whose text isn't told by their words alone.
    func specialTexts(after arrival: Int64) throws -> [Int64] { try store.specialTexts(after: arrival) }

    private func logView(_ number: Int64, _ replica: Replica<Store>) throws -> LogView? {
        guard let log = store.log(numbered: number) else { return nil }
        let names = try names()
        let person = replica.membership.person(of: log.device)
        return LogView(
            log: log, author: Array((person.map(names.person) ?? "?").utf8),
            device: Array(names.device(log.device).utf8),
            isOwn: person != nil && person == replica.membership.person(of: replica.device))
    }

    /// What is said of a rift; kept until something changes.
    func riftView(_ rift: EntryID) throws -> RiftView {
        if let view = riftViews[rift] { return view }
        let standing = try standing(ofRift: rift, joins(), about: [], withTags: true)
        var view = RiftView()
        let title = try standing.title.winner.map(wording)
        view.title = title.map { Array($0.text.utf8) }
        let line = TerminalText.line(title?.text ?? "(no title yet)")
        var lines = ["\(line)  [\(standing.state.rawValue)]"]
        for apart in try standing.title.apart.map(wording) {
            lines.append(
                "\(TerminalText.line(apart.author)) also called it \(TerminalText.line(apart.text)), written apart"
            )
        }
        for apart in try standing.agreement.apart.map(wording) {
            lines.append("\(TerminalText.line(apart.author)) also wrote, apart, what you will do from here")
        }
        try addTags(standing.tags, to: &view, &lines)
        view.heading = Array(lines.joined(separator: "\n").utf8)
        if riftViews.count >= 4_096 { riftViews = [:] }
        riftViews[rift] = view
        return view
    }

    /// Tags of each device that are shown, and of which it is asked what they say: they are told with every entry, and
    /// anyone can put any number of them, and take them off again.
    private static let (shownTags, readTags) = (32, 256)

    private func addTags(
        _ tags: [[UInt8]: Register<EntryID>], to view: inout RiftView, _ lines: inout [String]
    ) throws {
        var (shown, read) = ([DeviceID: Int](), [DeviceID: Int]())
        var further = 0
        for (_, register) in tags.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            // By device, so that nobody's tags are crowded out by another's.
            guard let winner = register.winner, let device = try store.device(of: winner) else { continue }
            guard shown[device, default: 0] < Self.shownTags, read[device, default: 0] < Self.readTags else {
                further += 1
                continue
            }
            read[device, default: 0] += 1
            guard let event = try store.logged(winner),
                event.placed.effective.header.value != TagChange.taken,
                let text = event.body.flatMap({ try? Body(bytes: $0) })?.fields.first?.text,
                let tag = Names.shown(text)
            else { continue }
            shown[device, default: 0] += 1
            view.tags.append(Array(tag.utf8))
        }
        view.tags.sort { $0.lexicographicallyPrecedes($1) }
        if further > 0 { lines.append("and \(further) further tags, which are not shown") }
    }

    /// Forgets which rifts are one where a batch may change that.
    func updateJoins(_ batch: EventBatch, _ outdated: Store.Outdated) {
        let isSaid = batch.events.contains { $0.effective.header.kind == .sameAs }
        if case .everything = outdated { cachedJoins = nil } else if isSaid { cachedJoins = nil }
    }

    /// Which rifts are one, as long as nobody says so of others.
    func joins() throws -> Joins {
        if let cachedJoins { return cachedJoins }
        let joins = try paired().joins()
        cachedJoins = joins
        return joins
    }

    private func view(of standing: Standing) throws -> RiftView {
        var view = RiftView()
        for (entry, retraction) in standing.takenBack {
            guard let event = try store.logged(retraction) else { continue }
            view.folded[entry] = RiftView.Fold(
                author: Array(try author(of: event.placed.position.log.device).utf8),
                at: event.placed.effective.header.at, isErased: false)
        }
        for entry in standing.erased { view.folded[entry] = .erased }
        for (entry, effect) in standing.effects {
            switch effect {
            case .full: break
            case .waiting: view.effects[entry] = "waiting"
            case .unknownKind: view.effects[entry] = "needs a newer version"
            case .none(let rule): view.effects[entry] = rule.rawValue
            }
        }
        return view
    }

    // MARK: What a query's words stand for

    /// The part of a condition that the database can tell, and whether that is all of it.
    func condition(for filter: Filter) throws -> (condition: Condition?, isExact: Bool) {
        switch filter {
        case .equals(let field, let value): try condition(field, String(decoding: value, as: UTF8.self))
        case .present(.kind), .present(.syslogIdentifier), .present(.author), .present(.device),
            .present(.deviceID), .present(.hostname), .present(.entryID), .present(.transport):
            (nil, true)
        case .present(.rift): (.hasRift, true)
        case .present: (nil, false)
        case .own(let isOwn):
            (try ownDevices().map { isOwn ? $0 : .not($0) } ?? .any([]), true)
        case .not(let inner):
            switch try condition(for: inner) {
            case (let condition?, true): (.not(condition), true)
            case (nil, true): (.any([]), true)
            default: (nil, false)
            }
        case .all(let filters):
            try filters.reduce(into: (Condition?.none, true)) { result, filter in
                let part = try condition(for: filter)
                result.1 = result.1 && part.isExact
                guard let condition = part.condition else { return }
                if case .all(let others)? = result.0 {
                    result.0 = .all(others + [condition])
                } else {
                    result.0 = .all([condition])
                }
            }
        case .any(let filters):
            try anyCondition(of: filters)
        }
    }

    /// The devices of this device's person; nil where there is no journal yet.
    private func ownDevices() throws -> Condition? {
        guard let replica, let person = replica.membership.person(of: replica.device) else { return nil }
        return .devices(
            replica.membership.members.filter { $0.bundle.person == person }.map(\.bundle.device))
    }

    private func anyCondition(of filters: [Filter]) throws -> (condition: Condition?, isExact: Bool) {
        var conditions: [Condition] = []
        var isExact = true
        for filter in filters {
            let part = try condition(for: filter)
            isExact = isExact && part.isExact
            guard let condition = part.condition else { return (nil, isExact) }
            conditions.append(condition)
        }
        return (Self.merged(conditions), isExact)
    }

    /// Several values of one field as one list, which the database looks up faster.
    private static func merged(_ conditions: [Condition]) -> Condition {
        var kinds: [UInt32] = []
        var rifts: [EntryID] = []
        var devices: [DeviceID] = []
        for condition in conditions {
            switch condition {
            case .kinds(let more): kinds += more
            case .rifts(let more): rifts += more
            case .devices(let more): devices += more
            default: return conditions.count == 1 ? conditions[0] : .any(conditions)
            }
        }
        switch (kinds.isEmpty, rifts.isEmpty, devices.isEmpty) {
        case (false, true, true): return .kinds(kinds)
        case (true, false, true): return .rifts(rifts)
        case (true, true, false): return .devices(devices)
        default: return .any(conditions)
        }
    }

    private func condition(
        _ field: LogField, _ value: String
    ) throws -> (condition: Condition?, isExact: Bool) {
        switch field {
        case .kind, .syslogIdentifier:
            let number =
                // Can't trap: of a text, nil where it is no number.
                Kind(name: value)?.rawValue ?? UInt32(value).flatMap { Kind(rawValue: $0) == nil ? $0 : nil }
            return (.kinds(number.map { [$0] } ?? []), true)
        case .author, .device, .hostname, .deviceID:
            guard let replica else { return (.any([]), true) }
            let names = try names()
            let devices = replica.membership.members.filter { member in
                switch field {
                case .author: names.person(member.bundle.person) == value
                case .deviceID: member.bundle.device.description == value
                default: names.device(member.bundle.device) == value
                }
            }
            return (.devices(devices.map(\.bundle.device)), true)
        case .rift: return (.rifts(Self.exactly(value)), true)
        case .entryID: return (.ids(Self.exactly(value)), true)
        case .riftTitle:
            return (.rifts(try rifts { $0.title.map { $0 == Array(value.utf8) } ?? false }), true)
        case .tag: return (.rifts(try rifts { $0.tags.contains(Array(value.utf8)) }), true)
        case .transport:
            return (.transports(Condition.Transport.allCases.filter { $0.name == value }), true)
        default: return (nil, false)
        }
    }

    /// The id that is printed just so.
    private static func exactly(_ value: String) -> [EntryID] {
        EntryID(hexadecimal: value).flatMap { $0.description == value ? [$0] : nil } ?? []
    }

    /// The rifts of which something holds.
    private func rifts(where holds: (RiftView) -> Bool) throws -> [EntryID] {
        guard replica != nil else { return [] }
        return try store.rifts().filter { holds(try riftView($0)) }
    }

    /// The rifts that someone means: by id or the beginning of one, by title, or by a glob over titles. All those that
    /// are one with them are meant too. Throws where there are none.
    func rifts(named text: String) throws -> [EntryID] {
        guard Glob.isPattern(text) else { return try component(of: rift(text)) }
        let found = try rifts { view in
            view.title.map { Glob.matches(text, String(decoding: $0, as: UTF8.self)) } ?? false
        }
        guard !found.isEmpty else { throw ErrorPayload("unknown_rift", text) }
        return try Array(Set(found.flatMap { try component(of: $0) })).sorted()
    }

    /// The same, and drafts of rifts by their numbers or titles; as `RIFT` has them in records.
    func riftsAndDrafts(named text: String) throws -> [String] {
        let drafts = try draftViews().filter { view in
            guard view.draft.kind == Kind.rift.name, let title = view.title else { return false }
            let name = String(decoding: title, as: UTF8.self)
            return "d\(view.id)" == text || name.lowercased() == text.lowercased() || Glob.matches(text, name)
        }
        let found = drafts.map { "d\($0.id)" }
        guard replica != nil else {
            guard !found.isEmpty else { throw ErrorPayload("unknown_rift", text) }
            return found
        }
        do {
            return found + (try rifts(named: text).map(\.description))
        } catch let refusal as ErrorPayload where !found.isEmpty && refusal.error == "unknown_rift" {
            return found
        }
    }
}
