package import Causality
package import Journal

/// An event to be written, before it has a place.
package struct NewEvent: Sendable {
    /// What it is.
    package var kind: Kind
    /// Its rift, except for a rift itself.
    package var rift: EntryID?
    /// What it refers to.
    package var references: [Reference]
    /// A receipt's or vote's choice.
    package var value: UInt32
    /// What a tag or name is about.
    package var subject: [UInt8]
    /// Its words.
    package var body: Body?
    /// A device to be let in.
    package var admission: EventHeader.Admission?
    /// A device that takes part no longer.
    package var retired: DeviceID?
    /// What is said of recovery words.
    package var recovery: EventHeader.Recovery?
    /// When it was shared, in milliseconds since 1970, where that is known from elsewhere; else now.
    package var at: Int64?

    /// An event to be written.
    package init(
        _ kind: Kind, rift: EntryID? = nil, references: [Reference] = [], value: UInt32 = 0,
        subject: [UInt8] = [], body: Body? = nil, admission: EventHeader.Admission? = nil,
        retired: DeviceID? = nil, recovery: EventHeader.Recovery? = nil
    ) {
        self.kind = kind
        self.rift = rift
        self.references = references
        self.value = value
        self.subject = subject
        self.body = body
        self.admission = admission
        self.retired = retired
        self.recovery = recovery
    }
}

/// The moment of an append, as the machine tells it.
package struct WallTime: Sendable {
    /// Milliseconds since 1970.
    package let milliseconds: Int64
    /// The offset from UTC, in minutes.
    package let zone: Int32

    /// A moment from its parts.
    package init(milliseconds: Int64, zone: Int32 = 0) {
        self.milliseconds = milliseconds
        self.zone = zone
    }
}

extension Replica {
    /// What writing some events changes. Throws ``FormatError`` if one is over a limit, and what reading throws.
    package func append(_ events: [NewEvent], at wall: WallTime) throws -> EventBatch {
        try append(events.count, at: wall) { number, _ in events[number] }
    }

    /// The same of events that may refer to those before them.
    ///
    /// - Parameter event: told the number of an event and the ids of all that come before it.
    package func append(
        _ count: Int, at wall: WallTime, event: (Int, [EntryID]) throws -> NewEvent
    ) throws -> EventBatch {
        var writer = Writer(self, wall: wall)
        var ids: [EntryID] = []
        for number in 0..<count { ids.append(try writer.write(event(number, ids))) }
        return try writer.finish()
    }

    /// Builds consecutive events at the end of this device's log.
    struct Writer {
        private let replica: Replica
        private let wall: WallTime
        private var clock: HybridClock
        private var said: [LogID: Set<Mention>]
        private var sequence: UInt64
        private var previous: Digest
        private var unsigned = (events: 0, bytes: 0)
        private var written: [EntryID: Int64] = [:]
        private(set) var batch = EventBatch()

        init(_ replica: Replica, wall: WallTime) {
            self.replica = replica
            self.wall = wall
            clock = replica.clock
            said = replica.said
            let end = replica.forest[replica.ownLog]
            sequence = end?.end ?? 0
            previous = end?.hash ?? .zero
            batch.isLocal = true
        }

        /// Writes an event, and returns its id.
        @discardableResult
        mutating func write(_ event: NewEvent) throws -> EntryID {
            // What a retirement leaves of a device is what was named of it: all of its logs have to be.
            while let device = event.retired, unsaid(of: device) > Self.roomForMentions {
                var header = EventHeader(kind: .sight)
                try add(&header, body: nil, naming: device)
            }
            var header = EventHeader(kind: event.kind)
            header.rift = event.rift
            header.references = event.references
            header.value = event.value
            header.subject = event.subject
            header.admission = event.admission
            header.retired = event.retired
            header.recovery = event.recovery
            if let body = event.body { header.commit(to: body) }
            header.at = try event.at ?? sharedAt(answering: event.references)
            header.zone = wall.zone
            return try add(&header, body: event.body?.bytes, naming: event.retired)
        }

        /// Issues an event anew that nobody else has, word for word.
        mutating func carry(_ event: StoredEvent, previous: Digest, seen: [Mention]) throws {
            var header = EventHeader(kind: .carry)
            header.commitment = event.effective.header.commitment
            header.bodyLength = event.effective.header.bodyLength
            let outer = try EventHeader(bytes: event.headerBytes)
            if outer.kind == .carry, let carried = outer.carried {
                // After a second rollback: it goes on standing for the event that it was carried for.
                header.carried = carried
                try add(&header, body: event.body)
                return
            }
            // Room for the inner header's frame and the outer header's own parts.
            let room = Limits.header - event.headerBytes.count - 256
            header.carried = .init(
                epoch: event.position.log.epoch, sequence: event.position.sequence, previous: previous,
                header: event.headerBytes,
                seen: Array(seen.prefix(min(Limits.seen, max(room, 0) / Mention.encodedLength))))
            try add(&header, body: event.body)
        }

