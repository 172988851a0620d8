import Causality
import EventLog
import Journal
import LocalAPI
import Peering
import Store

/// What bundles ask of the journal.
extension Ledger {
    /// What goes into a bundle, and for whom.
    struct BundleOrder: Sendable {
        let journal: Digest
        let device: DeviceID
        /// The partner's devices, which will be able to open it.
        let recipients: [Bundle]
        let plan: SyncPlan
    }

    /// What the partner's devices lack.
    ///
    /// - Parameters:
    ///   - everything: all that is here instead.
    ///   - settled: the arrival number up to which each device is known to have what is here.
    func bundleOrder(everything: Bool, settled: [DeviceID: Int64]) throws -> BundleOrder {
        let replica = try partnered()
        let own = replica.membership.person(of: replica.device)
        let recipients = replica.membership.active.map(\.bundle).filter { $0.person != own }
        guard !recipients.isEmpty else { throw ErrorPayload("no_devices") }
        // What one of them has the others may lack, and nobody knows which of them will get the file.
        let through = recipients.map { settled[$0.device] ?? 0 }.min() ?? 0
        let only = recipients.count == 1 ? recipients[0].device : nil
        let known = try everything ? PeerKnowledge() : store.knowledge(through: through, of: only)
        return BundleOrder(
            journal: replica.journal, device: replica.device, recipients: recipients,
            plan: try replica.plan(for: known))
    }

    /// What that is, for a person.
    func payload(_ order: BundleOrder) throws -> BundlePayload {
        let names = try names()
        return BundlePayload(
            events: order.plan.events,
            devices: order.recipients.map { "\(names.person($0.person))'s \(names.device($0.device))" })
    }

    /// The reader of a bundle that came. Throws a refusal where none may be taken in.
    func bundleReader() throws -> BundleFile.Reader {
        let replica = try paired()
        guard !partnership.isApart else { throw ErrorPayload("apart") }
        return BundleFile.Reader(keys: replica.keys, journal: replica.journal)
    }

    /// Follows one more run of a bundle without storing it.
    func rehearse(_ wire: Run, _ rehearsal: Rehearsal) throws -> Rehearsal {
        let replica = try paired()
        var rehearsal = rehearsal
        guard let prepared = try? PreparedRun(wire, journal: replica.journal) else {
            throw BundleFile.Failure.refused
        }
        switch try rehearsal.follow(prepared, in: replica) {
        case .fits: return rehearsal
        case .gap: throw BundleFile.Failure.gap
        case .refused: throw BundleFile.Failure.refused
        }
    }

    /// Stores a run of a bundle; how many of its events were not here.
    func take(_ run: Run) throws -> Int {
        let prepared = try PreparedRun(run, journal: paired().journal)
        let (stored, added) = try receive(run, prepared: prepared)
        switch stored {
        case .noRoom: throw StoreError.full
        case .refused: throw BundleFile.Failure.refused
        // As the whole file was looked through, a gap is behind a run that was passed over for today.
        case .committed, .later, .unknownDevice, .gap, .outOfScope: break
        }
        // Of events that were here without their words these may have come now.
        let missing = try Set(paired().missingBodies(after: nil, limit: .max))
        if !missing.isEmpty { try store(bodies: prepared.bodies.filter { missing.contains($0.id) }) }
        return added
    }

    /// Who made a bundle, as it says itself.
    func origin(_ device: DeviceID) throws -> String? {
        let names = try names()
        return try paired().membership.person(of: device).map {
            "\(names.person($0))'s \(names.device(device))"
        }
    }
}
