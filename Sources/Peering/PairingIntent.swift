import Causality
package import EventLog
package import Journal
import Wire

/// What two people mean by pairing. Both sides have to mean the same.
package enum PairingIntent: Int, Sendable {
    /// Two persons begin a journal.
    case newJournal = 1
    /// Two persons go on with a journal that both have.
    case continueJournal = 2
    /// A person takes another device into use; one of the two has the journal.
    case samePerson = 3
    /// A person comes back by recovery words after a loss; the other side compares codes, and no more.
    case recover = 5
}

/// What a pairing came to, to be stored.
package enum PairingOutcome: Sendable {
    /// A new journal.
    case founded(Genesis)
    /// The other device is to be let in by an `admit`.
    case admits(EventHeader.Admission)
    /// This device was let into a journal as a device of a person, by a device that it may meet from here on.
    case joins(Genesis, as: PersonID, introducer: Bundle)
    /// The journal goes on with this device of the partner.
    case continues(Bundle)
    /// This device comes back into a journal by a person's words, and has met one of its devices.
    case recovers(Genesis, as: PersonID, recovery: EntryID, introducer: Bundle)
    /// The other device comes back by words, as a device of a person: it may be met, and says the rest itself.
    case meets(Bundle)
}

/// Why a pairing ended without one.
package enum PairingFailure: UInt32, CaseIterable, Error, Sendable {
    /// One of the two said that the codes differ.
    case mismatch = 1
    /// One of the two stopped it.
    case cancelled = 2
    /// The two want different things.
    case unequalIntents = 3
    /// Both devices belong to the same person.
    case sameDevice = 4
    /// Another pairing is going on there.
    case busy = 5
    /// The other side sent something that has no place in a pairing.
    case protocolViolation = 6
    /// Nothing came in time.
    case timeout = 7
    /// One of the two has a journal already, and the other has none.
    case alreadyPaired = 8
    /// What the other side revealed is not what it had committed to: someone is in the middle.
    case brokenCommitment = 9
    /// The connection broke.
    case disconnected = 10
    /// Both have a journal, and not the same one.
    case otherJournal = 11
    /// Neither of the two has a journal to be let into.
    case noJournal = 12
    /// The other device was retired from this journal.
    case retired = 13
    /// The other side shows a known device with other keys or another person.
    case changedKeys = 14
    /// One of the two could not store it.
    case storage = 15
    /// The words of the side without a journal belong to no paper of the journal.
    case unknownWords = 16
}
