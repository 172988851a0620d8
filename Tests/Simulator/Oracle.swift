import Causality
import EventLog
import Journal

/// The states and winners once more, from the page that defines them and from what each device truly had.
///
/// It shares no line with the code it checks: no vectors, no judgement, no registers.
struct Oracle {
    private struct Event {
        let id: EntryID, kind: Kind, by: PersonID, to: [EntryID], value: UInt32, rift: EntryID?,
            subject: [UInt8], rank: Precedence
    }
    private let events: [Event]
    private let had: [EntryID: Set<EntryID>]
    private let persons: Set<PersonID>

    init(events stored: [StoredEvent], membership: Membership, had: [EntryID: Set<EntryID>]) {
        self.had = had
        persons = membership.persons
        var found: [EntryID: Event] = [:]
        for event in stored {
            let (id, header) = (event.effective.id, event.effective.header)
            guard let kind = header.kind, let by = membership.person(of: event.position.log.device) else {
                continue
            }
            let rank = Precedence(stamp: header.stamp, position: event.position)
            if let old = found[id], old.rank < rank { continue }
            found[id] = Event(
                id: id, kind: kind, by: by, to: header.references.map(\.entry), value: header.value,
                rift: kind == .rift ? id : header.rift, subject: header.subject, rank: rank)
        }
        events = found.values.sorted { $0.rank < $1.rank }
    }

    private func saw(_ later: Event, _ earlier: Event) -> Bool {
        had[later.id]?.contains(earlier.id) ?? false
    }

    private func standing(_ writes: [Event]) -> [Event] {
        writes.filter { write in !writes.contains { $0.id != write.id && saw($0, write) } }
    }

    /// All rifts that are one with a rift.
    private func joined(_ rift: EntryID) -> Set<EntryID> {
        var all: Set<EntryID> = [rift]
        while true {
            let joins = events.filter { $0.kind == .sameAs && $0.to.count == 1 && $0.rift != nil }
            let more = joins.filter { join in
                joins.contains {
                    $0.by != join.by
                        && Set($0.to + [$0.rift].compactMap { $0 })
                            == Set(join.to + [join.rift].compactMap { $0 })
                }
            }.map { Set($0.to + [$0.rift].compactMap { $0 }) }.filter {
                !$0.isDisjoint(with: all) && !$0.isSubset(of: all)
            }
            if more.isEmpty { return all }
            for set in more { all.formUnion(set) }
        }
    }

    /// How a derived standing differs from what it should be; nil if it doesn't.
    func difference(from derived: Standing, rift: EntryID) -> String? {
        let rifts = joined(rift)
        let all = events.filter { $0.rift.map(rifts.contains) ?? false }
        func find(_ id: EntryID?) -> Event? { all.first { $0.id == id } }
        func own(_ event: Event, _ kinds: Set<Kind>) -> Bool {
            event.to.count == 1
                && find(event.to[0]).map { kinds.contains($0.kind) && $0.by == event.by } ?? false
        }
        let words: Set<Kind> = [
            .account, .hurt, .reflection, .recognition, .amends, .receipt, .letBe, .kept, .reply, .thanks,
        ]
        let valid = all.filter { event in
            switch event.kind {
            case .recognition, .amends:
                event.to.count == 1
                    && find(event.to[0]).map { $0.kind == .hurt && $0.by != event.by } ?? false
            case .receipt:
                {
                    guard event.to.count == 2, (1...3).contains(event.value), let answer = find(event.to[0]),
                        let hurt = find(event.to[1])
                    else { return false }
                    return [.recognition, .amends].contains(answer.kind) && answer.to == [hurt.id]
                        && hurt.kind == .hurt && answer.by != hurt.by && hurt.by == event.by
                }()
            case .letBe: own(event, [.hurt])
            case .kept:
                own(event, [.amends])
                    && find(find(event.to[0])?.to.first).map { $0.kind == .hurt && $0.by != event.by }
                        ?? false
            case .revise: own(event, words)
            case .retract, .erase: own(event, words.union([.rift]))
            case .consent:
                find(event.to.first).map {
                    $0.kind == .erase && $0.by != event.by && own($0, words.union([.rift]))
                } ?? false
            default: true
            }
        }
        let gone = Set(valid.filter { $0.kind == .retract }.flatMap(\.to)).union(
            valid.filter { $0.kind == .consent }.compactMap { find($0.to[0])?.to.first })
        let live = valid.filter { !gone.contains($0.id) }
        var hurts: [EntryID: HurtState] = [:]
        for hurt in valid where hurt.kind == .hurt {
            let answers = live.filter { [.recognition, .amends].contains($0.kind) && $0.to == [hurt.id] }
            let enough = answers.contains { answer in
                let current = standing(live.filter { $0.kind == .receipt && $0.to == [answer.id, hurt.id] })
                return !current.isEmpty && current.allSatisfy { $0.value == 3 }
            }
            let leaves = standing(live.filter { $0.kind == .letBe && $0.to == [hurt.id] })
            hurts[hurt.id] =
                gone.contains(hurt.id)
                ? .takenBack
                : enough
                    ? .received
                    : !leaves.isEmpty && leaves.allSatisfy { leave in answers.allSatisfy { saw(leave, $0) } }
                        ? .letBe
                        : answers.contains { $0.kind == .amends }
                            ? .answered : answers.isEmpty ? .told : .heard
        }
        if hurts != derived.hurts {
            return
                "hurts are \(derived.hurts.values.map(\.rawValue).sorted()), should be \(hurts.values.map(\.rawValue).sorted())"
        }
        let content = live.filter { [.account, .hurt, .reflection, .recognition, .amends].contains($0.kind) }
        let joins = valid.filter { $0.kind == .sameAs && find($0.to[0]) != nil }
        let isResting = persons.allSatisfy { person in
            let votes = standing(valid.filter { ($0.kind == .rest || $0.kind == .reopen) && $0.by == person })
            let counting = votes.filter { vote in vote.kind == .reopen || joins.allSatisfy { saw(vote, $0) } }
            return !counting.isEmpty && counting.allSatisfy { $0.kind == .rest }
                && votes.allSatisfy { vote in content.allSatisfy { saw(vote, $0) } }
        }
        let open = hurts.values.filter { $0 != .takenBack }
        let state: RiftState =
            isResting
            ? .resting
            : open.isEmpty
                ? (content.isEmpty ? .begun : .gathering)
                : open.allSatisfy { $0 == .received || $0 == .letBe }
                    ? .settled : open.contains { $0 != .told } ? .mending : .spoken
        if state != derived.state { return "the rift is \(derived.state), should be \(state)" }
        for (kinds, register) in [
            (Set([Kind.rift, .title]), derived.title), (Set([Kind.agreement]), derived.agreement),
        ] {
            let expected =
                standing(valid.filter { kinds.contains($0.kind) }).map(\.id).reversed() as [EntryID]
            if expected != [register.winner].compactMap({ $0 }) + register.apart {
                return "the register of \(kinds) has other winners"
            }
        }
        return nil
    }
}
