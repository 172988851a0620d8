import Causality
import Journal
import Testing

/// What must never change about the meaning, under the numbers of the domain's third section. What needs a daemon to be
/// seen is in scripts/invariant-test, under the same numbers.
@Suite struct InvariantTests {
    private let elin = History.elin
    private let priya = History.priya

    private func effect(_ history: History, _ name: String) -> Effect? {
        history.id(name).flatMap { history.standing().effects[$0] }
    }

    @Test(arguments: [Kind.revise, .retract, .erase])
    func `1: nobody writes in the other's voice`(kind: Kind) {
        var history = History.hurt()
        history.add("theirs", kind, by: priya, about: ["hurt"], having: ["hurt"])
        #expect(effect(history, "theirs") == Effect.none(.notTheAuthor))
        #expect(history.standing().hurts[history.id("hurt") ?? .init(high: 0, low: 0)] == .told)
    }

    @Test(arguments: [Kind.recognition, .amends])
    func `2: recognition and amends name a hurt of the partner`(kind: Kind) {
        var history = History.hurt()
        history.add("own", kind, by: elin, about: ["hurt"])
        history.add("rift too", kind, by: priya, about: ["rift"], having: ["hurt"])
        history.add("nothing", kind, by: priya, having: ["hurt"])
        #expect(effect(history, "own") == Effect.none(.ownEntry))
        #expect(effect(history, "rift too") == Effect.none(.wrongSubject))
        #expect(effect(history, "nothing") == Effect.none(.wrongCount))
    }

    @Test func `3: no state requires a reflection`() {
        var history = History.hurt()
        history.add("amends", .amends, by: priya, about: ["hurt"], having: ["hurt"])
        history.add("enough", .receipt, by: elin, about: ["amends", "hurt"], value: 3, having: ["amends"])
        #expect(history.standing().state == .settled)
        history.add("one", .rest, by: elin)
        history.add("two", .rest, by: priya, having: ["enough", "one"])
        #expect(history.standing().state == .resting)
    }

    @Test func `4: only the hurt person says enough, and may take it back`() {
        var history = History.hurt()
        history.add("amends", .amends, by: priya, about: ["hurt"], having: ["hurt"])
        history.add("theirs", .receipt, by: priya, about: ["amends", "hurt"], value: 3)
        #expect(effect(history, "theirs") == Effect.none(.notTheAuthor))
        #expect(history.standing().state == .mending)
        history.add("enough", .receipt, by: elin, about: ["amends", "hurt"], value: 3, having: ["theirs"])
        #expect(history.standing().state == .settled)
        history.add("not yet", .receipt, by: elin, about: ["amends", "hurt"], value: 1)
        #expect(history.standing().state == .mending)
    }

    @Test func `5: rest needs both; either reopens alone`() {
        var history = History.hurt()
        history.add("one", .rest, by: elin)
        #expect(history.standing().state == .spoken)
        history.add("two", .rest, by: priya, having: ["hurt", "one"])
        #expect(history.standing().state == .resting)
        history.add("again", .reopen, by: priya)
        #expect(history.standing().state == .spoken)
    }

    @Test func `6: no clock decides a state`() throws {
        let fact = try #require(History.hurt().facts.last)
        // A fact has a stamp, which orders the writes of one register, and no time of day.
        let names = Mirror(reflecting: fact).children.compactMap(\.label)
        #expect(!names.contains("at") && !names.contains("time") && names.contains("precedence"), "\(names)")
    }

    @Test func `erasing needs the author's request and the partner's consent, in any order`() {
        var history = History.hurt()
        history.add("asked", .erase, by: elin, about: ["hurt"])
        #expect(history.standing().erased.isEmpty)
        history.add("own consent", .consent, by: elin, about: ["asked"])
        #expect(effect(history, "own consent") == Effect.none(.ownEntry))
        #expect(history.standing().erased.isEmpty)
        history.add("consent", .consent, by: priya, about: ["asked"], having: ["asked"])
        #expect(history.standing().erased == Set([history.id("hurt")].compactMap(\.self)))
        #expect(history.standing().state == .begun)
    }

    @Test func `erasing alone takes an entry back and agrees to nothing`() {
        var history = History.hurt()
        history.add("alone", .erase, by: elin, about: ["hurt"], value: Kind.erasedAlone)
        #expect(history.standing().erased.isEmpty)
        #expect(
            history.standing().takenBack[history.id("hurt") ?? .init(high: 0, low: 0)] == history.id("alone"))
        #expect(history.standing().state == .begun)
    }
}
