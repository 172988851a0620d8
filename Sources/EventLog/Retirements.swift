import Causality
import Journal

/// Which retirements have an effect, and what they leave of a device; lives only while a ``Membership`` is made.
///
/// Goes from the most senior device down and looks at each once: what a claim depends on was written by devices senior
/// to its writer, so it is decided by then.
struct Retirements {
    private struct Cut {
        let writer: DeviceID
        let rank: Int
        /// What counts of the device.
        let reach: VersionVector
        let claim: Membership.Claim
    }

    private let roll: Roll
    private let sight: Membership.Sight
    private let byWriter: [DeviceID: [Membership.Claim]]
    private let withdrawals: [EntryID: [(claim: Membership.Claim, withdrawal: Membership.Withdrawal)]]
    private var found: [DeviceID: [Cut]] = [:]
    /// Devices of which no admission counts.
    private(set) var void: Set<DeviceID> = []
    private(set) var recoveries: [Membership.Recovery] = []

    init(roll: Roll, claims: [Membership.Claim], sight: Membership.Sight) {
        self.roll = roll
        self.sight = sight
        byWriter = Dictionary(grouping: claims.filter(\.isRetirement), by: \.writer)
        var withdrawals: [EntryID: [(claim: Membership.Claim, withdrawal: Membership.Withdrawal)]] = [:]
        for claim in claims {
            guard case .withdrawal(let withdrawal) = claim.content else { continue }
            withdrawals[withdrawal.recovery, default: []].append((claim, withdrawal))
        }
        self.withdrawals = withdrawals
    }

    mutating func decide(_ verdicts: inout SignatureVerdicts) throws {
        for (rank, entry) in roll.members.enumerated() {
            let device = entry.member.bundle.device
            guard try entry.place == nil || isLetIn(device, rank, &verdicts) else {
                void.insert(device)
                continue
            }
            let own = (byWriter[device] ?? []).sorted {
                ($0.position.log, $0.position.sequence) < ($1.position.log, $1.position.sequence)
            }
            // Itself first: behind that nothing counts, retirements included.
            for claim in own { try retireItself(device, rank, claim) }
            for claim in own { try retire(by: entry, rank, claim) }
        }
        for recovery in roll.recoveries.values.sorted(by: { $0.id < $1.id }) {
            guard isAnnounced(recovery), try !isWithdrawn(recovery, for: nil, &verdicts) else { continue }
            recoveries.append(recovery)
        }
    }

    private mutating func retireItself(_ device: DeviceID, _ rank: Int, _ claim: Membership.Claim) throws {
        guard case .retirement(device) = claim.content, includes(device, claim.position) else { return }
        var reach = try sight.named(claim, device) ?? VersionVector()
        for step in sight.path(claim.position) { reach.raise(step.log, to: step.sequence) }
        found[device, default: []].append(Cut(writer: device, rank: rank, reach: reach, claim: claim))
    }

    private mutating func retire(
        by entry: Roll.Entry, _ rank: Int, _ claim: Membership.Claim
    ) throws {
        let writer = entry.member.bundle.device
        guard case .retirement(let device) = claim.content, device != writer,
            let other = roll.ranks[device], roll.person(of: device) == entry.member.bundle.person,
            // Behind a cut by a device senior to the writer, or by itself: no others were found yet.
            includes(writer, claim.position)
        else { return }
        let isJunior = other < rank
        // Of two that retire each other the senior's counts.
        if isJunior, found[writer]?.contains(where: { $0.writer == device }) == true { return }
        let named = try sight.named(claim, device)
        guard var reach = named ?? (isJunior ? nil : VersionVector()) else { return }
        if entry.member.voucher == device, let place = entry.place {
            // Never before the event by which its writer was let in.
            for step in sight.path(place) { reach.raise(step.log, to: step.sequence) }
        }
        found[device, default: []].append(Cut(writer: writer, rank: rank, reach: reach, claim: claim))
    }

