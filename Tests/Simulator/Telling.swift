import Causality
import EventLog
import Journal

/// An event as the oracle is told of it: who wrote what about what, and what they truly had.
struct Telling {
    let id: EntryID
    let kind: Kind
    let by: PersonID
    let to: [EntryID]
    let value: UInt32
    let rift: EntryID?
    let subject: [UInt8]
    private let stamp: UInt64
    private let place: Position
    private let had: Set<EntryID>

    private init?(_ stored: StoredEvent, _ membership: Membership, _ had: [EntryID: Set<EntryID>]) {
        let header = stored.effective.header
        guard let kind = header.kind, let by = membership.person(of: stored.position.log.device),
            membership.counts(stored.position)
        else {
            return nil
        }
        id = stored.effective.id
        self.kind = kind
        self.by = by
        to = header.references.map(\.entry)
        value = header.value
        rift = kind == .rift ? id : header.rift
        subject = header.subject
        stamp = header.stamp.rawValue
        place = stored.position
        self.had = had[id] ?? []
    }

    /// Each event once, in its first place, the least first.
    static func all(
        _ events: [StoredEvent], _ membership: Membership, had: [EntryID: Set<EntryID>]
    ) -> [Telling] {
        var found: [EntryID: Telling] = [:]
        for event in events {
            guard let telling = Telling(event, membership, had) else { continue }
            if found[telling.id].map(telling.isBefore) ?? true { found[telling.id] = telling }
        }
        return found.values.sorted { $0.isBefore($1) }
    }

    /// Whether its device had another event when it wrote this one.
    func saw(_ earlier: Telling) -> Bool { had.contains(earlier.id) }

    private func isBefore(_ other: Telling) -> Bool {
        (stamp, place.log.device, place.log.epoch, place.sequence)
            < (other.stamp, other.place.log.device, other.place.log.epoch, other.place.sequence)
    }
}
