import Causality
import EventLog
import Journal
import Peering
import Store

/// What a sync session asks of the journal.
extension Ledger {
    /// What this device needs to know to meet others.
    struct Acquaintance: Sendable {
        let keys: DeviceKeys
        let own: Bundle
        let journal: Digest
        /// The devices that may be met.
        let peers: [Bundle]
        let partnership: Partnership
    }

    /// Who may be met; nil before pairing.
    func membership() throws -> Acquaintance? {
        guard let replica, let identity else { return nil }
        let own =
            try replica.membership.member(replica.device)?.bundle
            ?? replica.keys.bundle(of: identity.personID())
        let known = Set(replica.membership.members.map(\.bundle.device))
        let introduced = introduced.filter(\.isWaiting).map(\.bundle).filter { !known.contains($0.device) }
        let peers = (replica.membership.active.map(\.bundle) + introduced).filter {
            $0.device != replica.device && !paused.contains($0.device)
                && (!partnership.isApart || $0.person == own.person)
        }
        return Acquaintance(
            keys: replica.keys, own: own, journal: replica.journal, peers: peers, partnership: partnership)
    }

    /// What is remembered of other devices.
    func meetings() throws -> [DeviceID: Meeting] { try store.meetings() }

    /// The digests of all that is here, and the heads at the same moment.
    func digests() throws -> (heads: Digest, missing: Digest, ends: [Head]) {
        let replica = try paired()
        return (replica.headsDigest, try replica.missingDigest(), replica.heads)
    }

    /// How many devices the journal has.
    func memberCount() throws -> Int { try paired().membership.members.count }

    func heads() throws -> [Head] { try paired().heads }

    func plan(for peer: PeerKnowledge) throws -> SyncPlan { try paired().plan(for: peer) }

    /// A device that was met, and may not be any more.
    struct NoLongerAPeer: Error {}

    /// Nothing is handed to a device that was retired, or whose person this one has stopped sharing with.
    private func check(_ devices: [DeviceID]) throws {
        let peers = Set(try membership()?.peers.map(\.device) ?? [])
        guard peers.isSuperset(of: devices) else { throw NoLongerAPeer() }
    }

    /// The next run of a stretch for some devices; the mark is durable before it is handed out.
    func run(of outgoing: SyncPlan.Outgoing, for devices: [DeviceID]) throws -> (
        run: Run, rest: SyncPlan.Outgoing?
    )? {
        try check(devices)
        let replica = try paired()
        guard let next = try replica.run(of: outgoing) else { return nil }
        if let mark = replica.markBefore(handingOut: next.run) { try save(mark) }
        return next
    }

    /// Stores a run.
    ///
    /// - Parameter prepared: the same run, if it was worked out already.
    func store(_ run: Run, prepared: PreparedRun?) throws -> SyncSession.Stored {
        try receive(run, prepared: prepared).stored
    }

    /// The same, and how many events were not here.
    func receive(_ run: Run, prepared: PreparedRun?) throws -> (stored: SyncSession.Stored, added: Int) {
        let replica = try paired()
        // What one writes oneself goes last: a nearly full disk takes no more from others.
        guard try directory.freeBytes() > Self.reserve else { return (.noRoom, 0) }
        do {
            let prepared = try prepared ?? PreparedRun(run, journal: replica.journal)
            switch try replica.receive(
                prepared, wall: Machine.now(), freshEpoch: .random(in: 1 ... .max))
            {
            case .unknownDevice: return (.unknownDevice, 0)
            case .gap: return (.gap, 0)
            case .tooManyLogs: return (.passedOver, 0)
            case .batch(let batch):
                if let mark = replica.markBefore(storing: run) { try save(mark) }
                if !batch.isEmpty || !batch.heads.isEmpty { try commit(batch) }
                try eraseOwed()
                return (.committed(run, members: try memberCount()), batch.events.count)
            }
        } catch is RunRejection {
            return (.refused, 0)
        } catch StoreError.full {
            return (.noRoom, 0)
        }
    }

    /// Bytes that are kept free for this person's own writing.
    static let reserve: UInt64 = 64 << 20

    /// Begins a new epoch if a peer shows more of this device's log than is here.
    func check(_ heads: [Head]) throws {
        let replica = try paired()
        guard try replica.wasRolledBack(by: heads) else { return }
        try Self.holdNothing(in: store, because: "restored")
        try commit(replica.openingEpoch(.random(in: 1 ... .max)))
    }

    func samples(of log: LogID) throws -> [PeerKnowledge.Place] { try paired().samples(of: log) }

    func common(of samples: [PeerKnowledge.Place], in log: LogID) throws -> PeerKnowledge.Place? {
        try paired().common(of: samples, in: log)
    }

    func missingBodies(after: EntryID?) throws -> [EntryID] {
        try paired().missingBodies(after: after, limit: 256)
    }

    func body(of id: EntryID, for devices: [DeviceID]) throws -> [UInt8]? {
        try check(devices)
        return try store.bodies(of: [id])[id]
    }

    func store(bodies: [(id: EntryID, bytes: [UInt8])]) throws {
        let batch = try paired().receive(bodies: bodies)
        guard !batch.isEmpty else { return }
        lateBodies += 1
        try commit(batch)
    }
}
