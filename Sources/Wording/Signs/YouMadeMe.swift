extension Pattern {
    /// "You made me": their doing, told in place of one's own.
    static let youMadeMe = Pattern(
        """
        you \(so)? make|made me
        if you had not|just|only|been|listened|told|asked|let|left|answered|come
        if you would not? just|only|have|not|listened|left|let|stopped|stop|been|told|asked
        if you did|were|was not ... would|might
        would|might not have|be ..5 if you
        you drove|drive me to it|this|that|drink|do|say|shout|lie
        you drove|drive me \(degree)? crazy|mad|insane|up|away|over|nuts|round|out
        you \(so)? push|pushed me to|into|over|too|until|so|and|further
        you \(so)? force|forced me|my
        you \(so)? provoke|provoked|goad|goaded|bait|baited|trigger|triggered me
        you \(so)? wind|wound me up
        you ..2 push|pushed|pushing|press|pressed|pressing ..2 buttons
        you left|leave|gave|give me|us no choice|option|alternative
        you \(so)? started|began it|this|first|the
        you did it first
        you \(so)? asked for it|this
        i ..6 because you \(so)? \(conducting)
        because you would|did|do not listen|stop|let|leave|answer|care
        only ..4 because you
        reacted|reacting|responded|responding to how|what|the way|you
        what do|did you expect
        what was i supposed|meant to
        what choice did|do i
        you know ..1 how|what i get|am|react|feel when|if
        i was|felt|am provoked|goaded|cornered
        driven|pushed to it|this|drink|distraction|over
        your \(conduct) ..3 made|drove|pushed|caused|makes|drives
        both ..1 to|at blame|fault
        takes two
        you are just as|no bad|better|saint
        you do|did it too
        buttons to push|press
        how|way you talk|speak|treat|act|look|spoke|treated|acted|looked|talked ..4 set|sets|makes|made|\
        drives|drove
        because of how|what|the way? you
        you ..4 set|sets|setting me off
        brought it|this on yourself
        """,
        excuses: """
            you \(so)? make|made me \(thing)? ..3 \(food)
            you \(so)? make|made me a|an|the|that|this|some|your|my ..3 \(gift)
            you \(so)? make|made me \(degree)? \(pleasant)
            you \(so)? make|made me feel \(degree)? \(degree)? \(welcome)
            you \(so)? make|made me feel at home|ease|peace
            you \(so)? make|made me want to be
            you \(so)? make|made me \(gift)
            if you had ... as|too|anyway|still|either well?
            tell|told|telling myself|you|her|him|them|everyone|people ..3 you
            say|said|saying|pretend|pretended|claim|claimed|convinced|decided|believed|insisted ..3 you
            not ..3 because|that|say you
            not|nobody|never you ..1 made
            if you had not \(saved)
            if you would|had like|rather|prefer|want
            you started the|it car|engine|dishwasher|washing|off|by|with|well|kindly|fire
            because you ..2 \(kindness)
            if you had not ..8 not know
            you \(so)? make|made me feel like i|we ..1 belonged|belong|mattered|matter|counted|could|enough|\
            worth
            you \(so)? make|made me feel \(degree)? part|family|home|queen|king
            """)

    private static let so = "just|always|really|only|even|kept|keep|have|would|literally|had|both|also"
    private static let thing = "a|an|the|some|my|our|your|that|this|such|hot|lovely"
    private static let food =
        "soup|tea|coffee|dinner|lunch|breakfast|supper|toast|cake|pie|pasta|sandwich|sandwiches|food|"
        + "pancakes|eggs|porridge|cocoa|chocolate|stew|curry|casserole|omelette|salad|drink|juice|bread|"
        + "cookies|biscuits|roast|meal|meals|brunch|smoothie|squash|lasagne|noodles|rice|broth|waffles|cuppa|"
        + "brew|snack"
    private static let gift =
        "partner|guardian|godfather|godmother|trustee|member|director|card|bed|playlist|list|scarf|jumper|"
        + "hat|present|gift|promise|offer|mixtape|picture|book|blanket|necklace|bracelet|dress|birthday|"
        + "table|desk|shelf|copy|cup|mug|pot|plate|bath|fire|place|spare|key"
    private static let pleasant =
        "laugh|smile|happy|happier|proud|welcome|promise|realise|see|understand|better|stronger|grateful|"
        + "comfortable|brave|braver|wait|whole|kinder|hopeful|giggle|notice|aware|who"
    private static let welcome =
        "loved|safe|welcome|seen|better|good|special|wanted|understood|alive|happy|heard|calm|comfortable|"
        + "brave|proud"
    private static let saved =
        "told|shown|helped|stopped|caught|warned|reminded|stayed|rescued|saved|insisted|noticed|come|been|"
        + "kept|held|stood|driven|sat|woken|found"
    private static let conduct =
        "nagging|attitude|tone|behaviour|moods|temper|drinking|coldness|jealousy|silence|criticism|constant|"
        + "shouting"
    private static let conducting =
        "kept|keep|started|stopped|refused|refuse|provoked|pushed|made|ignored|ignore|left|lied|cheated|"
        + "nagged|nag|shouted|screamed|hurt|wound|criticised|criticise|embarrassed|would|did|do|could|were|"
        + "are|never|always"
    private static let kindness = "kind|good|right|patient|generous|trusted|asked|told|waited|waiting|there"
}
