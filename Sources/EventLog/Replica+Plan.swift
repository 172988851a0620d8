package import Causality
import Journal

/// What is known of what a peer has.
package struct PeerKnowledge: Sendable {
    /// The ends that its summary named, and what was sent to it or came from it since.
    package private(set) var ends: [LogID: [Place]] = [:]
    /// The same, to be looked up.
    private var places: [LogID: Set<Place>] = [:]
    /// Logs in which the point of departure was already found.
    package private(set) var settled: Set<LogID> = []
    /// Devices of which it takes no new logs or branches today.
    package private(set) var deferred: Set<DeviceID> = []

    /// An event of a log, whatever branch it is on.
    package struct Place: Hashable, Sendable {
        /// The sequence number.
        package let sequence: UInt64
        /// The header hash.
        package let hash: Digest

        /// A place from its parts.
        package init(sequence: UInt64, hash: Digest) {
            self.sequence = sequence
            self.hash = hash
        }
    }

    /// Nothing is known.
    package init() {}

    /// What a summary tells.
    package init(heads: [Head], deferred: [DeviceID] = []) {
        for head in heads { learn(head) }
        self.deferred = Set(deferred)
    }

    /// The peer has a log up to a head.
    package mutating func learn(_ head: Head) {
        learn(Place(sequence: head.sequence, hash: head.hash), of: head.log)
    }

    /// The peer has a run: its end takes the place of what it continued.
    package mutating func learn(_ run: Run) {
        let before = Place(sequence: run.from - 1, hash: run.previous)
        if places[run.log]?.remove(before) != nil { ends[run.log]?.removeAll { $0 == before } }
        learn(run.closing)
    }

    /// The peer has a log up to an event.
    package mutating func learn(_ place: Place, of log: LogID) {
        guard places[log.trunk, default: []].insert(place).inserted else { return }
        ends[log.trunk, default: []].append(place)
    }

    /// Whether an event is one of the ends that the peer is known to have.
    func has(_ place: Place, of trunk: LogID) -> Bool { places[trunk]?.contains(place) ?? false }

    /// The peer has a log up to an event and departs from ours behind it; place zero: it shares nothing.
    package mutating func settle(_ log: LogID, at place: Place?) {
        if let place { learn(place, of: log) }
        settled.insert(log.trunk)
    }
}

/// What a peer lacks.
package struct SyncPlan: Sendable {
    /// What to send, log by log.
    package var sends: [Outgoing] = []
    /// Logs that depart from the peer's: it is asked where.
    package var probes: [LogID] = []
    /// Whether it lacks more than this, which it does not take today.
    package var isPartial = false

    /// Nothing is lacking.
    package init() {}

    /// A stretch of events to be sent, perhaps in several runs.
    package struct Outgoing: Hashable, Sendable {
        /// The last event to be sent.
        package let end: Position
        /// The last event that the peer has; zero for none.
        package let after: UInt64

        /// A stretch from its two ends.
        package init(end: Position, after: UInt64) {
            self.end = end
            self.after = after
        }
    }

    /// How many events there are to be sent.
    package var events: UInt64 {
        sends.reduce(0) { $0.addingClamped($1.end.sequence.subtractingClamped($1.after)) }
    }
}

extension Replica {
    /// The signed heads of all ends, for a summary.
    package var heads: [Head] { heads(in: .all) }

    /// The same of the logs that lie within a scope.
    package func heads(in scope: SyncScope) -> [Head] {
        forest.trunks.flatMap { offers(of: $0, in: scope) }.map(\.head)
    }

    /// A digest over all ends: equal digests mean that there is nothing to tell.
    package var headsDigest: Digest { headsDigest(in: .all) }

    /// The same of the logs that lie within a scope.
    package func headsDigest(in scope: SyncScope) -> Digest {
        var transcript = Transcript(.heads)
        for head in heads(in: scope) {
            transcript.append(head.log.device)
            transcript.append(head.log.epoch)
            transcript.append(head.sequence)
            transcript.append(head.hash)
        }
        return transcript.digest
    }

    /// A digest over the events whose body is missing here.
    package func missingDigest(in scope: SyncScope = .all) throws -> Digest {
        var transcript = Transcript(.missing)
        guard scope.hasBodies else { return transcript.digest }
        for id in try missingBodies(after: nil, limit: .max) { transcript.append(id) }
        return transcript.digest
    }

