package import Causality
package import Journal

/// Who takes part: computed from the genesis and the kept events, never only folded forward.
///
/// A retirement may take an admission back, and with it all that the admitted device wrote; so everything here follows
/// from the whole set of events, whatever order they came in.
package struct Membership: Sendable {
    /// A device of the journal, now or once.
    package struct Member: Hashable, Sendable {
        /// Its keys and person.
        package let bundle: Bundle
        /// The event that let it in; nil for a founding device.
        package let admittedBy: EntryID?
        /// The device that let it in; nil for a founding device.
        package let voucher: DeviceID?
    }

    /// An event that changes who takes part, as it stands in a log.
    package struct Claim: Sendable {
        /// What it says.
        package enum Content: Sendable {
            /// A device of the same person is let in.
            case admission(EventHeader.Admission)
            /// A device of the other person is let in, whose others are lost.
            case succession(EventHeader.Admission, replaces: DeviceID)
            /// A device of the same person takes part no longer.
            case retirement(EventHeader.Retirement)
        }

        /// The event.
        package let id: EntryID
        /// Where it stands; its device is the writer.
        package let position: Position
        /// Where it goes among others that become valid at the same time.
        package let precedence: Precedence
        /// What it says.
        package let content: Content

        /// A claim from its parts.
        package init(id: EntryID, position: Position, precedence: Precedence, content: Content) {
            self.id = id
            self.position = position
            self.precedence = precedence
            self.content = content
        }

        var writer: DeviceID { position.log.device }
    }

    /// All devices that were ever let in, in the order in which they were; logs travel in this order.
    package let members: [Member]
    /// The retirements of each device that was retired.
    package let retirements: [DeviceID: [Claim]]
    /// How much of a device counts that was retired, or that a retired one let in; all of any other's.
    package let cuts: [DeviceID: VersionVector]
    private let byDevice: [DeviceID: Member]
    private let founders: [PersonID]
    /// Devices that were lost, and whose place another one took.
    private let replaced: Set<DeviceID>

    /// The members by a genesis and the claims that are here, in whatever order those came.
    ///
    /// - Parameter reach: what a device had of the events behind some heads of one device. Whatever it throws is thrown.
    package init(
        genesis: Genesis, claims: [Claim], reach: (DeviceID, [Head]) throws -> VersionVector
    ) rethrows {
        var roll = Roll(genesis: genesis, claims: claims.sorted { $0.precedence < $1.precedence })
        try roll.complete(reach)
        // A device comes after the one that let it in, whatever their clocks said; otherwise by precedence.
        members = roll.ordered
        byDevice = roll.known.mapValues(\.member)
        retirements = roll.retirements
        founders = [genesis.first.person, genesis.second.person]
        replaced = roll.replaced
        cuts = try roll.cuts(reach)
    }

    /// A device, if it is or was one of the journal's.
    package func member(_ device: DeviceID) -> Member? { byDevice[device] }

    /// The person of a device.
    package func person(of device: DeviceID) -> PersonID? { byDevice[device]?.bundle.person }

    /// Both persons of the journal.
    package var persons: Set<PersonID> { Set(founders) }

    /// Whether a device takes part now.
    package func isActive(_ device: DeviceID) -> Bool { byDevice[device] != nil && cuts[device] == nil }

    /// The devices that take part now, in the order in which they were let in.
    package var active: [Member] { members.filter { cuts[$0.bundle.device] == nil } }

    /// The only device that a person has left, which another one may succeed; nil if there are several or none.
    package func lastDevice(of person: PersonID) -> DeviceID? {
        let left = active.map(\.bundle).filter { $0.person == person && !replaced.contains($0.device) }
        return left.count == 1 ? left[0].device : nil
    }

    /// Whether an event has effect as far as its device is concerned: it is one of the journal's, and not cut off.
    package func counts(_ position: Position) -> Bool {
        guard byDevice[position.log.device] != nil else { return false }
        return cuts[position.log.device]?.includes(position) ?? true
    }

    /// What a new device signs to be let into a journal.
    package static func consent(of bundle: Bundle, journal: Digest) -> Transcript {
        var transcript = Transcript(.admission)
        transcript.append(journal)
        bundle.append(to: &transcript)
        return transcript
    }
}

/// Works out who was ever let in; lives only while a ``Membership`` is made.
///
/// Whether an admission was cut off plays no part here: or two devices that retire those that let each other in could
/// make no sense together.
private struct Roll {
    struct Entry {
        let member: Membership.Member
        let depth: Int
        let precedence: Precedence?
    }

    private let genesis: Genesis
    private let claims: [Membership.Claim]
    private let journal: Digest
    private(set) var known: [DeviceID: Entry] = [:]
    /// The devices that a successor found there, any of which can disown it.
    private(set) var elders: [DeviceID: Set<DeviceID>] = [:]
    private(set) var replaced: Set<DeviceID> = []

    init(genesis: Genesis, claims: [Membership.Claim]) {
        self.genesis = genesis
        self.claims = claims
        journal = genesis.journal
        for bundle in [genesis.first, genesis.second] {
            known[bundle.device] = Entry(
                member: .init(bundle: bundle, admittedBy: nil, voucher: nil), depth: 0, precedence: nil)
        }
    }

