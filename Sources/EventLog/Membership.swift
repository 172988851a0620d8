package import Causality
package import Journal

/// Who takes part: a pure function of the genesis and the kept events, whatever order they came in.
///
/// A person's devices stand in one order of seniority, which does not depend on retirements: the founding device, then
/// those let in by others, then those that came back by recovery words and what these let in. Everything is decided
/// once, from the most senior device down, so that a senior can always answer whatever a junior did.
package struct Membership: Sendable {
    /// A device of the journal, now or once.
    package struct Member: Hashable, Sendable {
        /// Its keys and person.
        package let bundle: Bundle
        /// The event that let it in; nil for a founding device.
        package let admittedBy: EntryID?
        /// The device that let it in; nil for a founding device, and for one that came back by recovery words.
        package let voucher: DeviceID?
        /// The event that announced the words by which it came back; nil for any other.
        package let recovery: EntryID?
    }

    /// How a device is met.
    package enum Encounter: Sendable {
        /// For everything.
        case full
        /// For the headers of its own person's logs: only devices junior to it have retired it.
        case headers
        /// Not at all.
        case none
    }

    /// Recovery words that can let a device in.
    package struct Recovery: Hashable, Sendable {
        /// The event that announced them.
        package let id: EntryID
        /// Their Ed25519 public key.
        package let key: [UInt8]
        /// Whose they are.
        package let person: PersonID
        /// Where they were announced; its device is the one on which they were made.
        package let position: Position
        /// The device on which they were made.
        package var device: DeviceID { position.log.device }
    }

    /// What a membership asks of the logs.
    package struct Sight {
        let named: (Claim, DeviceID) throws -> VersionVector?
        let path: (Position) -> [Position]

        /// - Parameters:
        ///   - named: what the log of a claim had last named of a device's logs, at the claim or before it; nil for nothing.
        ///   - path: the places to which a place's own log goes back, itself first.
        package init(
            named: @escaping (Claim, DeviceID) throws -> VersionVector?,
            path: @escaping (Position) -> [Position] = { [$0] }
        ) {
            self.named = named
            self.path = path
        }
    }

    /// All devices that were ever let in, in the order in which logs travel; of one person the more senior first.
    package let members: [Member]
    /// How much of a device counts that was retired, or whose admission does not count; all of any other's.
    package let cuts: [DeviceID: VersionVector]
    /// The retirements of each device that have an effect.
    package let retirements: [DeviceID: [Claim]]
    /// How far each of these reaches.
    private let reaches: [DeviceID: [VersionVector]]
    /// The words that can let a device in now.
    package let recoveries: [Recovery]
    private let announced: [EntryID: Recovery]
    private let ranks: [DeviceID: Int]
    private let unmet: Set<DeviceID>
    private let void: Set<DeviceID>
    private let founders: [PersonID]

    /// The members by a genesis and the claims that are here. Throws what `sight` throws.
    ///
    /// - Parameter verdicts: what is known of signatures; added to.
    package init(
        genesis: Genesis, claims: [Claim], verdicts: inout SignatureVerdicts, sight: Sight
    ) throws {
        let roll = Roll(genesis: genesis, claims: claims, verdicts: &verdicts)
        var judgement = Retirements(roll: roll, claims: claims, sight: sight)
        try judgement.decide(&verdicts)
        members = roll.members.map(\.member)
        ranks = roll.ranks
        cuts = judgement.cuts
        retirements = judgement.retirements
        reaches = judgement.reaches
        recoveries = judgement.recoveries
        unmet = judgement.unmet
        void = judgement.void
        announced = roll.recoveries
        founders = [genesis.first.person, genesis.second.person]
    }

    /// A device, if it is or was one of the journal's.
    package func member(_ device: DeviceID) -> Member? { ranks[device].map { members[$0] } }

    /// The person of a device.
    package func person(of device: DeviceID) -> PersonID? { member(device)?.bundle.person }

    /// Both persons of the journal.
    package var persons: Set<PersonID> { Set(founders) }

    /// Whether a device is senior to another one of the same person.
    package func isSenior(_ device: DeviceID, to other: DeviceID) -> Bool {
        guard let rank = ranks[device], let otherRank = ranks[other] else { return false }
        return person(of: device) == person(of: other) && rank < otherRank
    }

    /// Whether a device takes part now.
    package func isActive(_ device: DeviceID) -> Bool { ranks[device] != nil && cuts[device] == nil }

    /// The devices that take part now, in the order in which they were let in.
    package var active: [Member] { members.filter { cuts[$0.bundle.device] == nil } }

    /// How a device of the journal is met.
    package func encounter(of device: DeviceID) -> Encounter {
        guard ranks[device] != nil, !unmet.contains(device) else { return .none }
        return cuts[device] == nil ? .full : .headers
    }

    /// Whether nothing counts by which a device was let in.
    package func isVoid(_ device: DeviceID) -> Bool { void.contains(device) }

    /// Whether an event has effect as far as its device is concerned: it is one of the journal's, and not cut off.
    package func counts(_ position: Position) -> Bool {
        guard ranks[position.log.device] != nil else { return false }
        return cuts[position.log.device]?.includes(position) ?? true
    }

    /// Whether a retirement of a device reaches as far as a place in its log, and so perhaps beyond by what comes next;
    /// nil stands for the beginning of the log.
    func isReached(_ place: Position?, of device: DeviceID) -> Bool {
        (reaches[device] ?? []).contains { reach in place.map(reach.includes) ?? true }
    }

    /// The words that an event announced, whether or not they count.
    package func recovery(_ id: EntryID) -> Recovery? { announced[id] }

    /// What a new device signs to be let into a journal.
    package static func consent(of bundle: Bundle, journal: Digest) -> Transcript {
        var transcript = Transcript(.admission)
        transcript.append(journal)
        bundle.append(to: &transcript)
        return transcript
    }

    /// What recovery words sign to let a device in.
    package static func comeback(of bundle: Bundle, by recovery: EntryID, journal: Digest) -> Transcript {
        var transcript = Transcript(.recover)
        transcript.append(journal)
        transcript.append(recovery)
        bundle.append(to: &transcript)
        return transcript
    }

    /// What recovery words sign to be announced, so that nobody announces another one's words as their own.
    package static func announcement(of person: PersonID, journal: Digest) -> Transcript {
        var transcript = Transcript(.announcement)
        transcript.append(journal)
        transcript.append(person)
        return transcript
    }

    /// What recovery words sign to be withdrawn.
    package static func withdrawal(of recovery: EntryID, journal: Digest) -> Transcript {
        var transcript = Transcript(.withdrawal)
        transcript.append(journal)
        transcript.append(recovery)
        return transcript
    }
}

/// Whether signatures of events hold, by the events' ids: each is checked once, and both outcomes are remembered.
package struct SignatureVerdicts: Sendable {
    private var outcomes: [EntryID: Bool] = [:]

    /// Nothing was checked yet.
    package init() {}

    mutating func verdict(on id: EntryID, _ check: () -> Bool) -> Bool {
        if let known = outcomes[id] { return known }
        let outcome = check()
        outcomes[id] = outcome
        return outcome
    }
}
