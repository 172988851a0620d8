package import EventLog
import Journal

/// Some successive events of one log, to be checked by themselves.
package struct JournalPage: Sendable {
    /// The event behind which a page begins.
    package struct Place: Sendable {
        /// Its number.
        package let sequence: UInt64
        /// Its hash as it is stored: whether it is right, the page before tells.
        package let hash: Digest
    }

    /// What came of checking a page.
    package struct Outcome: Sendable {
        /// What is wrong, and with which event.
        package var faults: [(fault: ChainVerifier.Fault, event: ChainVerifier.Stored)] = []
        /// What the headers say that is kept beside them in tables of its own.
        package var derived = DerivedRows()
    }

    /// The log to which the events belong.
    package let stretch: Store.Stretch
    /// The events in order; at least one.
    package let events: [ChainVerifier.Stored]
    /// The last of them.
    package let end: Place
    private let after: Place
    private let journal: Digest

    init(journal: Digest, stretch: Store.Stretch, after: Place, events: [ChainVerifier.Stored], end: Place) {
        (self.journal, self.stretch, self.after, self.events, self.end) = (
            journal, stretch, after, events, end
        )
    }

    /// Compares each event with what it has to be.
    package func check() -> Outcome {
        var verifier = ChainVerifier(
            journal: journal, log: stretch.log, after: after.sequence, hash: after.hash)
        var outcome = Outcome()
        for event in events {
            let checked = verifier.check(event)
            for fault in checked.faults { outcome.faults.append((fault, event)) }
            outcome.derived.add(checked, of: event, in: stretch.number)
        }
        return outcome
    }
}

extension Store {
    /// The next page of a log, of about so many bytes; nil behind its last event.
    ///
    /// - Parameter place: where the page before ended; nil for the log's beginning.
    package func page(
        of stretch: Stretch, after place: JournalPage.Place?, journal: Digest, bytes: Int
    ) throws -> JournalPage? {
        let place = place ?? JournalPage.Place(sequence: stretch.after, hash: stretch.hash)
        let events = try stored(stretch.number, after: place.sequence, bytes: bytes)
        return events.last.map { last in
            JournalPage(
                journal: journal, stretch: stretch, after: place, events: events,
                end: JournalPage.Place(sequence: last.sequence, hash: last.hash))
        }
    }
}
