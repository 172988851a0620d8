package import Causality
package import Journal

extension Replica {
    /// All rifts that are joined.
    package func joins() throws -> Joins { Joins(facts(of: try storage.joins())) }

    /// Where everything in a rift, and in those joined with it, stands. Throws what reading throws.
    package func standing(ofRift rift: EntryID, joins: Joins) throws -> Standing {
        let events = try joins.component(of: rift).flatMap(storage.events(inRift:))
        return try standing(of: events)
    }

    /// Where the events of a closed set stand.
    package func standing(of events: [PlacedEvent]) throws -> Standing {
        try Standing(of: facts(of: events), persons: membership.persons) { compared in
            try sights(of: compared, in: events)
        }
    }

    /// Where an entry outside of any rift stands.
    package func standing(ofEntry entry: EntryID) throws -> Standing {
        // A consent is about the request to erase, not about the entry itself.
        let requests = try storage.events(about: entry).filter { $0.effective.header.kind == .erase }
        return try standing(of: events(around: [entry] + requests.map(\.effective.id)))
    }

    /// The facts by which an event about some entries is judged before it is written, however long their rift is:
    /// the entries with what was said of each, what they refer to in turn, and their rifts.
    package func facts(around entries: [EntryID]) throws -> [Fact] {
        try facts(of: events(around: entries))
    }

    private func events(around entries: [EntryID]) throws -> [PlacedEvent] {
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
        return Array(found.values)
    }

    /// Events as the states see them: an event that was also carried is one fact with several places.
    package func facts(of events: [PlacedEvent]) -> [Fact] {
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
        return firsts.compactMap { number in
            let event = counting[number]
            guard let author = membership.person(of: event.position.log.device) else { return nil }
            let further = further[event.effective.id] ?? []
            let header = event.effective.header
            return Fact(
                id: event.effective.id, kind: header.kind, author: author, precedence: ranks[number],
                positions: [event.position] + further.map(\.position),
                rift: header.kind == .rift ? event.effective.id : header.rift,
                references: header.references, value: header.value, subject: header.subject,
                vocabulary: header.vocabulary)
        }
    }

    /// The stretches of a person's devices, and up to where each counts.
    package func counting(of person: PersonID) -> [(log: LogID, end: UInt64)] {
        forest.all.compactMap { segment in
            let device = segment.log.device
            guard membership.person(of: device) == person else { return nil }
            let end = min(segment.end, membership.cuts[device]?[segment.log] ?? .max)
            return end > 0 ? (segment.log, end) : nil
        }
    }

    private func precedence(_ event: PlacedEvent) -> Precedence {
        Precedence(stamp: event.effective.header.stamp, position: event.position)
    }

    /// What the devices of some events had when they wrote these.
    ///
    /// - Parameter events: all places of these, among others'.
    package func sights(of facts: [Fact], in events: [PlacedEvent]) throws -> Sights {
        guard !facts.isEmpty else { return Sights() }
        let wanted = Set(facts.flatMap(\.positions))
        let places = events.filter { wanted.contains($0.position) }
        let vectors = try vectors(of: places)
        return Sights(
            Dictionary(
                zip(places, vectors).map { ($0.effective.id, $1) }, uniquingKeysWith: { $0.merged(with: $1) })
        )
    }

    /// What each event's device had when it wrote: its own log up to there, and what it names that is here.
    ///
    /// The events of one log are worked out together: what the log said of another one is read in one pass.
    package func vectors(of events: [PlacedEvent]) throws -> [VersionVector] {
        var stretches = Stretches(forest)
        var asked: [LogID: Set<UInt64>] = [:]
        let paths = events.map { forest.path(to: $0.position) }
        for (event, path) in zip(events, paths) where event.effective.carriedSeen == nil {
            for step in path { asked[step.log, default: []].insert(step.sequence) }
        }
        let trunks = stretches.trunks.filter { membership.member($0.device) != nil }
        var said: [Position: [LogID: [Mention]]] = [:]
        for (log, sequences) in asked {
            let sequences = sequences.sorted()
            for trunk in trunks {
                let mentions = try storage.mentions(in: log, of: trunk, at: sequences)
                for (sequence, mentions) in zip(sequences, mentions) where !mentions.isEmpty {
                    said[Position(log: log, sequence: sequence), default: [:]][trunk] = mentions
                }
            }
        }
        return try zip(events, paths).map { event, path in
            var vector = VersionVector()
            var mentions: [LogID: [Mention]] = [:]
            for step in path {
                vector.raise(step.log, to: step.sequence)
                mentions.merge(said[step] ?? [:]) { later, _ in later }
            }
            for mention in event.effective.carriedSeen ?? mentions.values.flatMap({ $0 }) {
                vector = vector.merged(with: try reach(of: mention, &stretches))
            }
            return vector
        }
    }

    /// The stretches of each log, and how far each mention of them reaches, as long as vectors are worked out.
    private struct Stretches {
        let byTrunk: [LogID: [LogForest.Segment]]
        var reached: [Mention: VersionVector] = [:]
        var trunks: [LogID] { byTrunk.keys.sorted() }

        init(_ forest: LogForest) { byTrunk = Dictionary(grouping: forest.all, by: \.log.trunk) }
    }

    /// What someone had who had the event that a mention names; nothing if that is not here.
    private func reach(of mention: Mention, _ stretches: inout Stretches) throws -> VersionVector {
        if let known = stretches.reached[mention] { return known }
        let segments = stretches.byTrunk[mention.log] ?? []
        var reach = VersionVector()
        if let place = try Self.place(of: mention, segments, storage) {
            for step in forest.path(to: place) { reach.raise(step.log, to: step.sequence) }
        }
        stretches.reached[mention] = reach
        return reach
    }
}
