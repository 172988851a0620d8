import Journal

/// The states and winners once more, from the page that defines them and from what each device truly had.
///
/// It knows no vectors, no judgement and no registers: only who wrote what about what, and who had what.
struct Oracle {
    /// All events, the least first.
    let events: [Telling]
    let persons: Set<PersonID>
    /// Those that no other of them had seen, the greatest first.
    private func current(_ writes: [Telling]) -> [Telling] {
        writes.filter { write in !writes.contains { $0.id != write.id && $0.saw(write) } }.reversed()
    }

    private func joined(_ rift: EntryID, by joins: [Telling]) -> Set<EntryID> {
        let pairs = joins.compactMap { one in one.rift.map { (one.by, Set([$0, one.to[0]])) } }
        let agreed = pairs.filter { pair in pairs.contains { $0.0 != pair.0 && $0.1 == pair.1 } }.map(\.1)
        var all: Set = [rift]
        while let more = agreed.first(where: { !all.isDisjoint(with: $0) && !$0.isSubset(of: all) }) {
            all.formUnion(more)
        }
        return all
    }

    /// What a rift comes to, by name.
    func story(of rift: EntryID) -> [String: String] {
        let joins = events.filter { $0.kind == .sameAs && $0.to.count == 1 }
        let rifts = joined(rift, by: joins)
        let all = events.filter { $0.rift.map(rifts.contains) ?? false }
        func find(_ id: EntryID?) -> Telling? { all.first { $0.id == id } }
        func one(_ event: Telling, _ kinds: Set<Kind>, own: Bool) -> Bool {
            event.to.count == 1
                && find(event.to[0]).map { kinds.contains($0.kind) && ($0.by == event.by) == own } == true
        }
        let content: Set<Kind> = [.account, .hurt, .reflection, .recognition, .amends]
        let words = content.union([.receipt, .letBe, .kept, .reply, .thanks])
        let valid = all.filter { event in
            let (subject, hurt) = (find(event.to.first), find(event.to.last))
            return switch event.kind {
            case .recognition, .amends: one(event, [.hurt], own: false)
            case .receipt:
                event.to.count == 2 && (1...3).contains(event.value) && hurt?.kind == .hurt
                    && hurt?.by == event.by && (subject?.kind == .recognition || subject?.kind == .amends)
                    && subject?.to == [event.to[1]] && subject?.by != event.by
            case .letBe: one(event, [.hurt], own: true)
            case .kept: one(event, [.amends], own: true) && one(subject ?? event, [.hurt], own: false)
            case .revise: one(event, words, own: true)
            case .retract, .erase: one(event, words.union([.rift]), own: true)
            case .consent:
                one(event, [.erase], own: false) && one(subject ?? event, words.union([.rift]), own: true)
            default: true
            }
        }
        let erasures = valid.filter { $0.kind == .consent }.compactMap { find($0.to[0])?.to[0] }
        let gone = Set(valid.filter { $0.kind == .retract }.map { $0.to[0] } + erasures)
        let live = valid.filter { !gone.contains($0.id) }
        var story = Dictionary(uniqueKeysWithValues: gone.map { ("gone \($0)", "yes") })
        var hurts: [HurtState] = []
        for hurt in valid where hurt.kind == .hurt {
            let answers = live.filter { [.recognition, .amends].contains($0.kind) && $0.to == [hurt.id] }
            let leaves = current(live.filter { $0.kind == .letBe && $0.to == [hurt.id] })
            let isEnough = answers.contains { answer in
                let votes = current(live.filter { $0.kind == .receipt && $0.to == [answer.id, hurt.id] })
                return !votes.isEmpty && votes.allSatisfy { $0.value == 3 }
            }
            let isLeft = !leaves.isEmpty && leaves.allSatisfy { leave in answers.allSatisfy(leave.saw) }
            let isAnswered = answers.contains { $0.kind == .amends }
            let answered: HurtState = isAnswered ? .answered : answers.isEmpty ? .told : .heard
            hurts.append(
                gone.contains(hurt.id) ? .takenBack : isEnough ? .received : isLeft ? .letBe : answered)
            story["hurt \(hurt.id)"] = hurts.last?.rawValue
        }
        let told = live.filter { content.contains($0.kind) }
        let isResting = persons.allSatisfy { person in
            let votes = current(valid.filter { ($0.kind == .rest || $0.kind == .reopen) && $0.by == person })
            let counting = votes.filter { vote in
                vote.kind == .reopen || joined(rift, by: joins.filter { vote.saw($0) }) == rifts
            }
            return !counting.isEmpty && counting.allSatisfy { $0.kind == .rest }
                && votes.allSatisfy { vote in told.allSatisfy(vote.saw) }
        }
        let open = hurts.filter { $0 != .takenBack }
        let isSettled = !open.isEmpty && open.allSatisfy { $0 == .received || $0 == .letBe }
        let quiet: RiftState = told.isEmpty ? .begun : .gathering
        let loud: RiftState = open.contains { $0 != .told } ? .mending : .spoken
        story["state"] = (isResting ? .resting : isSettled ? .settled : open.isEmpty ? quiet : loud).rawValue
        func tell(_ name: String, _ writes: [Telling]) {
            story[name] = writes.isEmpty ? nil : "\(current(writes).map(\.id))"
        }
        tell("title", valid.filter { $0.kind == .rift || $0.kind == .title })
        tell("agreement", valid.filter { $0.kind == .agreement })
        for (tag, writes) in Dictionary(grouping: valid.filter { $0.kind == .tag }, by: \.subject) {
            tell("tag \(tag)", writes)
        }
        for (entry, writes) in Dictionary(grouping: valid.filter { $0.kind == .revise }, by: { $0.to[0] }) {
            tell("wording \(entry)", all.filter { $0.id == entry } + writes)
        }
        return story
    }
}
