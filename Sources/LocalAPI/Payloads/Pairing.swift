/// A step of a pairing, as the daemon streams it, one a line.
package struct PairingStep: Codable, Sendable {
    /// `waiting`, `alone`, `misfit` (someone came who can't be paired with), `stranger` (someone came and gave up),
    /// `compare`, `paired` or `failed`.
    package var step: String
    /// What is being paired for: `newJournal`, `continueJournal`, `samePerson` or `recover`.
    package var intent: String?
    /// At `waiting` and `alone`: the port on which this side listens.
    package var port: Int?
    /// Whether the other side has to call, as nothing is looked for here.
    package var isBlind: Bool?
    /// At `compare`: this screen's code, as `482 019 337`.
    package var code: String?
    /// At `compare`: three codes in any order, one of them the other screen's.
    package var choices: [String]?
    /// At `paired`: the name of the person at the other side.
    package var partner: String?
    /// At `paired`: what the other side's device is called.
    package var device: String?
    /// Why it failed, or why someone can't be paired with: a `PairingFailure` by its name, or `nobody`.
    package var failure: String?
    /// At `misfit` and `stranger`: from where they came.
    package var address: String?
    /// A step of that name; what else it tells is set afterwards.
    package init(step: String) { self.step = step }
}

/// The person's answer to a comparison: the other side's code.
package struct ConfirmRequest: Codable, Sendable {
    /// Nil for none of those offered.
    package var code: String?
    /// An answer; nil for none of the codes offered.
    package init(code: String?) { self.code = code }
}

/// The recovery words of the side without a journal, before it pairs by them.
package struct WordsRequest: Codable, Sendable {
    /// As a person typed them.
    package var words: String
    /// A request from words.
    package init(words: String) { self.words = words }
}

/// Recovery words that can bring their person back; the words themselves are on paper only.
package struct RecoveryPayload: Codable, Equatable, Sendable {
    /// The id under which they were announced.
    package let id: String
    /// The name of the device on which they were made.
    package let device: String
    /// When they were made, in milliseconds since 1970.
    package let made: Int64?

    /// Words from what there is to say of them.
    package init(id: String, device: String, made: Int64?) {
        (self.id, self.device, self.made) = (id, device, made)
    }
}
