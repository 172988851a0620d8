import Causality
import EventLog
import Journal
import LocalAPI
import Peering
import Store

/// Recovery words: what a person writes on paper, to come back by after the last device is lost.
///
/// The daemon keeps none of them, only the public key that they give.
extension Ledger {
    /// New words, which say nothing yet.
    func newWords() throws -> RecoveryWords {
        _ = try announcing()
        guard let words = RecoveryWords(bytes: Machine.random(16)) else { throw ErrorPayload("internal") }
        return words
    }

    /// Announces words that their person has written down, so that they can bring that person back.
    func announce(_ words: RecoveryWords) throws {
        let replica = try announcing()
        let key = try words.publicKey()
        // A retry after a lost answer announces nothing twice.
        guard !replica.membership.recoveries.contains(where: { $0.key == key }) else { return }
        guard let own = replica.membership.person(of: replica.device) else { return }
        let signature = try words.sign(Membership.announcement(of: own, journal: replica.journal))
        let event = NewEvent(.recovery, recovery: .init(key: key, signature: signature))
        try commit(replica.append([event], at: Machine.now()))
    }

    private func announcing() throws -> Replica<Store> {
        let replica = try paired()
        guard replica.membership.isActive(replica.device) else { throw ErrorPayload("retired") }
        return replica
    }

    /// Lets words count no more.
    ///
    /// - Parameters:
    ///   - text: the beginning of the id under which they were announced; nil where the words themselves are given, or
    ///     where there is only one paper.
    ///   - words: the words, by which any device may withdraw them.
    func withdraw(_ text: String?, words: RecoveryWords?) throws {
        let replica = try paired()
        guard replica.membership.encounter(of: replica.device) != .none else { throw ErrorPayload("retired") }
        let recovery = try chosenRecovery(text, words, replica)
        let membership = replica.membership
        let mayWithdraw =
            recovery.device == replica.device || membership.isSenior(replica.device, to: recovery.device)
        guard mayWithdraw || words != nil else {
            throw ErrorPayload("withdraw_elsewhere", try names().device(recovery.device))
        }
        let signature = try words.map {
            try $0.sign(Membership.withdrawal(of: recovery.id, journal: replica.journal))
        }
        let event = NewEvent(
            .withdraw, recovery: .init(announced: recovery.id, signature: signature))
        try commit(replica.append([event], at: Machine.now()))
    }

    private func chosenRecovery(
        _ text: String?, _ words: RecoveryWords?, _ replica: Replica<Store>
    ) throws -> Membership.Recovery {
        let own = replica.membership.person(of: replica.device)
        var found = replica.membership.recoveries.filter { $0.person == own }
        if let words {
            let key = try words.publicKey()
            found = found.filter { $0.key == key }
        }
        if let text { found = found.filter { $0.id.description.hasPrefix(text.lowercased()) } }
        guard let recovery = found.first else { throw ErrorPayload("unknown_words") }
        guard found.count == 1 else { throw ErrorPayload("which_words") }
        return recovery
    }

    /// This person's papers that count, for the screen.
    func recoveries() throws -> [RecoveryPayload] {
        guard let replica else { return [] }
        let (own, names) = (replica.membership.person(of: replica.device), try names())
        return try replica.membership.recoveries.filter { $0.person == own }.map { recovery in
            RecoveryPayload(
                id: recovery.id.description, device: names.device(recovery.device),
                made: try store.header(of: recovery.id)?.at)
        }
    }

    // MARK: In a pairing

    /// The papers by which someone can come back: of each person the most senior, so that nobody's crowd out the other's.
    func recoveries(of members: Membership) -> [PairingSession.Recovery] {
        let order = members.members.map(\.bundle.device)
        let sorted = members.recoveries.sorted {
            (order.firstIndex(of: $0.device) ?? 0, $0.id) < (order.firstIndex(of: $1.device) ?? 0, $1.id)
        }
        return members.persons.sorted().flatMap { person in
            sorted.filter { $0.person == person }.prefix(PairingSession.recoveryLimit / 2)
        }.map { ($0.id, $0.key, $0.person) }
    }

    /// The event by which a new device comes back, the first of its log.
    func recover(
        _ keys: DeviceKeys, as person: PersonID, by recovery: EntryID, words: RecoveryWords, journal: Digest
    ) throws -> NewEvent {
        let bundle = keys.bundle(of: person)
        let signature = try words.sign(
            Membership.comeback(of: bundle, by: recovery, journal: journal))
        return NewEvent(
            .recover, recovery: .init(announced: recovery, bundle: bundle, signature: signature))
    }

    /// Retires what a device that came back was lost with: once it was told of all there is, as what it has not named
    /// would be cut off.
    func retireLost() throws {
        guard let replica, try store.meta(.comeback) != nil,
            let own = replica.membership.member(replica.device), own.recovery != nil
        else { return }
        let lost = replica.membership.active.map(\.bundle).filter {
            $0.person == own.bundle.person && $0.device != replica.device
        }
        if !lost.isEmpty {
            try commit(
                replica.append(lost.map { NewEvent(.retire, retired: $0.device) }, at: Machine.now()))
        }
        try store.forget(.comeback)
    }
}
