package import Causality

/// A reference from one entry to another, pinned to the wording that its writer had read.
package struct Reference: Hashable, Sendable {
    /// The entry meant.
    package let entry: EntryID
    /// The wording that was answered, where that matters.
    package let wording: EntryID?

    /// A reference to an entry, at a wording if one is given.
    package init(_ entry: EntryID, wording: EntryID? = nil) {
        self.entry = entry
        self.wording = wording
    }
}

/// One shared event as far as states are concerned: what its header and the membership say, without any words.
///
/// An object, since deriving where things stand groups, sorts and filters the facts of a rift over and over.
package final class Fact: Sendable {
    /// The event's id.
    package let id: EntryID
    /// What it is; nil for a kind that needs a newer version of this program.
    package let kind: Kind?
    /// The person of its device, never a field.
    package let author: PersonID
    /// Its rank among writes that had not seen each other, and its first place.
    package let precedence: Precedence
    /// All its places: one, or more if it was also carried into a later epoch.
    package let positions: [Position]
    /// The rift it belongs to; a rift belongs to itself.
    package let rift: EntryID?
    /// What it refers to.
    package let references: [Reference]
    /// A receipt's or vote's choice.
    package let value: UInt32
    /// What a tag or name is about: its register within its kind.
    package let subject: [UInt8]
    /// The vocabulary of the program that wrote it.
    package let vocabulary: UInt32
    /// What its device had when it wrote this, itself included.
    package let vector: VersionVector

    /// A fact from all its parts.
    package init(
        id: EntryID, kind: Kind?, author: PersonID, precedence: Precedence, positions: [Position],
        rift: EntryID?,
        references: [Reference], value: UInt32, subject: [UInt8], vocabulary: UInt32, vector: VersionVector
    ) {
        self.id = id
        self.kind = kind
        self.author = author
        self.precedence = precedence
        self.positions = positions
        self.rift = rift
        self.references = references
        self.value = value
        self.subject = subject
        self.vocabulary = vocabulary
        self.vector = vector
    }

    /// Whether this event's device had another event when it wrote: *other ≤ self*.
    ///
    /// A device of an earlier vocabulary may hold an event without having understood it.
    package func hadSeen(_ other: Fact) -> Bool {
        guard (other.kind?.vocabulary ?? .max) <= vocabulary else { return false }
        return other.positions.contains(where: vector.includes)
    }
}
