import Causality
import Journal
import Testing

/// A small history, told event by event: who wrote what about what, and what they had seen.
private struct History {
    static let elin = PersonID(prefix: [UInt8](repeating: 1, count: 16))
    static let priya = PersonID(prefix: [UInt8](repeating: 2, count: 16))

    private(set) var facts: [Fact] = []
    private var lengths: [LogID: UInt64] = [:]
    private var vectors: [LogID: VersionVector] = [:]
    private var ids: [String: EntryID] = [:]

    /// - Parameters:
    ///   - device: which of the person's devices; each has a log of its own.
    ///   - having: the events that this device had, by name.
    mutating func add(
        _ name: String, _ kind: Kind, by person: PersonID, device: UInt64 = 0, about: [String] = [],
        rift: String? = "rift", value: UInt32 = 0, having seen: [String] = [], stamp: UInt64? = nil
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
                references: about.compactMap { ids[$0] }.map { Reference($0) }, value: value, subject: [],
                vocabulary: 1, vector: vector))
    }

    func id(_ name: String) -> EntryID? { ids[name] }

    /// Where it stands, the same in every order of arrival.
    func standing(sourceLocation: SourceLocation = #_sourceLocation) -> Standing {
        let persons: Set = [Self.elin, Self.priya]
        let expected = Standing(of: facts, persons: persons)
        for order in Self.permutations(facts) {
            #expect(Standing(of: order, persons: persons) == expected, sourceLocation: sourceLocation)
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

@Suite struct StandingTests {
    private let elin = History.elin
    private let priya = History.priya

    private func begun() -> History {
        var history = History()
        history.add("rift", .rift, by: elin)
        return history
    }

    private func hurt() -> History {
        var history = begun()
        history.add("hurt", .hurt, by: elin)
        return history
    }

    @Test func `a hurt is told, heard, answered and received, and the rift goes along`() throws {
        var history = begun()
        #expect(history.standing().state == .begun)
        history.add("hurt", .hurt, by: elin)
        let hurt = try #require(history.id("hurt"))
        #expect(history.standing().hurts[hurt] == .told)
        #expect(history.standing().state == .spoken)
        history.add("heard", .recognition, by: priya, about: ["hurt"], having: ["rift", "hurt"])
        #expect(history.standing().hurts[hurt] == .heard)
        #expect(history.standing().state == .mending)
        history.add("amends", .amends, by: priya, about: ["hurt"])
        #expect(history.standing().hurts[hurt] == .answered)
        history.add(
            "enough", .receipt, by: elin, about: ["amends", "hurt"], value: 3, having: ["amends"])
        #expect(history.standing().hurts[hurt] == .received)
        #expect(history.standing().state == .settled)
        history.add("not", .receipt, by: elin, about: ["amends", "hurt"], value: 1)
        #expect(history.standing().hurts[hurt] == .answered)
    }

    @Test func `taking an amends back that was enough falls back to what is left`() throws {
        var history = hurt()
        history.add("amends", .amends, by: priya, about: ["hurt"], having: ["hurt"])
        history.add("enough", .receipt, by: elin, about: ["amends", "hurt"], value: 3, having: ["amends"])
        history.add("back", .retract, by: priya, about: ["amends"], having: ["enough"])
        #expect(history.standing().hurts[try #require(history.id("hurt"))] == .told)
    }

    @Test func `who was not hurt can't say enough, nor answer for themselves, nor take back another's words`()
        throws
    {
        var history = hurt()
        history.add("amends", .amends, by: priya, about: ["hurt"], having: ["hurt"])
        history.add("enough", .receipt, by: priya, about: ["amends", "hurt"], value: 3)
        history.add("own", .recognition, by: elin, about: ["hurt"])
        history.add("back", .retract, by: priya, about: ["hurt"])
        let standing = history.standing()
        #expect(standing.hurts[try #require(history.id("hurt"))] == .answered)
        #expect(standing.effects[try #require(history.id("enough"))] == Effect.none(.notTheAuthor))
        #expect(standing.effects[try #require(history.id("own"))] == Effect.none(.ownEntry))
        #expect(standing.effects[try #require(history.id("back"))] == Effect.none(.notTheAuthor))
    }

    @Test func `an amends before its hurt is readable and waits`() throws {
        var history = hurt()
        history.add("amends", .amends, by: priya, about: ["hurt"], having: ["hurt"])
        let amends = try #require(history.facts.last)
        let early = Standing(of: history.facts.filter { $0.kind != .hurt }, persons: [elin, priya])
        #expect(early.effects[amends.id] == .waiting)
        #expect(early.state == .begun)
        #expect(history.standing().state == .mending)
    }

    @Test func `let be counts against what it had seen, and gives way to fresh words`() throws {
        var history = hurt()
        history.add("leave", .letBe, by: elin, about: ["hurt"])
        let hurt = try #require(history.id("hurt"))
        #expect(history.standing().hurts[hurt] == .letBe)
        #expect(history.standing().state == .settled)
        history.add("amends", .amends, by: priya, about: ["hurt"], having: ["hurt"])
        #expect(history.standing().hurts[hurt] == .answered)
    }

    @Test func `resting needs both, and nothing that one of them had not seen`() {
        var history = hurt()
        history.add("one", .rest, by: elin)
        #expect(history.standing().state == .spoken)
        history.add("two", .rest, by: priya, having: ["rift", "hurt"])
        #expect(history.standing().state == .resting)
        // A late word of thanks wakes nothing; an account that one had not seen does.
        history.add("thanks", .thanks, by: priya)
        #expect(history.standing().state == .resting)
        history.add("account", .account, by: elin, device: 1, having: ["rift"])
        #expect(history.standing().state == .spoken)
    }

    @Test func `either reopens alone, and of one's own two devices the least closed wins`() {
        var history = hurt()
        history.add("one", .rest, by: elin, having: ["hurt"])
        history.add("two", .rest, by: priya, having: ["rift", "hurt"])
        history.add("other", .reopen, by: elin, device: 1, having: ["rift", "hurt"])
        #expect(history.standing().state == .spoken)
        history.add("again", .rest, by: elin, having: ["other"])
        #expect(history.standing().state == .resting)
    }

    @Test func `both renaming a rift: the winner, and the other written apart`() {
        var history = begun()
        history.add("hers", .title, by: elin, stamp: 50)
        history.add("theirs", .title, by: priya, having: ["rift"], stamp: 40)
        #expect(history.standing().title.winner == history.id("hers"))
        #expect(history.standing().title.apart == [history.id("theirs")])
        // Taking the loser back wins by having seen the winner, although its clock is behind.
        history.add("taken", .title, by: priya, having: ["hers"], stamp: 3)
        #expect(history.standing().title.winner == history.id("taken"))
        #expect(history.standing().title.apart.isEmpty)
    }

    @Test func `joining twice asks nobody to lay it down again`() {
        var history = begun()
        history.add("other", .rift, by: priya, having: ["rift"])
        history.add("join", .sameAs, by: elin, about: ["other"], having: ["other"])
        history.add("agreed", .sameAs, by: priya, about: ["other"], having: ["join"])
        history.add("one", .rest, by: elin, having: ["agreed", "other"])
        history.add("two", .rest, by: priya, having: ["agreed", "other", "rift"])
        #expect(history.standing().state == .resting)
        history.add("again", .sameAs, by: elin, device: 1, about: ["other"], having: ["other", "rift"])
        #expect(history.standing().state == .resting)
    }

    @Test func `a rest that had not seen the join does not count there`() {
        var history = begun()
        history.add("one", .rest, by: elin)
        history.add("two", .rest, by: priya, having: ["rift"])
        history.add("other", .rift, by: priya)
        history.add("join", .sameAs, by: elin, about: ["other"], having: ["other"])
        #expect(history.standing().state == .resting)
        history.add("agreed", .sameAs, by: priya, about: ["other"], having: ["join"])
        #expect(history.standing().state == .begun)
    }
}
