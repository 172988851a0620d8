package import Causality
package import Journal

/// An end up to which a log is told to others, and the signed head that proves it.
package struct Offer: Hashable, Sendable {
    /// The last event told.
    package let position: Position
    /// The head at that event.
    package let head: Head
}

/// Which logs two devices tell each other about.
package enum SyncScope: Hashable, Sendable {
    /// All of them, with their bodies.
    case all
    /// The headers of one person's logs: between a device that only juniors retired and any other.
    case headers(of: PersonID)

    /// Whether bodies are told too.
    package var hasBodies: Bool { self == .all }
}

extension Replica {
    /// Works out again who takes part, from the claims that are stored.
    mutating func reloadMembership() throws {
        claims = ClaimIndex(try storage.claims(), in: forest)
        try deriveMembership()
    }

    /// Takes over what a batch says of who takes part. Called when the forest has its events.
    mutating func updateMembership(_ batch: EventBatch) throws {
        // Stretches have other names: the claims are read again under these.
        guard batch.splits.isEmpty, batch.truncations.isEmpty else { return try reloadMembership() }
        var isConcerned = false
        for event in batch.events {
            if let claim = Membership.Claim(event.effective, at: event.position) {
                isConcerned = claims.add(claim, in: forest) || isConcerned
            }
        }
        // What a claim names may have come, and then tells where a log is cut.
        if !isConcerned {
            isConcerned = batch.events.contains { event in
                let place = event.position
                // Can't trap: numbers begin with 1.
                let before = forest.position(at: place.sequence - 1, onPathTo: place)
                return membership.isReached(before, of: place.log.device)
            }
        }
        if isConcerned { try deriveMembership() }
    }

    private mutating func deriveMembership() throws {
        let (storage, forest) = (storage, forest)
        let sight = Membership.Sight { claim, device in
            try Self.reach(of: claim, device, storage, forest)
        } path: {
            forest.path(to: $0)
        }
        membership = try Membership(
            genesis: genesis, claims: claims.claims, verdicts: &verdicts, sight: sight)
    }

    /// What the log of a claim had last named of a device's logs, as written, whatever counts; nil for nothing.
    private static func reach(
        of claim: Membership.Claim, _ device: DeviceID, _ storage: Storage, _ forest: LogForest
    ) throws -> VersionVector? {
        guard let named = try mentions(of: device, at: claim, storage, forest) else { return nil }
        var reach = VersionVector()
        for mention in named {
            let segments = forest.segments(of: mention.log)
            if let place = try place(of: mention, segments, storage) {
                for step in forest.path(to: place) { reach.raise(step.log, to: step.sequence) }
            } else {
                // Its event is not here yet, so what is here of that log lies before it as far as can be told.
                for segment in segments {
                    reach.raise(segment.log, to: min(segment.end, mention.sequence))
                }
            }
        }
        return reach
    }

    /// What the log of a claim had last named of a device's logs that are here; nil if it had named none, here or not.
    private static func mentions(
        of device: DeviceID, at claim: Membership.Claim, _ storage: Storage, _ forest: LogForest
    ) throws -> [Mention]? {
        if let carried = claim.carriedSeen {
            let named = carried.filter { $0.log.device == device }
            return named.isEmpty ? nil : named
        }
        let path = forest.path(to: claim.position)
        guard try path.contains(where: { try storage.names(device, in: $0.log, through: $0.sequence) }) else {
            return nil
        }
        // A log may name any number that are nowhere.
        return try forest.trunks(of: device).flatMap { trunk in
            for step in path {
                let said = try storage.mentions(in: step.log, of: trunk, at: [step.sequence])
                if let said = said.first, !said.isEmpty { return said }
            }
            return []
        }
    }

    /// The place that a mention names, among the stretches of its log; nil where that event is not here.
    static func place(
        of mention: Mention, _ segments: [LogForest.Segment], _ storage: Storage
    ) throws -> Position? {
        for segment in segments {
            guard mention.sequence <= segment.end, mention.sequence > segment.parent?.sequence ?? 0 else {
                continue
            }
            let place = Position(log: segment.log, sequence: mention.sequence)
            let hash = mention.sequence == segment.end ? segment.hash : try storage.hash(at: place)
            if hash?.prefix == mention.prefix { return place }
        }
        return nil
    }

    /// The device that a run of an unknown one lets in: it begins with a comeback by words that are known here.
    func newcomer(in prepared: PreparedRun) -> Bundle? {
        guard prepared.run.from == 1, let first = prepared.events.first, first.header.kind == .recover,
            let comeback = first.header.recovery.flatMap(Membership.Comeback.init),
            comeback.bundle.device == prepared.run.log.device,
            let recovery = membership.recovery(comeback.recovery),
            recovery.person == comeback.bundle.person, recovery.signs(comeback, journal: journal)
        else { return nil }
        return comeback.bundle
    }

    /// The ends up to which a log is told to others: all of them, whatever counts.
    func offers(of trunk: LogID, in scope: SyncScope = .all) -> [Offer] {
        // Nobody can verify the log of a device whose admission went with an old copy.
        guard let person = membership.person(of: trunk.device) else { return [] }
        if case .headers(of: let only) = scope, person != only { return [] }
        return forest.tips(of: trunk).compactMap { tip in
            tip.head.map { Offer(position: Position(log: tip.log, sequence: tip.end), head: $0) }
        }
    }

    /// Events that count and whose body is committed to and absent; in order of id, only those behind an id if one
    /// is given.
    package func missingBodies(after: EntryID?, limit: Int) throws -> [EntryID] {
        let isAllCounting =
            membership.cuts.isEmpty
            && forest.trunks.allSatisfy { membership.member($0.device) != nil }
        guard !isAllCounting else { return try storage.missingBodies(after: after, limit: limit) }
        // However many don't count: nothing found is the end of what is missing, not of a page.
        var (counting, last) = ([EntryID](), after)
        while counting.count < limit {
            let page = try storage.missingBodies(after: last, limit: limit)
            counting += try page.filter(isCounting)
            guard page.count == limit, let end = page.last else { break }
            last = end
        }
        return Array(counting.prefix(limit))
    }

    private func isCounting(_ id: EntryID) throws -> Bool {
        try storage.events(about: id).contains {
            $0.effective.id == id && membership.counts($0.position)
        }
    }
}