    var ordered: [Membership.Member] {
        let admitted = known.values.compactMap { entry in
            entry.precedence.map { (entry.depth, $0, entry.member) }
        }
        return [genesis.first, genesis.second].compactMap { known[$0.device]?.member }
            + admitted.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }

    mutating func complete(_ reach: (DeviceID, [Head]) throws -> VersionVector) rethrows {
        admitAll()
        while try succeedOne(reach) { admitAll() }
    }

    /// Generation by generation: whoever is let in at one depth may let others in at the next.
    private mutating func admitAll() {
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            let before = known
            for claim in claims {
                guard case .admission(let admission) = claim.content, let writer = before[claim.writer],
                    writer.member.bundle.person == admission.bundle.person
                else { continue }
                isGrowing = letIn(admission, by: claim, writer) || isGrowing
            }
        }
    }

    private mutating func letIn(
        _ admission: EventHeader.Admission, by claim: Membership.Claim, _ writer: Entry
    ) -> Bool {
        let bundle = admission.bundle
        guard known[bundle.device] == nil,
            known.values.count(where: { $0.member.bundle.person == bundle.person }) < Limits.devices,
            bundle.verifies(admission.signature, of: Membership.consent(of: bundle, journal: journal))
        else { return false }
        known[bundle.device] = Entry(
            member: .init(bundle: bundle, admittedBy: claim.id, voucher: claim.writer),
            depth: writer.depth + 1, precedence: claim.precedence)
        return true
    }

    /// Lets the first successor in that there is: the other person vouches for it, and its own has no device left.
    private mutating func succeedOne(_ reach: (DeviceID, [Head]) throws -> VersionVector) rethrows -> Bool {
        for claim in claims {
            guard case .succession(let admission, let lost) = claim.content, let writer = known[claim.writer],
                let person = known[lost]?.member.bundle.person, person == admission.bundle.person,
                person != writer.member.bundle.person
            else { continue }
            let elders = Set(known.filter { $0.value.member.bundle.person == person }.keys)
            // Cut are those that were retired, and those whose admission was cut off.
            let gone = Set(try cuts(reach).keys).union(replaced).union([lost])
            guard elders.isSubset(of: gone), letIn(admission, by: claim, writer) else { continue }
            self.elders[admission.bundle.device] = elders
            replaced.insert(lost)
            return true
        }
        return false
    }

    /// A person's device retires another one of that person. Two that retire each other both stand.
    var retirements: [DeviceID: [Membership.Claim]] {
        var retirements: [DeviceID: [Membership.Claim]] = [:]
        for claim in claims {
            guard case .retirement(let retirement) = claim.content, retirement.device != claim.writer,
                let person = known[claim.writer]?.member.bundle.person,
                known[retirement.device]?.member.bundle.person == person
            else { continue }
            retirements[retirement.device, default: []].append(claim)
        }
        return retirements
    }

    /// How far each device counts that does not count for good: retired ones, and those that nobody let in who counts.
    func cuts(
        _ reach: (DeviceID, [Head]) throws -> VersionVector
    ) rethrows -> [DeviceID: VersionVector] {
        var cuts: [DeviceID: VersionVector] = [:]
        for (device, retirements) in retirements {
            for claim in retirements {
                guard case .retirement(let retirement) = claim.content else { continue }
                // Whoever took a lost device's place, and is retired by an older one, never was its successor.
                let isDisowned = elders[device]?.contains(claim.writer) ?? false
                let cut = isDisowned ? VersionVector() : try reach(device, retirement.heads)
                cuts[device] = cuts[device].map { $0.common(with: cut) } ?? cut
            }
        }
        for device in uncounted(cuts) { cuts[device] = VersionVector() }
        return cuts
    }

    /// The devices of which no admission counts: all of them were written behind a cut.
    private func uncounted(_ cuts: [DeviceID: VersionVector]) -> [DeviceID] {
        var counted = Set([genesis.first.device, genesis.second.device])
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            for claim in claims where counted.contains(claim.writer) {
                let device: DeviceID
                switch claim.content {
                case .admission(let admission):
                    device = admission.bundle.device
                    guard known[device]?.member.bundle.person == known[claim.writer]?.member.bundle.person
                    else { continue }
                case .succession(let admission, _):
                    device = admission.bundle.device
                    guard known[device]?.member.admittedBy == claim.id else { continue }
                case .retirement: continue
                }
                guard known[device] != nil, cuts[claim.writer]?.includes(claim.position) ?? true else {
                    continue
                }
                isGrowing = counted.insert(device).inserted || isGrowing
            }
        }
        return known.keys.filter { !counted.contains($0) }
    }
}

extension Membership.Claim {
    /// The claim that an event makes, if it makes one.
    package init?(_ event: PlacedEvent) {
        let header = event.effective.header
        let content: Content
        switch header.kind {
        case .admit:
            guard let admission = header.admission else { return nil }
            content = .admission(admission)
        case .succeed:
            guard let admission = header.admission, let lost = admission.replaces else { return nil }
            content = .succession(admission, replaces: lost)
        case .retire:
            guard let retirement = header.retirement else { return nil }
            content = .retirement(retirement)
        default: return nil
        }
        self.init(
            id: event.effective.id, position: event.position,
            precedence: Precedence(stamp: header.stamp, position: event.position), content: content)
    }
}
