package import Causality

/// What an ``EntryID`` names.
package enum EntrySubject {}

/// The first 16 bytes of an event's header hash: how an entry, a wording, a rift or a vote is referred to.
package typealias EntryID = Identifier<EntrySubject>

/// What a ``PersonID`` names.
package enum PersonSubject {}

/// A person of the journal, chosen at random when that person's first device is set up.
package typealias PersonID = Identifier<PersonSubject>
