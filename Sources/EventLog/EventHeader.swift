package import Causality
package import Journal
import Wire

/// The last event of another log that an event's device had.
package struct Mention: Hashable, Sendable {
    /// The log's device and epoch; the hash says which branch.
    package let log: LogID
    /// The sequence number.
    package let sequence: UInt64
    /// The first eight bytes of that event's header hash.
    package let prefix: UInt64

    /// A mention from its parts.
    package init(log: LogID, sequence: UInt64, prefix: UInt64) {
        self.log = log.trunk
        self.sequence = sequence
        self.prefix = prefix
    }

    /// An upper bound of a mention's bytes in a header.
    static let encodedLength = 52

    init?(_ wire: WireSeen) {
        guard let device = DeviceID(wire.device), wire.prefix.count == 8, wire.sequence > 0 else {
            return nil
        }
        self.init(
            log: LogID(device: device, epoch: wire.epoch), sequence: wire.sequence,
            prefix: wire.prefix.reduce(0) { $0 << 8 | UInt64($1) })
    }

    var wire: WireSeen {
        var wire = WireSeen()
        wire.device = log.device.bytes.wireBytes
        wire.epoch = log.epoch
        wire.sequence = sequence
        var bytes: [UInt8] = []
        bytes.append(bigEndian: prefix)
        wire.prefix = bytes.wireBytes
        return wire
    }
}

