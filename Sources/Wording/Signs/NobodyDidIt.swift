extension Pattern {
    /// "Mistakes were made": a deed without anyone who did it.
    static let nobodyDidIt = Pattern(
        """
        mistakes|errors|mistake|decisions|choices \(were) been? made|taken
        things|words|stuff|something|remarks|comments ..2 \(were) been? said|exchanged|spoken|done
        whatever ..4 i did|said|have|may|might|must
        anything|something|things that|which? i may|might|could|must|will have
        \(sorry) ..3 anything i did|said|have
        \(sorry) ..2 what|all|everything|how that|has|it|things? happened|occurred|went|unfolded
        \(sorry) ... by|for|about what happened
        \(sorry) ..2 whatever
        \(sorry) ..2 everything .|,|and|but|again
        \(sorry)|sad|unfortunate|shame|regrettable|pity that? this|it|that|things ..2 happened|went|escalated
        \(sorry) ..2 for|about the|this|that whole|entire|situation
        it|this|things|stuff just|simply happened
        it|this|things just sort|kind of happened
        these|such|bad things happen
        it|shit happens
        . it happened .|,|and
        feelings|people|hearts \(were) been? hurt|broken
        voices|hands|tempers \(were) been? raised|lost
        tempers|emotions|feelings flared|frayed|ran|rose|boiled
        \(affair) ..2 got|went|became|turned|spiralled|escalated ..3 \(wild)
        lines|boundaries|promises|trust|line|boundary|promise \(were) been? crossed|broken
        harm|hurt|pain|damage|offence|upset|distress \(were) been? caused|done
        any|the hurt|harm|upset|offence|distress|pain|damage|trouble|inconvenience caused
        for any hurt|harm|upset|offence|distress|pain|damage|trouble|inconvenience
        ended up being|getting
        got said|spent|opened|broken|deleted|forgotten|thrown|lost|left|read|told|sent
        it|this is|was regrettable|unfortunate
        what happened ..3 was|is unfortunate|regrettable|wrong|sad|bad|awful|terrible|not|unacceptable|unfair
        regret any
        any|some|the|a|our inconvenience|misunderstanding|confusion|miscommunication|crossed
        there was|were|has ..3 misunderstanding|miscommunication|mistake|mistakes|mix|confusion|breakdown|\
        tension|words
        wires ..1 crossed
        things ..2 went|got|turned|ended ..2 down|wrong|south|too|out|sideways|badly|far
        it went too far
        \(sorry) ..2 how|way things|it|everything went|turned|ended|came|played|worked|happened
        one thing led|leads to another
        before i|we knew it
        heat of the moment
        bad|hard|difficult|stressful|tough time|day|week|year for everyone|both|us|all
        got knocked|damaged|spilled|missed|misplaced|dropped|overlooked
        was|were overlooked|neglected
        drink|wine|beer|stress|alcohol|tiredness talking
        it was the drink|stress|booze|alcohol|tiredness
        mistakes happen
        shame|pity|sad|regrettable how|what|that ..2 it|things|this ..2 turned|went|ended|worked|played
        it|things ..2 spiralled|escalated|snowballed
        on both|all sides
        the|your|it|that|our ..1 was|were|been|got \(undone)
        what is done is done
        """,
        excuses: """
            \(were) been? made|said|done|broken|crossed|raised|caused|opened|spent|exchanged ..6 me|i|mine|by
            \(were) been? made|said|done|broken|crossed|raised|caused ... . i|me|mine|they|all was|were? \
            \(doing)|by|mine
            told|heard|hear|said|knew|know|saw ..5 things|mistakes|words \(were)
            do|does|did|doing|done whatever
            there was|were no
            \(sorry) if
            whatever i did|said was|would|next|it|with|then|to help
            happened ..3 because|when|as|is|was i|that|me|my
            everything i|about
            i|you|we|he|she|they|who ended up
            i|you|we|he|she|they|have|has got|was|were
            your feelings
            \(were) \(undone) ..6 by|when|because me|i|my
            \(were) lost on
            i let|allowed ..6 happen|happened
            """)

    private static let were = "were|was|got|have|has|had|are|getting"
    private static let doing = "said|made|did|broke|crossed|raised|own|was"
    private static let undone =
        "spent|broken|opened|forgotten|deleted|smashed|damaged|sold|missed|ignored|lost"
    private static let affair = "things|it|situation|argument|conversation|discussion|evening|night|stuff|we"
    private static let wild =
        "heated|hand|far|control|ugly|nasty|messy|intense|loud|south|sideways|badly|wrong"
}
