package import Causality

/// Where everything in a rift stands: a pure function of the set of shared events, whatever order they came in.
///
/// Its input is a closed set: all events of a component of joined rifts, or one entry outside of any rift with what
/// refers to it.
package struct Standing: Equatable, Sendable {
    /// The state of the rift; `begun` for a set without one.
    package private(set) var state = RiftState.begun
    /// The state of each hurt that has an effect.
    package private(set) var hurts: [EntryID: HurtState] = [:]
    /// The rift's title; the losers are "written apart".
    package private(set) var title: Register<EntryID>
    /// What both will do from here.
    package private(set) var agreement: Register<EntryID>
    /// A register for each tag ever set or cleared.
    package private(set) var tags: [[UInt8]: Register<EntryID>] = [:]
    /// The wordings of each entry that was ever reworded.
    package private(set) var wordings: [EntryID: Register<EntryID>] = [:]
    /// The entries that were taken back, by what took them back first.
    package private(set) var takenBack: [EntryID: EntryID] = [:]
    /// The entries that both let be erased.
    package private(set) var erased: Set<EntryID> = []
    /// The persons whose current vote is to rest, whether or not the rift rests.
    package private(set) var resting: Set<PersonID> = []
    /// Events without full effect, and why.
    package private(set) var effects: [EntryID: Effect] = [:]

    /// Where everything stands, as it was derived before.
    package init(
        state: RiftState, hurts: [EntryID: HurtState], title: Register<EntryID>, agreement: Register<EntryID>,
        tags: [[UInt8]: Register<EntryID>], wordings: [EntryID: Register<EntryID>],
        takenBack: [EntryID: EntryID], erased: Set<EntryID>, resting: Set<PersonID>,
        effects: [EntryID: Effect]
    ) {
        self.state = state
        self.hurts = hurts
        self.title = title
        self.agreement = agreement
        self.tags = tags
        self.wordings = wordings
        self.takenBack = takenBack
        self.erased = erased
        self.resting = resting
        self.effects = effects
    }

    /// Derives where everything stands.
    ///
    /// - Parameter persons: both persons of the journal; resting needs each of them.
    package init(of facts: [Fact], persons: Set<PersonID>) {
        let view = View(facts)
        for fact in facts where view.judgement.effect(of: fact.id) != .full {
            effects[fact.id] = view.judgement.effect(of: fact.id)
        }
        takenBack = view.takenBack
        erased = view.erased
        title = view.register(view.effective.filter { $0.kind == .rift || $0.kind == .title })
        agreement = view.register(view.effective.filter { $0.kind == .agreement })
        for (subject, writes) in Dictionary(
            grouping: view.effective.filter { $0.kind == .tag }, by: \.subject)
        {
            tags[subject] = view.register(writes)
        }
        for (entry, revisions) in view.revisions {
            guard let original = view.byID[entry] else { continue }
            wordings[entry] = view.register([original] + revisions)
        }
        for hurt in view.effective where hurt.kind == .hurt { hurts[hurt.id] = view.state(ofHurt: hurt) }
        resting = Set(persons.filter(view.votesToRest))
        state = view.state(hurts: hurts, persons: persons, resting: resting)
    }
}

/// The set of events sorted by what they do; lives only while a ``Standing`` is derived.
private struct View {
    let judgement: Judgement
    var byID: [EntryID: Fact] { judgement.facts }
    /// The events that count, taken back or not.
    let effective: [Fact]
    /// The same by each entry that they refer to.
    let about: [EntryID: [Fact]]
    let revisions: [EntryID: [Fact]]
    private(set) var takenBack: [EntryID: EntryID] = [:]
    private(set) var erased: Set<EntryID> = []

    init(_ facts: [Fact]) {
        let judgement = Judgement(facts)
        self.judgement = judgement
        effective = facts.filter { judgement.effect(of: $0.id) == .full }
        about = effective.reduce(into: [:]) { about, fact in
            for entry in Set(fact.references.map(\.entry)) { about[entry, default: []].append(fact) }
        }
        revisions = Dictionary(grouping: effective.filter { $0.kind == .revise }) { $0.references[0].entry }
        for fact in effective.sorted(by: { $0.precedence < $1.precedence }) {
            guard let subject = fact.references.first?.entry else { continue }
            let takesBack = fact.kind == .retract || fact.kind == .erase && fact.value == Kind.erasedAlone
            if takesBack, takenBack[subject] == nil { takenBack[subject] = fact.id }
            if fact.kind == .consent, let erasure = judgement.facts[subject],
                judgement.effect(of: subject) == .full
            {
                erased.insert(erasure.references[0].entry)
            }
        }
    }

