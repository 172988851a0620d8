package import Causality
package import EventLog
package import Journal

/// A disk that keeps what was committed through any crash, and can be put back to how it was.
package final class VirtualDisk: LogReading {
    /// All that lies on it, as a value, so that a copy is a backup.
    struct Content {
        var events: [LogID: [StoredEvent]] = [:]
        var parents: [LogID: Position] = [:]
        var heads: [LogID: [UInt64: Head]] = [:]
        var clock = Stamp(0)
        var door = Door()
        var epoch: UInt64?
        /// Never read by anything that talks to a peer.
        var drafts: [[UInt8]] = []
    }

    var content = Content()

    /// Gets each batch too, for a test that follows this disk.
    var mirror: ((EventBatch) -> Void)?

    func commit(_ batch: EventBatch) {
        mirror?(batch)
        for split in batch.splits {
            let all = content.events[split.log] ?? []
            content.events[split.continuation] = all.filter { $0.position.sequence > split.sequence }.map {
                StoredEvent(
                    position: Position(log: split.continuation, sequence: $0.position.sequence),
                    hash: $0.hash,
                    headerBytes: $0.headerBytes, body: $0.body, effective: $0.effective)
            }
            content.events[split.log] = all.filter { $0.position.sequence <= split.sequence }
            for (log, parent) in content.parents
            where parent.log == split.log && parent.sequence > split.sequence {
                content.parents[log] = Position(log: split.continuation, sequence: parent.sequence)
            }
            if split.sequence > 0 {
                content.parents[split.continuation] = Position(log: split.log, sequence: split.sequence)
            } else {
                content.events[split.log] = nil
            }
            content.heads[split.continuation] = content.heads[split.log]?.filter { $0.key > split.sequence }
            content.heads[split.log] = content.heads[split.log]?.filter { $0.key <= split.sequence }
        }
        for cut in batch.truncations {
            content.events[cut.log] = content.events[cut.log]?.filter { $0.position.sequence <= cut.sequence }
            content.heads[cut.log] = content.heads[cut.log]?.filter { $0.key <= cut.sequence }
        }
        for event in batch.events {
            if content.events[event.position.log] == nil, let parent = batch.parents[event.position.log] {
                content.parents[event.position.log] = parent
            }
            content.events[event.position.log, default: []].append(event)
        }
        for (log, head) in batch.heads { content.heads[log, default: [:]][head.sequence] = head }
        for (id, bytes) in batch.bodies { set(body: bytes, of: id) }
        content.clock = batch.clock
        if let door = batch.door { content.door = door }
        content.epoch = batch.epoch
    }

    private func set(body: [UInt8], of id: EntryID) {
        for (log, events) in content.events {
            for (index, event) in events.enumerated() where event.effective.id == id {
                content.events[log]?[index].body = body
            }
        }
    }

    var segments: [LogForest.Segment] {
        content.events.compactMap { log, events in
            guard let last = events.last else { return nil }
            return LogForest.Segment(
                log: log, parent: content.parents[log], end: last.position.sequence, hash: last.hash,
                head: content.heads[log]?.max { $0.key < $1.key }?.value)
        }
    }

    var all: [StoredEvent] { content.events.keys.sorted().flatMap { content.events[$0] ?? [] } }

    private var placed: [PlacedEvent] {
        all.map { PlacedEvent(position: $0.position, effective: $0.effective) }
    }

    package func claims() -> [Membership.Claim] { placed.compactMap(Membership.Claim.init) }

    // MARK: Reading

    package func hash(at position: Position) -> Digest? {
        content.events[position.log]?.first { $0.position == position }?.hash
    }

    package func events(of log: LogID, from: UInt64, through: UInt64) -> [StoredEvent] {
        (content.events[log] ?? []).filter { from <= $0.position.sequence && $0.position.sequence <= through }
    }

    package func bytes(
        of log: LogID, from: UInt64, through: UInt64, withBodies: Bool, bytes: Int
    ) -> [EventBytes] {
        var left = bytes
        return events(of: log, from: from, through: through).map {
            EventBytes(header: $0.headerBytes, body: withBodies ? $0.body ?? [] : [])
        }.prefix { event in
            left -= event.runLength
            return left >= 0
        }
    }

    package func head(of log: LogID, atOrAfter lower: UInt64, through upper: UInt64) -> Head? {
        content.heads[log]?.filter { lower <= $0.key && $0.key <= upper }.max { $0.key < $1.key }?.value
    }

    package func mentions(in log: LogID, through sequence: UInt64) -> [Mention] {
        var latest: [LogID: [Mention]] = [:]
        for event in content.events[log] ?? [] where event.position.sequence <= sequence {
            let seen = (try? EventHeader(bytes: event.headerBytes))?.seen ?? []
            for (log, mentions) in Dictionary(grouping: seen, by: \.log) { latest[log] = mentions }
        }
        return latest.keys.sorted().flatMap { latest[$0] ?? [] }
    }

    package func names(_ device: DeviceID, in log: LogID, through sequence: UInt64) -> Bool {
        mentions(in: log, through: sequence).contains { $0.log.device == device }
    }

    package func mentions(in log: LogID, of trunk: LogID, at sequences: [UInt64]) -> [[Mention]] {
        sequences.map { mentions(in: log, through: $0).filter { $0.log == trunk } }
    }

    package func bodies(of ids: [EntryID]) -> [EntryID: [UInt8]] {
        let wanted = Set(ids)
        var bodies: [EntryID: [UInt8]] = [:]
        for event in all where wanted.contains(event.effective.id) {
            if let body = event.body { bodies[event.effective.id] = body }
        }
        return bodies
    }

    package func missingBodies(after: EntryID?, limit: Int) -> [EntryID] {
        let missing = all.filter { $0.effective.header.commitment != nil && $0.body == nil }
        let ids = Set(missing.map(\.effective.id)).sorted()
        return Array(ids.drop { id in after.map { id <= $0 } ?? false }.prefix(limit))
    }

    package func header(of id: EntryID) -> EventHeader? {
        all.first { $0.effective.id == id }?.effective.header
    }

    package func events(inRift rift: EntryID) -> [PlacedEvent] {
        placed.filter { $0.effective.id == rift || $0.effective.header.rift == rift }
    }

    package func events(about entry: EntryID) -> [PlacedEvent] {
        placed.filter { event in
            event.effective.id == entry || event.effective.header.references.contains { $0.entry == entry }
        }
    }

    package func joins() -> [PlacedEvent] { placed.filter { $0.effective.header.kind == .sameAs } }
}
