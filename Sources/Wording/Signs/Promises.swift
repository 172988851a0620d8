extension Pattern {
    /// "I'll do better": a promise that nobody could see kept.
    static let vagueness = Pattern(
        """
        do|doing|communicate|listen|behave|act|try \(degree)? \(degree)? better
        be|being|become \(degree)? \(degree)? better|different|nicer|kinder
        try|trying|work|working \(degree)? \(degree)? harder
        do|try|trying my very|level|absolute? hardest|best
        try|trying to|and be|communicate|improve|change|understand
        try|trying not to|do
        work|working on it|myself|this|things|us|that|me
        work|working on my anger|temper|issues|behaviour|communication|problems|stuff|attitude|self
        not|never ..1 happen again
        not|never do it|that|this|anything ..2 again
        never|not hurt|let|disappoint|fail|upset|lie ..5 again
        let you down
        can|will|to change .|,|for|myself|and|i|completely|really
        will|can|to|i change my ways|behaviour|attitude|life
        make it|this|things|everything \(degree)? up|right|better|good
        be|being|become \(degree)? more \(virtue)
        be|being|become less selfish|angry|moody|cold|distant|jealous|defensive|busy|critical
        more|an|bigger|better|real|the effort
        put ..3 effort
        put ..1 work in
        be there \(degree)? for you|us|them|each
        improve|grow .|,|as|myself|things|and
        step up
        do anything|everything|whatever .|,|to|it|i|for
        treat you ..5 deserve|better|right|respect
        prove|show ..2 that|how? ..3 changed|love|care|sorry|mean
        new leaf
        fix|sort this|things|us|myself|everything
        is|was|be ..1 last time
        whatever|what it takes
        make|find ..2 time for us|you|the|family|this|each
        control|manage|watch|handle|curb my ..1 temper|anger|drinking|spending|mouth|tone|words|emotions|\
        reactions
        making it|this|things|everything \(degree)? up|right|better|good
        things ..3 be different|better|change|improve
        listen|help|talk|communicate|share|appreciate|care|respect|love|value|support|contribute ..3 more|\
        better
        for granted
        stop being
        not be such|so
        get my act|shit|head
        sort myself|it|things|this out
        fix myself
        get help
        pull my weight|socks
        do my part|bit|share
        keep my promises|word
        . never again
        be good|nice|kind to
        appreciate|respect|cherish you
        the|a \(person) you deserve|need|want
        no more lies|secrets|excuses|games|drama
        learn|learned from
        love|treat|respect you the|how|like|properly|more|better|right
        nothing like this|that
        make sure ..4 happens|happen
        more date|talking|quality|communication|honesty|respect|listening|patience|understanding|romance|\
        affection
        take care of you
        """,
        excuses: """
            do|be better to|if|not
            better at|on|than \(weekday)|sundays|mondays|saturdays|fridays|that|the|this
            better|different|nicer|kinder if
            do anything|everything|whatever you ask|asked|i can on
            said|say|told|know|promised|enough ..3 do|be|try|change ..1 better|harder
            """)

    /// What one could see: a day, an hour, a deed done already, a first step.
    static let detail = Pattern(
        """
        #|\(weekday)|sundays|mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|tomorrow|tonight
        at|by|past|before|after|until|till six|seven|eight|nine|ten|noon|bedtime|dinner|work|school|\
        breakfast|lunch
        until|till|instead|unless
        i have|am now|already|also|since? \(done)
        i \(done)
        by \(doing)
        to start|begin with
        starting|beginning with|tonight|tomorrow|today
        so|and i will not? \(deed)
        first thing|step
        counselling|counselor|counsellor|therapist|therapy|course|class|meeting|aa|appointment|doctor|gp
        """)

    /// That something will be done, or has been.
    static let promise = Pattern(
        """
        i|we|it|phone|you will|shall|can
        i am going to
        i have|am now|already|also|since \(done)
        will|shall not? \(deed)
        """)

    private static let virtue =
        "thoughtful|careful|considerate|patient|present|attentive|mindful|open|honest|loving|supportive|"
        + "understanding|aware|kind|respectful|affectionate|helpful|sensitive|responsible|reliable|romantic|"
        + "grateful|involved|available|caring|trustworthy|grown|mature"
    private static let done =
        "asked|booked|paid|told|bought|signed|written|wrote|deleted|cancelled|arranged|moved|set|taken|took|"
        + "put|rung|called|phoned|changed|ordered|mended|fixed|cleared|given|gave|sent|returned|replaced|"
        + "found|spoken|said|made|emailed|turned|removed|blocked|left|joined|started|stopped|apologised|"
        + "transferred|cleaned"
    private static let doing =
        "cooking|doing|taking|paying|ringing|calling|booking|putting|cleaning|picking|asking|telling|writing|"
        + "leaving|coming|going|turning|fetching|giving|buying|cancelling|sitting|making"
    private static let deed =
        "ask|tell|ring|call|fetch|pay|book|put|leave|come|go|write|buy|send|cook|take|bring|give|say|answer|"
        + "drive|pick|clean|mend|delete|cancel|read|turn|collect|return|replace|wait|sleep"
}

/// What an amends promises, in the fields for it or elsewhere.
struct Promises {
    /// Whether nobody could tell if it was kept, or nothing is promised at all.
    let areVague: Bool

    init(_ read: [(field: String, findings: Findings)]) {
        let outward = read.filter { field, findings in
            (field == "repair" || field == "change") && findings.tokens.contains { $0.isWord }
        }
        if outward.isEmpty {
            // Some tell what they will put right in the same breath as what they did.
            areVague = !read.contains { $0.findings.hasPlainPromise }
        } else {
            areVague = outward.contains { $0.findings.isVague }
        }
    }
}

extension Findings {
    /// Whether vague words are all there is of a promise.
    fileprivate var isVague: Bool {
        show(.vagueness) && !show(.detail) && !hasPlainPromise
    }

    /// Whether some sentence promises something and isn't vague: a plain promise beside a vague one will do.
    fileprivate var hasPlainPromise: Bool {
        let promises = sentences(of: .promise)
        return !promises.isEmpty && !promises.isSubset(of: sentences(of: .vagueness))
    }

    /// In which sentences a sign shows, counted from the first.
    private func sentences(of sign: Sign) -> Set<Int> {
        let places = places(of: sign)
        if places.isEmpty { return [] }
        var sentences: [Int] = []
        for token in tokens { sentences.append((sentences.last ?? 0) + (token == .stop ? 1 : 0)) }
        return Set(places.map { sentences[$0.lowerBound] })
    }
}
