import Causality
import Journal
import Testing

/// What becomes of it when both wrote while apart: the rows of the domain's fifth table, each in every order of arrival.
@Suite struct ApartTests {
    private let elin = History.elin
    private let priya = History.priya

    @Test func `both open the same rift: two, until both say that they are one; the smaller id is canonical`()
        throws
    {
        var history = History.begun()
        history.add("theirs", .rift, by: priya)
        let (hers, theirs) = (try #require(history.id("rift")), try #require(history.id("theirs")))
        func joins() -> Joins { Joins(history.facts.filter { $0.kind == .sameAs }) }
        history.add("one", .sameAs, by: elin, about: ["theirs"], having: ["theirs"])
        #expect(joins().component(of: hers) == [hers])
        #expect(joins().canonical(theirs) == theirs)
        history.add("two", .sameAs, by: priya, about: ["rift"], rift: "theirs", having: ["rift"])
        #expect(Set(joins().component(of: theirs)) == [hers, theirs])
        #expect(joins().canonical(theirs) == min(hers, theirs))
        // Each title stands, the other one beside it.
        let standing = history.standing()
        #expect([standing.title.winner].compactMap(\.self) + standing.title.apart == [theirs, hers])
    }

    @Test func `both renaming a rift: the winner, and the other written apart`() {
        var history = History.begun()
        history.add("hers", .title, by: elin, stamp: 50)
        history.add("theirs", .title, by: priya, having: ["rift"], stamp: 40)
        #expect(history.standing().title.winner == history.id("hers"))
        #expect(history.standing().title.apart == [history.id("theirs")])
        // Taking the loser back wins by having seen the winner, although its clock is behind.
        history.add("taken", .title, by: priya, having: ["hers"], stamp: 3)
        #expect(history.standing().title.winner == history.id("taken"))
        #expect(history.standing().title.apart.isEmpty)
    }

    @Test func `both edit the agreement: the winner, and the other whole beside it`() {
        var history = History.begun()
        history.add("hers", .agreement, by: elin, stamp: 40)
        history.add("theirs", .agreement, by: priya, having: ["rift"], stamp: 50)
        #expect(history.standing().agreement.winner == history.id("theirs"))
        #expect(history.standing().agreement.apart == [history.id("hers")])
        history.add("taken", .agreement, by: priya, having: ["hers"], stamp: 1)
        #expect(history.standing().agreement.winner == history.id("taken"))
        #expect(history.standing().agreement.apart.isEmpty)
    }

    @Test func `a later write supersedes its own log's earlier ones whatever vocabulary it claims`() {
        var history = History.begun()
        history.add("one", .title, by: priya, having: ["rift"], vocabulary: 0)
        history.add("two", .title, by: priya, vocabulary: 0)
        history.add("three", .title, by: priya, vocabulary: 0)
        #expect(history.standing().title.winner == history.id("three"))
        // What it says to have seen of another log without understanding it stays beside it.
        #expect(history.standing().title.apart == [history.id("rift")])
    }

    @Test func `an amends before its hurt is readable and waits`() throws {
        var history = History.hurt()
        history.add("amends", .amends, by: priya, about: ["hurt"], having: ["hurt"])
        let amends = try #require(history.facts.last)
        let early = Standing(of: history.facts.filter { $0.kind != .hurt }, persons: [elin, priya]) { _ in
            Sights()
        }
        #expect(early.effects[amends.id] == .waiting)
        #expect(early.state == .begun)
        #expect(history.standing().state == .mending)
    }

    @Test func `one takes the hurt back while the other answers: taken back, and the answer stands`() throws {
        var history = History.hurt()
        history.add("back", .retract, by: elin, about: ["hurt"])
        history.add("reply", .reply, by: priya, about: ["hurt"], having: ["rift", "hurt"])
        history.add("heard", .recognition, by: priya, about: ["hurt"])
        let (hurt, reply) = (try #require(history.id("hurt")), try #require(history.id("reply")))
        let standing = history.standing()
        #expect(standing.hurts[hurt] == .takenBack)
        #expect(standing.takenBack[hurt] == history.id("back"))
        #expect(standing.effects[reply] == nil && standing.takenBack[reply] == nil)
        // Hurts that were taken back don't keep a rift open; what was said in answer is content all the same.
        #expect(standing.state == .gathering)
    }

    @Test func `the hurt is reworded while being recognised: both, and the answer keeps to its wording`()
        throws
    {
        var history = History.hurt()
        history.add("reworded", .revise, by: elin, about: ["hurt"])
        history.add(
            "heard", .recognition, by: priya, about: ["hurt"], wording: "hurt", having: ["rift", "hurt"])
        let hurt = try #require(history.id("hurt"))
        let standing = history.standing()
        #expect(standing.hurts[hurt] == .heard)
        #expect(standing.wordings[hurt]?.winner == history.id("reworded"))
        #expect(history.facts.last?.references == [Reference(hurt, wording: hurt)])
    }

    @Test func `let be counts against what it had seen, and gives way to fresh words`() throws {
        var history = History.hurt()
        history.add("leave", .letBe, by: elin, about: ["hurt"])
        let hurt = try #require(history.id("hurt"))
        #expect(history.standing().hurts[hurt] == .letBe)
        #expect(history.standing().state == .settled)
        history.add("amends", .amends, by: priya, about: ["hurt"], having: ["hurt"])
        #expect(history.standing().hurts[hurt] == .answered)
    }

    @Test func `a rest against a hurt that it had not seen does not rest`() {
        var history = History.begun()
        history.add("one", .rest, by: elin)
        history.add("two", .rest, by: priya, having: ["rift"])
        #expect(history.standing().state == .resting)
        history.add("hurt", .hurt, by: elin, device: 1, having: ["rift"])
        #expect(history.standing().state == .spoken)
        #expect(history.standing().resting == [elin, priya])
        history.add("again", .rest, by: elin, having: ["hurt"])
        history.add("and", .rest, by: priya, having: ["hurt"])
        #expect(history.standing().state == .resting)
    }

    @Test func `one's own two devices disagree: the least closed counts`() throws {
        var history = History.hurt()
        history.add("amends", .amends, by: priya, about: ["hurt"], having: ["rift", "hurt"])
        history.add("enough", .receipt, by: elin, about: ["amends", "hurt"], value: 3, having: ["amends"])
        history.add(
            "not", .receipt, by: elin, device: 1, about: ["amends", "hurt"], value: 1,
            having: ["rift", "hurt", "amends"])
        let hurt = try #require(history.id("hurt"))
        #expect(history.standing().hurts[hurt] == .answered)
        // Having seen the other, one's word counts.
        history.add("settled", .receipt, by: elin, about: ["amends", "hurt"], value: 3, having: ["not"])
        #expect(history.standing().hurts[hurt] == .received)
    }
}
