extension Pattern {
    /// "It's all my fault": the whole of it, in which the piece that was theirs is lost.
    static let allOfIt = Pattern(
        """
        \(whole) my fault|doing
        everything ..1 is|was ..3 my fault|doing
        \(whole) on me
        \(whole) down|because to|of me
        i am|was to blame for all|everything
        i \(so)? ruin|destroy|wreck|spoil|break|sabotage|poison|hurt|fail|disappoint|kill \(everything)
        i \(so)? mess|fuck|screw|messed|fucked|screwed up? \(everything) up?
        i have? \(so)? ruined|destroyed|wrecked|spoiled everything|things|everyone|us
        i have? \(so)? broken|broke everything|everyone
        i \(so)? ruin|spoil|destroy|wreck things
        i have? \(so)? ruined|destroyed|wrecked|spoiled|broken|broke our|your|my whole? \(life)
        i always ruin|spoil|break|mess|fuck|screw|get|wreck|destroy
        i am|was \(degree)? \(degree)? \(degree)? \(bad) \(bad)? \(person)
        i am|was \(degree)? \(degree)? \(degree)? \(nothing)
        i am|was the? \(degree)? worst
        i am \(degree)? \(degree)? piece|waste of
        i can|could not|never do anything|a ..1 right
        i never do|get anything|things ..1 right
        i get|do everything wrong
        everything ..6 because of me
        i have? fail|failed|let|disappoint|disappointed ..2 everyone|everything|completely|every|all
        it is always me
        i am the one who|that always? ruins|wrecks|destroys|spoils|breaks|ruin|wreck
        should have married|found|been ..1 someone|somebody
        sorry for existing|being me|alive
        what is wrong with me
        something wrong with me
        i disgust myself
        i \(so)? mess|fuck|screw|messed|fucked|screwed it all up?
        destroy|ruin|wreck|destroyed|ruined|wrecked|spoiled the one|only|best good? thing
        i can not do anything right|without|properly|well
        everyone|you|they would be happier|better if|without i|me
        if i was|were not around|here
        all of this|it|that is|was ..2 down|on|my|because
        it is \(whole) me .|,
        you deserve \(degree)? \(degree)? better than me|this|i
        you deserve \(degree)? \(degree)? better .|,|and
        you deserve someone|somebody \(degree)? better|else|who
        i do|did not deserve you|us|love|forgiveness|anything
        better|happier off? without me
        i hate|loathe|despise myself
        i am not good enough|worthy
        why you stay|stayed|bother|put|married
        """,
        excuses: """
            not|never ..2 \(whole) my|on|down|because
            not|never everything
            you ..1 said|say|told|tell|think|thought|call|called ..5 my|i|everything|all
            told|telling|tell you|her|him|them|myself|everyone ..4 \(whole)|i|everything
            easier|easy|tempting|want|wanted|like|love|used|pretend|pretended to? say|think ..4 \(whole)|\
            everything|i
            part|bit|piece|one is|was \(whole) my|on
            i was ..5 \(person) that|on|at|when|this|to ..1 \(weekday)|night|day|evening|morning|i|he|she|\
            once|the
            \(bad)|\(nothing)|worst at|with|in|about|of
            problem solver|with|was
            i always get up|home|in|the|a|back
            everything ..1 ready|cold|about
            everything i touch ..2 turns
            """)

    private static let whole =
        "all|entirely|completely|totally|wholly|solely|always|only|purely|100|utterly|fully"
    private static let so = "always|just|only|keep|really|literally|seem|have|do|completely|totally"
    private static let everything = "everything|everyone|anything|all|us|people|every"
    private static let life = "life|lives|marriage|relationship|family|home|future|everything"
    private static let bad =
        "terrible|awful|horrible|bad|shit|shitty|rubbish|crap|crappy|useless|worst|lousy|hopeless|pathetic|"
        + "dreadful|rotten|worthless|evil|toxic|failed|horrid|broken"
    private static let nothing =
        "problem|failure|monster|disaster|worthless|useless|loser|disgrace|burden|pathetic|hopeless|scum|"
        + "unlovable|broken|damaged|toxic|poison|rubbish|trash|garbage"
}