/// What states and winners depend on. See `reconcile.proto` for the meaning of each part.
package struct EventHeader: Sendable {
    /// The writer's vocabulary: kinds of a later one were not understood by it.
    package var vocabulary = Kind.currentVocabulary
    /// The hybrid clock's moment at which it was written.
    package var stamp = Stamp(0)
    /// What had changed in other logs since this log's previous event; at most 64.
    package var seen: [Mention] = []
    /// Milliseconds since 1970, stamped once, when shared.
    package var at: Int64 = 0
    /// The writer's offset from UTC, in minutes.
    package var zone: Int32 = 0
    /// The number on the wire; ``kind`` is nil where this program doesn't know it.
    package var kindNumber: UInt32
    /// The rift that it belongs to; nil for a rift itself, and outside of any.
    package var rift: EntryID?
    /// What it is about; at most 32.
    package var references: [Reference] = []
    /// A receipt's choice, what a tag's write says, or that an `erase` needs no consent; else zero.
    package var value: UInt32 = 0
    /// Of a tag, 16 bytes of a hash of its text; of a name, the person's or device's id; else empty.
    package var subject: [UInt8] = []
    /// The hash of the body's bytes; nil if there is no body.
    package var commitment: Digest?
    /// The body's length in bytes, rounded up to a multiple of 256.
    package var bodyLength: UInt32 = 0
    private var rare = Rare.none

    /// What the event is; nil for a kind of a later version.
    package var kind: Kind? { Kind(rawValue: kindNumber) }

    /// The event that a `carry` issues anew; nil if there is none.
    package var carried: Carried? {
        get { rare.parts?.carried }
        set { rare.change { $0.carried = newValue } }
    }
    /// The device that an `admit` lets in; nil if there is none.
    package var admission: Admission? {
        get { rare.parts?.admission }
        set { rare.change { $0.admission = newValue } }
    }
    /// The device that a `retire` takes out; nil if there is none.
    package var retired: DeviceID? {
        get { rare.parts?.retired }
        set { rare.change { $0.retired = newValue } }
    }
    /// What a `recovery`, a `withdraw` or a `recover` says; nil if there is nothing.
    package var recovery: Recovery? {
        get { rare.parts?.recovery }
        set { rare.change { $0.recovery = newValue } }
    }

    /// What few events have, kept apart: within every header it would make each several times as large.
    private indirect enum Rare: Sendable {
        struct Parts: Sendable {
            var carried: Carried?
            var admission: Admission?
            var retired: DeviceID?
            var recovery: Recovery?
        }

        case none
        case some(Parts)

        var parts: Parts? {
            guard case .some(let parts) = self else { return nil }
            return parts
        }

        mutating func change(_ change: (inout Parts) -> Void) {
            var parts = parts ?? Parts()
            change(&parts)
            self = .some(parts)
        }
    }

    /// An event of an earlier epoch, word for word.
    package struct Carried: Sendable {
        /// The epoch in which it was written.
        package let epoch: UInt64
        /// Its number in the log of that epoch.
        package let sequence: UInt64
        /// The hash of the header before it; zero for the first one.
        package let previous: Digest
        /// Its header's exact bytes.
        package let header: [UInt8]
        /// What its device had of other logs when it was written, as far as there was room.
        package let seen: [Mention]
    }

    /// A device that is let in.
    package struct Admission: Sendable {
        /// What the device shows of itself, and whose it is.
        package let bundle: Bundle
        /// The device's consent to be that person's in this journal: 64 bytes by its event key.
        package let signature: [UInt8]

        /// An admission from its parts.
        package init(bundle: Bundle, signature: [UInt8]) {
            self.bundle = bundle
            self.signature = signature
        }
    }

    /// What is said of words on paper that can let a device in.
    package struct Recovery: Sendable {
        /// The words' Ed25519 public key, 32 bytes, where they are announced.
        package var key: [UInt8]?
        /// The event that announced them, elsewhere.
        package var announced: EntryID?
        /// The device that comes back by them.
        package var bundle: Bundle?
        /// 64 bytes by the words' key; nil where a `withdraw` needs none.
        package var signature: [UInt8]?

        /// What is said, from its parts.
        package init(
            key: [UInt8]? = nil, announced: EntryID? = nil, bundle: Bundle? = nil, signature: [UInt8]? = nil
        ) {
            self.key = key
            self.announced = announced
            self.bundle = bundle
            self.signature = signature
        }
    }

    /// A header to be written.
    package init(kind: Kind) { kindNumber = kind.rawValue }

    /// A header as it came. Throws if it is none, or over a limit.
    package init(bytes: [UInt8]) throws(FormatError) {
        guard bytes.count <= Limits.header else { throw .headerTooLong }
        guard let wire = try? WireHeader(decoding: bytes) else { throw .undecodable }
        guard wire.seen.count <= Limits.seen else { throw .tooManySeen }
        guard wire.refs.count <= Limits.references else { throw .tooManyReferences }
        guard wire.bodyLength <= Limits.body, wire.subject.count <= 64 else { throw .malformed }
        vocabulary = wire.vocabulary
        stamp = Stamp(wire.stamp)
        seen = try Self.mentions(wire.seen)
        at = wire.at
        zone = wire.zone
        kindNumber = wire.kind
        rift = try Self.optional(wire.rift, EntryID.init)
        var references: [Reference] = []
        for ref in wire.refs {
            guard let entry = EntryID(ref.entry) else { throw .malformed }
            references.append(Reference(entry, wording: try Self.optional(ref.wording, EntryID.init)))
        }
        self.references = references
        value = wire.value
        subject = Array(wire.subject)
        commitment = try Self.optional(wire.commitment, Digest.init)
        bodyLength = wire.bodyLength
        if !wire.carried.isEmpty { carried = try Self.carried(Array(wire.carried)) }
        if !wire.admission.isEmpty { admission = try Self.admission(Array(wire.admission)) }
        if !wire.retirement.isEmpty { retired = try Self.retired(Array(wire.retirement)) }
        if !wire.recovery.isEmpty { recovery = try Recovery(bytes: Array(wire.recovery)) }
        // A title is a line: with its salt and frame, and as lengths are rounded, no more than this.
        if kind == .rift || kind == .title, bodyLength > Limits.titleBody { throw .bodyTooLong }
    }

    /// The bytes to be stored and hashed. Only a header that is being written is ever encoded.
    package func encoded() throws(FormatError) -> [UInt8] {
        guard let bytes = try? wire().encodedBytes() else { throw .malformed }
        guard bytes.count <= limit else { throw .headerTooLong }
        return bytes
    }

    /// The bytes that it may have when it is written.
    var limit: Int { carried == nil ? Limits.writtenHeader : Limits.header }

    private func wire() throws(FormatError) -> WireHeader {
        var wire = WireHeader()
        wire.vocabulary = vocabulary
        wire.stamp = stamp.rawValue
        wire.seen = seen.map(\.wire)
        wire.at = at
        wire.zone = zone
        wire.kind = kindNumber
        if let rift { wire.rift = rift.bytes.wireBytes }
        wire.refs = references.map { reference in
            var ref = WireRef()
            ref.entry = reference.entry.bytes.wireBytes
            if let wording = reference.wording { ref.wording = wording.bytes.wireBytes }
            return ref
        }
        wire.value = value
        wire.subject = subject.wireBytes
        if let commitment { wire.commitment = commitment.bytes.wireBytes }
        wire.bodyLength = bodyLength
        if let carried { wire.carried = try carried.encoded().wireBytes }
        if let admission { wire.admission = try admission.encoded().wireBytes }
        if let retired {
            var retirement = WireRetirement()
            retirement.device = retired.bytes.wireBytes
            wire.retirement = try Self.bytes(retirement).wireBytes
        }
        if let recovery { wire.recovery = try recovery.encoded().wireBytes }
        return wire
    }

    /// How long the header is as it stands, limits apart.
    var encodedLength: Int { (try? wire().encodedBytes())?.count ?? Limits.header }

    /// Commits to a body.
    package mutating func commit(to body: Body) {
        commitment = body.commitment
        bodyLength = body.paddedLength
    }

    /// The header hash: it binds the bytes to their journal, log, number and everything before them.
    package static func hash(
        of bytes: [UInt8], journal: Digest, log: LogID, sequence: UInt64, previous: Digest
    ) -> Digest {
        var transcript = Transcript(.header)
        transcript.append(journal)
        transcript.append(log.device)
        transcript.append(log.epoch)
        transcript.append(sequence)
        transcript.append(previous)
        transcript.append(bytes)
        return transcript.digest
    }

    private static func mentions(_ wire: [WireSeen]) throws(FormatError) -> [Mention] {
        var mentions: [Mention] = []
        for seen in wire {
            guard let mention = Mention(seen) else { throw .malformed }
            mentions.append(mention)
        }
        return mentions
    }

    private static func optional<Bytes: Collection<UInt8>, Value>(
        _ bytes: Bytes, _ make: (Bytes) -> Value?
    ) throws(FormatError) -> Value? {
        if bytes.isEmpty { return nil }
        guard let value = make(bytes) else { throw .malformed }
        return value
    }

    private static func carried(_ bytes: [UInt8]) throws(FormatError) -> Carried {
        guard let wire = try? WireCarried(decoding: bytes) else { throw .undecodable }
        guard wire.seen.count <= Limits.seen else { throw .tooManySeen }
        guard let previous = Digest(wire.previous), wire.sequence > 0 else { throw .malformed }
        return Carried(
            epoch: wire.epoch, sequence: wire.sequence, previous: previous, header: Array(wire.header),
            seen: try mentions(wire.seen))
    }

    private static func admission(_ bytes: [UInt8]) throws(FormatError) -> Admission {
        guard let wire = try? WireAdmission(decoding: bytes) else { throw .undecodable }
        guard let bundle = Bundle(wire.bundle), wire.signature.count == 64 else { throw .malformed }
        return Admission(bundle: bundle, signature: Array(wire.signature))
    }

    private static func retired(_ bytes: [UInt8]) throws(FormatError) -> DeviceID {
        guard let wire = try? WireRetirement(decoding: bytes) else { throw .undecodable }
        guard let device = DeviceID(wire.device) else { throw .malformed }
        return device
    }

    fileprivate static func bytes(_ message: some WireReadable) throws(FormatError) -> [UInt8] {
        guard let bytes = try? message.encodedBytes() else { throw .malformed }
        return bytes
    }
}

