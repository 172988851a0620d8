import Causality
import EventLog
import Journal
import Peering
import Store

/// What a sync session asks of the journal.
extension Ledger {
    /// The journal's id and all other devices; nil before pairing.
    func membership() throws -> (keys: DeviceKeys, journal: Digest, peers: [Bundle])? {
        guard let replica else { return nil }
        let peers = replica.membership.members.map(\.bundle).filter { $0.device != replica.device }
        return (replica.keys, replica.journal, peers)
    }

    func digests() throws -> (heads: Digest, missing: Digest) {
        let replica = try paired()
        return (replica.headsDigest, try replica.missingDigest())
    }

    func heads() throws -> [Head] { try paired().heads }

    func plan(for peer: PeerKnowledge) throws -> SyncPlan { try paired().plan(for: peer) }

    /// The next run of a stretch; the mark is durable before it is handed out.
    func run(of outgoing: SyncPlan.Outgoing) throws -> (run: Run, rest: SyncPlan.Outgoing?)? {
        guard let next = try paired().run(of: outgoing) else { return nil }
        if replica?.handOut(next.run) == true, let mark = replica?.mark { try directory.save(mark) }
        return next
    }

    func store(_ run: Run) throws -> SyncSession.Stored {
        let replica = try paired()
        do {
            switch try replica.receive(run, wall: Machine.now(), freshEpoch: .random(in: 1 ... .max)) {
            case .unknownDevice, .gap: return .skipped
            case .batch(let batch):
                let members = replica.membership.members.count
                if !batch.isEmpty || !batch.heads.isEmpty { try commit(batch) }
                return .committed(
                    run.closing, membershipChanged: self.replica?.membership.members.count != members)
            }
        } catch is RunRejection {
            return .refused
        }
    }

    /// Begins a new epoch if a peer shows more of this device's log than is here.
    func check(_ heads: [Head]) throws {
        let replica = try paired()
        guard try replica.wasRolledBack(by: heads) else { return }
        try commit(replica.openingEpoch(.random(in: 1 ... .max)))
    }

    func samples(of log: LogID) throws -> [PeerKnowledge.Place] { try paired().samples(of: log) }

    func common(of samples: [PeerKnowledge.Place], in log: LogID) throws -> PeerKnowledge.Place? {
        try paired().common(of: samples, in: log)
    }

    func missingBodies() throws -> [EntryID] { try store.missingBodies(limit: 256) }

    func bodies(of ids: [EntryID]) throws -> [EntryID: [UInt8]] { try store.bodies(of: ids) }

    func store(bodies: [(id: EntryID, bytes: [UInt8])]) throws {
        let batch = try paired().receive(bodies: bodies)
        if !batch.isEmpty { try commit(batch) }
    }
}
