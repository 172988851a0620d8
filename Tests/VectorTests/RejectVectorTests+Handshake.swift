import Causality
import EventLog
import FoundationEssentials
import Journal
import Peering
import Testing
import Wire

/// Diallers that do not prove who they are.
extension RejectVectorTests {
    /// What a dialler sends to the listener of `golden/handshake.json`.
    private struct Dialled: Codable {
        let name: String
        let frames: [Hex]
        let isRefused: Bool
    }

    private func dialled() throws -> [Dialled] {
        let genuine = try VectorFile.read("golden/handshake.json", as: Recorded.self).frames
            .filter { $0.from == "D" }.map(\.frame.bytes)
        let (hello, tags, last) = (genuine[0], genuine[1], genuine[2])
        func message(_ frame: [UInt8]) throws -> WireMessage {
            try WireMessage(type: frame[4], payload: Array(frame.dropFirst(5)))
        }
        func helloWith(_ change: (inout WireHello) -> Void) throws -> [UInt8] {
            guard case .hello(var wire) = try message(hello) else { throw NothingMade() }
            change(&wire)
            return try WireMessage.hello(wire).framed()
        }
        func authWith(_ frame: [UInt8], _ change: (inout WireAuth) throws -> Void) throws -> [UInt8] {
            guard case .auth(var wire) = try message(frame) else { throw NothingMade() }
            try change(&wire)
            return try WireMessage.auth(wire).framed()
        }
        /// The proof with another signer, role, journal, binding or challenges.
        func proof(
            by signer: Int = 0, role: UInt64 = 1, journal: Digest? = nil, swapsBinding: Bool = false,
            swapsChallenges: Bool = false
        ) throws -> [UInt8] {
            let challenges = [UInt8(0x70), 0x71].map { Fixture.bytes($0, 32) }
            var transcript = Transcript(.auth)
            transcript.append(journal ?? fixture.journal)
            transcript.append(role)
            for certificate in swapsBinding ? fixture.certificates.reversed() : fixture.certificates {
                transcript.append(certificate)
            }
            for challenge in swapsChallenges ? challenges.reversed() : challenges {
                transcript.append(challenge)
            }
            var auth = WireAuth()
            auth.signature = try fixture.keys[signer].sign(transcript).wireBytes
            return try WireMessage.auth(auth).framed()
        }
        let none = Fixture.bytes(0x99, 16).wireBytes
        let all: [(String, [[UInt8]], Bool)] = [
            ("the genuine one", genuine, false),
            (
                "the tag in the eighth place", [hello, try authWith(tags) { $0.tags.swapAt(0, 7) }, last],
                false
            ),
            ("the proof made again", [hello, tags, try proof()], false),
            (
                "the tag in the ninth place",
                [
                    hello,
                    try authWith(tags) {
                        $0.tags.append($0.tags[0]); $0.tags[0] = none
                    }, last,
                ], true
            ),
            ("no tag", [hello, try authWith(tags) { $0.tags = [] }, last], true),
            ("tags of nobody", [hello, try authWith(tags) { $0.tags[0] = none }, last], true),
            ("a tag of 15 bytes", [hello, try authWith(tags) { $0.tags[0].removeLast() }, last], true),
            (
                "a tag and no signature",
                [hello, tags, try authWith(last) { $0.signature = [UInt8]().wireBytes }], true
            ),
            ("the tags again instead of the signature", [hello, tags, tags], true),
            (
                "a signature with a bit changed",
                [hello, tags, try authWith(last) { $0.signature[3] ^= 4 }], true
            ),
            ("a signature by another device", [hello, tags, try proof(by: 2)], true),
            ("a signature by the listener", [hello, tags, try proof(by: 1)], true),
            ("a signature in the listener's role", [hello, tags, try proof(role: 2)], true),
            ("a signature for another journal", [hello, tags, try proof(journal: .zero)], true),
            ("a signature for another connection", [hello, tags, try proof(swapsBinding: true)], true),
            (
                "a signature over the challenges swapped", [hello, tags, try proof(swapsChallenges: true)],
                true
            ),
            ("AUTH before HELLO", [tags, hello, last], true),
            ("HELLO twice", [hello, hello, tags, last], true),
            (
                "another magic", [try helloWith { $0.magic = Fixture.bytes(1, 9).wireBytes }, tags, last],
                true
            ),
            ("other versions only", [try helloWith { $0.versions = [1, 3] }, tags, last], true),
            ("a challenge of 31 bytes", [try helloWith { $0.challenge.removeLast() }, tags, last], true),
            (
                "AUTH_OK instead of the signature", [hello, tags, try WireMessage.authOK(.init()).framed()],
                true
            ),
            (
                "SUMMARY instead of the signature", [hello, tags, try WireMessage.summary(.init()).framed()],
                true
            ),
            ("SUMMARY instead of AUTH", [hello, try WireMessage.summary(.init()).framed()], true),
            ("PAIR_HELLO", [hello, try WireMessage.pairHello([]).framed()], true),
            ("an unknown type", [hello, [0, 0, 0, 1, 200]], true),
        ]
        return all.map { Dialled(name: $0.0, frames: $0.1.map(Hex.init), isRefused: $0.2) }
    }

    struct Recorded: Codable {
        struct Frame: Codable {
            let from: String
            let frame: Hex
        }
        let frames: [Frame]
    }

    @Test func `diallers to whom nothing may be said`() throws {
        for one in try VectorFile.cases("reject/handshake.json", dialled) {
            var listener = fixture.session(1)
            var actions = listener.connected()
            for frame in one.frames {
                let message = try WireMessage(type: frame.bytes[4], payload: Array(frame.bytes.dropFirst(5)))
                actions += listener.receive(message)
            }
            #expect((listener.authenticatedPeer == nil) == one.isRefused || !one.isRefused, "\(one.name)")
            let isProved = actions.contains { if case .authenticated = $0 { true } else { false } }
            let isClosed = actions.contains { if case .close = $0 { true } else { false } }
            #expect(isProved != one.isRefused && isClosed == one.isRefused, "\(one.name)")
            // HELLO, and AUTH for whoever had the tag: nothing else was ever said.
            for case .send(let message) in actions {
                let isAllowed =
                    switch message {
                    case .hello, .auth: true
                    default: false
                    }
                #expect(isAllowed, "\(one.name)")
            }
        }
    }
}
