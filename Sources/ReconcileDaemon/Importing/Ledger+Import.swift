import Causality
import EventLog
import FoundationEssentials
import Interchange
import Journal
import LocalAPI
import Query
import Store

/// Taking in files of one's own entries: all of it in one transaction, or nothing.
extension Ledger {
    /// How a file is to be taken in.
    struct ImportOrder: Sendable {
        let format: FileFormat
        /// Whether the entries are shared; else they are drafts.
        let isShared: Bool
        /// Whether nothing is stored.
        let isDry: Bool
        /// Whether what can't be taken in is left out, instead of everything.
        let skips: Bool
        let zone: TimeZoneRules
    }

    /// What has to be known before the first entry of a file is looked at.
    func planner(_ order: ImportOrder) throws -> ImportPlanner {
        // Two at once would not know of each other, and the same entry would be taken in twice.
        guard !isImporting else { throw ErrorPayload("import_busy") }
        let reader = try reader(withDrafts: false)
        if order.isShared { _ = try partnered() }
        let titles = try riftsByTitle()
        let planner = try ImportPlanner(
            store, isShared: order.isShared, person: String(decoding: reader.person, as: UTF8.self),
            now: Machine.now().milliseconds
        ) { titles[$0] ?? nil }
        isImporting = true
        return planner
    }

    /// Lets the next file in.
    func endImport() { isImporting = false }

    /// The shared rifts by their titles; nil for a title that several have.
    private func riftsByTitle() throws -> [String: EntryID?] {
        guard replica != nil else { return [:] }
        return try Dictionary(
            store.rifts().compactMap { rift in
                try riftView(rift).title.map { (String(decoding: $0, as: UTF8.self), EntryID?.some(rift)) }
            }, uniquingKeysWith: { _, _ in nil })
    }

    /// Looks at some entries of a file.
    func plan(_ items: [FileItem], _ planner: ImportPlanner) throws -> ImportPlanner {
        var planner = planner
        for item in items { try planner.take(item) { fields, kind in try check(fields, of: kind) } }
        return planner
    }

    /// Stores what a plan comes to, unless there is something that can't be and is not to be left out.
    func take(_ planned: ImportPlan, _ order: ImportOrder) throws -> (plan: ImportPlan, step: ImportStep) {
        var plan = planned
        let names = try storedNames(&plan)
        var step = ImportStep(step: "done")
        step.withdrawn = plan.withdrawn
        (step.known, step.foreign, step.problems) = (plan.known, plan.foreign, plan.problems.count)
        let items = plan.items.enumerated().filter { names[$0.offset] != nil }
        step.new = items.count
        step.drafts = items.count { $0.element.isDraft }
        guard !order.isDry, !items.isEmpty, plan.problems.isEmpty || order.skips else { return (plan, step) }
        try requireRoom(for: items.map(\.element))
        let (batch, ids) = try events(
            items.map { ($0.offset, $0.element) }.filter { !$0.1.isDraft }, at: Machine.now())
        var local = LocalChange()
        for (number, item) in items {
            var draft = item.draft
            guard let name = ids[number]?.description ?? names[number] else { throw ErrorPayload("internal") }
            local.imported.append((item.key, name))
            guard item.isDraft else { continue }
            draft.rift = item.rift.flatMap { Self.name($0, names, ids) }
            draft.about = item.about.compactMap { Self.name($0, names, ids) }
            local.addedDrafts.append((try draft.encoded(), item.at))
        }
        if let batch { try commit(batch, local: local) } else { try store.commit(local) }
        changed()
        step.isStored = true
        return (plan, step)
    }

    /// What each entry will be called, drafts by their numbers; those that can't be are problems then.
    private func storedNames(_ plan: inout ImportPlan) throws -> [Int: String] {
        let verdicts = try judge(plan)
        var names: [Int: String] = [:]
        var next = try store.nextDraft()
        for (number, item) in plan.items.enumerated() {
            if let refusal = verdicts[number] ?? Self.missing(item, names, plan.items) {
                plan.problems.append((item.line, refusal))
            } else if item.isDraft {
                names[number] = "d\(next)"
                next += 1
            } else {
                names[number] = "shared"
            }
        }
        plan.problems.sort { $0.line < $1.line }
        return names
    }

    /// Why an entry can't be stored for the sake of what it names.
    private static func missing(
        _ item: ImportPlan.Item, _ names: [Int: String], _ items: [ImportPlan.Item]
    ) -> ErrorPayload? {
        for reference in item.about + [item.rift].compactMap(\.self) {
            guard case .item(let number) = reference else { continue }
            guard names[number] != nil else { return ErrorPayload("names_problem", "\(items[number].line)") }
        }
        for reference in item.about {
            switch reference {
            case .item(let number) where items[number].isDraft:
                return ErrorPayload("about_a_draft", "\(items[number].line)")
            case .draft(let draft): return ErrorPayload("about_a_draft", draft)
            default: break
            }
        }
        if !item.isDraft, case .draft(let draft)? = item.rift { return ErrorPayload("about_a_draft", draft) }
        return nil
    }

