import Testing
import Wording

/// Single cases that a simpler pattern gets wrong, one way or the other.
@Suite struct TrickyTests {
    private func found(_ kind: String, _ field: String, _ text: String) -> Set<String> {
        let other =
            field == "repair" || field == "change"
            ? ("own", "I left.") : ("repair", "I'll fetch it on Monday.")
        var fields = [Review.Field(field, text)]
        if kind == "amends" { fields.append(.init(other.0, other.1)) }
        var found: Set<String> = []
        for check in Check.allCases {
            let review = Review(kind: kind, fields: fields, without: Set(Check.allCases).subtracting([check]))
            found.formUnion(review.asides.map(\.rawValue))
            if review.suggestsFear { found.insert("fear") }
        }
        return found
    }

    private func expect(_ kind: String, _ field: String, _ text: String, _ wanted: String) {
        let wanted = Set(wanted.split(separator: " ").map(String.init))
        #expect(found(kind, field, text) == wanted, "\(text)")
    }

    @Test(
        arguments: [
            ("You always leave.", "always-never"), ("YOU ALWAYS LEAVE", "always-never"),
            ("you\nalways\r\nleave", "always-never"), ("you   always leave", "always-never"),
            ("You—always—leave.", ""), ("I love you, always have.", ""),
            ("Thank you.\n\nAlways the same.", ""),
            ("You’re always late", "always-never"), ("you're always late", "always-never"),
            ("you`re always late", "always-never"), ("youre always late", "always-never"),
            ("You always\u{301} leave", "always-never"), ("y\u{AD}ou always leave", "always-never"),
            ("You always were my favourite person.", ""), ("As you always say so kindly, we'll see.", ""),
            ("I don't want you to always agree.", ""), ("Bayou always", ""),
            ("You said, “you always do this”.", ""), ("You said ‘you always do this’ to me.", ""),
            ("You said 'you always do this' to me.", ""),
            ("You said \"fine\". You always do.", "always-never"),
            ("You said \"fine.\" You always do.", "always-never"),
            ("She said \"you always do this", "always-never"),
            ("It's my parents' house and you always sulk there.", "always-never"),
            ("You're not always late.", ""), ("You never rang on Thursday.", ""),
            ("You never ring.", "always-never"),
            ("I think of you all the time.", ""), ("It was never your fault.", ""),
            ("You've never once said sorry.", "always-never"),
        ])
    func `always and never`(text: String, wanted: String) { expect("hurt", "act", text, wanted) }

    @Test(
        arguments: [
            ("You are selfish.", "label"), ("You’re selfish.", "label"), ("you r selfish", "label"),
            ("You are being selfish.", "label"), ("You were so selfish.", "label"),
            ("You're such a selfish man.", "label"), ("You are a bit of a bully.", "label"),
            ("You are not selfish.", ""), ("You aren't selfish.", ""), ("You're never selfish.", ""),
            ("I didn't say you were selfish.", ""), ("You told Ann you were selfish.", ""),
            ("You said I was selfish.", ""), ("It isn't that you're selfish.", ""),
            ("You were cold so I lent you my coat.", ""), ("You were cold and distant.", "label"),
            ("I was selfish.", ""), ("You are late.", ""), ("Your selfish.", "label"),
            ("Your lazy brother stayed for a week.", ""), ("When you were a child it was the same.", ""),
            ("You were such a child about it.", "label"), ("That was selfish of you.", "label"),
            ("You idiot.", "label"), ("You liar!", "label"), ("Are you cold?", ""),
            ("You mean a lot to me.", ""),
            ("You are self-centred.", "label"), ("You are self-employed.", ""),
            ("You drew a heart on the card.", ""), ("You were mad at me.", ""),
            ("If you are cold, there's a blanket.", ""),
            ("You were mean to my sister.", "label"), ("You were passive-aggressive all day.", "label"),
        ])
    func labels(text: String, wanted: String) { expect("hurt", "act", text, wanted) }

    @Test(
        arguments: [
            ("On Monday you shouted, and on Friday you left.", "several-at-once"),
            ("You went on Wednesday and didn't answer until Friday.", ""),
            ("On Monday you said you'd call on Friday.", ""), ("From Monday to Friday you didn't speak.", ""),
            ("On Monday you left. On Monday you came back drunk.", ""),
            ("You left on 3 March. You left on 17 March.", "several-at-once"),
            ("On 3 March you told me you'd paid on 1 March.", ""),
            ("Just like last time.", "several-at-once"), ("For the last time, you said.", ""),
            ("The last time I saw him you were rude to him.", "label"),
            ("And another thing.", "several-at-once"), ("You brought another man.", ""),
            ("Also, you lied.", "several-at-once"), ("You also said it twice.", ""),
            ("It may rain, and you may laugh, you said.", ""),
        ])
    func `several at once`(text: String, wanted: String) { expect("hurt", "act", text, wanted) }

    @Test(
        arguments: [
            ("I'm sorry if I hurt you.", "sorry-if"), ("Sorry you feel that way.", "sorry-if"),
            ("I’m sorry you were hurt.", "sorry-if"), ("I'm sorry you were alone.", ""),
            ("I'm sorry. If you like, I'll go.", ""), ("I'm sorry I was rude.", ""),
            ("You said 'I'm sorry if…' and I nodded.", ""), ("I'd be sorry if you left.", ""),
            ("I'm sorry you found out from Jo.", ""), ("I'm sorry that you took it like that.", "sorry-if"),
            ("I'm sorry, but you started it.", "sorry-but you-made-me"),
            ("I'm sorry. But I was tired.", "sorry-but"),
            ("I'm sorry. I shouted. But it was late.", ""), ("I'm sorry. I mean it. But.", ""),
            ("Sorry for nothing but the noise.", ""), ("I'm sorry, not for this but for that.", ""),
            ("I'm sorry, that butter was yours.", ""), ("I'm sorry\nbut you know how it is", "sorry-but"),
            ("I am SORRY, HOWEVER, I was tired", "sorry-but"), ("I'm sorry, however long it took me.", ""),
            ("I'm sorry I was late. I was tired but that's no excuse.", ""),
        ])
    func `half apologies`(text: String, wanted: String) { expect("amends", "remorse", text, wanted) }

