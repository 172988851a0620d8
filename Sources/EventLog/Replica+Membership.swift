package import Causality
package import Journal

/// An end up to which a log is told to others, and the signed head that proves it.
package struct Offer: Hashable, Sendable {
    /// The last event told.
    package let position: Position
    /// The head at that event.
    package let head: Head
}

extension Replica {
    /// Works out anew who takes part, and how far the logs of those are told that do no longer.
    mutating func refreshMembership() throws {
        let claims = try storage.claims()
        let known = Membership(genesis: genesis, claims: claims) { _, _ in VersionVector() }
        membership = try Membership(genesis: genesis, claims: claims) { device, heads in
            try reach(of: verified(heads, of: device, known))
        }
        withheld = [:]
        for device in membership.cuts.keys {
            for trunk in forest.trunks where trunk.device == device {
                withheld[trunk] = try offers(ofCut: trunk)
            }
        }
    }

    /// Whether a batch may change who takes part, or how far a retired device's log reaches.
    func concernsMembership(_ batch: EventBatch) -> Bool {
        if batch.events.contains(where: { $0.effective.header.kind?.isMembership ?? false }) { return true }
        guard !membership.cuts.isEmpty else { return false }
        return !batch.splits.isEmpty || !batch.truncations.isEmpty
            || batch.events.contains { membership.cuts[$0.position.log.device] != nil }
    }

    /// The heads that their device has signed; anyone could name others.
    private func verified(_ heads: [Head], of device: DeviceID, _ membership: Membership) -> [Head] {
        guard let bundle = membership.member(device)?.bundle else { return [] }
        return heads.filter { $0.isSigned(by: bundle, journal: journal) }
    }

    /// What someone had who had these heads.
    private func reach(of heads: [Head]) throws -> VersionVector {
        var reach = VersionVector()
        for head in heads {
            if let place = try position(of: head.hash, at: head.sequence, in: head.log) {
                for step in forest.path(to: place) { reach.raise(step.log, to: step.sequence) }
            } else {
                // Its end is not here yet, so what is here of that log lies before it as far as can be told.
                for segment in forest.segments(of: head.log) {
                    reach.raise(segment.log, to: min(segment.end, head.sequence))
                }
            }
        }
        return reach
    }

    /// The ends up to which a log is told to others.
    func offers(of trunk: LogID) -> [Offer] {
        // Nobody can verify the log of a device whose admission went with an old copy.
        guard membership.member(trunk.device) != nil else { return [] }
        return withheld[trunk] ?? ends(of: trunk)
    }

    private func ends(of trunk: LogID) -> [Offer] {
        forest.tips(of: trunk).compactMap { tip in
            tip.head.map { Offer(position: Position(log: tip.log, sequence: tip.end), head: $0) }
        }
    }

    /// The same of a device that takes part no longer: what counts of it, and all of a log in which it has itself
    /// retired another one, since that stands.
    private func offers(ofCut trunk: LogID) throws -> [Offer] {
        let tips = ends(of: trunk)
        let own = membership.retirements.values.joined().filter { $0.position.log.trunk == trunk }
        guard own.isEmpty else { return tips }
        var offers = Set(tips.filter { membership.counts($0.position) })
        for claim in membership.retirements[trunk.device] ?? [] {
            guard case .retirement(let retirement) = claim.content else { continue }
            for head in verified(retirement.heads, of: trunk.device, membership) where head.log == trunk {
                guard let place = try position(of: head.hash, at: head.sequence, in: trunk),
                    membership.counts(place)
                else { continue }
                offers.insert(Offer(position: place, head: head))
            }
        }
        // One that lies on the way to another is told with that one.
        return offers.filter { offer in
            !offers.contains { other in
                other != offer
                    && forest.path(to: other.position).contains {
                        $0.log == offer.position.log && $0.sequence >= offer.position.sequence
                    }
            }
        }.sorted { ($0.position.log, $0.position.sequence) < ($1.position.log, $1.position.sequence) }
    }

    /// The retirement of a device at all that is here of it, as its event says it. The longest logs come first where
    /// there are more than a header can name.
    package func retirement(of device: DeviceID) -> EventHeader.Retirement {
        let ends = forest.trunks.filter { $0.device == device }.flatMap(offers(of:))
        let longest = ends.sorted { $0.position.sequence > $1.position.sequence }
        return EventHeader.Retirement(
            device: device, heads: longest.prefix(Limits.retiredHeads).map(\.head))
    }

    /// Events that count and whose body is committed to and absent; in order of id, only those behind an id if one
    /// is given.
    package func missingBodies(after: EntryID?, limit: Int) throws -> [EntryID] {
        let missing = try storage.missingBodies(after: after, limit: limit)
        guard
            !membership.cuts.isEmpty || forest.trunks.contains(where: { membership.member($0.device) == nil })
        else { return missing }
        return try missing.filter { id in
            try storage.events(about: id).contains {
                $0.effective.id == id && membership.counts($0.position)
            }
        }
    }
}