    private static func name(
        _ reference: ImportPlan.Reference, _ names: [Int: String], _ ids: [Int: EntryID]
    ) -> String? {
        switch reference {
        case .entry(let id): id.description
        case .draft(let draft): draft
        case .item(let number): ids[number]?.description ?? names[number]
        }
    }

    /// The rules that entries would break, by their numbers in the plan.
    private func judge(_ plan: ImportPlan) throws -> [Int: ErrorPayload] {
        guard let replica, let author = replica.membership.person(of: replica.device) else { return [:] }
        var named: Set<EntryID> = []
        for item in plan.items {
            for case .entry(let id) in item.about + [item.rift].compactMap(\.self) { named.insert(id) }
        }
        var facts = try replica.facts(around: Array(named))
        let place = Position(log: replica.ownLog, sequence: .max)
        for (number, item) in plan.items.enumerated() where item.kind != .note {
            let rift = try item.rift ?? firstRift(item)
            facts.append(
                Fact(
                    id: Self.placeholder(number), kind: item.kind, author: author,
                    precedence: Precedence(stamp: Stamp(.max), position: place), positions: [place],
                    rift: item.kind == .rift ? Self.placeholder(number) : rift.flatMap(Self.id),
                    references: item.about.compactMap(Self.id).map { Journal.Reference($0) },
                    value: item.draft.choice.flatMap { ReceiptChoice(name: $0)?.rawValue } ?? 0, subject: [],
                    vocabulary: Kind.currentVocabulary))
        }
        let judgement = Judgement(facts)
        var refusals: [Int: ErrorPayload] = [:]
        for (number, item) in plan.items.enumerated() where item.kind != .note {
            switch judgement.effect(of: Self.placeholder(number)) {
            case .full: break
            case .none(let rule): refusals[number] = ErrorPayload(rule.rawValue, item.kind.name)
            // A draft's rift may be a draft that is here.
            case .waiting where item.isDraft: break
            case .waiting, .unknownKind: refusals[number] = ErrorPayload("not_here", item.kind.name)
            }
        }
        return refusals
    }

    /// An answer belongs to the rift of what it answers.
    private func firstRift(_ item: ImportPlan.Item) throws -> ImportPlan.Reference? {
        guard case .entry(let id)? = item.about.first, let header = try store.header(of: id) else {
            return nil
        }
        return header.kind == .rift ? .entry(id) : header.rift.map { .entry($0) }
    }

    // Can't trap: a place in a list.
    private static func placeholder(_ number: Int) -> EntryID { EntryID(high: .max, low: UInt64(number)) }

    private static func id(_ reference: ImportPlan.Reference) -> EntryID? {
        switch reference {
        case .entry(let id): id
        case .draft: nil
        case .item(let number): placeholder(number)
        }
    }

    private func requireRoom(for items: [ImportPlan.Item]) throws {
        let bytes = items.reduce(0) { sum, item in
            sum + 1_024 + item.draft.fields.reduce(0) { $0 + $1.text.utf8.count }
        }
        guard try directory.freeBytes() > UInt64(clamping: bytes).multipliedClamped(by: 2) else {
            throw ErrorPayload("disk_full")
        }
    }

    /// The events of the entries that are shared, and their ids.
    private func events(
        _ items: [(number: Int, item: ImportPlan.Item)], at wall: WallTime
    ) throws -> (EventBatch?, [Int: EntryID]) {
        guard !items.isEmpty else { return (nil, [:]) }
        let replica = try partnered()
        // Can't trap: entries are numbered by their place in the file.
        let places = Dictionary(uniqueKeysWithValues: items.enumerated().map { ($1.number, $0) })
        func id(_ reference: ImportPlan.Reference, _ written: [EntryID]) -> EntryID? {
            switch reference {
            case .entry(let id): id
            case .draft: nil
            case .item(let number): places[number].map { written[$0] }
            }
        }
        do {
            var batch = try replica.append(items.count, at: wall) { place, written in
                let item = items[place].item
                var event = NewEvent(item.kind)
                event.at = item.at
                event.rift = try (item.rift ?? firstRift(item)).flatMap { id($0, written) }
                event.references = item.about.compactMap { id($0, written) }.map { Journal.Reference($0) }
                event.value = item.draft.choice.flatMap { ReceiptChoice(name: $0)?.rawValue } ?? 0
                if item.kind == .tag { event.subject = try tagSubject(item.draft, replica) }
                let fields = item.draft.fields.compactMap { field in
                    FieldName(name: field.name).map { Field($0, field.text) }
                }
                if !fields.isEmpty { event.body = try Body(fields, salt: Machine.random(16)) }
                return event
            }
            batch.isImported = true
            let ids = batch.events.map(\.effective.id)
            // Can't trap: the same numbers.
            return (batch, Dictionary(uniqueKeysWithValues: zip(items.map(\.number), ids)))
        } catch is FormatError {
            throw ErrorPayload("too_long")
        }
    }
}
