import EventLog
import Journal
import Store

/// Some successive events of one log, to be checked by themselves.
struct JournalPage: Sendable {
    /// The event behind which a page begins.
    struct Place: Sendable {
        let sequence: UInt64
        /// As it is stored: whether it is right the page before tells.
        let hash: Digest
    }

    /// What came of checking a page.
    struct Outcome: Sendable {
        var faults: [(fault: ChainVerifier.Fault, event: ChainVerifier.Stored)] = []
        /// What the headers say that is kept beside them in tables of its own.
        var derived = DerivedRows()
    }

    let journal: Digest
    let stretch: Store.Stretch
    let after: Place
    let events: [ChainVerifier.Stored]

    func check() -> Outcome {
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
