package import Wire

/// Where everyone's trust begins: two founding devices that compared codes and both said yes.
package struct Genesis: Hashable, Sendable {
    /// The founding device with the lower id.
    package let first: Bundle
    /// The other one.
    package let second: Bundle
    /// T2 of the pairing, over which both confirmed.
    package let transcript: Digest
    /// The confirmations, in the same order.
    package let confirmations: [[UInt8]]
    /// Whether the first device was the host of the pairing.
    package let firstIsHost: Bool

    /// The genesis of a pairing. Nil unless both confirmations hold and the two are different persons' devices.
    package init?(
        host: Bundle, hostConfirmation: [UInt8], joiner: Bundle, joinerConfirmation: [UInt8],
        transcript: Digest
    ) {
        guard host.person != joiner.person, host.device != joiner.device else { return nil }
        guard host.verifies(hostConfirmation, of: Self.confirmation(of: transcript, isHost: true)),
            joiner.verifies(joinerConfirmation, of: Self.confirmation(of: transcript, isHost: false))
        else { return nil }
        firstIsHost = host.device < joiner.device
        (first, second) = firstIsHost ? (host, joiner) : (joiner, host)
        confirmations =
            firstIsHost
            ? [hostConfirmation, joinerConfirmation] : [joinerConfirmation, hostConfirmation]
        self.transcript = transcript
    }

    /// A stored genesis; nil if the bytes are none or a confirmation does not hold.
    package init?(bytes: [UInt8]) {
        guard let wire = try? WireGenesis(decoding: bytes), let first = Bundle(wire.first),
            let second = Bundle(wire.second), let transcript = Digest(wire.transcript)
        else { return nil }
        let confirmations = [Array(wire.firstConfirm), Array(wire.secondConfirm)]
        let (host, joiner) = wire.firstIsHost ? (0, 1) : (1, 0)
        self.init(
            host: [first, second][host], hostConfirmation: confirmations[host],
            joiner: [first, second][joiner], joinerConfirmation: confirmations[joiner], transcript: transcript
        )
        guard self.first == first else { return nil }
    }

    /// The bytes to be stored.
    package func encoded() throws(EncodingError) -> [UInt8] {
        var wire = WireGenesis()
        wire.first = first.wire
        wire.second = second.wire
        wire.transcript = transcript.bytes.wireBytes
        wire.firstConfirm = confirmations[0].wireBytes
        wire.secondConfirm = confirmations[1].wireBytes
        wire.firstIsHost = firstIsHost
        return try wire.encodedBytes()
    }

    /// The journal's id.
    package var journal: Digest {
        var bytes = Transcript(.genesis)
        first.append(to: &bytes)
        second.append(to: &bytes)
        bytes.append(transcript)
        return bytes.digest
    }

    /// What a device signs at the end of a pairing, after its person's choice.
    package static func confirmation(of transcript: Digest, isHost: Bool) -> Transcript {
        var bytes = Transcript(.pairingConfirm)
        bytes.append(isHost ? 1 : 2)
        bytes.append(transcript)
        return bytes
    }
}