    @Test(
        arguments: [
            ("Mistakes were made.", "nobody-did-it"), ("Mistakes have been made.", "nobody-did-it"),
            ("Mistakes were made by me.", ""), ("I made mistakes.", ""),
            ("I'm sorry for whatever I did.", "nobody-did-it"),
            ("I did whatever I did without asking.", ""), ("It's all my fault.", "all-of-it"),
            ("It’s ALL my fault", "all-of-it"), ("It isn't all my fault.", ""), ("That's my fault.", ""),
            ("You said it was all my fault.", ""), ("I ruin everything.", "all-of-it"),
            ("I ruined the cake.", ""),
            ("I'm a terrible partner.", "all-of-it"), ("I'm a terrible cook.", ""),
            ("I'm terrible at this.", ""),
            ("You made me do it.", "you-made-me"), ("You made me soup.", ""),
            ("You made me a pot of tea.", ""),
            ("You made me some really nice dinner.", ""), ("You made me laugh.", ""),
            ("You didn't make me do it.", ""), ("If you hadn't pushed I wouldn't have.", "you-made-me"),
            ("If you hadn't told me I'd not have known.", ""),
            ("I broke all the blue plates.", ""), ("I broke everything we had.", "all-of-it"),
            ("I told myself you made me.", ""),
        ])
    func `whose it was`(text: String, wanted: String) { expect("reflection", "part", text, wanted) }

    @Test(
        arguments: [
            ("It was just a joke.", "smaller"), ("It was not just a joke.", ""),
            ("It wasn't just a joke.", ""),
            ("It was never just a joke.", ""), ("You're overreacting.", "smaller"),
            ("You did not overreact.", ""),
            ("I said you were overreacting.", ""), ("It was just before Christmas.", ""),
            ("It was just us.", ""),
            ("To me it was only a chair; to you it was hers.", ""), ("It’s only a chair.", "smaller"),
            ("I told you it was just a joke.", ""), ("Not a big deal, honestly.", "smaller"),
            ("It was a big deal.", ""), ("It was just then that you cried.", ""),
            ("You made us a meal and I didn't come.", ""),
            ("I'd gone out to calm down and left you there.", ""), ("You took me seriously.", ""),
        ])
    func `how big it was`(text: String, wanted: String) { expect("recognition", "heard", text, wanted) }

    @Test(
        arguments: [
            ("I'll do better.", "vague-promise"), ("I will try harder", "vague-promise"),
            ("I'm going to be a better partner.", "vague-promise"), ("I'll ring when I'm late.", ""),
            ("I'll do better: phone off at six.", ""), ("It'll never happen again, I swear", "vague-promise"),
            ("We'd do better to ask first.", ""), ("I'll fix it and bring it back.", ""),
            ("I'm going to change my shifts so I'm home.", ""), ("Better brakes, fitted tomorrow.", ""),
        ])
    func promises(text: String, wanted: String) { expect("amends", "change", text, wanted) }

    @Test(
        arguments: [
            ("I'm afraid of you.", "fear"), ("I’m scared of you", "fear"), ("You hit me.", "fear"),
            ("You nearly hit me.", "fear"), ("You hurt me physically.", "fear"), ("You hurt me.", ""),
            ("You threw the remote at me.", "fear"), ("You threw the ball to me.", ""),
            ("You threatened me.", "fear"),
            ("You choked me.", "fear"), ("I choked on it.", ""), ("You locked me in.", "fear"),
            ("You won’t let me leave", "fear"), ("You won't let me help.", ""),
            ("I'm scared to come home.", "fear"),
            ("I'm scared to fly.", ""), ("I was afraid of losing you.", ""),
            ("I was afraid you'd leave.", ""),
            ("It hit me that you knew.", ""), ("Then it hit me hard.", ""), ("Your words hit me hard.", ""),
            ("You hit me hard.", "fear"), ("You never hit me.", ""), ("You would never hit me.", ""),
            ("I'm not afraid of you.", ""), ("I am afraid of you, not of him.", "fear"),
            ("You said \"I'll kill you\" and laughed.", "fear"), ("You were afraid of me.", ""),
            ("I hit you.", ""), ("You\nhit\nme", "fear"), ("I'm afraid not.", ""),
            ("I'm afraid so, we lost it.", ""),
            ("You grabbed my arm so hard it bruised.", "fear"), ("You grabbed my hand and we ran.", ""),
            ("You pushed me down the stairs", "fear"), ("You pushed me to apply.", ""),
            ("You raised your hand to me.", "fear"), ("You raised your hand to ask.", ""),
            ("You threw yourself at me for a hug.", ""), ("I don't feel safe with you.", "fear"),
            ("You told me I'd hurt you.", ""), ("You didn't come near me all evening.", ""),
            ("I hurt my back in the move.", ""), ("I hoped you would find me.", ""),
            ("You said you'd hurt me.", "fear"), ("You said it would be next week.", ""),
            ("You wanted to take the kids away for the weekend.", ""), ("You hurt me badly.", ""),
            ("I was afraid of what you'd do.", "fear"), ("I was afraid of what you'd think.", ""),
        ])
    func fear(text: String, wanted: String) { expect("account", "text", text, wanted) }
}
