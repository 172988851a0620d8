import Testing
import Wording

@Suite struct ReviewTests {
    private func review(_ kind: String, _ fields: (String, String)..., without off: Set<Check> = []) -> Review
    {
        Review(kind: kind, fields: fields.map { .init($0.0, $0.1) }, without: off)
    }

    @Test func `a draft that needed another day gets both of its asides`() {
        let found = review("amends", ("own", "I'm sorry you feel exposed, but she asked me straight out."))
        #expect(found.asides.map(\.aside) == ["What was the thing you did?", "Could the second half wait?"])
        #expect(!found.suggestsFear)
    }

    @Test func `at most two asides come, the most important first, each once`() {
        let found = review(
            "amends",
            (
                "own",
                "Mistakes were made. You made me shout. Sorry if it hurt. Sorry, but it was just a joke."
            ),
            ("remorse", "It's all my fault. Sorry if I hurt you."), ("change", "I'll do better."))
        #expect(found.asides == [.sorryIf, .sorryBut])
        let hurt = review(
            "hurt", ("act", "You always do this. You are so selfish. And another thing: the car."),
            ("impact", "You never ask."))
        #expect(hurt.asides == [.label, .alwaysNever])
    }

    @Test func `a check that is switched off makes room for the next`() {
        let act = ("act", "You always do this. You are so selfish. And another thing: the car.")
        #expect(review("hurt", act, without: [.label]).asides == [.alwaysNever, .severalAtOnce])
        #expect(review("hurt", act, without: [.label, .alwaysNever]).asides == [.severalAtOnce])
        #expect(review("hurt", act, without: Set(Check.allCases)).asides.isEmpty)
    }

    @Test func `fear is seen whatever is switched off, in every kind`() {
        for kind in [
            "rift", "account", "hurt", "reflection", "recognition", "amends", "receipt", "reply", "kept",
        ] {
            let found = review(kind, ("text", "I'm scared of you."), without: Set(Check.allCases))
            #expect(found.suggestsFear, "\(kind)")
            #expect(found.asides.isEmpty)
        }
    }

    @Test func `private writing is never looked at, not even when it is shared this once`() {
        let words =
            "You hit me. I'm scared of you. It's all my fault. You made me shout. Sorry if I hurt you."
        for field in ["underneath", "kindness"] {
            let found = review("reflection", ("part", "I slammed the door."), (field, words))
            #expect(found == review("reflection", ("part", "I slammed the door.")), "\(field)")
        }
        let note = review("note", ("text", words), ("underneath", words))
        #expect(note.asides.isEmpty)
        #expect(!note.suggestsFear)
        #expect(note.steps == 0)
    }

    @Test func `a check looks only at the kinds that it is for`() {
        let words =
            "You always sulk. You are selfish. Sorry if it hurts, but mistakes were made. It's all my fault."
        for kind in ["rift", "receipt", "let_be", "kept", "reply", "thanks", "agreement", "no_such_kind"] {
            #expect(review(kind, ("text", words)).asides.isEmpty, "\(kind)")
        }
        #expect(review("account", ("text", words)).asides == [.alwaysNever])
    }

    @Test(
        arguments: [
            ([("own", "I told Lidia.")], true),
            ([("own", "I told Lidia."), ("repair", "  "), ("change", "…")], true),
            ([("own", "I told Lidia."), ("repair", "I've said to her it wasn't mine to say.")], false),
            ([("own", "I told Lidia."), ("change", "If I'm asked, it's 'ask Ines'.")], false),
            ([("own", "I told Lidia. I'll ring her tonight and put it right.")], false),
            ([("own", "I told Lidia. I'll do better.")], true),
            (
                [("own", "I told Lidia."), ("remorse", "I want to do better."), ("repair", "I rang her.")],
                false
            ),
            ([("own", "I told Lidia."), ("repair", "I rang her."), ("change", "I'll do better.")], true),
            (
                [("own", "I told Lidia."), ("change", "I'll do better. You choose the film, I'll cook.")],
                false
            ),
        ] as [([(String, String)], Bool)])
    func `an amends promises something that could be noticed, or gets an aside`(
        fields: [(String, String)], isVague: Bool
    ) {
        let found = Review(kind: "amends", fields: fields.map { .init($0.0, $0.1) })
        #expect(found.asides == (isVague ? [.vaguePromise] : []))
    }

    /// What Joon and Mara, Ines and Tomasz gave each other in the scenarios of the domain.
    @Test(
        arguments: [
            (
                "hurt",
                [
                    ("act", "On Tuesday you gave Dad's toolbox to the charity shop without asking me."),
                    ("impact", "I found the empty shelf first. It was the last thing of his I still used."),
                    ("ask", "Ask before anything of his leaves."),
                ]
            ),
            (
                "hurt",
                [
                    ("act", "You went to the workshop on Wednesday and didn't answer until Friday."),
                    ("impact", "I slept by the phone. I was frightened, then embarrassed to have been."),
                ]
            ),
            (
                "recognition",
                [("heard", "It was how you still worked beside him, and I cleared it like clutter.")]
            ),
            (
                "amends",
                [
                    ("own", "I decided about something that wasn't mine."),
                    ("remorse", "I keep seeing the shelf. I'm sorry."),
                    ("repair", "The shop is holding the plane and two chisels; I'll fetch them Monday."),
                    ("by", "2025-03-10"),
                ]
            ),
            ("recognition", [("heard", "You couldn't tell angry from hurt or worse.")]),
            ("reflection", [("part", "I used the silence so you'd feel some of it.")]),
            (
                "reflection",
                [("part", "I was proud of the clear hall and didn't want to be slowed by a question.")]
            ),
            (
                "amends",
                [
                    ("own", "I left without a word."),
                    ("change", "If I need to be away I'll say where, and when I'm back."),
                ]
            ),
            (
                "hurt",
                [
                    ("act", "On Sunday you told my sister I'd lost the contract."),
                    (
                        "impact",
                        "She rang to comfort me while I was still pretending at my desk. I felt passed round."
                    ),
                ]
            ),
            (
                "recognition",
                [("heard", "The first telling was yours, and you had to act calm on my timing.")]
            ),
            (
                "amends",
                [
                    ("own", "I told Lidia."), ("repair", "I've said to her it wasn't mine to say."),
                    ("change", "If I'm asked, it's 'ask Ines'."),
                ]
            ),
            ("reflection", [("part", "I like being the one who knows.")]),
        ] as [(String, [(String, String)])])
    func `careful words get no aside`(kind: String, fields: [(String, String)]) {
        let found = Review(kind: kind, fields: fields.map { .init($0.0, $0.1) })
        #expect(found.asides.isEmpty)
        #expect(!found.suggestsFear)
    }

    @Test func `despair in a reflection gets one aside`() {
        #expect(review("reflection", ("part", "I ruin everything, it's all my fault.")).asides == [.allOfIt])
    }

    @Test func `a field's name may have a dash`() {
        #expect(review("recognition", ("makes-sense", "Sorry if that hurt.")).asides == [.sorryIf])
        #expect(Review.Field("makes-sense", "x") == Review.Field("makes_sense", "x"))
    }

    @Test func `a field that stands several times is read each time`() {
        let found = review(
            "account", ("felt", "tired"), ("felt", "like you never want me"), ("text", "It rained."))
        #expect(found.asides == [.alwaysNever])
    }
}
