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
    /// A fact from all its parts.
    package init(
        id: EntryID, kind: Kind?, author: PersonID, precedence: Precedence, positions: [Position],
        rift: EntryID?,
        references: [Reference], value: UInt32, subject: [UInt8], vocabulary: UInt32
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
    }
}

/// What the devices of some events had when they wrote these, by the event's id; itself included.
package struct Sights: Sendable {
    private let vectors: [EntryID: VersionVector]

    /// Vectors by the events whose devices had all that.
    package init(_ vectors: [EntryID: VersionVector] = [:]) { self.vectors = vectors }

    /// Whether an event's device had another event when it wrote: *earlier ≤ later*. No, where its vector is not known.
    ///
    /// A device of an earlier vocabulary may hold another device's event without having understood it; what it wrote
    /// itself it has understood.
    package func had(_ later: Fact, seen earlier: Fact) -> Bool {
        guard let vector = vectors[later.id] else { return false }
        let isUnderstood = (earlier.kind?.vocabulary ?? .max) <= later.vocabulary
        return earlier.positions.contains { place in
            vector.includes(place)
                && (isUnderstood || later.positions.contains { $0.log.trunk == place.log.trunk })
        }
    }
}
