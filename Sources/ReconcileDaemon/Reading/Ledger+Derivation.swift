import Causality
import EventLog
import Journal
import NIOPosix
import Store

/// Deriving where rifts stand before they are read.
///
/// A partner can make a rift of any length, and each event in it outdates what was derived of it. So this is done in
/// turns: events are read and results kept some at a time, and what lies in between is computed outside of the ledger.
/// Whoever else asks the ledger for something waits for one turn.
extension Ledger {
    /// Events that are read, and rows that are kept, in one turn.
    private static let turnRows = 500

    /// Derives where some rifts stand, those that are outdated. Several that ask for one wait for the same derivation.
    func derive(_ rifts: some Sequence<EntryID>) async throws {
        for rift in rifts where try !store.isStandingKept(of: rift) {
            try Task.checkCancellation()
            let canonical = try joins().canonical(rift)
            if let running = derivations[canonical] {
                try await running.value
                continue
            }
            let task = Task { try await deriveInTurns(canonical) }
            derivations[canonical] = task
            defer { derivations[canonical] = nil }
            try await task.value
        }
    }

    /// Derives where the rifts stand in which something came since this was asked last.
    func deriveTouched() async throws {
        let rifts = touchedRifts
        touchedRifts = []
        try await derive(rifts)
    }

    /// Remembers in which rifts something came, as far as they are few: many are short ones, which nobody waits for.
    func touch(_ batch: EventBatch) {
        touches &+= 1
        for event in batch.events where touchedRifts.count < Self.touchedLimit {
            let header = event.effective.header
            if let rift = header.kind == .rift ? event.effective.id : header.rift {
                touchedRifts.insert(rift)
            }
        }
    }

    private static let touchedLimit = 256

    private func deriveInTurns(_ canonical: EntryID) async throws {
        let (replica, component) = (try paired(), try joins().component(of: canonical))
        do {
            var derivation = try store.beginDeriving(component)
            var events: [PlacedEvent] = []
            for rift in component {
                var place: Store.RiftPlace?
                repeat {
                    let page = try store.events(inRift: rift, after: place, limit: Self.turnRows)
                    events += page.events
                    place = page.next
                    if place != nil { await Task.yield() }
                } while place != nil
            }
            // A short rift is done sooner here than handed over.
            let standing =
                events.count <= Self.turnRows
                ? try replica.standing(of: events)
                : try await NIOThreadPool.singleton.runIfActive { [events] in
                    try replica.standing(of: events)
                }
            while try store.keepNext(of: standing, &derivation, rows: Self.turnRows) { await Task.yield() }
        } catch StoreError.full {
            // A full disk stops nobody from reading; it is derived again as it is read.
        }
    }
}
