/// Which rifts are one: the closure of what both persons have asserted.
package struct Joins: Sendable {
    private var canonical: [EntryID: EntryID] = [:]
    private var members: [EntryID: [EntryID]] = [:]

    /// Joins rifts by all `same_as` events of the journal.
    ///
    /// Two rifts are one as soon as two different persons have said so, in whichever direction.
    package init(_ assertions: [Fact]) {
        var authors: [Pair: Set<PersonID>] = [:]
        for fact in assertions where fact.kind == .sameAs && fact.references.count == 1 {
            guard let rift = fact.rift else { continue }
            authors[Pair(rift, fact.references[0].entry), default: []].insert(fact.author)
        }
        for (pair, persons) in authors where persons.count > 1 {
            let (left, right) = (self.canonical(pair.lesser), self.canonical(pair.greater))
            guard left != right else { continue }
            let (least, other) = (min(left, right), max(left, right))
            let merged = members.removeValue(forKey: other) ?? [other]
            for rift in merged { canonical[rift] = least }
            members[least, default: [least]] += merged
        }
    }

    /// The rift that stands for all those joined with a rift: the smallest id.
    package func canonical(_ rift: EntryID) -> EntryID { canonical[rift] ?? rift }

    /// All rifts that are one with a rift, itself included, in order.
    package func component(of rift: EntryID) -> [EntryID] {
        members[canonical(rift)]?.sorted() ?? [rift]
    }

    private struct Pair: Hashable {
        let lesser, greater: EntryID
        init(_ left: EntryID, _ right: EntryID) {
            (lesser, greater) = (min(left, right), max(left, right))
        }
    }
}
