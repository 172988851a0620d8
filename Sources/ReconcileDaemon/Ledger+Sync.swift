import Causality
import EventLog
import Journal
import Peering
import Store

/// What a sync session asks of the journal.
extension Ledger {
    /// The nonces of the beacons that were answered. None where they can't be read: what comes is then answered once more.
    func seenBeacons() -> [UInt8] { ((try? directory.read("beacons")) ?? nil) ?? [] }

    /// Keeps them across restarts.
    func keepSeenBeacons(_ nonces: [UInt8]) throws { try directory.write(nonces, to: "beacons") }

    /// What this device needs to know to meet others.
    struct Acquaintance: Sendable {
        let keys: DeviceKeys
        let own: Bundle
        let journal: Digest
        /// The devices that may be met.
        let peers: [Bundle]
        /// Those that only devices junior to them have retired, this one included if it is one.
        let limited: Set<DeviceID>
        let partnership: Partnership

        /// Whether a device is met for the headers of one person's logs alone.
        func isLimited(_ device: DeviceID) -> Bool {
            limited.contains(own.device) || limited.contains(device)
        }
    }

    /// Who may be met; nil before pairing.
    func membership() throws -> Acquaintance? {
        guard let replica, let identity else { return nil }
        let own =
            try replica.membership.member(replica.device)?.bundle
            ?? replica.keys.bundle(of: identity.personID())
        let known = Set(replica.membership.members.map(\.bundle.device))
        let introduced = introduced.filter(\.isWaiting).map(\.bundle).filter { !known.contains($0.device) }
        let met = replica.membership.members.map(\.bundle).filter {
            replica.membership.encounter(of: $0.device) != .none
        }
        let peers = (met + introduced).filter {
            $0.device != replica.device && !paused.contains($0.device)
                && (!partnership.isApart || $0.person == own.person)
        }
        let limited = Set(met.map(\.device).filter { replica.membership.encounter(of: $0) == .headers })
        return Acquaintance(
            keys: replica.keys, own: own, journal: replica.journal, peers: peers, limited: limited,
            partnership: partnership)
    }

    /// By whom a device's allowance is counted: the partner's devices have one together, each of one's own one by itself.
    func allowanceKey(of device: DeviceID) -> [UInt8] {
        guard let replica, let person = replica.membership.person(of: device),
            person != replica.membership.person(of: replica.device)
        else { return device.bytes }
        return person.bytes
    }

    /// What each has spent of its allowance.
    func allowances() throws -> [[UInt8]: DailyAllowance] {
        try store.allowances().compactMapValues(DailyAllowance.init(bytes:))
    }

    /// Remembers what was spent of an allowance.
    func keep(_ allowance: DailyAllowance, of key: [UInt8]) throws {
        do { try store.keep(allowance: allowance.encoded(), of: key) } catch StoreError.full {
            // It is counted all the same, until the next start.
        }
    }

    /// What is remembered of other devices.
    func meetings() throws -> [DeviceID: Meeting] { try store.meetings() }

    /// The digests of all that is here, and the heads at the same moment.
    func digests(in scope: SyncScope = .all) throws -> (heads: Digest, missing: Digest, ends: [Head]) {
        let replica = try paired()
        // Anyone who is met may connect again and again.
        let missing = try missingDigests[scope] ?? replica.missingDigest(in: scope)
        missingDigests[scope] = missing
        return (replica.headsDigest(in: scope), missing, replica.heads(in: scope))
    }

    /// How many devices the journal has.
    func memberCount() throws -> Int { try paired().membership.members.count }

    func heads(in scope: SyncScope = .all) throws -> [Head] { try paired().heads(in: scope) }

    /// The heads of all ends, and the devices of which no new logs or branches are taken today.
    func summary(in scope: SyncScope) throws -> (heads: [Head], deferred: [DeviceID]) {
        let replica = try paired()
        return (
            replica.heads(in: scope), replica.door.closed(on: Door.day(of: Machine.now().milliseconds))
        )
    }

    func plan(for peer: PeerKnowledge, in scope: SyncScope = .all) throws -> SyncPlan {
        try paired().plan(for: peer, in: scope)
    }

    /// A device that was met, and may not be any more.
    struct NoLongerAPeer: Error {}

    /// Nothing is handed to a device that was retired, or whose person this one has stopped sharing with; and no more
    /// than headers to one that a junior has retired.
    private func check(_ devices: [DeviceID], _ scope: SyncScope) throws {
        guard let known = try membership() else { throw NoLongerAPeer() }
        guard Set(known.peers.map(\.device)).isSuperset(of: devices),
            scope != .all || !devices.contains(where: known.isLimited)
        else { throw NoLongerAPeer() }
    }

    /// The next run of a stretch for some devices; the mark is durable before it is handed out.
    func run(
        of outgoing: SyncPlan.Outgoing, in scope: SyncScope = .all, for devices: [DeviceID]
    ) throws -> (run: Run, rest: SyncPlan.Outgoing?)? {
        try check(devices, scope)
        let replica = try paired()
        guard let next = try replica.run(of: outgoing, in: scope) else { return nil }
        if let mark = replica.markBefore(handingOut: next.run) { try save(mark) }
        return next
    }

    /// Stores a run.
    ///
    /// - Parameters:
    ///   - prepared: the same run, if it was worked out already and its bodies are wanted.
    ///   - scope: what lies outside of it is passed over.
    func store(_ run: Run, prepared: PreparedRun?, in scope: SyncScope = .all) throws -> SyncSession.Stored {
        if case .headers(of: let person) = scope,
            let writer = try paired().membership.person(of: run.log.device), writer != person
        {
            return .outOfScope
        }
        return try receive(run, prepared: scope.hasBodies ? prepared : nil).stored
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
            case .gap: return (.gap(run.log), 0)
            case .later: return (.later(run.log), 0)
            case .batch(var batch):
                try dropErasedWords(of: &batch)
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
        // A copy that was put back shares nothing until its person says so: it may be from before they left.
        try directory.withdraw()
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
        try check(devices, .all)
        return try store.bodies(of: [id])[id]
    }

    /// Stores bodies that came late. Throws ``StoreError/full`` where others get no more room.
    func store(bodies: [(id: EntryID, bytes: [UInt8])]) throws {
        guard try directory.freeBytes() > Self.reserve else { throw StoreError.full }
        let batch = try paired().receive(bodies: bodies)
        guard !batch.isEmpty else { return }
        lateBodies += 1
        try commit(batch)
    }
}
