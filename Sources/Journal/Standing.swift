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
    /// - Parameters:
    ///   - persons: both persons of the journal; resting needs each of them.
    ///   - sights: what the devices of some events had when they wrote these. Asked once, for the last votes and writes
    ///     of each log, as nothing else is compared. Whatever it throws is thrown.
    package init(
        of facts: [Fact], persons: Set<PersonID>, sights: ([Fact]) throws -> Sights
    ) rethrows {
        let view = View(facts)
        let sights = try sights(view.compared)
        for fact in facts where view.judgement.effect(of: fact.id) != .full {
            effects[fact.id] = view.judgement.effect(of: fact.id)
        }
        takenBack = view.takenBack
        erased = view.erased
        title = view.title.register(sights)
        agreement = view.agreement.register(sights)
        tags = view.tags.mapValues { $0.register(sights) }
        wordings = view.wordings.mapValues { $0.register(sights) }
        let states = States(view: view, sights: sights)
        for hurt in view.hurts { hurts[hurt.id] = states.state(of: hurt) }
        resting = Set(persons.filter(states.votesToRest))
        state = states.state(hurts: hurts, persons: persons, resting: resting)
    }
}

/// Votes on one subject or writes of one register: of each log only the last one.
private struct Writes {
    private(set) var latest: [Fact] = []

    init(_ all: [Fact] = []) {
        latest = Register.latest(of: all, places: \.positions, precedence: \.precedence)
    }

    func register(_ sights: Sights) -> Register<EntryID> {
        let resolved = resolve(sights)
        return Register(standing: ([resolved.winner].compactMap(\.self) + resolved.apart).map(\.id))
    }

    /// The votes that no other of them had seen.
    func current(_ sights: Sights) -> [Fact] {
        let resolved = resolve(sights)
        return [resolved.winner].compactMap(\.self) + resolved.apart
    }

    private func resolve(_ sights: Sights) -> Register<Fact> {
        Register(
            latest, places: \.positions, precedence: \.precedence,
            isSuperseded: { sights.had($1, seen: $0) })
    }
}

/// The set of events sorted by what they do, before anyone asks who had seen what; lives only while a ``Standing`` is
/// derived.
private struct View {
    let judgement: Judgement
    /// The hurts that count, taken back or not.
    let hurts: [Fact]
    /// What decides if a rift can rest, live.
    private(set) var content: [Fact] = []
    /// All assertions that rifts are one.
    let joins: [Fact]
    /// The live answers to each hurt.
    private(set) var answers: [EntryID: [Fact]] = [:]
    private(set) var title = Writes()
    private(set) var agreement = Writes()
    private(set) var tags: [[UInt8]: Writes] = [:]
    private(set) var wordings: [EntryID: Writes] = [:]
    /// The live receipts by answer and hurt.
    private(set) var receipts: [Pair: Writes] = [:]
    /// The live votes to let each hurt be.
    private(set) var leaves: [EntryID: Writes] = [:]
    /// Each person's votes to rest, or not.
    private(set) var rests: [PersonID: Writes] = [:]
    private(set) var takenBack: [EntryID: EntryID] = [:]
    private(set) var erased: Set<EntryID> = []

    struct Pair: Hashable { let answer: EntryID, hurt: EntryID }

