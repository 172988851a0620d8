import Causality
import Journal
import Testing

@Suite struct StandingTests {
    private let elin = History.elin
    private let priya = History.priya

    @Test func `a hurt is told, heard, answered and received, and the rift goes along`() throws {
        var history = History.begun()
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
        var history = History.hurt()
        history.add("amends", .amends, by: priya, about: ["hurt"], having: ["hurt"])
        history.add("enough", .receipt, by: elin, about: ["amends", "hurt"], value: 3, having: ["amends"])
        history.add("back", .retract, by: priya, about: ["amends"], having: ["enough"])
        #expect(history.standing().hurts[try #require(history.id("hurt"))] == .told)
    }

    @Test func `who was not hurt can't say enough, nor answer for themselves, nor take back another's words`()
        throws
    {
        var history = History.hurt()
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

    @Test func `resting needs both, and nothing that one of them had not seen`() {
        var history = History.hurt()
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
        var history = History.hurt()
        history.add("one", .rest, by: elin, having: ["hurt"])
        history.add("two", .rest, by: priya, having: ["rift", "hurt"])
        history.add("other", .reopen, by: elin, device: 1, having: ["rift", "hurt"])
        #expect(history.standing().state == .spoken)
        history.add("again", .rest, by: elin, having: ["other"])
        #expect(history.standing().state == .resting)
    }

    @Test func `joining twice asks nobody to lay it down again`() {
        var history = History.begun()
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
        var history = History.begun()
        history.add("one", .rest, by: elin)
        history.add("two", .rest, by: priya, having: ["rift"])
        history.add("other", .rift, by: priya)
        history.add("join", .sameAs, by: elin, about: ["other"], having: ["other"])
        #expect(history.standing().state == .resting)
        history.add("agreed", .sameAs, by: priya, about: ["other"], having: ["join"])
        #expect(history.standing().state == .begun)
    }

    @Test
    func `of twenty thousand votes and writes in one log, what was seen is asked of the last ones only`() {
        var history = History.hurt()
        for number in 0..<20_000 {
            let kinds: [Kind] = [.rest, .reopen, .title, .agreement]
            history.add("\(number)", kinds[number % 4], by: History.priya, vocabulary: 0)
        }
        var asked = 0
        _ = Standing(of: history.facts, persons: [History.elin, History.priya]) { compared in
            asked += compared.count
            return Sights()
        }
        #expect(asked <= 4)
    }
}
