import Causality
import Journal

/// Everyone who was ever let in, by seniority; lives only while a ``Membership`` is made.
///
/// Whether an admission was cut off plays no part here.
struct Roll {
    struct Entry {
        let member: Membership.Member
        /// The event by which it has its place; nil for a founding device.
        let place: Position?
    }

    private(set) var members: [Entry] = []
    private(set) var ranks: [DeviceID: Int] = [:]
    /// The words that members announced, by the announcing event.
    private(set) var recoveries: [EntryID: Membership.Recovery] = [:]
    /// All that lets a device in whose signature holds, by the device.
    private(set) var admissions: [DeviceID: [Membership.Claim]] = [:]
    private(set) var comebacks: [DeviceID: [Membership.Claim]] = [:]
    private let journal: Digest

    init(genesis: Genesis, claims: [Membership.Claim], verdicts: inout SignatureVerdicts) {
        journal = genesis.journal
        let arrivals = Arrivals(claims)
        for bundle in [genesis.first, genesis.second] {
            add(.init(bundle: bundle, admittedBy: nil, voucher: nil, recovery: nil), place: nil)
        }
        var generation = members.map(\.member.bundle.device)
        var announcers = generation
        while !generation.isEmpty {
            generation = letIn(generation.flatMap(arrivals.admissions), &verdicts)
            announcers += generation
        }
        // Those that nobody vouched for, and what they let in, are junior to all others.
        while !announcers.isEmpty {
            let returning = announcers.flatMap { arrivals.comebacks(of: announce($0, arrivals, &verdicts)) }
            // Of those let in by a voucher the admissions were looked at already; these are known.
            generation = letIn(announcers.flatMap(arrivals.admissions) + returning, &verdicts)
            announcers = generation
        }
        for claim in claims { remember(claim, &verdicts) }
    }

    func person(of device: DeviceID) -> PersonID? {
        ranks[device].map { members[$0].member.bundle.person }
    }

    private mutating func add(_ member: Membership.Member, place: Position?) {
        ranks[member.bundle.device] = members.count
        members.append(Entry(member: member, place: place))
    }

    /// Notes what a device announced and has the words of; the ids of it.
    private mutating func announce(
        _ device: DeviceID, _ arrivals: Arrivals, _ verdicts: inout SignatureVerdicts
    ) -> [EntryID] {
        guard let person = person(of: device) else { return [] }
        return arrivals.recoveries(device).compactMap { claim in
            guard case .recovery(let said) = claim.content, recoveries[claim.id] == nil else { return nil }
            let recovery = Membership.Recovery(
                id: claim.id, key: said.key, person: person, position: claim.position)
            let isTheirs = verdicts.verdict(on: claim.id) {
                recovery.verifies(
                    said.signature, of: Membership.announcement(of: person, journal: journal))
            }
            guard isTheirs else { return nil }
            recoveries[claim.id] = recovery
            return claim.id
        }
    }

    /// Lets in whom these claims let in and who is not known yet, by precedence; the devices that are new.
    private mutating func letIn(
        _ claims: [Membership.Claim], _ verdicts: inout SignatureVerdicts
    ) -> [DeviceID] {
        claims.sorted { $0.precedence < $1.precedence }.compactMap { claim in
            guard let bundle = bundle(letInBy: claim), ranks[bundle.device] == nil, holds(claim, &verdicts)
            else { return nil }
            var (voucher, recovery): (DeviceID?, EntryID?) = (claim.writer, nil)
            if case .comeback(let comeback) = claim.content { (voucher, recovery) = (nil, comeback.recovery) }
            add(
                .init(bundle: bundle, admittedBy: claim.id, voucher: voucher, recovery: recovery),
                place: claim.position)
            return bundle.device
        }
    }

    /// The device that a claim lets in, if its writer may by who it is.
    private func bundle(letInBy claim: Membership.Claim) -> Bundle? {
        switch claim.content {
        case .admission(let admission):
            return person(of: claim.writer) == admission.bundle.person ? admission.bundle : nil
        case .comeback(let comeback):
            guard claim.position.sequence == 1, comeback.bundle.device == claim.writer,
                recoveries[comeback.recovery]?.person == comeback.bundle.person
            else { return nil }
            return comeback.bundle
        case .retirement, .recovery, .withdrawal: return nil
        }
    }

    private func holds(_ claim: Membership.Claim, _ verdicts: inout SignatureVerdicts) -> Bool {
        switch claim.content {
        case .admission(let admission):
            return verdicts.verdict(on: claim.id) {
                admission.bundle.verifies(
                    admission.signature, of: Membership.consent(of: admission.bundle, journal: journal))
            }
        case .comeback(let comeback):
            guard let recovery = recoveries[comeback.recovery] else { return false }
            return verdicts.verdict(on: claim.id) { recovery.signs(comeback, journal: journal) }
        case .retirement, .recovery, .withdrawal: return false
        }
    }

    /// Keeps what lets a known device in, also where something else let it in before.
    private mutating func remember(_ claim: Membership.Claim, _ verdicts: inout SignatureVerdicts) {
        guard let bundle = bundle(letInBy: claim), let rank = ranks[bundle.device],
            members[rank].member.bundle == bundle, holds(claim, &verdicts)
        else { return }
        if case .comeback = claim.content {
            comebacks[bundle.device, default: []].append(claim)
        } else {
            admissions[bundle.device, default: []].append(claim)
        }
    }

    func signedByWords(
        _ withdrawal: Membership.Withdrawal, _ id: EntryID, _ verdicts: inout SignatureVerdicts
    ) -> Bool {
        guard let signature = withdrawal.signature, let recovery = recoveries[withdrawal.recovery] else {
            return false
        }
        return verdicts.verdict(on: id) {
            recovery.verifies(
                signature, of: Membership.withdrawal(of: withdrawal.recovery, journal: journal))
        }
    }
}

/// What lets devices in, by whom it depends on.
private struct Arrivals {
    private var byWriter: [DeviceID: [Membership.Claim]] = [:]
    private var announced: [DeviceID: [Membership.Claim]] = [:]
    private var returning: [EntryID: [Membership.Claim]] = [:]

    init(_ claims: [Membership.Claim]) {
        for claim in claims {
            switch claim.content {
            case .admission: byWriter[claim.writer, default: []].append(claim)
            case .recovery: announced[claim.writer, default: []].append(claim)
            case .comeback(let comeback): returning[comeback.recovery, default: []].append(claim)
            case .retirement, .withdrawal: break
            }
        }
    }

    func admissions(_ writer: DeviceID) -> [Membership.Claim] { byWriter[writer] ?? [] }

    func recoveries(_ writer: DeviceID) -> [Membership.Claim] { announced[writer] ?? [] }

    func comebacks(of recoveries: [EntryID]) -> [Membership.Claim] {
        recoveries.flatMap { returning[$0] ?? [] }
    }
}
