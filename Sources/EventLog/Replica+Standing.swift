package import Causality
package import Journal

extension Replica {
    /// All rifts that are joined.
    package func joins() throws -> Joins { Joins(try facts(of: storage.joins())) }

    /// Where everything in a rift, and in those joined with it, stands. Throws what reading throws.
    package func standing(ofRift rift: EntryID, joins: Joins) throws -> Standing {
        let events = try joins.component(of: rift).flatMap(storage.events(inRift:))
        return Standing(of: try facts(of: events), persons: membership.persons)
    }

    /// Where an entry outside of any rift stands.
    package func standing(ofEntry entry: EntryID) throws -> Standing {
        // A consent is about the request to erase, not about the entry itself.
        let requests = try storage.events(about: entry).filter { $0.effective.header.kind == .erase }
        return Standing(
            of: try facts(around: [entry] + requests.map(\.effective.id)), persons: membership.persons)
    }

    /// The facts by which an event about some entries is judged before it is written, however long their rift is:
    /// the entries with what was said of each, what they refer to in turn, and their rifts.
    package func facts(around entries: [EntryID]) throws -> [Fact] {
        var found: [Position: PlacedEvent] = [:]
        var visited: Set<EntryID> = []
        var frontier = entries
        // A receipt names an answer, which names a hurt, which belongs to a rift: nothing reaches deeper.
        for _ in 0..<4 {
            var next: [EntryID] = []
            for entry in frontier where visited.insert(entry).inserted {
                for event in try storage.events(about: entry) {
                    found[event.position] = event
                    guard event.effective.id == entry else { continue }
                    let header = event.effective.header
                    next += header.references.map(\.entry) + (header.rift.map { [$0] } ?? [])
                }
            }
            frontier = next
        }
        return try facts(of: Array(found.values))
    }

    /// Events as the states see them: an event that was also carried is one fact with several places.
    package func facts(of events: [PlacedEvent]) throws -> [Fact] {
        // What was written behind a cut, and nowhere before it, has no effect.
        let counting = events.filter { membership.counts($0.position) }
        let ranks = counting.map(precedence)
        // The first place of each; of nearly all it is the only one.
        var seen: Set<EntryID> = Set(minimumCapacity: counting.count)
        var firsts: [Int] = []
        var further: [EntryID: [PlacedEvent]] = [:]
        for number in counting.indices.sorted(by: { ranks[$0] < ranks[$1] }) {
            let event = counting[number]
            if seen.insert(event.effective.id).inserted {
                firsts.append(number)
            } else {
                further[event.effective.id, default: []].append(event)
            }
        }
        return try firsts.compactMap { number in
            let event = counting[number]
            guard let author = membership.person(of: event.position.log.device) else { return nil }
            let further = further[event.effective.id] ?? []
            let header = event.effective.header
            var vector = VersionVector()
            if Self.needsVector(header.kind) {
                for place in [event] + further { vector = vector.merged(with: try self.vector(of: place)) }
            }
            return Fact(
                id: event.effective.id, kind: header.kind, author: author, precedence: ranks[number],
                positions: [event.position] + further.map(\.position),
                rift: header.kind == .rift ? event.effective.id : header.rift,
                references: header.references, value: header.value, subject: header.subject,
                vocabulary: header.vocabulary, vector: vector)
        }
    }

    private func precedence(_ event: PlacedEvent) -> Precedence {
        Precedence(stamp: event.effective.header.stamp, position: event.position)
    }

    /// Votes and writes of registers are compared by what they had seen; nothing else is.
    private static func needsVector(_ kind: Kind?) -> Bool {
        guard let kind else { return false }
        return switch kind {
        case .rift, .title, .agreement, .tag, .revise, .personName, .deviceName: true
        default: kind.isVote
        }
    }

    /// What an event's device had when it wrote: its own log up to there, and what it names that is here.
    package func vector(of event: PlacedEvent) throws -> VersionVector {
        var vector = VersionVector()
        var mentions: [LogID: [Mention]] = [:]
        for step in forest.path(to: event.position) {
            vector.raise(step.log, to: step.sequence)
            guard event.effective.carriedSeen == nil else { continue }
            let said = Dictionary(
                grouping: try storage.mentions(in: step.log, through: step.sequence), by: \.log)
            mentions.merge(said) { later, _ in later }
        }
        for mention in event.effective.carriedSeen ?? mentions.values.flatMap({ $0 }) {
            if let all = allThatCounts(behind: mention) {
                vector = vector.merged(with: all)
                continue
            }
            guard let place = try Self.place(of: mention, storage, forest) else { continue }
            for step in forest.path(to: place) { vector.raise(step.log, to: step.sequence) }
        }
        return vector
    }

    /// What counts of a log, if a mention names an event behind its cut: not everyone has that event, and whoever
    /// named it had all before it.
    private func allThatCounts(behind mention: Mention) -> VersionVector? {
        guard let cut = membership.cuts[mention.log.device] else { return nil }
        let counting = forest.segments(of: mention.log).map { ($0.log, cut[$0.log]) }
        guard mention.sequence > counting.map(\.1).max() ?? 0 else { return nil }
        return VersionVector(Dictionary(uniqueKeysWithValues: counting))
    }
}