    /// Whether a peer shows a head that this device signed and no longer has: it was rolled back.
    ///
    /// A new epoch has to begin before anything else is written. Throws what reading throws.
    package func wasRolledBack(by heads: [Head]) throws -> Bool {
        for head in heads where head.log == ownLog {
            guard try position(of: head.hash, at: head.sequence, in: head.log) == nil else { continue }
            guard let own = membership.member(device)?.bundle else { continue }
            if head.isSigned(by: own, journal: journal) { return true }
        }
        return false
    }

    /// The same replica in a new epoch, and the batch that makes it so.
    package func openingEpoch(_ fresh: UInt64) -> EventBatch {
        var batch = EventBatch()
        batch.epoch = fresh
        batch.clock = clock.last
        return batch
    }

    /// What a peer lacks, in the order in which devices were admitted.
    package func plan(for peer: PeerKnowledge, in scope: SyncScope = .all) throws -> SyncPlan {
        var plan = SyncPlan()
        for member in membership.members {
            for trunk in forest.trunks(of: member.bundle.device) {
                try self.plan(offers(of: trunk, in: scope), of: trunk, for: peer, into: &plan)
            }
        }
        return plan
    }

    private func plan(
        _ offers: [Offer], of trunk: LogID, for peer: PeerKnowledge, into plan: inout SyncPlan
    ) throws {
        guard !offers.isEmpty else { return }
        let longest = offers.map(\.head.sequence).max() ?? 0
        var known = VersionVector()
        for place in peer.ends[trunk] ?? [] {
            if let position = try self.position(of: place.hash, at: place.sequence, in: trunk) {
                for step in forest.path(to: position) { known.raise(step.log, to: step.sequence) }
            } else if !peer.settled.contains(trunk) {
                // It departs from ours. The longer log asks; while the place is unknown nothing is sent.
                if place.sequence <= longest, !plan.probes.contains(trunk) { plan.probes.append(trunk) }
                return
            }
        }
        for end in offers.map(\.position) {
            let after =
                forest.path(to: end).first { known[$0.log] > 0 }.map { min($0.sequence, known[$0.log]) } ?? 0
            guard after < end.sequence else { continue }
            if peer.deferred.contains(trunk.device), try beginsAnew(trunk, after: after, at: end, for: peer) {
                plan.isPartial = true
                continue
            }
            plan.sends.append(.init(end: end, after: after))
        }
    }

    /// Whether a stretch would be a new log or branch for a peer: it continues none of the ends that the peer has.
    private func beginsAnew(
        _ trunk: LogID, after: UInt64, at end: Position, for peer: PeerKnowledge
    ) throws -> Bool {
        guard after > 0 else { return true }
        let last = PeerKnowledge.Place(sequence: after, hash: try hash(onPathTo: end, at: after))
        return !peer.has(last, of: trunk)
    }

    /// The next run of a stretch to be sent; nil if no head closes one, which is never so of what came as runs.
    ///
    /// - Returns: the run, and what is left of the stretch after it.
    package func run(
        of outgoing: SyncPlan.Outgoing, in scope: SyncScope = .all
    ) throws -> (run: Run, rest: SyncPlan.Outgoing?)? {
        try direct(outgoing, scope) ?? detour(outgoing, scope)
    }

    private func direct(
        _ outgoing: SyncPlan.Outgoing, _ scope: SyncScope
    ) throws -> (run: Run, rest: SyncPlan.Outgoing?)? {
        // Bodies that came late may not fit between two heads any more: then the headers go, and bodies are asked for.
        if scope.hasBodies, let whole = try run(of: outgoing, withBodies: true) { return whole }
        return try run(of: outgoing, withBodies: false)
    }

    /// Where a log forks, the events before may have no head within reach on this branch, as they came with another
    /// one: then a run of that one goes first, and what is left begins where the two part.
    private func detour(
        _ outgoing: SyncPlan.Outgoing, _ scope: SyncScope
    ) throws -> (run: Run, rest: SyncPlan.Outgoing?)? {
        let own = forest.path(to: outgoing.end)
        for offer in offers(of: outgoing.end.log.trunk) where offer.position != outgoing.end {
            let other = SyncPlan.Outgoing(end: offer.position, after: outgoing.after)
            let path = forest.path(to: offer.position)
            guard let shared = own.first(where: { step in path.contains { $0.log == step.log } }),
                let parting = path.first(where: { $0.log == shared.log })
            else { continue }
            let common = min(shared.sequence, parting.sequence)
            guard common > outgoing.after, let run = try direct(other, scope)?.run else { continue }
            let after = min(common, run.closing.sequence)
            return (run, SyncPlan.Outgoing(end: outgoing.end, after: after))
        }
        return nil
    }

