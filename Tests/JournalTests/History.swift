import Causality
import Journal
import Testing

/// A small history, told event by event: who wrote what about what, and what they had seen.
struct History {
    static let elin = PersonID(prefix: [UInt8](repeating: 1, count: 16))
    static let priya = PersonID(prefix: [UInt8](repeating: 2, count: 16))

    /// A rift of Elin's.
    static func begun() -> History {
        var history = History()
        history.add("rift", .rift, by: elin)
        return history
    }

    /// A rift with a hurt of Elin's.
    static func hurt() -> History {
        var history = begun()
        history.add("hurt", .hurt, by: elin)
        return history
    }

    private(set) var facts: [Fact] = []
    private var lengths: [LogID: UInt64] = [:]
    private var vectors: [LogID: VersionVector] = [:]
    private var ids: [String: EntryID] = [:]
    private var sights: [EntryID: VersionVector] = [:]

    /// - Parameters:
    ///   - device: which of the person's devices; each has a log of its own.
    ///   - wording: the wording that is meant, of the first entry that it is about.
    ///   - having: the events that this device had, by name.
    mutating func add(
        _ name: String, _ kind: Kind, by person: PersonID, device: UInt64 = 0, about: [String] = [],
        wording: String? = nil, rift: String? = "rift", value: UInt32 = 0, having seen: [String] = [],
        stamp: UInt64? = nil, vocabulary: UInt32 = 1
    ) {
        let id = EntryID(high: 0, low: UInt64(facts.count + 1))
        ids[name] = id
        let log = LogID(device: DeviceID(high: person == Self.elin ? 1 : 2, low: device), epoch: 1)
        let position = Position(log: log, sequence: (lengths[log] ?? 0) + 1)
        lengths[log] = position.sequence
        // What a log has seen once it goes on having seen.
        var vector = vectors[log] ?? VersionVector()
        vector.raise(log, to: position.sequence)
        for name in seen {
            for fact in facts where fact.id == ids[name] {
                for place in fact.positions { vector.raise(place.log, to: place.sequence) }
            }
        }
        vectors[log] = vector
        facts.append(
            Fact(
                id: id, kind: kind, author: person,
                precedence: Precedence(
                    stamp: Stamp(stamp ?? UInt64(facts.count + 1)), position: position),
                positions: [position], rift: kind == .rift ? id : rift.flatMap { ids[$0] },
                references: about.enumerated().compactMap { index, name in
                    ids[name].map { Reference($0, wording: index == 0 ? wording.flatMap { ids[$0] } : nil) }
                }, value: value, subject: [],
                vocabulary: vocabulary))
        sights[id] = vector
    }

    func id(_ name: String) -> EntryID? { ids[name] }

    /// Where it stands, the same in every order of arrival.
    func standing(sourceLocation: SourceLocation = #_sourceLocation) -> Standing {
        let persons: Set = [Self.elin, Self.priya]
        let expected = Standing(of: facts, persons: persons) { _ in Sights(sights) }
        for order in Self.permutations(facts) {
            #expect(
                Standing(of: order, persons: persons, sights: { _ in Sights(sights) }) == expected,
                sourceLocation: sourceLocation)
        }
        return expected
    }

    private static func permutations(_ items: [Fact]) -> [[Fact]] {
        if items.count < 2 { return [items] }
        return items.indices.flatMap { index in
            var rest = items
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }
}
