import Causality
package import EventLog
import Wire

/// HELLO, AUTH and AUTH_OK: who is there, and whether there is anything to tell.
extension SyncSession {
    static let magic = Array("reconcile".utf8)

    mutating func receive(_ hello: WireHello) throws(CloseReason) -> [Action] {
        guard Array(hello.magic) == Self.magic, hello.challenge.count == 32 else { throw .protocolViolation }
        guard hello.versions.contains(ProtocolVersion.current) else { throw .version }
        peerChallenge = Array(hello.challenge)
        phase = .auth
        guard role == .dialler else { return [] }
        var auth = WireAuth()
        // Which device lies behind an address is not known: all that it may be are named, padded to eight.
        var tags: [[UInt8]] = []
        for peer in peers.prefix(padding.count) {
            guard let tag = try? authentication.tag(for: peer, role: .dialler) else { continue }
            tags.append(tag)
        }
        tags += padding.dropFirst(tags.count)
        auth.tags = tags.map(\.wireBytes)
        return [.send(.auth(auth))]
    }

    mutating func receive(_ auth: WireAuth) throws(CloseReason) -> [Action] {
        if candidates.isEmpty {
            let tags = auth.tags.prefix(8).map(Array.init)
            candidates = authentication.matches(tags, among: peers, role: role.other)
            guard let first = candidates.first else { throw .notAuthenticated }
            if role == .listener { return [.send(.auth(try proof(with: first)))] }
        }
        let transcript = authentication.transcript(role: role.other, challenges: challenges)
        guard let peer = candidates.first(where: { $0.verifies(auth.signature, of: transcript) }) else {
            throw .notAuthenticated
        }
        self.peer = peer
        phase = .authOK
        var actions: [Action] = []
        if role == .dialler { actions.append(.send(.auth(try proof(with: nil)))) }
        return actions + [.authenticated(peer), .digest(ownScope)]
    }

    private func proof(with tagFor: Bundle?) throws(CloseReason) -> WireAuth {
        var auth = WireAuth()
        let transcript = authentication.transcript(role: role, challenges: challenges)
        guard let signature = try? authentication.keys.sign(transcript) else { throw .notAuthenticated }
        auth.signature = signature.wireBytes
        if let tagFor {
            guard let tag = try? authentication.tag(for: tagFor, role: role) else { throw .notAuthenticated }
            auth.tags = [tag.wireBytes]
        }
        return auth
    }

    private var challenges: (dialler: [UInt8], listener: [UInt8]) {
        role == .dialler ? (challenge, peerChallenge) : (peerChallenge, challenge)
    }

    /// Brings what ``Action/digest`` asked for.
    ///
    /// - Parameter ends: the signed heads of all ends, as of the same moment as the digest over them.
    package mutating func digests(heads: Digest, missing: Digest, ends: [Head]) -> [Action] {
        ownDigests = (heads, missing)
        exchange.knowledge = PeerKnowledge(heads: ends)
        var message = WireAuthOK()
        message.heads = heads.bytes.wireBytes
        message.missing = missing.bytes.wireBytes
        // Can't trap: 16 bits.
        message.port = UInt32(port)
        if case .headers(of: let person) = ownScope { message.limited = person.bytes.wireBytes }
        if isOwnPersons { message.partnership = partnership.told.wire }
        return [.send(.authOK(message))] + begin()
    }

    /// Both digests are here: if they are equal there is nothing to tell.
    mutating func begin() -> [Action] {
        guard phase == .syncing, isAgreed, !hasBegun, let ownDigests, let peerDigests else { return [] }
        hasBegun = true
        // Each computed its own before it had heard of the other's scope.
        guard ownScope == scope, peerDigests.limited.isEmpty == (ownScope == .all),
            Digest(peerDigests.heads) == ownDigests.heads,
            Digest(peerDigests.missing) == ownDigests.missing
        else { return requestSummary() }
        // The peer had what was here when the digest was taken; what was written since goes out at once.
        exchange.hasSummary = true
        exchange.hasSentLive = true
        exchange.hasReceivedLive = true
        return [.live] + plan()
    }
}