    func isLive(_ fact: Fact) -> Bool { takenBack[fact.id] == nil && !erased.contains(fact.id) }

    func register(_ writes: [Fact]) -> Register<EntryID> {
        let byID = self.byID
        return Register(
            writes.map(\.id),
            precedence: { byID[$0]?.precedence ?? Precedence(stamp: Stamp(0), position: .nowhere) },
            isSuperseded: { earlier, later in
                guard let earlier = byID[earlier], let later = byID[later] else { return false }
                return later.hadSeen(earlier)
            })
    }

    /// The votes that no other of them had seen.
    func current(_ votes: [Fact]) -> [Fact] {
        votes.filter { vote in !votes.contains { $0.id != vote.id && $0.hadSeen(vote) } }
    }

    func state(ofHurt hurt: Fact) -> HurtState {
        if !isLive(hurt) { return .takenBack }
        let about = about[hurt.id] ?? []
        let answers = about.filter { $0.kind?.isAnswer == true && isLive($0) }
        if answers.contains(where: { isEnough($0, for: hurt) }) { return .received }
        let leaves = current(
            about.filter { $0.kind == .letBe && isLive($0) && $0.references[0].entry == hurt.id })
        if !leaves.isEmpty, leaves.allSatisfy({ leave in answers.allSatisfy(leave.hadSeen) }) {
            return .letBe
        }
        if answers.contains(where: { $0.kind == .amends }) { return .answered }
        return answers.isEmpty ? .told : .heard
    }

    private func isEnough(_ answer: Fact, for hurt: Fact) -> Bool {
        let receipts = current(
            (about[answer.id] ?? []).filter {
                $0.kind == .receipt && isLive($0)
                    && $0.references[0].entry == answer.id && $0.references[1].entry == hurt.id
            })
        return !receipts.isEmpty && receipts.allSatisfy { $0.value == ReceiptChoice.enough.rawValue }
    }

    /// Whether a person's least closed current vote is to rest, given with all joins in view.
    func votesToRest(_ person: PersonID) -> Bool {
        let joins = byID.values.filter { $0.kind == .sameAs }
        let votes = current(
            effective.filter { ($0.kind == .rest || $0.kind == .reopen) && $0.author == person }
        )
        .filter { vote in vote.kind == .reopen || hadSeenJoins(vote, joins) }
        return !votes.isEmpty && votes.allSatisfy { $0.kind == .rest }
    }

    /// Whether what a vote's device had seen already makes all these rifts one: saying so again asks for no new vote.
    private func hadSeenJoins(_ vote: Fact, _ joins: [Fact]) -> Bool {
        guard let rift = vote.rift else { return true }
        return Joins(joins.filter(vote.hadSeen)).component(of: rift) == Joins(joins).component(of: rift)
    }

    func state(hurts: [EntryID: HurtState], persons: Set<PersonID>, resting: Set<PersonID>) -> RiftState {
        let content = effective.filter { $0.kind?.isContent == true && isLive($0) }
        if persons.count > 1, resting == persons {
            let rests = persons.flatMap { person in
                current(effective.filter { ($0.kind == .rest || $0.kind == .reopen) && $0.author == person })
            }
            if rests.allSatisfy({ rest in content.allSatisfy(rest.hadSeen) }) { return .resting }
        }
        let live = hurts.values.filter { $0 != .takenBack }
        if live.isEmpty { return content.isEmpty ? .begun : .gathering }
        if live.allSatisfy({ $0 == .received || $0 == .letBe }) { return .settled }
        return live.contains { $0 != .told } ? .mending : .spoken
    }
}

extension Position {
    /// No place at all; sorts before every event.
    fileprivate static var nowhere: Position {
        Position(log: LogID(device: DeviceID(high: 0, low: 0), epoch: 0), sequence: 0)
    }
}
