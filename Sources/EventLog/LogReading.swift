package import Causality
package import Journal

/// An event as stored: its exact bytes and where it stands.
package struct StoredEvent: Sendable {
    /// Its place.
    package let position: Position
    /// The hash of its header, over everything before it too.
    package let hash: Digest
    /// The header's exact bytes.
    package let headerBytes: [UInt8]
    /// The body's exact bytes; nil where it is absent.
    package var body: [UInt8]?
    /// The event as it has effect: the inner one of a `carry`, else the event itself.
    package let effective: EffectiveEvent

    /// A stored event from its parts.
    package init(
        position: Position, hash: Digest, headerBytes: [UInt8], body: [UInt8]?, effective: EffectiveEvent
    ) {
        self.position = position
        self.hash = hash
        self.headerBytes = headerBytes
        self.body = body
        self.effective = effective
    }
}

extension StoredEvent {
    /// What its log says of others at this place: a carry speaks for itself, the event inside is not asked.
    package func seen() throws(FormatError) -> [Mention] {
        effective.carriedSeen == nil ? effective.header.seen : try EventHeader(bytes: headerBytes).seen
    }
}

/// An event's exact bytes, as a run carries them.
package struct EventBytes: Sendable {
    /// The header.
    package let header: [UInt8]
    /// The body; empty where it is absent.
    package let body: [UInt8]

    /// An event's bytes.
    package init(header: [UInt8], body: [UInt8]) {
        self.header = header
        self.body = body
    }

    /// The bytes that the event takes in a run, and what frames them.
    package var runLength: Int { header.count + body.count + 8 }
}

/// What an event says, under the id that others refer to.
package struct EffectiveEvent: Sendable {
    /// The id: a carried event keeps the one it was written with.
    package let id: EntryID
    /// The header that counts.
    package let header: EventHeader
    /// What a carried event's device had, where it does not follow from its place.
    package let carriedSeen: [Mention]?

    /// An event from its parts.
    package init(id: EntryID, header: EventHeader, carriedSeen: [Mention]? = nil) {
        self.id = id
        self.header = header
        self.carriedSeen = carriedSeen
    }
}

extension EffectiveEvent {
    /// The event that has effect, of a header that was verified when it was stored.
    package init(id: EntryID, storedHeader header: EventHeader) throws(FormatError) {
        if let carried = header.carried, header.kind == .carry {
            self.init(id: id, header: try EventHeader(bytes: carried.header), carriedSeen: carried.seen)
        } else {
            self.init(id: id, header: header)
        }
    }
}

/// What the merge needs to read of stored events. The database is one; the simulator's virtual disk is the other.
package protocol LogReading {
    /// The header hash at a place.
    func hash(at position: Position) throws -> Digest?
    /// Events of one stretch, from a sequence number to another, both included.
    func events(of log: LogID, from: UInt64, through: UInt64) throws -> [StoredEvent]
    /// The same as they travel, without looking into them.
    ///
    /// - Parameters:
    ///   - withBodies: without them all bodies are empty.
    ///   - bytes: as many events as fit into these by their ``EventBytes/runLength``, perhaps none.
    func bytes(
        of log: LogID, from: UInt64, through: UInt64, withBodies: Bool, bytes: Int
    ) throws -> [EventBytes]
    /// The last signed head of a stretch at or before a sequence number, and at or behind another.
    func head(of log: LogID, atOrAfter lower: UInt64, through upper: UInt64) throws -> Head?
    /// What a stretch said last of each other log, at or before a sequence number.
    func mentions(in log: LogID, through sequence: UInt64) throws -> [Mention]
    /// Whether a stretch had named any log of a device, here or not, at or before a sequence number.
    func names(_ device: DeviceID, in log: LogID, through sequence: UInt64) throws -> Bool
    /// What a stretch had said last of one other log, at each of some sequence numbers, which ascend.
    func mentions(in log: LogID, of trunk: LogID, at sequences: [UInt64]) throws -> [[Mention]]
    /// The bodies that are here, of the events named.
    func bodies(of ids: [EntryID]) throws -> [EntryID: [UInt8]]
    /// Events whose body is committed to and absent; in order of id, only those behind an id if one is given.
    func missingBodies(after: EntryID?, limit: Int) throws -> [EntryID]
    /// The header that an id names, of any of its places.
    func header(of id: EntryID) throws -> EventHeader?
    /// All events whose header names a rift, and the rift itself.
    func events(inRift rift: EntryID) throws -> [PlacedEvent]
    /// An event outside of any rift, with all that refers to it.
    func events(about entry: EntryID) throws -> [PlacedEvent]
    /// All `same_as` events of the journal.
    func joins() throws -> [PlacedEvent]
    /// All events that say who takes part.
    func claims() throws -> [Membership.Claim]
}

/// An event as far as states are concerned: what it says and where it stands, without any words.
package struct PlacedEvent: Sendable {
    /// Its place.
    package let position: Position
    /// What it says.
    package let effective: EffectiveEvent

    /// An event from its parts.
    package init(position: Position, effective: EffectiveEvent) {
        self.position = position
        self.effective = effective
    }
}
