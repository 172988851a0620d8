import Causality
import EventLog
import FoundationEssentials
import Journal
import Peering
import Testing
import Wire

/// Pairings in which one message is not what it should be.
extension RejectVectorTests {
    /// What H of `golden/pairing.json` gets instead of one of J's frames, and with what reason it has to end.
    private struct Tampered: Codable {
        let name: String
        /// Which of the frames in `golden/pairing.json`.
        let index: Int
        let frame: Hex
        /// The reason by which the one who receives it ends the pairing; 0 if it does not.
        let reason: UInt32
    }

    private func tampered() throws -> [Tampered] {
        let frames = fixture.pairing.frames.map(\.message)
        func at(_ index: Int, _ name: String, _ reason: UInt32, _ message: WireMessage) throws -> Tampered {
            Tampered(name: name, index: index, frame: Hex(try message.framed()), reason: reason)
        }
        func hello(_ change: (inout WirePairHello) -> Void) throws -> WireMessage {
            guard case .pairHello(let bytes) = frames[0] else { throw NothingMade() }
            var wire = try WirePairHello(decoding: bytes)
            change(&wire)
            return .pairHello(try wire.encodedBytes())
        }
        func commit(_ change: (inout WirePairCommit) throws -> Void) throws -> WireMessage {
            guard case .pairCommit(var wire) = frames[1] else { throw NothingMade() }
            try change(&wire)
            return .pairCommit(wire)
        }
        func confirm(_ index: Int, _ change: (inout WirePairConfirm) -> Void) throws -> WireMessage {
            guard case .pairConfirm(var wire) = frames[index] else { throw NothingMade() }
            change(&wire)
            return .pairConfirm(wire)
        }
        var nonce = WirePairNonce()
        nonce.nonce = Fixture.bytes(1, 31).wireBytes
        var reveal = WirePairReveal()
        reveal.nonce = Fixture.bytes(1, 32).wireBytes
        var journal = WirePairJournal()
        journal.mark = Fixture.bytes(1, 32).wireBytes
        var short = WirePairJournal()
        short.mark = Fixture.bytes(1, 31).wireBytes
        let journalIndex = frames.indices.filter { if case .pairJournal = frames[$0] { true } else { false } }
        let confirmIndex = frames.indices.filter { if case .pairConfirm = frames[$0] { true } else { false } }
        return [
            try at(0, "the genuine hello", 0, frames[0]),
            try at(0, "other versions only", 6, hello { $0.versions = [1, 3] }),
            try at(0, "31 hidden bytes", 6, hello { $0.hidden.removeLast() }),
            try at(0, "another intent", 3, hello { $0.intent = .samePerson }),
            try at(0, "no intent", 3, hello { $0.intent = .unspecified }),
            try at(0, "the intent that is gone", 3, hello { $0.intent = .UNRECOGNIZED(4) }),
            try at(0, "one that has a journal", 8, hello { $0.intent = .continue }),
            try at(0, "a nonce first", 6, frames[2]),
            try at(1, "a commitment of 31 bytes", 6, commit { $0.commitment.removeLast() }),
            try at(1, "no hello in the commitment", 6, commit { $0.hello = [UInt8]().wireBytes }),
            try at(2, "a nonce of 31 bytes", 6, .pairNonce(nonce)),
            try at(3, "a nonce that was not committed to", 9, .pairReveal(reveal)),
            try at(journalIndex[0], "a mark of 31 bytes", 6, .pairJournal(short)),
            try at(journalIndex[0], "a journal in a pairing that begins one", 8, .pairJournal(journal)),
            try at(journalIndex[0], "a confirmation before the mark", 6, frames[confirmIndex[1]]),
            try at(
                confirmIndex[0], "a signature with a bit changed", 6,
                confirm(confirmIndex[0]) { $0.signature[0] ^= 1 }),
            try at(confirmIndex[0], "the other side's signature", 6, frames[confirmIndex[1]]),
            try at(confirmIndex[0], "another name", 6, confirm(confirmIndex[0]) { $0.person = "Someone" }),
            try at(confirmIndex[0], "another salt", 6, confirm(confirmIndex[0]) { $0.salt[0] ^= 1 }),
            try at(confirmIndex[0], "no bundle", 6, confirm(confirmIndex[0]) { $0.clearBundle() }),
            try at(
                confirmIndex[0], "another person than the one hidden", 6,
                confirm(confirmIndex[0]) { $0.bundle.person = Fixture.bytes(1, 16).wireBytes }),
            try at(
                confirmIndex[0], "another meet key than the one hidden", 6,
                confirm(confirmIndex[0]) { $0.bundle.meetKey = Fixture.bytes(1, 32).wireBytes }),
            try at(
                confirmIndex[0], "a journal that was not hidden", 6,
                confirm(confirmIndex[0]) { $0.journal = Fixture.bytes(1, 32).wireBytes }),
            try at(
                confirmIndex[0], "a journal of 31 bytes", 6,
                confirm(confirmIndex[0]) { $0.journal = Fixture.bytes(1, 31).wireBytes }),
        ]
    }

    @Test func `pairings that have to end`() throws {
        for one in try VectorFile.cases("reject/pairing.json", tampered) {
            let replacement = try WireMessage(
                type: one.frame.bytes[4], payload: Array(one.frame.bytes.dropFirst(5)))
            let sender = fixture.pairing.frames[one.index].side
            var index = -1
            let record = PairingRecord(
                (0..<2).map { Fixture.offer($0, fixture.keys[$0], fixture.persons[$0]) }, fixture.certificates
            ) { _, message in
                index += 1
                return index == one.index ? replacement : message
            }
            let failure = record.failures[1 - sender]
            #expect(failure?.rawValue ?? 0 == one.reason, "\(one.name)")
            #expect(record.outcomes[1 - sender] == nil || one.reason == 0, "\(one.name)")
        }
    }
}
