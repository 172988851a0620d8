extension Pattern {
    /// That the writer is afraid of the reader, or tells of violence.
    static let fear = Pattern(
        fearful, blows, confinement, threats, excuses: otherFears, figures)

    private static let fearful = """
        \(afraid) ..1 of you
        i am|feel \(degree)? \(afraid) of him|her
        \(afraid) of my husband|wife|partner|boyfriend|girlfriend
        \(afraid) of setting|triggering|provoking|angering you
        \(afraid) of making you angry|mad|cross|lose|snap|explode|worse
        not know|knew|knowing what you will|would|might do .|,|next|to|if|and
        what you will|would|might do to|next|if me|i|us
        what you are going to do to|next me|us
        what he|she will|would|might do to|if|when me|i|us|he|she
        you are|were \(degree)? scary|frightening|terrifying|scaring|intimidating|threatening
        you ..3 scare|frighten|terrify the|our|my kids|children|girls|boys|son|daughter
        hid|hide|hiding|hidden from you|him
        hid|hide|hiding|hidden the|all? knives|scissors
        .|,|please do not come near|anywhere me|us|near
        stay away from me|us
        think you might|could|will ..1 hurt|kill|harm me|us
        thought|think|sure you would|were|are ..2 hit|kill|hurt|punch|strangle me
        hid|hide|hiding in|behind|under ..1 wardrobe|closet|bathroom|bedroom|shed|cupboard|bed
        locked myself in
        bag by the door
        chair|drawers|desk|table ..2 against|under the|my door|handle
        keys|bag|knife under my|the pillow
        \(afraid) of your \(temper)
        \(afraid) of what|how you will|would|might|could|may|can|are
        \(afraid) that? you will|would|might|could|are \(going)? \(going)? \(harm)
        \(afraid) for my|our|the life|lives|safety|kids|children|baby|girls|boys
        \(afraid) that? one|next|some day|time you|i|it
        \(afraid) around|near you
        \(afraid) when|whenever you shout|yell|drink|scream|raise|lose|rage|slam|punch|throw
        not dare to? say|speak|move|come|go|ask|tell|breathe|leave|look|answer|open
        lock|locked|bolt|wedge|barricade|barricaded the|my bedroom|bathroom door
        shake|shaking|tremble|pounding|sick|jump|freeze|tense ..4 hear your
        fear|feared|fearing for|of my|you life|safety|your?
        i fear|dread you
        live|living|lived in fear
        you ..1 frighten|scare|terrify|terrifies me .|,|when|and|now|so
        you terrified|frightened me
        your ..3 scares|frightens|terrifies|scared|frightened|terrified me
        scares|frightens|terrifies|terrified me when|how you
        you ... it terrifies|frightens me
        i am|feel \(degree)? \(afraid) .|at|here|tonight|all|when|in|around|every
        i am|feel|get \(degree)? \(afraid) to
        \(afraid) to come|go|be|speak|move|sleep|leave|stay|breathe|open home|in|alone|near|around|with|my|\
        back|at|up
        \(afraid) to say|answer|disagree|contradict|upset|anger|annoy|cross no|you|anything
        \(afraid) to move|speak|breathe|sleep|leave|disagree
        not|never feel|felt|feeling safe
        feel|felt|am|was unsafe
        i ..1 flinch|flinched|flinching|cower|cowered|cowering
        i|neighbours|kids|mum ..3 called|rang|call|ring|phoned the? police|999|911
        call|called|ring|rang|phone|calling the? police|999|911 on|about you
        """

    private static let blows = """
        \(someone) ..3 \(struck) me
        \(someone) ..3 \(struck) my face|head|cheek|arm|stomach|back|leg|ear|mouth
        hitting|slapping|punching|kicking|choking|strangling|beating|hurting me
        you ..3 pushed|shoved|push|shove me .|against|over|down|backwards|onto|through|hard|up|off
        you ..3 pushed|shoved me into|to|at the|a ..1 \(hardThing)
        you ..3 pushed|shoved me ..3 fell|stumbled|bruised|hurt|stairs
        you ..3 grabbed|grab|yanked|dragged|pulled|seized ..4 \(body)
        you ..3 grabbed|yanked|dragged me .|so|hard|out|across|down|off|from|into
        \(hands) ..3 round|around|on|to my throat|neck
        by the|my throat|neck|hair|collar|wrist|wrists|scruff|ponytail
        me ..1 against ..1 \(hardThing)
        you|he|she ..2 broke|broken|fractured|dislocated|cracked|split|bust my \(bone)
        squeezed|gripped|twisted|wrenched|bent my arm|wrist|neck|throat|shoulder|face|jaw|arms|wrists|fingers
        pulled|yanked my hair|arm
        marks on me
        got|get|getting|came|were ..3 in my face
        screaming|screamed|shouting|yelling|shouted|yelled ..2 in my face
        beaten|hit|punched|kicked|slapped by you
        you|he|she ..2 battered|kneed|elbowed|tripped me
        knocked me over|down|to|against|across
        slammed|smashed|pushed|shoved me|my head|face|hand|fingers|against|into
        laid|lay|put your|a hands|hand|finger on me
        you ..2 hit|slapped|smacked|kicked|punched ..1 dog|cat|kids|kid|children|child|son|daughter|baby|boy|\
        girl
        you are|were|got|get|became|become|turned|being \(degree)? violent|abusive|physical
        things|it|you got|get|gets|getting|turned|became physical|violent
        your violence|abuse|abusing|abused
        you ..2 abused|abuse me|us
        against my will
        \(someone) ..2 held|pinned|hold|pin me down|against
        sat|knelt|kneeling on me|my
        pinned me
        threw|throw|throwing|throws|hurled|chucked|flung|launched|lobbed ..8 at my? me|head|face
        threw me against|across|down|onto
        threw me to|into the|a ..1 \(hardThing)
        you ..2 punched|kicked|smashed|punch|kick|smash ..2 wall|door|mirror|window|hole|tv|plates|dishes
        fist through
        you ..1 smashed|trashed up|the|my|our ..1 room|bedroom|kitchen|house|flat|furniture|phone|tv|telly|\
        plates|glasses|up
        you ..1 smashed up
        you violently|really|then|just? shook me till|until|so|by|hard|like
        stood|standing|towered over me
        pillow|hand|cushion|bag ..3 over my mouth|face|nose|head
        pointed|pointing|waved|waving|pulled a|the ..1 knife|gun|blade
        kicked|broke|smashed the ..1 door in|down|off
        ripped|tore my clothes|shirt|dress|top
        to scare|frighten|terrify me
        make me disappear
        begged you to stop .|,|and|but
        got|climbed on top of me
        smashed my phone|laptop|glasses|things|stuff|windscreen|car
        you ..2 restrained|smothered|tackled me
        you|he|she ..2 came|come|lunged|swung|swing at me
        went for me .|,|with|and
        chased me with
        held|holding my wrists|arms
        get|got off me
        bruises on both|my|me
        had|have|got|left bruises
        could|nearly|almost have? killed me|us
        raised|raise|lifted|lift|shook|swung your|a hand|hands|fist|fists|arm to|at|against me
        raised|lifted your|a hand to|against us|my|our
        your fist|fists
        \(someone) ..2 choked|choke|strangled|strangle|throttled|suffocated ..1 me
        choked|strangled|throttled me
        hurt|hurts|hurting me physically
        physically|violently hurt|attacked|hurting|grabbed|pushed|stopped
        you ..2 hurt my arm|wrist|neck|face|back|hand|shoulder
        hid|hide|hiding|cover|covered|covering ..2 bruise|bruises|mark|marks
        bruise|bruises|bruised|marks ..1 on|from|you|where my? arm|arms|neck|face|wrist|wrists|you|left|gave
        black eye
        raped|rape|assaulted|headbutted me
        you|he|she ..2 burned|burnt me
        forced yourself|me ..2 on|have me|sex
        made|make me have sex
        knife|gun|bat|hammer ..2 at|to|against me|my|him|her|them
        spat|spit at|on|in me|my
        """

    private static let confinement = """
        locked|lock|locks|locking me
        not give me? back? my|the ..1 keys|phone|passport|card|cards
        \(not) let me leave|out|go|past|sleep|eat .|,|the|until|without|home|out|of|when|and|unless|or|\
        anywhere|if
        \(not) let me leave|out|past
        \(not) let me see|ring|call|phone|talk|speak|text|have|visit my|to|anyone|a|friends|the phone|family|\
        my|police?
        blocked my|the way|path|exit|door|doorway|stairs|hallway
        shut|bolted|trapped|kept me in|inside
        cornered|trapped me in|against
        took|take|taken|snatched|confiscated my phone|keys|card|passport|money off|away|from
        not allowed to leave|work
        not allowed to see my
        not allowed to go out
        ask|asking|need|needed ..1 permission to
        took|take|hid|smashed my phone|keys|passport so|and i|you could|would|can
        tracker|tracking on|my me|my|phone|car
        """

    private static let threats = """
        you|he|she ..2 threatened|threaten|threatening|threatens
        threatened by you
        your threats|threat
        you|he|she will|would|going|could to? hit|slap|punch|smash|beat|strangle|choke me|my
        \(saying) ... kill|strangle|smash me|you|us|them|him|her|yourself|himself|herself
        \(saying) ... you|he|she would|will ..1 hit|hurt|beat me|us|them|yourself|himself|herself
        \(saying) ... i will ..1 hit|hurt|beat you|them|him|her
        \(saying) ... end it all|your
        \(saying) ... be next .|,
        \(saying) ... burn ..2 house|place|flat|down
        \(saying) ... you|he|she|i would|will burn|bury|drown|shoot|stab|destroy|ruin me|us|you|my
        \(afraid) that? he|she will|would|might|is ..2 hit|hurt|kill|find|come
        \(saying) ... if i ever? left|leave|told|tell ..3 you|he would|will
        \(saying) ... will|would find me|us .|,|and|if
        i will|am|have ..3 the? police
        stalk|stalked|stalking me
        \(saying) ... never see my|the|our kids|children|boys|girls|baby|son|daughter
        take the|my|our kids|children|boys|girls|baby from me
        take the|my|our kids|children|boys|girls|baby away from me
        put|drive us both into|off
        kill us
        hurt|kill|harm yourself|himself|herself if
        \(saying) ... i will|would \(regret) regret|pay|sorry
        """

    /// Fear that is not of the reader.
    private static let otherFears = """
        am|was|were|not|never|longer|nobody|hardly not|never \(degree)? ever? \(afraid)
        i am|was|feel no longer \(afraid)
        never \(afraid)
        \(afraid) of you \(losing)
        \(afraid) of what|how you will|would|might|could|may think|say|feel|see|make|mean|find
        i am \(degree)? \(afraid) to \(undertakings)
        not|never feel|felt|feeling safe to|enough|telling|driving|flying|talking|being|opening|on
        i am afraid . not
        you ..2 scare|scared me half|not|when you did
        """

    /// Blows that are none.
    private static let figures = """
        \(thing) ..3 hit|hits|struck|choked|bit|beat|scared|slapped me
        hit|hits me that|how|when|why|like|up|later|suddenly
        hit me with the|that|a|this|some|it|your? ..2 \(news)
        beat me to|at|by|in
        kicked|kick me out|off|from
        kicked|kick me under the table
        pushed me to take|go|try|apply|finish|be|do|get|ask
        pushed me away|aside|into taking|going|doing
        did|would|could|have|had|has|will not|never ever? \(struck)|\(harm) me
        you|he|she|they never ever? \(struck) me
        my|his|her \(kin) \(used) ..8 me
        threw|throw it|that|this right? back
        threw|throw|throwing ..3 \(looks) ..3 at me
        \(looks) ..2 you? threw at me
        threw me a|off
        threw yourself|himself|herself|themselves
        shook your|a head
        bit|choked me up|back
        locked me out by|of the|our|my? ..2 mistake|accident|account|accounts|chat|email|laptop|computer|\
        phone|app
        you ... by accident|mistake
        you ... accidentally
        threatened to \(lesser)
        not let me finish|help|go first|win|pay|explain|drive|cook|have a|the|my last|go|say|turn|word?
        let me have|see my|a|the say|way|turn|go
        blocked my|the way|path with the|your car|bike|bins|boxes|bags|pram
        kill me if|to see|i|hear|say|watch
        rather|wish|wished ..1 you ..1 \(struck)
        kept me in the|my dark|loop|good
        shut|kept me in|inside ..1 thoughts|heart|loop
        put a|your hand|hands on me shoulder|gently
        i|we got|were|came ..3 in my face
        it|that|this would|will|is|nearly|almost kill|killed|killing me
        held me|my down? against? ..1 chest|tight|close|gently
        grabbed me|my a|an|some|bag|coat|phone|keys
        arm|arms round|around my? me|shoulder|shoulders|waist
        hand|hands on|round my shoulder|back|knee|shoulders
        """

    private static let afraid = "afraid|scared|frightened|terrified|petrified|fearful"
    private static let temper =
        "temper|anger|moods|mood|reaction|reactions|hands|fists|rage|rages|outbursts|shouting|voice|drinking"
    private static let going = "going|to|actually|really|do"
    private static let harm =
        "hit|hurt|kill|harm|attack|slap|punch|kick|strangle|choke|smash|beat|grab|explode|snap|lose|throw|"
        + "break"
    private static let struck =
        "hit|hits|slapped|slap|slaps|punched|punch|kicked|kick|smacked|smack|whacked|thumped|beat|struck|"
        + "backhanded|headbutted|bit|strangled|choked|throttled"
    private static let someone = "you|he|she|they"
    private static let hands = "hand|hands|fingers|arm|belt"
    private static let body =
        "wrist|wrists|arm|arms|throat|neck|hair|collar|jaw|face|shoulders|ankle|leg|legs"
    private static let hardThing =
        "wall|door|table|fridge|car|road|corner|counter|bath|wardrobe|floor|ground|stairs|radiator|fence|"
        + "cupboard|bed"
    private static let not = "not|never"
    private static let saying =
        "said|say|says|saying|told|tell|screamed|shouted|yelled|texted|wrote|whispered|swore|threatened"
    private static let regret = "be|would|will|live|to?"
    private static let losing =
        "leaving|going|dying|finding|driving|not|losing|getting|falling|coming|forgetting|seeing|meeting|"
        + "knowing"
    private static let undertakings =
        "fly|drive|swim|death|lose|admit|love|try|ask|trust|dance|commit|sing|hope|look|open|have|start|"
        + "check|let|think|read|ski|climb|apply|retire|imagine|believe|want|need|show"
    private static let bone =
        "wrist|arm|nose|rib|ribs|jaw|finger|fingers|tooth|teeth|lip|collarbone|cheekbone|leg|skull|ankle|toe|"
        + "elbow"
    private static let thing =
        "it|that|this|what|which|words|news|smell|song|reality|truth|grief|sound|silence|thought|panic|music|"
        + "car|bike|ball|bus|realisation|loss|sadness|shock|heat|cold|tiredness|sentence"
    private static let news =
        "news|bill|truth|facts|question|divorce|invoice|list|idea|plan|offer|announcement|again|story|email"
    private static let kin =
        "dad|father|mum|mother|stepdad|stepfather|stepmum|brother|sister|uncle|grandad|grandfather|ex|"
        + "teacher|parents"
    private static let used = "used|would|always|once|was|drank|had|never|hit|beat|who|,"
    private static let looks =
        "words|word|insults|insult|accusations|accusation|look|looks|glance|question|questions|smile|idea|"
        + "ideas|kiss|kisses|fit|tantrum|book|confetti|snow|snowball|popcorn|statistics|facts|names"
    private static let lesser =
        "leave|cancel|quit|walk|sell|resign|divorce|move|return|stop|unfriend|skip|miss|tell"
}
