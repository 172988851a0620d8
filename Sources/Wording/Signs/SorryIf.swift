extension Pattern {
    /// "Sorry if", "sorry you feel": sorry for what the other made of it.
    static let sorryIf = Pattern(
        """
        \(sorry) if
        \(sorry) that? you feel|felt|feels|thought|think|misunderstood|misread|misheard|believe
        \(sorry) that? you are|were|became|feel|felt|got|get \(degree)? \(degree)? \(upset)
        \(sorry) that? you took|take it|that|this|things|offence
        \(sorry) that? you took|take ..4 way|wrong|personally
        \(sorry) that? you saw|see|heard|read|interpreted ..2 way|differently|like
        \(sorry) that? you found|find|considered it|that|this|me|what|my
        \(sorry) for|about how|the|what way? you feel|felt|took|saw|are
        \(sorry) that? you are|were feeling
        \(sorry) to hear|see that? you feel|felt|are|were|think
        \(sorry) in case
        \(sorry) that? it|this|that upset|offended|bothered|annoyed|upsets|bothers
        \(sorry) for|about how|the way ..1 it|that|this|things ..1 came|sounded|felt|looked|landed|seemed
        \(sorry) that? you can|could|did|do not see|understand|take|get|like|find|think|agree|feel|appreciate
        \(sorry) that? you are|were not able|happy|comfortable|satisfied|pleased
        \(sorry) ..2 your feelings were|got|are
        if \(something) ..5 \(hurting) ..10 \(sorry)
        """,
        excuses: """
            be ..1 sorry if
            not|never|hardly|know|wonder|ask|asked|sure if? sorry
            said|say|saying|wrote|texted|muttered|mumbled ..1 sorry
            you were|are|said|say|felt|feel ..2 sorry
            \(sorry) that? you ..6 by|because|when i|me|my
            """)

    static let sorry = "sorry|apologise|apologies|apology|regret"
    private static let something = "i|anything|something|it|that|this|what|my|we|any|things"
    private static let hurting =
        "hurt|hurtful|upset|upsetting|offended|offensive|offend|came|come|caused|sounded|seemed|made|annoyed|"
        + "bothered|insulted|disappointed|wrong|harsh|rude|felt"
    private static let upset =
        "upset|hurt|offended|angry|cross|annoyed|bothered|disappointed|sad|unhappy|insulted|confused|"
        + "triggered|sensitive|stressed|emotional|worked|wound|embarrassed|mad|bent|uncomfortable|affected|"
        + "put"
}
