import Causality
import EventLog
import FoundationEssentials
import Journal
import LocalAPI
import Store

/// A device that was let in, as this one has come to know it.
struct Arrival: Codable, Sendable {
    /// Since when it is known here by this device's clock, in milliseconds since 1970: what others' clocks say may be
    /// made up.
    let since: Int64
    /// Whether this person has looked at the devices since.
    var isLookedAt = false

    /// How long an arrival is told at least, in milliseconds: a week.
    static let patience: UInt64 = 7 * 86_400_000

    /// Whether it is told still. Neither another name nor a retirement ends that.
    func isNew(now: Int64) -> Bool {
        !isLookedAt || now.subtractingReportingOverflow(since).partialValue.magnitude < Self.patience
    }
}

/// Further devices, announced as long as they are new: someone with two minutes at a keyboard can let one in.
extension Ledger {
    /// Who is new, in the order in which they were let in.
    func arrivals() throws -> [ArrivalPayload] {
        guard let replica else { return [] }
        let (now, names) = (Machine.now().milliseconds, try names())
        let further = replica.membership.members.filter {
            $0.admittedBy != nil && $0.bundle.device != replica.device
        }
        var noted = try notedArrivals()
        try note(further.map(\.bundle.device.description), in: &noted, now)
        let own = replica.membership.person(of: replica.device)
        return try further.filter { noted[$0.bundle.device.description]?.isNew(now: now) ?? true }.map {
            member in
            let (device, person) = (member.bundle.device, member.bundle.person)
            var payload = ArrivalPayload(
                kind: person == own ? .ownDevice : .partnersDevice, device: device.description,
                name: names.device(device), person: names.person(person))
            payload.day = try member.admittedBy.flatMap { try store.header(of: $0)?.at }
            payload.by = member.voucher?.description
            payload.byName = member.voucher.map(names.device)
            payload.isByWords = member.recovery != nil
            payload.isRetired = !replica.membership.isActive(device)
            return payload
        } + recoveryArrivals(own, replica, &noted, now)
    }

    /// Recovery words of this person's that were made or withdrawn on another device.
    private func recoveryArrivals(
        _ own: PersonID?, _ replica: Replica<Store>, _ noted: inout [String: Arrival], _ now: Int64
    ) throws -> [ArrivalPayload] {
        let names = try names()
        let events = try store.recoveries().filter { event in
            event.position.log.device != replica.device
                && replica.membership.person(of: event.position.log.device) == own
        }
        try note(events.map(\.effective.id.description), in: &noted, now)
        return events.filter { noted[$0.effective.id.description]?.isNew(now: now) ?? true }.map { event in
            let header = event.effective.header
            var payload = ArrivalPayload(
                kind: header.kind == .recovery ? .words : .wordsWithdrawn,
                device: (header.recovery?.announced ?? event.effective.id).description, name: "",
                person: own.map(names.person) ?? "")
            payload.day = header.at
            payload.by = event.position.log.device.description
            payload.byName = names.device(event.position.log.device)
            payload.isRetired = !replica.membership.isActive(event.position.log.device)
            return payload
        }
    }

    /// Notes since when those are known that were not known before.
    private func note(_ ids: [String], in noted: inout [String: Arrival], _ now: Int64) throws {
        let unknown = ids.filter { noted[$0] == nil }
        guard !unknown.isEmpty else { return }
        for id in unknown { noted[id] = Arrival(since: now) }
        do { try keep(noted) } catch StoreError.full {
            // They are new until that can be noted.
        }
    }

    /// This person has looked at the devices: those known for a week are told no more, and others after their week.
    func lookAtArrivals() throws {
        let noted = try notedArrivals()
        guard noted.values.contains(where: { !$0.isLookedAt }) else { return }
        try keep(
            noted.mapValues { arrival in
                var arrival = arrival
                arrival.isLookedAt = true
                return arrival
            })
    }

    private func notedArrivals() throws -> [String: Arrival] {
        guard let bytes = try store.meta(.arrivals) else { return [:] }
        // Noted by this program; whatever else it is, all are new.
        return (try? JSONDecoder().decode([String: Arrival].self, from: Data(bytes))) ?? [:]
    }

    private func keep(_ noted: [String: Arrival]) throws {
        try store.set(.arrivals, to: Array(JSONEncoder().encode(noted)))
    }
}
