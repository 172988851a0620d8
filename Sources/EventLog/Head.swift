package import Causality
package import Wire

/// The end of a log as its device signed it: whoever holds this and the chain below it can prove every event.
package struct Head: Hashable, Sendable {
    /// The device and epoch; the branch is not part of what is signed, the hash names it.
    package let log: LogID
    /// The last sequence number.
    package let sequence: UInt64
    /// That event's header hash.
    package let hash: Digest
    /// The device's signature.
    package let signature: [UInt8]

    /// A head from its parts.
    package init(log: LogID, sequence: UInt64, hash: Digest, signature: [UInt8]) {
        self.log = log.trunk
        self.sequence = sequence
        self.hash = hash
        self.signature = signature
    }

    /// A head as it came; nil if a part has the wrong length.
    package init?(_ wire: WireHead) {
        guard let device = DeviceID(wire.device), let hash = Digest(wire.hash), wire.sequence > 0,
            wire.signature.count == 64
        else { return nil }
        self.init(
            log: LogID(device: device, epoch: wire.epoch), sequence: wire.sequence, hash: hash,
            signature: Array(wire.signature))
    }

    /// The head as it travels.
    package var wire: WireHead {
        var wire = WireHead()
        wire.device = log.device.bytes.wireBytes
        wire.epoch = log.epoch
        wire.sequence = sequence
        wire.hash = hash.bytes.wireBytes
        wire.signature = signature.wireBytes
        return wire
    }

    /// A new head, signed.
    package static func sign(
        log: LogID, sequence: UInt64, hash: Digest, journal: Digest, by keys: DeviceKeys
    ) throws -> Head {
        let transcript = transcript(log: log, sequence: sequence, hash: hash, journal: journal)
        return Head(log: log, sequence: sequence, hash: hash, signature: try keys.sign(transcript))
    }

    /// Whether the signature is that of the device.
    package func isSigned(by bundle: Bundle, journal: Digest) -> Bool {
        log.device == bundle.device
            && bundle.verifies(
                signature, of: Self.transcript(log: log, sequence: sequence, hash: hash, journal: journal))
    }

    private static func transcript(log: LogID, sequence: UInt64, hash: Digest, journal: Digest) -> Transcript
    {
        var transcript = Transcript(.head)
        transcript.append(journal)
        transcript.append(log.device)
        transcript.append(log.epoch)
        transcript.append(sequence)
        transcript.append(hash)
        return transcript
    }
}
