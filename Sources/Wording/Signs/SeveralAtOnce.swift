extension Pattern {
    /// "And another thing": more acts than one answer could answer.
    static let severalAtOnce = Pattern(
        """
        another thing|example
        and another .|,|one|time
        . and|oh? another .|,|one|time
        another time ,? you
        also ,? you
        . also
        you ... . you also
        and|plus also ..1 you
        . plus
        last time
        not to mention
        while i|we am|are at|on it|about|the
        . and? then there is|was|are|were
        then|and the week|month|year|day after ,? you
        the other time|day|week ,? you ... and|then
        is|was not the first time|either
        number|#|one|firstly|secondly two|secondly|thirdly
        . for one thing
        for another .|,
        on top of that|this|which|everything|being|having|telling|forgetting|leaving|not
        this|that|it is|was ..1 second|third|fourth|fifth|umpteenth|tenth time
        twice|times this|last|in ..1 week|month|year|fortnight
        first it was|is
        . first the ... , then the
        and now this
        before that ,? you|it|there
        get me started
        could|can go on|list
        list goes on
        where do i start|begin|even
        and that is not all|without
        never mind the time
        not think i have forgotten
        not the only thing
        . as well as
        i have not forgotten about|what|how
        and now you have not? forgotten|lied|left|missed|told|done|gone|lost|sold|broken
        did that|it|the ..1 same? ..4 too
        same as with
        secondly|thirdly
        """,
        excuses: """
            for|one|this|that|my|our|his|her|very the? very? last time
            is|was|be|been the? very? last time
            the very? last time i|we|he|she|they|anyone|anybody|my|our
            last time i|we|he|she|they|anyone
            remember|recall|when|know|forget ..2 last time
            until|till|since|before|than the? last time
            last time ,? i checked|looked|saw|heard
            you also are|were|knew|know
            do|did|does|say|said|was|there|one another thing|time
            another thing to|that i|we|for
            last time ..2 as|you put|said
            before that you would|had|have
            """)

    /// A time at which they did something: "on Monday you", "you forgot it on Tuesday".
    static let occasion = Pattern(
        """
        on|last|this \(weekday) \(part)? ,? you|it
        .|,|and|then|but|again \(weekday) \(part)? ,? you|it
        . \(weekday) \(part)? ,
        at|over|this|last \(feast) ,? you|it
        last \(period) ,? you|it|the
        yesterday|tonight|today \(part)? ,? you|it
        on the? # of? \(month)? ,? you|it
        on \(month) # ,? you|it
        in \(month) ,? you|it
        you ..10 \(weekday)
        , late|rude|drunk|away|gone|again on? \(weekday)
        you ..6 on # of? \(month)
        you ..6 on \(month) #
        you ..5 in \(month)
        you ..6 in|at \(month)|\(feast) ,? and ..6 in|at \(month)|\(feast)
        you ..6 at \(feast)
        you ..6 last \(period)
        """,
        excuses: """
            \(toward) \(weekday)|\(month)|\(period)|#
            \(toward) the|last \(weekday)|\(month)|\(period)|#
            would|will|going|promised|supposed|meant|planned|booked|due|agreed ..6 \(weekday)|\(month)|\
            \(feast)|#
            back|apologised|replied|answered ..2 \(weekday)
            \(weekday) ,? you told|said|promised|agreed ..3 \(weekday) we|you|i|it would|will|could
            \(weekday) ,? you told|said|promised|agreed ..3 \(weekday) would|will|is|was
            from|between \(weekday)|\(month)|\(feast)|# ..2 to|and|until|till \(weekday)|\(month)|new|# ,? \
            you|it?
            \(weekday) to|and|or|through|until|till \(weekday)
            i|we|he|she|they ..6 \(weekday)|\(feast)|\(month)|#
            """)

    /// The words by which occasions differ.
    static let times = Set(
        "\(weekday)|\(feast)|\(period)|\(month)|yesterday|tonight|today".split(separator: "|").map(
            String.init))

    private static let part = "night|morning|evening|afternoon|lunchtime|again"
    private static let feast = "christmas|easter|thanksgiving|halloween|diwali|eid|hanukkah|passover"
    private static let period = "week|month|year|night|summer|winter|spring|autumn|weekend"
    private static let month =
        "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|"
        + "apr|jun|jul|aug|sept|sep|oct|nov|dec"
    private static let toward =
        "until|till|by|for|before|since|our|the|from|to|next|a|your|my|his|her|their|every|after|or|about|of"
}

extension Findings {
    /// Whether something was done at two times that differ.
    var hasSeveralOccasions: Bool {
        var seen: Set<Token> = []
        for place in places(of: .occasion) {
            guard
                let time = tokens[place].last(where: { $0.number == Token.figure.number }) ?? time(in: place)
            else { continue }
            seen.insert(time)
            if seen.count > 1 { return true }
        }
        return false
    }

    private func time(in place: Range<Int>) -> Token? {
        tokens[place].last { Vocabulary.shared.times.contains($0) }
    }
}
