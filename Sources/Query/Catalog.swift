/// What each kind of entry is for, in a paragraph: `log -x`, as journalctl's message catalog.
package enum Catalog {
    /// The kinds that have a text, in the order of the page that gives their meaning.
    package static let kinds = texts.map(\.kind)

    /// The text on a kind; nil for one that has none.
    package static func text(ofKind kind: String) -> String? { texts.first { $0.kind == kind }?.text }

    private static let texts: [(kind: String, text: String)] = [
        ("rift", "The thing that came between us. It has a title, and everything about it gathers here."),
        (
            "account",
            "How it was, from where one of us stood. Two accounts may differ and both be true;\nthere is no referee."
        ),
        (
            "hurt",
            "Holding the other to account: one thing they did, and what it did to me.\nA particular act can be answered; a character can't."
        ),
        (
            "reflection",
            "Owning one's part: which piece of this was mine. Never the whole of it,\nand none here is a full answer too."
        ),
        (
            "recognition",
            "Telling the hurt back to the one who has it, so that they know it was heard.\nHearing comes before amends."
        ),
        (
            "amends",
            "Acknowledging what I did, and what I will put right. It answers hurts by name.\nIt asks for nothing in return, forgiveness least of all."
        ),
        (
            "receipt",
            "Whether an answer has reached the one who was hurt: not yet, partly, or enough.\nOnly they can say, and they may say otherwise later."
        ),
        ("let_be", "Leaving a hurt as it is. Nobody needs to, and nobody is asked to."),
        ("kept", "A promise and acts that match it: what came of an amends."),
        ("reply", "A word in answer. It changes no state."),
        ("thanks", "Thanks. It changes no state."),
        ("note", "Written for oneself. It never leaves this device."),
        ("revise", "Its author's new wording. What answered the earlier one stays pinned to it."),
        ("retract", "Its author took an entry back. It folds away; what was given can be unfolded."),
        ("erase", "Its author asks that an entry be deleted everywhere. It takes the partner's consent."),
        ("consent", "Consent to delete an entry everywhere."),
        ("rest", "One vote to lay the rift down. It rests once both have voted so."),
        ("reopen", "Taking the rift up again: either may, without a reason."),
        ("same_as", "These two rifts are one, once both have said so."),
        ("title", "A rift's title, which both may change. What was written apart stays to be seen."),
        ("agreement", "What we will do from here, in both voices."),
        ("tag", "A word by which a rift can be found."),
    ]
}