        /// - Parameter device: whose logs are named before all others.
        @discardableResult
        private mutating func add(
            _ header: inout EventHeader, body: [UInt8]?, naming device: DeviceID? = nil
        ) throws -> EntryID {
            header.stamp = clock.tick(wall: wall.milliseconds)
            let room = header.limit - header.encodedLength
            header.seen = try news(
                atMost: min(Limits.seen, max(room, 0) / Mention.encodedLength), first: device)
            let bytes = try header.encoded()
            sequence += 1
            previous = EventHeader.hash(
                of: bytes, journal: replica.journal, log: replica.ownLog, sequence: sequence,
                previous: previous)
            let effective = try EffectiveEvent(
                header: header, hash: previous, device: replica.device, journal: replica.journal)
            written[effective.id] = header.at
            batch.events.append(
                StoredEvent(
                    position: Position(log: replica.ownLog, sequence: sequence), hash: previous,
                    headerBytes: bytes, body: body, effective: effective))
            unsigned.events += 1
            unsigned.bytes += bytes.count + (body?.count ?? 0)
            if unsigned.events >= Limits.headEvents || unsigned.bytes >= Limits.headBytes { try sign() }
            return effective.id
        }

        /// What has changed in other logs since this log last spoke of them; what finds no room is told next time.
        private mutating func news(atMost limit: Int, first device: DeviceID?) throws -> [Mention] {
            var news: [Mention] = []
            let trunks = replica.forest.trunks.filter { $0 != replica.ownLog }
            for trunk in trunks.filter({ $0.device == device }) + trunks.filter({ $0.device != device }) {
                let ends = try ends(of: trunk)
                guard said[trunk] != Set(ends), news.count + ends.count <= limit else { continue }
                said[trunk] = Set(ends)
                news += ends
            }
            return news
        }

        private func ends(of trunk: LogID) throws -> [Mention] {
            var ends = replica.forest.tips(of: trunk).map {
                Mention(log: trunk, sequence: $0.end, prefix: $0.hash.prefix)
            }
            if trunk.device == replica.device, let handedOut = try lastHandedOut(of: trunk) {
                // What lies behind it may yet turn out to be unknown to all others, and be carried.
                ends.append(handedOut)
            }
            return ends
        }

        /// So many mentions find room in the header of a retirement.
        private static var roomForMentions: Int { (Limits.writtenHeader - 128) / Mention.encodedLength }

        /// How many mentions are due of a device's logs that fit into a header at all.
        private func unsaid(of device: DeviceID) -> Int {
            replica.forest.trunks.filter { $0.device == device && $0 != replica.ownLog }.reduce(0) {
                sum, trunk in
                let ends = Set(
                    replica.forest.tips(of: trunk).map {
                        Mention(log: trunk, sequence: $0.end, prefix: $0.hash.prefix)
                    })
                return said[trunk] == ends || ends.count > Self.roomForMentions ? sum : sum + ends.count
            }
        }

        private func lastHandedOut(of trunk: LogID) throws -> Mention? {
            let sequence = replica.mark[trunk.epoch]
            guard let segment = replica.forest[trunk], sequence > 0, sequence < segment.end,
                let hash = try replica.storage.hash(at: Position(log: trunk, sequence: sequence))
            else { return nil }
            return Mention(log: trunk, sequence: sequence, prefix: hash.prefix)
        }

        /// The wall clock, or later than everything answered that lies at most a day ahead.
        private func sharedAt(answering references: [Reference]) throws -> Int64 {
            let (sum, overflow) = wall.milliseconds.addingReportingOverflow(HybridClock.tolerance)
            let horizon = overflow ? Int64.max : sum
            var at = wall.milliseconds
            for reference in references {
                let answered = try written[reference.entry] ?? replica.storage.header(of: reference.entry)?.at
                if let answered, answered < horizon { at = max(at, answered + 1) }
            }
            return at
        }

        private mutating func sign() throws {
            guard unsigned.events > 0 else { return }
            let head = try Head.sign(
                log: replica.ownLog, sequence: sequence, hash: previous, journal: replica.journal,
                by: replica.keys)
            batch.heads.append((replica.ownLog, head))
            unsigned = (0, 0)
        }

        mutating func finish() throws -> EventBatch {
            try sign()
            batch.clock = clock.last
            batch.epoch = replica.epoch
            return batch
        }
    }
}

extension EffectiveEvent {
    /// The event that has effect, of a header as it stands in a log. Throws if a carried header is none.
    package init(header: EventHeader, hash: Digest, device: DeviceID, journal: Digest) throws(FormatError) {
        guard header.kind == .carry else {
            self.init(id: hash.identifier(), header: header)
            return
        }
        guard let carried = header.carried else { throw .malformed }
        let inner = try EventHeader(bytes: carried.header)
        guard inner.kind != .carry, inner.commitment == header.commitment,
            inner.bodyLength == header.bodyLength
        else { throw .malformed }
        let original = EventHeader.hash(
            of: carried.header, journal: journal, log: LogID(device: device, epoch: carried.epoch),
            sequence: carried.sequence, previous: carried.previous)
        self.init(id: original.identifier(), header: inner, carriedSeen: carried.seen)
    }
}
