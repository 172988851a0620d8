import struct Crypto.HMAC
import struct Crypto.SHA256
package import EventLog

/// What both ends of a TLS connection know of it: the digests of both throw-away certificates' keys.
///
/// AUTH is bound to them, so that it is worth nothing on any other connection.
package struct Binding: Sendable {
    /// Of the side that dialled.
    package let dialler: Digest
    /// Of the side that listened.
    package let listener: Digest

    /// A binding from both SHA-256 of the subjects' public key infos.
    package init(dialler: Digest, listener: Digest) {
        self.dialler = dialler
        self.listener = listener
    }
}

/// The two ends of a connection.
package enum Role: UInt64, Sendable {
    case dialler = 1
    case listener = 2

    /// The other end.
    package var other: Role { self == .dialler ? .listener : .dialler }
}

/// How two devices of a journal know each other without telling anyone else who they are.
struct Authentication {
    let keys: DeviceKeys
    let journal: Digest
    let binding: Binding

    /// HMAC(pair key, S ‖ S ‖ role): only the two devices can make or recognise it.
    func tag(for peer: Bundle, role: Role) throws -> [UInt8] {
        let key = try keys.pairKey(with: peer, journal: journal)
        var transcript = Transcript(.authTag)
        append(role, to: &transcript)
        return Array(HMAC<SHA256>.authenticationCode(for: transcript.bytes, using: key).prefix(16))
    }

    /// Which of some devices may have made one of these tags: all that show the same meet key, as anyone can show another
    /// one's. A signature tells which of them it is.
    func matches(_ tags: [[UInt8]], among peers: [Bundle], role: Role) -> [Bundle] {
        var isMade: [[UInt8]: Bool] = [:]
        return peers.filter { peer in
            if let isMade = isMade[peer.meetKey] { return isMade }
            // One whose key agrees on nothing can't be met, and stands in nobody's way.
            let expected = try? tag(for: peer, role: role)
            let matches = expected.map { tag in tags.contains { Self.isEqual($0, tag) } } ?? false
            isMade[peer.meetKey] = matches
            return matches
        }
    }

    /// What a device signs to prove who it is on this very connection.
    func transcript(role: Role, challenges: (dialler: [UInt8], listener: [UInt8])) -> Transcript {
        var transcript = Transcript(.auth)
        transcript.append(journal)
        append(role, to: &transcript)
        transcript.append(challenges.dialler)
        transcript.append(challenges.listener)
        return transcript
    }

    private func append(_ role: Role, to transcript: inout Transcript) {
        transcript.append(role.rawValue)
        transcript.append(binding.dialler)
        transcript.append(binding.listener)
    }

    /// Equality in a time that does not depend on where two tags differ.
    static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