    private func run(
        of outgoing: SyncPlan.Outgoing, withBodies: Bool
    ) throws -> (run: Run, rest: SyncPlan.Outgoing?)? {
        let trunk = outgoing.end.log.trunk
        var events: [EventBytes] = []
        var bytes = 0
        var closing: (head: Head, count: Int)?
        var next = outgoing.after + 1
        while next <= outgoing.end.sequence, events.count < Limits.runEvents,
            let place = forest.position(at: next, onPathTo: outgoing.end)
        {
            let end = min(
                next + UInt64(Limits.runEvents - events.count) - 1, outgoing.end.sequence,
                forest[place.log].map { min($0.end, lastOnPath(of: place.log, to: outgoing.end)) } ?? next)
            let found = try storage.bytes(
                of: place.log, from: next, through: end, withBodies: withBodies,
                bytes: Limits.runBytes - bytes)
            events += found
            bytes += found.reduce(0) { $0 + $1.runLength }
            let isFull = UInt64(found.count) <= end.subtractingClamped(next)
            let last = outgoing.after + UInt64(events.count)
            if last == outgoing.end.sequence,
                let offer = offers(of: trunk).first(where: { $0.position == outgoing.end })
            {
                // Where a log is cut its head may have come with the retirement only.
                closing = (offer.head, events.count)
            } else if last >= next,
                let head = try storage.head(of: place.log, atOrAfter: next, through: last)
            {
                // Can't trap: between `next` and `last`, which both lie behind `after`.
                closing = (head, Int(head.sequence - outgoing.after))
            }
            if isFull || last < next { break }
            next = last + 1
        }
        guard let closing else { return nil }
        let previous =
            try outgoing.after == 0
            ? .zero : hash(onPathTo: outgoing.end, at: outgoing.after)
        let sent = events.prefix(closing.count)
        let run = Run(
            log: outgoing.end.log, from: outgoing.after + 1, previous: previous,
            headers: sent.map(\.header), bodies: sent.map(\.body), closing: closing.head)
        let rest =
            closing.head.sequence < outgoing.end.sequence
            ? SyncPlan.Outgoing(end: outgoing.end, after: closing.head.sequence) : nil
        return (run, rest)
    }

    private func lastOnPath(of log: LogID, to end: Position) -> UInt64 {
        forest.path(to: end).first { $0.log == log }?.sequence ?? 0
    }

    private func hash(onPathTo end: Position, at sequence: UInt64) throws -> Digest {
        guard let place = forest.position(at: sequence, onPathTo: end) else { return .zero }
        return try storage.hash(at: place) ?? .zero
    }

    /// Hashes of a log at its ends and ever further before them, to find where a peer's log departs.
    package func samples(of trunk: LogID) throws -> [PeerKnowledge.Place] {
        var samples: Set<PeerKnowledge.Place> = []
        // The longest ends, and of the longest one all: with thousands of ends, where exactly they part costs too much.
        let tips = forest.tips(of: trunk).sorted { $0.end > $1.end }.prefix(Limits.sampledEnds)
        for tip in tips where samples.count < Limits.samples {
            let end = Position(log: tip.log, sequence: tip.end)
            var distance: UInt64 = 0
            while distance < tip.end {
                let sequence = tip.end - distance
                samples.insert(.init(sequence: sequence, hash: try hash(onPathTo: end, at: sequence)))
                distance = distance == 0 ? 1 : distance * 2
            }
            samples.insert(.init(sequence: 1, hash: try hash(onPathTo: end, at: 1)))
        }
        return Array(samples.sorted { $0.sequence > $1.sequence }.prefix(Limits.samples))
    }

    /// The last of a peer's samples that is here too; nil if the logs have nothing in common.
    package func common(of samples: [PeerKnowledge.Place], in trunk: LogID) throws -> PeerKnowledge.Place? {
        for sample in samples.sorted(by: { $0.sequence > $1.sequence }) {
            if try position(of: sample.hash, at: sample.sequence, in: trunk) != nil { return sample }
        }
        return nil
    }
}
