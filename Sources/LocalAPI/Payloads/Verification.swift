/// How far a check of the journal is, and what it found.
package struct VerifyStep: Codable, Sendable {
    /// `copying`, `checking`, `problem`, then `done`.
    package var step: String
    package var done = 0
    package var all = 0
    package var problems = 0
    /// How many of them were put right.
    package var mended = 0
    /// How many texts stay as they are, damaged, since nobody else can have them.
    package var kept = 0
    /// What is not as it has to be.
    package var kind: String?
    package var entry: String?
    package var author: String?
    /// Milliseconds since 1970.
    package var at: Int64?
    package var count: UInt64?
    package init(step: String) { self.step = step }
}
