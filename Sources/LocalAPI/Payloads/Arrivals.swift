/// Someone who was let in, or words that may let someone in, told for a week at least and until it was looked at.
package struct ArrivalPayload: Codable, Equatable, Sendable {
    /// What came.
    package enum Kind: String, Codable, Sendable {
        /// A further device of this person's.
        case ownDevice = "own_device"
        /// A further device of the partner's.
        case partnersDevice = "partners_device"
        /// Recovery words of this person's.
        case words
        /// Such words were withdrawn.
        case wordsWithdrawn = "words_withdrawn"
    }

    /// What came.
    package var kind: Kind
    /// The device's id, in hexadecimal digits: its name may be changed.
    package var device: String
    /// What it is called now.
    package var name: String
    /// The name of the person whose it is.
    package var person: String
    /// When it was let in as its voucher says, in milliseconds since 1970; nil where that isn't here.
    package var day: Int64?
    /// The id of the device that let it in, in hexadecimal digits, and what it is called.
    package var by, byName: String?
    /// Whether it came back by recovery words, and nobody let it in.
    package var isByWords = false
    /// Whether it takes part no longer, or the device on which the words were made.
    package var isRetired = false
    /// An arrival with what is told of every one; the rest is set afterwards.
    package init(kind: Kind, device: String, name: String, person: String) {
        (self.kind, self.device, self.name, self.person) = (kind, device, name, person)
    }
}
