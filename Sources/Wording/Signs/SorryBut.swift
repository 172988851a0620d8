extension Pattern {
    /// "Sorry, but": an apology and what takes it back.
    static let sorryBut = Pattern(
        """
        \(sorry) ... but|however|although|though
        \(sorry) ... . but|however|although|though
        \(sorry) ... ,|.|and that said
        \(sorry) ... ,|. having said that
        \(sorry) ... ,|. to be fair
        \(sorry) ... ,|.|but|and in my defence
        \(sorry) ... ,|. then again
        \(sorry) ... ,|. at the same time
        \(sorry) ... ,|.|and it is just|only that
        \(sorry) ... ,|.|but|and in all? fairness
        \(sorry) ... ,|. mind you
        \(sorry) ... ,|. even so
        \(sorry) ... that being said
        \(sorry) ... so should|could you
        \(sorry) ... what more|else do
        \(sorry) ... . you did|could|should|know|have ... though|too|first
        \(sorry) ... even if i|you
        \(sorry) ... ,|. only you|i
        """,
        excuses: """
            // "Nothing but" and "not because I was caught but because I lied" take nothing back.
            nothing|anything|everything|none|all|choice|option|last but
            not|only ... but because|for|that|also|from|to
            but also
            but only when|if|once|after
            a|no|any|that|everybody|everyone|nobody|anybody|anyone but
            however much|long|hard|often|many|small|big|late|tired
            as though
            but|though for you
            // A sorry that is told of, or that is only a word, is no apology yet.
            said|muttered|mumbled|texted|typed sorry
            said|told ..2 i was|am sorry
            you were|are|said|say|felt|feel ..2 sorry
            feel|felt|feeling sorry for
            sorry is|was|does|did|will|would|can|could|may|seems|alone|feels
            a|the|another|word|know sorry
            // What comes after may own more of it.
            but|though i \(so)? should|will|promise|hope|own|owe|lied|froze|chose|hid
            but|though i \(so)? know|knew|see|saw|understand it|that|i|this|how|what|why|better|now
            but|though i \(so)? want|wanted|would|need to|like
            but|though i \(so)? can drive|fetch|see|ring|call|pay|try|make|do|start|come|go|put|mend|fix|\
            change|hear
            but|though i am|was \(degree)? ashamed|proud|afraid|scared|wrong|cowardly|stubborn|going|ready|\
            glad
            but|though i did|have|had not|never say|said|ask|asked|tell|told|listen|stop|call|ring|check|own|\
            admit
            but|though it|that|this is|was not|no ..2 excuse|reason|enough|all
            but|though it|this is the|a|all one|start|only|least|what|beginning|i
            but|though without|instead
            though|although i knew|know|promised|had|should
            """)

    private static let so = "still|also|now|do|really|only"
}
