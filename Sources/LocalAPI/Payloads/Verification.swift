/// How far a check of the journal is, and what it found.
package struct VerifyStep: Codable, Sendable {
    /// `copying`, `checking`, `problem`, then `done`.
    package var step: String
    /// How far it is: at `copying` in pages of the database, else in events and rifts.
    package var done = 0
    /// How many of these there are; not told at the end.
    package var all = 0
    /// How many problems there were, at the end.
    package var problems = 0
    /// How many of them were put right.
    package var mended = 0
    /// How many texts stay as they are, damaged, since nobody else can have them.
    package var kept = 0
    /// What is not as it has to be.
    package var kind: String?
    /// The event or the rift where that was found, by its id; nil where none can be named.
    package var entry: String?
    /// The name of the person whose device wrote it.
    package var author: String?
    /// Milliseconds since 1970.
    package var at: Int64?
    /// How many events are gone; zero where that can't be told.
    package var count: UInt64?
    /// A step of that name; what else it tells is set afterwards.
    package init(step: String) { self.step = step }
}
