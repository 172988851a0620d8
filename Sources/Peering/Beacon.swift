import struct Crypto.HMAC
import struct Crypto.SHA256
import struct Crypto.SymmetricKey
package import Causality
package import EventLog

/// A datagram that tells the devices of one journal where another of them listens, and everyone else nothing.
///
/// A version, 16 random bytes, and eight slots of 16 bytes: one for each device that is looked for, the rest
/// random. A slot is the first 14 bytes of HMAC(pair key, sender ‖ nonce ‖ source address ‖ port ‖ network), and
/// the port under a mask. No two beacons have anything in common but the version; one that is sent again from elsewhere
/// or on another network does not verify; and no clock plays a part.
package enum Beacon {
    /// The bytes of every beacon.
    package static let length = 1 + nonceLength + slots * slotLength
    /// The bytes of the random part by which no two beacons are alike.
    package static let nonceLength = 16
    /// How many devices one beacon can call.
    package static let slots = 8
    private static let slotLength = 16
    private static let tagLength = 14
    private static let version: UInt8 = 1
    /// The version byte of a beacon that is sent while someone wants to pair.
    private static let pairingVersion: UInt8 = 2

    /// A beacon for some devices.
    ///
    /// - Parameters:
    ///   - peers: the devices called; more than eight are called by several beacons.
    ///   - address: the address from which it is sent: 4 or 16 bytes.
    ///   - network: the network on which it is sent.
    ///   - random: ``length`` random bytes, for the nonce and whatever is not a tag.
    package static func bytes(
        from keys: BeaconKeys, to peers: [Bundle], address: [UInt8], port: UInt16,
        on network: NetworkID, random: [UInt8]
    ) -> [UInt8] {
        let nonce = Array(random.prefix(nonceLength))
        var slots: [[UInt8]] = []
        for peer in peers.prefix(Self.slots) {
            guard let key = keys.key(with: peer) else { continue }
            let tag = tag(key, sender: keys.own, nonce: nonce, address: address, port: port, network)
            let mask = mask(key, sender: keys.own, nonce: nonce)
            slots.append(tag + masked(port, by: mask))
        }
        for index in slots.count..<Self.slots {
            slots.append(Array(random.dropFirst(nonceLength + index * slotLength).prefix(slotLength)))
        }
        return [version] + nonce + slots.joined()
    }

    /// Whether bytes may be a beacon, before anything is worked out.
    package static func isOne(_ bytes: [UInt8]) -> Bool { bytes.count == length && bytes[0] == version }

    /// Who of some devices sent a beacon to this one on a network, and where it listens; nil for anything else.
    package static func sender(
        of bytes: [UInt8], address: [UInt8], on network: NetworkID, to keys: BeaconKeys, among peers: [Bundle]
    ) -> (peer: Bundle, port: UInt16)? {
        guard isOne(bytes) else { return nil }
        let nonce = Array(bytes[1...].prefix(nonceLength))
        for peer in peers {
            guard let key = keys.key(with: peer) else { continue }
            let mask = mask(key, sender: peer, nonce: nonce)
            for index in 0..<slots {
                let slot = bytes.dropFirst(1 + nonceLength + index * slotLength).prefix(slotLength)
                let port = unmasked(Array(slot.suffix(2)), by: mask)
                let expected = tag(
                    key, sender: peer, nonce: nonce, address: address, port: port, network)
                if Authentication.isEqual(Array(slot.prefix(tagLength)), expected) { return (peer, port) }
            }
        }
        return nil
    }

    /// A beacon that says only that someone who wants to pair listens at a port.
    package static func pairing(port: UInt16, random: [UInt8]) -> [UInt8] {
        let filling = random.prefix(length - 3)
        // Can't trap: the upper half of 16 bits.
        return [pairingVersion, UInt8(port >> 8), UInt8(truncatingIfNeeded: port)] + filling
    }

    /// The port in a pairing beacon; nil for anything else.
    package static func pairingPort(_ bytes: [UInt8]) -> UInt16? {
        guard bytes.count == length, bytes[0] == pairingVersion else { return nil }
        return UInt16(bytes[1]) << 8 | UInt16(bytes[2])
    }

    private static func tag(
        _ key: SymmetricKey, sender: Bundle, nonce: [UInt8], address: [UInt8], port: UInt16,
        _ network: NetworkID
    ) -> [UInt8] {
        var transcript = Transcript(.beacon)
        transcript.append(sender.device)
        transcript.append(nonce)
        transcript.append(address)
        transcript.append(UInt64(port))
        transcript.append(network)
        return Array(HMAC<SHA256>.authenticationCode(for: transcript.bytes, using: key).prefix(tagLength))
    }

    private static func mask(_ key: SymmetricKey, sender: Bundle, nonce: [UInt8]) -> [UInt8] {
        var transcript = Transcript(.beaconPort)
        transcript.append(sender.device)
        transcript.append(nonce)
        return Array(HMAC<SHA256>.authenticationCode(for: transcript.bytes, using: key).prefix(2))
    }

    private static func masked(_ port: UInt16, by mask: [UInt8]) -> [UInt8] {
        // Can't trap: the upper half of 16 bits.
        [UInt8(port >> 8) ^ mask[0], UInt8(truncatingIfNeeded: port) ^ mask[1]]
    }

    private static func unmasked(_ bytes: [UInt8], by mask: [UInt8]) -> UInt16 {
        UInt16(bytes[0] ^ mask[0]) << 8 | UInt16(bytes[1] ^ mask[1])
    }
}

/// The keys that a device shares with each other one, worked out once: a stranger's beacon then costs hashes only.
package struct BeaconKeys: Sendable {
    /// This device.
    package let own: Bundle
    private let keys: [Bundle: SymmetricKey]

    /// The keys for meeting some devices.
    package init(keys: DeviceKeys, own: Bundle, journal: Digest, peers: [Bundle]) {
        self.own = own
        var shared: [Bundle: SymmetricKey] = [:]
        // A key that is no point of the curve belongs to nobody who could be met.
        for peer in peers { shared[peer] = try? keys.pairKey(with: peer, journal: journal) }
        self.keys = shared
    }

    func key(with peer: Bundle) -> SymmetricKey? { keys[peer] }
}