    init(_ facts: [Fact]) {
        let judgement = Judgement(facts)
        self.judgement = judgement
        let effective = facts.filter { judgement.effect(of: $0.id) == .full }
        joins = facts.filter { $0.kind == .sameAs }
        hurts = effective.filter { $0.kind == .hurt }
        foldAway(effective)
        let live = effective.filter(isLive)
        content = live.filter { $0.kind?.isContent == true }
        for answer in live where answer.kind?.isAnswer == true {
            for hurt in Set(answer.references.map(\.entry)) { answers[hurt, default: []].append(answer) }
        }
        title = Writes(effective.filter { $0.kind == .rift || $0.kind == .title })
        agreement = Writes(effective.filter { $0.kind == .agreement })
        tags = Dictionary(grouping: effective.filter { $0.kind == .tag }, by: \.subject).mapValues(
            Writes.init)
        let revisions = Dictionary(grouping: effective.filter { $0.kind == .revise }) {
            $0.references[0].entry
        }
        for (entry, revisions) in revisions {
            guard let original = judgement.facts[entry] else { continue }
            wordings[entry] = Writes([original] + revisions)
        }
        receipts = Dictionary(grouping: live.filter { $0.kind == .receipt }) {
            Pair(answer: $0.references[0].entry, hurt: $0.references[1].entry)
        }.mapValues(Writes.init)
        leaves = Dictionary(grouping: live.filter { $0.kind == .letBe }) { $0.references[0].entry }
            .mapValues(Writes.init)
        rests = Dictionary(
            grouping: effective.filter { $0.kind == .rest || $0.kind == .reopen }, by: \.author
        ).mapValues(Writes.init)
    }

    private mutating func foldAway(_ effective: [Fact]) {
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

    /// The events of which it is asked what their devices had. A single write or receipt is compared with nothing; the
    /// other votes are compared with what they are about, too.
    var compared: [Fact] {
        let registers = [title, agreement] + Array(tags.values) + Array(wordings.values)
        let compared = (registers + Array(receipts.values)).filter { $0.latest.count > 1 }
        return (compared + Array(leaves.values) + Array(rests.values)).flatMap(\.latest)
    }
}

/// What the votes come to, once it is known what each of them had seen.
private struct States {
    let view: View
    let sights: Sights

    func state(of hurt: Fact) -> HurtState {
        if !view.isLive(hurt) { return .takenBack }
        let answers = view.answers[hurt.id] ?? []
        if answers.contains(where: { isEnough($0, for: hurt) }) { return .received }
        let leaves = view.leaves[hurt.id]?.current(sights) ?? []
        let areSeen = leaves.allSatisfy { leave in answers.allSatisfy { sights.had(leave, seen: $0) } }
        if !leaves.isEmpty, areSeen { return .letBe }
        if answers.contains(where: { $0.kind == .amends }) { return .answered }
        return answers.isEmpty ? .told : .heard
    }

    private func isEnough(_ answer: Fact, for hurt: Fact) -> Bool {
        let receipts =
            view.receipts[View.Pair(answer: answer.id, hurt: hurt.id)]?.current(sights) ?? []
        return !receipts.isEmpty && receipts.allSatisfy { $0.value == ReceiptChoice.enough.rawValue }
    }

    private func rests(of person: PersonID) -> [Fact] { view.rests[person]?.current(sights) ?? [] }

    /// Whether a person's least closed current vote is to rest, given with all joins in view.
    func votesToRest(_ person: PersonID) -> Bool {
        let votes = rests(of: person).filter { $0.kind == .reopen || hadSeenJoins($0) }
        return !votes.isEmpty && votes.allSatisfy { $0.kind == .rest }
    }

    /// Whether what a vote's device had seen already makes all these rifts one: saying so again asks for no new vote.
    private func hadSeenJoins(_ vote: Fact) -> Bool {
        guard let rift = vote.rift else { return true }
        let seen = view.joins.filter { sights.had(vote, seen: $0) }
        return Joins(seen).component(of: rift) == Joins(view.joins).component(of: rift)
    }

    func state(hurts: [EntryID: HurtState], persons: Set<PersonID>, resting: Set<PersonID>) -> RiftState {
        let content = view.content
        if persons.count > 1, resting == persons {
            let rests = persons.flatMap(rests)
            let areSeen = rests.allSatisfy { rest in content.allSatisfy { sights.had(rest, seen: $0) } }
            if areSeen { return .resting }
        }
        let live = hurts.values.filter { $0 != .takenBack }
        if live.isEmpty { return content.isEmpty ? .begun : .gathering }
        if live.allSatisfy({ $0 == .received || $0 == .letBe }) { return .settled }
        return live.contains { $0 != .told } ? .mending : .spoken
    }
}