    /// Whether something counts that lets a device in. What is known by now was written by devices senior to it.
    private func isLetIn(
        _ device: DeviceID, _ rank: Int, _ verdicts: inout SignatureVerdicts
    ) throws -> Bool {
        for claim in roll.admissions[device] ?? [] {
            guard let voucher = roll.ranks[claim.writer], voucher < rank, !void.contains(claim.writer) else {
                continue
            }
            if includes(claim.writer, claim.position) { return true }
        }
        for claim in roll.comebacks[device] ?? [] {
            guard case .comeback(let comeback) = claim.content,
                let recovery = roll.recoveries[comeback.recovery],
                let announcer = roll.ranks[recovery.device], announcer < rank, isAnnounced(recovery),
                try !isWithdrawn(recovery, for: claim, &verdicts)
            else { continue }
            return true
        }
        return false
    }

    private func includes(_ device: DeviceID, _ position: Position) -> Bool {
        (found[device] ?? []).allSatisfy { $0.reach.includes(position) }
    }

    /// Whether words count as far as their device is concerned: none senior to it has retired it, and it announced them
    /// before it retired itself.
    private func isAnnounced(_ recovery: Membership.Recovery) -> Bool {
        guard !void.contains(recovery.device), let rank = roll.ranks[recovery.device] else { return false }
        return (found[recovery.device] ?? []).allSatisfy {
            $0.rank > rank || $0.rank == rank && $0.reach.includes(recovery.position)
        }
    }

    /// Whether words were withdrawn before a comeback by them was known; before any if none is given.
    private func isWithdrawn(
        _ recovery: Membership.Recovery, for comeback: Membership.Claim?,
        _ verdicts: inout SignatureVerdicts
    ) throws -> Bool {
        for (claim, withdrawal) in withdrawals[recovery.id] ?? [] {
            guard let announcer = roll.ranks[recovery.device], let rank = roll.ranks[claim.writer],
                roll.person(of: claim.writer) == recovery.person
            else { continue }
            let mayWithdraw = rank <= announcer && counts(claim, rank)
            guard mayWithdraw || roll.signedByWords(withdrawal, claim.id, &verdicts) else { continue }
            guard let comeback else { return true }
            let named = try sight.named(claim, comeback.writer) ?? VersionVector()
            let knew = claim.writer == comeback.writer || named.includes(comeback.position)
            if !knew { return true }
        }
        return false
    }

    /// Whether a claim counts by the devices senior to its writer.
    private func counts(_ claim: Membership.Claim, _ rank: Int) -> Bool {
        !void.contains(claim.writer)
            && (found[claim.writer] ?? []).allSatisfy {
                $0.rank > rank || $0.reach.includes(claim.position)
            }
    }

    // MARK: What it comes to

    var cuts: [DeviceID: VersionVector] {
        var cuts = found.compactMapValues { found in
            found.dropFirst().reduce(found.first?.reach) { $0?.common(with: $1.reach) }
        }
        for device in void { cuts[device] = VersionVector() }
        return cuts
    }

    var reaches: [DeviceID: [VersionVector]] { found.mapValues { $0.map(\.reach) } }

    var retirements: [DeviceID: [Membership.Claim]] { found.mapValues { $0.map(\.claim) } }

    /// The devices that are not met at all: retired by a senior or by themselves, or never let in by what counts.
    var unmet: Set<DeviceID> {
        void.union(
            found.compactMap { device, cuts in
                cuts.contains { $0.rank <= roll.ranks[device] ?? 0 } ? device : nil
            })
    }
}

extension Membership.Recovery {
    /// Whether a signature over a transcript is by these words.
    package func verifies(_ signature: some Collection<UInt8>, of transcript: Transcript) -> Bool {
        Bundle(person: person, eventKey: key, meetKey: []).verifies(signature, of: transcript)
    }

    func signs(_ comeback: Membership.Comeback, journal: Digest) -> Bool {
        verifies(
            comeback.signature,
            of: Membership.comeback(of: comeback.bundle, by: comeback.recovery, journal: journal))
    }
}
