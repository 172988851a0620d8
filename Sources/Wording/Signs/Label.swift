extension Pattern {
    /// "You are selfish": what someone is, in place of what they did.
    static let label = Pattern(
        """
        you are|were \(degree)? \(degree)? \(degree)? \(degree)? \(labels)
        you have been|become|got|gotten \(degree)? \(degree)? \(degree)? \(labels)
        you can|could|must|might be \(degree)? \(degree)? \(labels)
        are|were you always|so|such|being|really|just \(degree)? \(degree)? \(labels)
        // "Your" for "you're" is among the commonest of slips.
        your so|being|such|just|always|really|too|acting \(degree)? \(degree)? \(labels)
        your \(adjectives) .
        how \(degree)? \(labels) you are|were|can|could|have
        \(adjectives) of you
        stop|quit being \(degree)? \(degree)? \(labels)
        act|acting|acted|behave|behaved|behaving like \(degree)? \(degree)? \(labels)
        you \(degree)? \(adjectives) \(adjectives)? \(nouns)
        you \(degree)? \(insults)
        you are|were not \(degree)? nice|good|kind|decent|loving|proper|normal|real \(person)
        you are sick .|,|in|and
        what a|an \(degree)? \(adjectives) \(adjectives)? \(person)
        ounce|shred|scrap of empathy|decency|kindness|shame|respect|compassion|humanity|warmth
        you ..5 no|zero empathy|shame|heart|conscience|backbone|spine|manners|morals|compassion
        you are|were no|not|any better than your|him|her|my|the
        you are|were as|just bad|worse as|than
        . grow up
        you need|have|should to? grow up
        you are|were a drunk
        you only|just ever? care|think about|of yourself|you
        all about you|yourself
        your \(traits)
        you have turned into \(degree)? \(degree)? \(labels)
        you have gone|grown|turned \(degree)? \(degree)? \(labels)
        you be so|such|that|this|being a? \(labels)
        someone|somebody \(degree)? as? \(adjectives)
        married|living|live to|with a|an|such \(degree)? \(labels)
        typical of|you
        you need help|therapy
        you are|were a|an ..2 \(labels)
        married|with such|someone a|an|so|this \(degree)? \(labels)
        your attitude
        without any|a feeling|feelings|heart|conscience|shame
        you think you are|know ..1 god|better|special|clever|perfect|everything|so|above|it
        what is your problem
        you are|were \(degree)? full of yourself|it|shit|crap
        mum|dad boy|girl
        you are|were no \(person)
        kind|sort|type of \(person) are|is|does|would|who|that|to
        you are|were \(degree)? like your mother|father|mum|dad|brother|sister|family
        what is wrong with you
        you are|were \(degree)? \(degree)? two faced
        you are|were \(degree)? \(degree)? self centred|centered|absorbed|obsessed|righteous|important|\
        serving|involved|pitying
        """,
        excuses: """
            // What was said of someone is told, not said.
            you said|say|told|tell|admitted|thought|think|wrote|joked|claimed|called|shouted ..4 you are|\
            were|have
            not|never think|say|said|saying|mean|believe|thought|suggesting|calling|feel ..3 you are|were
            not|never because|that|as you are|were
            nobody|no ..4 you are|were
            if|whether|unless|wonder|wondered|case|wondering you are|were
            // Someone who was a child, or cold, was no more than that.
            when|since|while|as you were \(degree)? \(degree)? child|baby|kid|young|little|small|weak|cold
            you are|were|have been? \(degree)? cold|weak so|and i|we|wet|hungry|tired|shivering|shaking
            you are|were \(degree)? cold|weak on|in|after|from|without|at|out|when
            you were a child|kid|baby of|in|at|then|yourself
            you are|were impossible|hard to reach|find|get|hear|see|catch|track
            you are|were boring ..1 hole|holes|into|through
            you are|were mean|bad|horrible|rubbish|terrible with|at
            you are|were crazy about|at|with
            """)

    /// What people call each other. The list is open: add to it what is missing.
    private static let labels = "\(adjectives)|\(nouns)"
    static let adjectives =
        "selfish|cold|lazy|cruel|mean|nasty|horrible|awful|terrible|vile|evil|heartless|callous|ruthless|"
        + "thoughtless|careless|inconsiderate|insensitive|uncaring|unfeeling|ungrateful|unkind|unfair|"
        + "unloving|unreliable|unreasonable|irresponsible|irrational|impossible|insufferable|unbearable|"
        + "immature|childish|pathetic|useless|hopeless|worthless|rude|disrespectful|dishonest|deceitful|"
        + "sneaky|sly|shifty|manipulative|controlling|bossy|domineering|overbearing|demanding|critical|"
        + "judgemental|condescending|patronising|arrogant|smug|conceited|vain|entitled|spoiled|greedy|stingy|"
        + "tight|petty|spiteful|vindictive|bitter|toxic|abusive|aggressive|hostile|defensive|stubborn|moody|"
        + "sulky|dramatic|hysterical|needy|clingy|paranoid|crazy|insane|mental|unhinged|ridiculous|stupid|"
        + "dumb|thick|dense|clueless|oblivious|ignorant|shallow|fake|hypocritical|cowardly|spineless|weak|"
        + "distant|detached|narcissistic|egotistical|egocentric|disgusting|gross|boring|dull|untrustworthy|"
        + "disloyal|bad|shit|shitty|rubbish|crap|slobby|messy|sloppy|neglectful|obnoxious|hateful|passive|"
        + "twisted|deluded|delusional|unstable|evasive|secretive|snide|sarcastic|vicious|unavailable|"
        + "impatient|intolerant|possessive|dismissive|contemptuous|belittling"
    private static let nouns =
        "\(insults)|child|baby|toddler|brat|pig|cow|snake|rat|bully|monster|cheat|slob|snob|martyr|drama|"
        + "queen|control|freak|disgrace|disappointment|joke|mess|nightmare|failure|fool|clown|dick|witch|"
        + "animal|skinflint|tyrant|dictator|psycho|ego"
    private static let traits =
        "selfishness|laziness|cruelty|arrogance|coldness|stubbornness|immaturity|neediness|carelessness|"
        + "rudeness|thoughtlessness|childishness|meanness|pettiness|hypocrisy|ego|stupidity|cowardice|"
        + "dishonesty"
    /// Nouns that need no verb.
    private static let insults =
        "idiot|liar|coward|bastard|bitch|arsehole|asshole|arse|prick|twat|wanker|jerk|narcissist|hypocrite|"
        + "moron|sociopath|psychopath|dickhead|git|scumbag"
}
