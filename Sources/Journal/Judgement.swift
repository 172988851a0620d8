import Causality

/// Judges events against the rules of their kinds, from headers and membership alone.
///
/// Whether a subject is still live plays no part here: that is asked at writing only, so that the verdict does not
/// depend on what else has arrived, save for the very entries that an event names.
package struct Judgement {
    let facts: [EntryID: Fact]
    private var effects: [EntryID: Effect] = [:]

    /// Prepares to judge a closed set of events: a component of joined rifts, or an entry outside of any rift.
    package init(_ facts: [Fact]) {
        self.facts = Dictionary(facts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for fact in facts { effects[fact.id] = judge(fact) }
        settleChains()
    }

    /// What becomes of an event of the set.
    package func effect(of id: EntryID) -> Effect { effects[id] ?? .waiting }

    /// A receipt is about an answer, a consent about an erasure: what they name must itself have an effect.
    ///
    /// References cannot form cycles, and no kind that needs this is needed by another, so one pass is enough.
    private mutating func settleChains() {
        for fact in facts.values where effects[fact.id] == .full {
            guard let kind = fact.kind, kind == .receipt || kind == .consent || kind == .kept,
                let subject = fact.references.first
            else { continue }
            switch effects[subject.entry] {
            case .full: continue
            case .some(.none): effects[fact.id] = Effect.none(.wrongSubject)
            default: effects[fact.id] = .waiting
            }
        }
    }

    private func judge(_ fact: Fact) -> Effect {
        guard let kind = fact.kind else { return .unknownKind }
        if kind != .rift, let rift = fact.rift {
            guard let found = facts[rift] else { return .waiting }
            guard found.kind == .rift else { return .none(.riftExpected) }
        } else if fact.rift == nil, kind.needsRift {
            return .none(.riftExpected)
        }
        do throws(Verdict) {
            try check(fact, kind)
            return .full
        } catch {
            return error.effect
        }
    }

    private struct Verdict: Error {
        let effect: Effect
        static func breaks(_ rule: Rule) -> Verdict { Verdict(effect: .none(rule)) }
        static var waits: Verdict { Verdict(effect: .waiting) }
    }

    private func check(_ fact: Fact, _ kind: Kind) throws(Verdict) {
        switch kind {
        case .recognition:
            try subjects(fact, count: 1...1, kinds: [.hurt], by: .partner)
        case .amends:
            try subjects(fact, count: 1...32, kinds: [.hurt], by: .partner)
        case .receipt:
            try checkReceipt(fact)
        case .letBe:
            try subjects(fact, count: 1...1, kinds: [.hurt], by: .self)
        case .kept:
            try subjects(fact, count: 1...1, kinds: [.amends], by: .self)
        case .revise:
            try subjects(fact, count: 1...1, kinds: Kind.revisable, by: .self)
        case .retract, .erase:
            try subjects(fact, count: 1...1, kinds: Kind.retractable, by: .self)
        case .consent:
            try subjects(fact, count: 1...1, kinds: [.erase], by: .partner)
        case .sameAs:
            guard fact.references.count == 1 else { throw .breaks(.wrongCount) }
        case .reply, .thanks:
            guard fact.references.count <= 1 else { throw .breaks(.wrongCount) }
        case .note, .carry:
            throw .breaks(.wrongSubject)
        default:
            break
        }
    }

    private enum Author { case `self`, partner }

    private func subjects(
        _ fact: Fact, count: ClosedRange<Int>, kinds: Set<Kind>, by author: Author
    ) throws(Verdict) {
        guard count.contains(fact.references.count) else { throw .breaks(.wrongCount) }
        var isWaiting = false
        for reference in fact.references {
            guard let subject = facts[reference.entry] else {
                isWaiting = true
                continue
            }
            guard let kind = subject.kind, kinds.contains(kind) else { throw .breaks(.wrongSubject) }
            switch author {
            case .self: if subject.author != fact.author { throw .breaks(.notTheAuthor) }
            case .partner: if subject.author == fact.author { throw .breaks(.ownEntry) }
            }
        }
        // An amends for two hurts of which one has arrived counts for that one.
        if isWaiting, !fact.references.contains(where: { facts[$0.entry] != nil }) { throw .waits }
    }

    private func checkReceipt(_ fact: Fact) throws(Verdict) {
        guard ReceiptChoice(rawValue: fact.value) != nil else { throw .breaks(.unknownChoice) }
        guard fact.references.count == 2 else { throw .breaks(.wrongCount) }
        let (answer, hurt) = (facts[fact.references[0].entry], facts[fact.references[1].entry])
        if let hurt {
            guard hurt.kind == .hurt else { throw .breaks(.wrongSubject) }
            guard hurt.author == fact.author else { throw .breaks(.notTheAuthor) }
        }
        if let answer {
            guard answer.kind?.isAnswer == true,
                answer.references.contains(where: { $0.entry == fact.references[1].entry })
            else { throw .breaks(.wrongSubject) }
        }
        if answer == nil || hurt == nil { throw .waits }
    }
}

extension Kind {
    /// Whether an event of this kind makes sense only within a rift.
    package var needsRift: Bool {
        switch self {
        case .account, .hurt, .reflection, .recognition, .amends, .receipt, .letBe, .kept, .rest, .reopen,
            .sameAs,
            .title, .agreement, .tag:
            true
        default: false
        }
    }

    /// The kinds whose words their author may change. A rift's title is a register of its own.
    package static let revisable: Set<Kind> = [
        .account, .hurt, .reflection, .recognition, .amends, .receipt, .letBe, .kept, .reply, .thanks,
    ]

    /// The kinds that their author may take back.
    package static let retractable: Set<Kind> = revisable.union([.rift])
}
