/// Phrases that give a sign, and phrases that show that it is none. ``PhraseBook`` tells how they are
/// written.
struct Pattern: Sendable {
    /// The phrases that give the sign.
    let phrases: [Substring]
    /// The phrases that excuse those that they touch.
    let excuses: [Substring]

    /// A pattern from lists with a phrase a line. A line that begins with two slashes says why the next are
    /// there.
    init(_ phrases: String..., excuses: String...) {
        self.phrases = phrases.flatMap(Self.lines)
        self.excuses = excuses.flatMap(Self.lines)
    }

    private static func lines(_ list: String) -> [Substring] {
        list.split(separator: "\n").filter { !$0.hasPrefix("//") }
    }

    /// Words that only turn another up or down.
    static let degree =
        "so|such|very|really|too|just|being|completely|totally|absolutely|utterly|quite|pretty|fairly|rather|"
        + "always|honestly|literally|clearly|simply|most|more|bloody|fucking|fuckin|freaking|total|complete|"
        + "absolute|real|right|proper|basically|obviously|still|also|incredibly|unbelievably|extremely|"
        + "genuinely|actually|truly|deeply|downright|a|an|the|bit|of|little|kind|sort|acting|like|much|far|"
        + "all"
    /// People, by what they are to each other.
    static let person =
        "person|man|woman|human|partner|husband|wife|boyfriend|girlfriend|spouse|lover|father|mother|dad|mum|"
        + "parent|friend|excuse"
    /// What is said of people in their favour.
    static let praise =
        "kind|good|better|best|great|lovely|brilliant|gentle|patient|generous|loving|loyal|honest|calm|"
        + "strong|brave|funny|clever|careful|sweet|wonderful|dear|supportive|fair|amazing|faithful|steady"
    static let weekday = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
}
