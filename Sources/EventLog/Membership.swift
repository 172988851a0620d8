package import Causality
package import Journal

/// Who takes part: computed from the genesis and the kept events, never only folded forward.
package struct Membership: Sendable {
    /// A device of the journal.
    package struct Member: Hashable, Sendable {
        /// Its keys and person.
        package let bundle: Bundle
        /// The event that let it in; nil for a founding device.
        package let admittedBy: EntryID?
    }

    /// An admission as it stands in a log.
    package struct Claim: Sendable {
        /// The event.
        package let id: EntryID
        /// The device that wrote it.
        package let writer: DeviceID
        /// Where it goes among others that become valid at the same time.
        package let precedence: Precedence
        /// The device let in, and its own signature.
        package let admission: EventHeader.Admission

        /// A claim from its parts.
        package init(id: EntryID, writer: DeviceID, precedence: Precedence, admission: EventHeader.Admission)
        {
            self.id = id
            self.writer = writer
            self.precedence = precedence
            self.admission = admission
        }
    }

    /// The devices, in the order in which they were admitted; logs travel in this order.
    package let members: [Member]
    private let byDevice: [DeviceID: Member]
    private let founders: [PersonID]

    /// The members by a genesis and all `admit` events that are here, in whatever order those came.
    ///
    /// An admission counts if its writer is a device of that same person and the new key has signed it too.
    package init(genesis: Genesis, claims: [Claim]) {
        let journal = genesis.journal
        let founding = [genesis.first, genesis.second].map { Member(bundle: $0, admittedBy: nil) }
        var byDevice = Dictionary(
            founding.map { ($0.bundle.device, $0) }, uniquingKeysWith: { first, _ in first })
        var admitted: [(member: Member, depth: Int, precedence: Precedence)] = []
        var depths = byDevice.mapValues { _ in 0 }
        var open = claims.sorted { $0.precedence < $1.precedence }
        // Generation by generation: whoever is let in at one depth may let others in at the next.
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            let known = byDevice
            for claim in open {
                let bundle = claim.admission.bundle
                guard let writer = known[claim.writer], let depth = depths[claim.writer],
                    writer.bundle.person == bundle.person, byDevice[bundle.device] == nil,
                    bundle.verifies(claim.admission.signature, of: Self.consent(of: bundle, journal: journal))
                else { continue }
                let member = Member(bundle: bundle, admittedBy: claim.id)
                admitted.append((member, depth + 1, claim.precedence))
                byDevice[bundle.device] = member
                depths[bundle.device] = depth + 1
                isGrowing = true
            }
            open.removeAll { known[$0.writer] != nil }
        }
        // A device comes after the one that let it in, whatever their clocks said; otherwise by precedence.
        members =
            founding
            + admitted.sorted { ($0.depth, $0.precedence) < ($1.depth, $1.precedence) }.map(\.member)
        self.byDevice = byDevice
        self.founders = [genesis.first.person, genesis.second.person]
    }

    /// A device, if it is one of the journal's.
    package func member(_ device: DeviceID) -> Member? { byDevice[device] }

    /// The person of a device.
    package func person(of device: DeviceID) -> PersonID? { byDevice[device]?.bundle.person }

    /// Both persons of the journal.
    package var persons: Set<PersonID> { Set(founders) }

    /// What a new device signs to be let into a journal.
    package static func consent(of bundle: Bundle, journal: Digest) -> Transcript {
        var transcript = Transcript(.admission)
        transcript.append(journal)
        bundle.append(to: &transcript)
        return transcript
    }
}
