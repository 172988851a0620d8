extension Pattern {
    /// "You always", "you never": a charge that no single evening can answer.
    static let alwaysNever = Pattern(
        """
        you \(nearly)? always|never|constantly|continually|endlessly|forever|perpetually
        you are|were|have|had \(nearly)? always|never|constantly|continually|endlessly|forever|perpetually
        you have|did|do|are|were not ever|once
        you not|have once
        do|did you ever
        all you ever? do|did|care|think|want|talk
        every|each single? time i|we|my|the|something|somebody|anyone ..8 you
        whenever i|we|something|anything ..5 you
        nothing i|we ever? do|did|say|said ..3 enough|right
        nothing i|we ever do|did|say|said
        nothing|i is|am ever|never good enough
        every|each single? \(period) ..3 you
        every|each \(period) is|was the same
        you ..8 all the time
        you ..8 every single \(period)|time
        you ..8 constantly|continually|endlessly|nonstop
        nothing is|was ever
        is never your fault|turn|problem|job
        always my|your|about fault|turn|problem|job|you
        it is always|never me|you|about|my|your
        not a|one single? time ..6 you
        you can never
        you will never change|understand|listen|learn|grow|get|see|admit
        you hardly|barely ever
        you rarely|seldom
        as usual|always|ever ,? you
        you ..8 as usual|per
        every single one .
        that|it is every \(period)
        you would never dream|think|admit|say|ask|apologise|lift|offer|know|understand|do
        not matter what|how|where i ..6 you
        no matter what|how ..2 i ..5 you
        all i ever get|hear|see
        you is|are not never|ever
        not remember the last time you
        when was the last time you
        when did you last
        it is always ..2 first|before|over
        not once have|did you
        """,
        excuses: """
            // What they say, and what was said, is told, not charged.
            as|like you always|never say|said|tell|told|do|did|have
            you said|say|promised|swore|swear|claimed|thought|told|wrote|texted|admitted ..4 you would? \
            \(ever)
            you said|say|promised|swore|swear|claimed|thought|told|admitted ..4 you have|had|are|were \(ever)
            if|whether|unless you \(ever)
            if|whether|wonder|wondered|when did|do? you ever
            love|loved|miss|missed|want|wanted you \(ever)
            of|about|with|for|to|miss|missed|love|loved you constantly|continually|endlessly|all|every
            // What is kind is no charge.
            you always were|are
            you are|were|have always been? \(degree)? my|our|there|welcome|\(praise)
            you always make|made|makes ..2 laugh|smile|happy|better|coffee|tea|welcome|sure|time|room
            you always leave|save|give|bring me the last|best|first|bigger|biggest|good
            you always look|looked|know|knew|seem|find|found|help|helped|cheer|understand|understood|remember
            you never|not ever? have|had|need|needed to
            you never meant|intended|wanted|hit|hurt|lied|lie|cheated|complained|complain|minded|mind|judged|\
            judge
            you never know
            you have always let|loved|supported|stood|helped|made|known|trusted|given|looked|listened|\
            understood
            you are|were|have never been? \(degree)? \(adjectives)
            every|each \(period) that|this|of|since|except
            nothing is|was ever wasted|lost|perfect|easy|simple
            it is|was always|never you|me and|or|i|who made|held|kept
            every|each time ..8 of|about|with|to|for|at|without|from you
            whenever ..4 you like|want|can|are ready|need|wish
            whenever ..4 of|about|with|to|for|at|without|see|hear|miss you
            // "You never rang on Thursday" tells of one Thursday.
            you never \(done)
            you never ..8 \(weekday)|yesterday|tonight|today|until|till
            you never ..8 that|last night|morning|day|evening|afternoon|weekend|time|week
            """)

    private static let period =
        "day|night|evening|morning|weekend|week|month|year|christmas|birthday|holiday|sunday|friday|saturday|"
        + "meal"
    private static let ever = "always|never|constantly|forever|ever"
    private static let nearly =
        "literally|really|just|honestly|simply|almost|nearly|basically|still|practically|virtually|seriously"
    /// What is done at one time. "Never asked" and "never said" may well mean never.
    private static let done =
        "thanked|told|rang|called|phoned|texted|mentioned|came|turned|showed|answered|replied|paid|met|got|"
        + "sent|wrote|arrived|warned|introduced|signed|booked|collected|fetched|posted|finished|picked|"
        + "brought|gave|returned|moved|fixed|bought|cancelled|locked|saw|heard|knew|agreed"
}
