/// A rule that an event breaks; the event is kept and relayed and has no effect.
package enum Rule: String, Error, CaseIterable, Sendable {
    /// It names no rift, or something that is none.
    case riftExpected
    /// It names an entry of a kind that it can't be about.
    case wrongSubject
    /// It needs at least one reference and has none, or too many.
    case wrongCount
    /// Only the author of what it names may write it.
    case notTheAuthor
    /// Only the other person may write it.
    case ownEntry
    /// Its value is none of the choices.
    case unknownChoice
    /// It names an entry of another rift.
    case otherRift
}

/// What becomes of one event among the others.
package enum Effect: Equatable, Sendable {
    /// It counts.
    case full
    /// Something that it names has not arrived: readable, of no effect until it does.
    case waiting
    /// It breaks a rule.
    case none(Rule)
    /// It needs a newer version.
    case unknownKind
}
