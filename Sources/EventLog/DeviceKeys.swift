package import Causality
package import Crypto
package import Journal
package import Wire

/// A device's two secret keys.
package struct DeviceKeys: Sendable {
    /// Signs the device's heads.
    package let event: Curve25519.Signing.PrivateKey
    /// Agrees on a key with every other device, by which they know each other when they meet.
    package let meet: Curve25519.KeyAgreement.PrivateKey

    /// New keys.
    package init() {
        event = .init()
        meet = .init()
    }

    /// Stored keys, 32 bytes each. Throws if they are none.
    package init(event: [UInt8], meet: [UInt8]) throws {
        self.event = try .init(rawRepresentation: event)
        self.meet = try .init(rawRepresentation: meet)
    }

    /// Both keys' bytes, to be kept where only this device's person can read them.
    package var secrets: (event: [UInt8], meet: [UInt8]) {
        (Array(event.rawRepresentation), Array(meet.rawRepresentation))
    }

    /// The id of the device that holds these keys.
    package var device: DeviceID { Bundle.device(of: Array(event.publicKey.rawRepresentation)) }

    /// What the device shows of itself, for a person.
    package func bundle(of person: PersonID) -> Bundle {
        Bundle(
            person: person, eventKey: Array(event.publicKey.rawRepresentation),
            meetKey: Array(meet.publicKey.rawRepresentation))
    }

    /// An Ed25519 signature over a transcript.
    package func sign(_ transcript: Transcript) throws -> [UInt8] {
        Array(try event.signature(for: transcript.bytes))
    }

    /// The key that this device shares with one other of the journal: HKDF over X25519.
    package func pairKey(with other: Bundle, journal: Digest) throws -> SymmetricKey {
        let theirs = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: other.meetKey)
        return try meet.sharedSecretFromKeyAgreement(with: theirs).hkdfDerivedSymmetricKey(
            using: SHA256.self, salt: journal.bytes, sharedInfo: Array(Label.pairKey.rawValue.utf8),
            outputByteCount: 32)
    }
}

/// What a device shows of itself to be let in: whose it is, and its two public keys.
package struct Bundle: Hashable, Sendable {
    /// The person it belongs to.
    package let person: PersonID
    /// Its Ed25519 key.
    package let eventKey: [UInt8]
    /// Its X25519 key.
    package let meetKey: [UInt8]

    /// A bundle from its parts.
    package init(person: PersonID, eventKey: [UInt8], meetKey: [UInt8]) {
        self.person = person
        self.eventKey = eventKey
        self.meetKey = meetKey
    }

    /// A bundle as it came; nil if a part has the wrong length.
    package init?(_ wire: WireBundle) {
        guard let person = PersonID(wire.person), wire.eventKey.count == 32, wire.meetKey.count == 32 else {
            return nil
        }
        self.init(person: person, eventKey: Array(wire.eventKey), meetKey: Array(wire.meetKey))
    }

    /// A stored bundle; nil if the bytes are none.
    package init?(bytes: [UInt8]) {
        guard let wire = try? WireBundle(decoding: bytes) else { return nil }
        self.init(wire)
    }

    /// The bundle as it travels.
    package var wire: WireBundle {
        var wire = WireBundle()
        wire.person = person.bytes.wireBytes
        wire.eventKey = eventKey.wireBytes
        wire.meetKey = meetKey.wireBytes
        return wire
    }

    /// The device's id.
    package var device: DeviceID { Self.device(of: eventKey) }

    static func device(of eventKey: [UInt8]) -> DeviceID { Digest(SHA256.hash(data: eventKey)).identifier() }

    /// Whether a signature over a transcript is this device's.
    package func verifies(_ signature: some Collection<UInt8>, of transcript: Transcript) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: eventKey) else { return false }
        return key.isValidSignature(Array(signature), for: transcript.bytes)
    }

    func append(to transcript: inout Transcript) {
        transcript.append(person)
        transcript.append(eventKey)
        transcript.append(meetKey)
    }
}