extension EventHeader.Recovery {
    fileprivate init(bytes: [UInt8]) throws(FormatError) {
        guard let wire = try? WireRecovery(decoding: bytes) else { throw .undecodable }
        guard wire.key.isEmpty || wire.key.count == 32, wire.signature.isEmpty || wire.signature.count == 64
        else { throw .malformed }
        self.init()
        if !wire.key.isEmpty { key = Array(wire.key) }
        if !wire.signature.isEmpty { signature = Array(wire.signature) }
        if !wire.announced.isEmpty {
            guard let id = EntryID(wire.announced) else { throw .malformed }
            announced = id
        }
        if wire.hasBundle {
            guard let bundle = Bundle(wire.bundle) else { throw .malformed }
            self.bundle = bundle
        }
    }

    fileprivate func encoded() throws(FormatError) -> [UInt8] {
        var wire = WireRecovery()
        if let key { wire.key = key.wireBytes }
        if let announced { wire.announced = announced.bytes.wireBytes }
        if let bundle { wire.bundle = bundle.wire }
        if let signature { wire.signature = signature.wireBytes }
        return try EventHeader.bytes(wire)
    }
}

extension EventHeader.Carried {
    fileprivate func encoded() throws(FormatError) -> [UInt8] {
        var wire = WireCarried()
        wire.epoch = epoch
        wire.sequence = sequence
        wire.previous = previous.bytes.wireBytes
        wire.header = header.wireBytes
        wire.seen = seen.map(\.wire)
        return try EventHeader.bytes(wire)
    }
}

extension EventHeader.Admission {
    fileprivate func encoded() throws(FormatError) -> [UInt8] {
        var wire = WireAdmission()
        wire.bundle = bundle.wire
        wire.signature = signature.wireBytes
        return try EventHeader.bytes(wire)
    }
}
