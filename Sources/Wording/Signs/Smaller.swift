extension Pattern {
    /// "It was just": a hurt made smaller than it was to the one who has it.
    static let smaller = Pattern(
        """
        it|that|this|all|they is|was|were \(only)
        it|that is|was \(only)? 1|one|# \(once)
        it|that is|was \(only)? one|# \(once)
        i \(only) looked|meant|forgot|borrowed|texted|mentioned|said|asked|told|did|had|spent|kissed|took
        i just meant|forgot|mentioned|borrowed|looked
        i was|am only|just|merely trying|joking|kidding|saying|teasing|messing|having|looking|playing
        i was|am only|just being honest|friendly|polite|funny|nice
        only|just joking|kidding|teasing|messing|banter
        it|that was|is meant? as|to? a|be|just? ..1 joke|banter|laugh|fun|funny
        you ..5 overreact|overreacted|overreacting|oversensitive|overthinking
        your overreaction|overreacting
        over reacted|reacting|reaction
        you ..4 too|so|overly|bit|over|very|really|that sensitive|dramatic|touchy|emotional
        not|no|hardly|barely ..3 deal
        it|that is|was not|hardly|never that|so|all|too|really bad|serious|terrible|important|deep
        you ..5 over|about nothing
        you ..5 over|about \(small)? such|a|some|something|this? so? \(small)
        it|that is|was nothing
        nothing really|even|actually? happened
        blew|blow|blown|blowing ..5 proportion
        out of all? proportion
        mountain out
        you ..2 made|make|making ..1 fuss|scene|drama|production|mountain
        you ..2 made|make|making ..2 big|huge thing|deal|issue|fuss|drama
        at least i|it|he|she|they|we|nobody|no
        it|that is|was not like|as if|anyone|anybody|it|we|someone|i|though|he|she|they
        all i did|said|wanted|meant was
        could have|be been? worse
        no real? harm|damage|bones done|meant|broken
        end of the world
        nobody|anyone|anybody died
        no one died|got
        you|should|just|to ..2 get over it|yourself
        you ..2 making|make|made a|too ..1 lot|much|big ..2 of
        it|that was|is|took \(roughly) ..2 \(units)
        it|that was|is \(few) \(units)
        throwaway|offhand|harmless|innocent|lighthearted|flippant comment|remark|joke|question|text|message|\
        lunch|drink|flirting|fun|thing
        not think|realise|expect|know you would ..1 take|mind|care|react
        you ..3 take|took|taking|taken ..3 personally|heart
        you ..3 take|took|taking|taken ..3 too seriously
        to take it to heart
        you ..4 blow|blew|blowing|blown things|it|this|everything|them up
        you ..4 exaggerate|exaggerating|exaggerated
        you are|were|being \(degree)? \(degree)? melodramatic|hysterical|irrational|unreasonable|ridiculous|\
        paranoid|hormonal|touchy|precious|dramatic|silly
        not as|that|so bad|big|serious as|a
        others|people|some ..2 have it? worse
        hardly|not exactly? a|the crime|disaster|tragedy|catastrophe|drama|emergency
        i only|just|merely|simply pointed|suggested|mentioned|commented|remarked|noted
        everyone|everybody|people forget|forgets
        everyone|everybody does|do it|that
        everyone|everybody|people|we all? make|makes mistakes
        only|just human
        nobody is perfect
        water under
        . so what
        . big deal
        you need|should|just|have|must to? calm down
        . calm down
        lighten up
        chill out
        in perspective
        talking about ..2 euros|pounds|dollars|quid|bucks|minutes|here
        husbands|wives|men|women|people|others|couples|partners|some ..4 worse
        all that happened was
        you ..3 so|too|that|such fragile|delicate|precious|touchy|insecure|thin
        you ..2 read|reading too|so much|far
        worse things happen
        """,
        excuses: """
            not|never ..3 overreact|overreacted|overreacting|oversensitive|sensitive|dramatic|emotional
            i overreact|overreacted|overreacting
            // What one said or thought of it then is owned, not said again.
            i|and ..1 \(told) ..6 it|that|this|you|nothing|overreacting|oversensitive|overreacted|sensitive
            \(told) ..5 it|that|this|nothing|overreacting|oversensitive|overreacted|sensitive|deal|calm|\
            lighten|chill|making|took|taking|dramatic
            as if|though|like it|that
            looked|felt|seemed|sounded like|as it|that
            to|for me ,? it|that
            it|that ... to me ... to|for you
            it|that is|was \(only) \(when)
            it|that is|was nothing like|to|compared|short|new|i|but
            it is not like me|you to
            at least i know|see|can
            at least have
            you were|are just|only
            \(small)|joke|laugh|fun at|on your|you
            not nothing
            minutes|seconds before|until|till|to|later|after
            i \(only) ..3 because
            with|at|to|on you ..3 over|about
            """)

    private static let only = "just|only|merely|simply|hardly|barely"
    private static let once =
        "drink|drinks|beer|beers|pint|pints|text|texts|kiss|joke|time|message|messages|comment|call|minute|"
        + "minutes|word|hug|coffee|lunch|glass|evening"
    private static let roughly = "literally|maybe|like|honestly|about|all|barely|basically"
    private static let few = "two|three|four|five|ten|#"
    private static let units = "minutes|seconds|drinks|texts|messages|minute|second|quid"
    private static let small =
        "little|small|silly|tiny|minor|stupid|trivial|petty|insignificant|daft|misunderstanding|joke|comment|"
        + "text"
    private static let told =
        "said|say|saying|told|tell|telling|called|call|calling|treated|acted|pretended|thought|behaved|"
        + "insisted|claimed|wrote|accused|decided|kept"
    /// "It was only later", "it was just us": when and who, not how big.
    private static let when =
        "later|after|before|when|then|as|like|about|at|past|now|today|yesterday|by|fair|right|natural|us|me|"
        + "you|him|her|what|how|in|once|this|so|too|not|there|enough|possible|because|human|over|under|"
        + "afterwards|recently|the|getting|starting|beginning|going|i|we"
}
