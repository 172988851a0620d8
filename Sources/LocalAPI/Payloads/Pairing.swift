/// A step of a pairing, as the daemon streams it, one a line.
package struct PairingStep: Codable, Sendable {
    /// `waiting`, `alone`, `misfit` (someone came who can't be paired with), `compare`, `paired` or `failed`.
    package var step: String
    /// What is being paired for: `newJournal`, `continueJournal`, `samePerson` or `replace`.
    package var intent: String?
    package var port: Int?
    /// Whether the other side has to call, as nothing is looked for here.
    package var isBlind: Bool?
    package var code: String?
    package var choices: [String]?
    package var partner: String?
    package var device: String?
    package var failure: String?
    package init(step: String) { self.step = step }
}

/// The person's answer to a comparison: the other side's code.
package struct ConfirmRequest: Codable, Sendable {
    /// Nil for none of those offered.
    package var code: String?
    package init(code: String?) { self.code = code }
}
