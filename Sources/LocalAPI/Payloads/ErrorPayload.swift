/// A refusal, by a name that the program that shows it turns into words.
package struct ErrorPayload: Codable, Error, Sendable {
    /// Its name: `disk_full`, or that of a rule.
    package var error: String
    /// What it is about: an id, a field, a path. Never words of the journal.
    package var subject: String?
    /// What is new in a rift since it was read.
    package var news: [EntryPayload]?
    /// With ``news``: the last arrival number when they were read.
    package var arrival: Int64?
    /// The rift that it is about, by its whole id.
    package var rift: String?
    /// A refusal by its name, and what it is about.
    package init(_ error: String, _ subject: String? = nil) {
        self.error = error
        self.subject = subject
    }
}
