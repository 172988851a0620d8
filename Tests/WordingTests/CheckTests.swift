import Testing
import Wording

@Suite struct CheckTests {
    @Test(
        arguments: [
            (.alwaysNever, "always-never", ["account", "hurt"], "Is there one time to point to?"),
            (.label, "label", ["hurt"], "What did they do?"),
            (.sorryIf, "sorry-if", ["amends", "recognition", "reflection"], "What was the thing you did?"),
            (.sorryBut, "sorry-but", ["amends", "recognition", "reflection"], "Could the second half wait?"),
            (.nobodyDidIt, "nobody-did-it", ["amends", "recognition", "reflection"], "Who did what?"),
            (
                .allOfIt, "all-of-it", ["amends", "reflection"],
                "That's the whole of it. Which piece was yours?"
            ),
            (
                .youMadeMe, "you-made-me", ["amends", "reflection"],
                "That may be true and still be its own entry."
            ),
            (.smaller, "smaller", ["amends", "recognition"], "How big was it for them?"),
            (.vaguePromise, "vague-promise", ["amends"], "What would they notice?"),
            (.severalAtOnce, "several-at-once", ["hurt"], "One each? This can be its own rift."),
        ] as [(Check, String, [String], String)])
    func `a check has the name, the kinds and the aside of the domain`(
        check: Check, name: String, kinds: [String], aside: String
    ) {
        #expect(check.rawValue == name)
        #expect(check.kinds.sorted() == kinds)
        #expect(check.aside == aside)
    }

    @Test func `there are ten`() {
        #expect(Check.allCases.count == 10)
    }
}
