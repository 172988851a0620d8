import Causality
import EventLog
import FoundationEssentials
import Journal
import Peering
import Testing
import Wire

/// Runs and beginnings that do not hold.
extension RejectVectorTests {
    private func runs() throws -> [Case] {
        let run = try fixture.log().run
        func changed(_ change: (inout WireRun) throws -> Void) throws -> [UInt8] {
            var wire = run.wire
            try change(&wire)
            return try wire.encodedBytes()
        }
        /// Cut to its last events, which is as good a run.
        func tail(_ wire: inout WireRun) throws {
            let hashes = try fixture.log().batches.flatMap(\.events).map(\.hash)
            wire.from = 3
            wire.previous = hashes[1].bytes.wireBytes
            wire.headers.removeFirst(2)
            wire.bodies.removeFirst(2)
        }
        let other = try Head.sign(
            log: run.log, sequence: run.closing.sequence, hash: run.closing.hash, journal: fixture.journal,
            by: fixture.keys[1])
        let elsewhere = try Head.sign(
            log: run.log, sequence: run.closing.sequence, hash: run.closing.hash, journal: .zero,
            by: fixture.keys[0])
        let zero = LogID(device: run.log.device, epoch: 0)
        let hash = EventHeader.hash(
            of: run.headers[0], journal: fixture.journal, log: zero, sequence: 1, previous: .zero)
        let inEpochZero = Run(
            log: zero, from: 1, previous: .zero, headers: [run.headers[0]], bodies: [run.bodies[0]],
            closing: try Head.sign(
                log: zero, sequence: 1, hash: hash, journal: fixture.journal, by: fixture.keys[0]))
        return [
            Case("a log from its beginning", try changed { _ in }, isRefused: false),
            Case("a log of epoch 0", try inEpochZero.wire.encodedBytes(), isRefused: false),
            Case("the end of a log", try changed(tail), isRefused: false),
            Case(
                "without bodies", try changed { $0.bodies = $0.bodies.map { _ in [UInt8]().wireBytes } },
                isRefused: false),
            Case(
                "a body that opens nothing", try changed { $0.bodies[0] = [1, 2, 3].wireBytes },
                isRefused: false),
            Case("no protobuf", [0xFF, 0xFF]),
            Case(
                "no events",
                try changed {
                    $0.headers = []; $0.bodies = []
                }),
            Case("a body missing from the list", try changed { $0.bodies.removeLast() }),
            Case("event 0", try changed { $0.from = 0 }),
            Case("numbers that overflow", try changed { $0.from = .max }),
            Case("a device of 15 bytes", try changed { $0.device.removeLast() }),
            Case("no head", try changed { $0.clearClosing() }),
            Case("a head beyond the run", try changed { $0.closing.sequence += 1 }),
            Case("the head of another epoch", try changed { $0.closing.epoch += 1 }),
            Case(
                "the head of another device",
                try changed { $0.closing.device = Fixture.bytes(1, 16).wireBytes }),
            Case("a signature of 63 bytes", try changed { $0.closing.signature.removeLast() }),
            Case("a changed header", try changed { $0.headers[1][0] ^= 1 }),
            Case("two headers swapped", try changed { $0.headers.swapAt(1, 2) }),
            Case(
                "a header left out",
                try changed {
                    $0.headers.remove(at: 2); $0.bodies.remove(at: 2)
                }),
            Case(
                "another log's epoch",
                try changed {
                    $0.epoch += 1; $0.closing.epoch += 1
                }),
            Case(
                "a beginning behind something", try changed { $0.previous = Fixture.bytes(1, 32).wireBytes }),
            Case(
                "a continuation of nothing",
                try changed {
                    try tail(&$0); $0.previous = Fixture.bytes(0, 32).wireBytes
                }),
            Case(
                "a continuation of something else",
                try changed {
                    try tail(&$0); $0.previous[0] ^= 1
                }),
            Case("a hash that the chain doesn't lead to", try changed { $0.closing.hash[31] ^= 1 }),
            Case("a signature with a bit changed", try changed { $0.closing.signature[10] ^= 1 }),
            Case("a signature by another device", try changed { $0.closing = other.wire }),
            Case("a signature for another journal", try changed { $0.closing = elsewhere.wire }),
        ]
    }

    @Test func `runs that no one may take`() throws {
        try check(try VectorFile.cases("reject/runs.json", runs)) { one in
            guard let wire = try? WireRun(decoding: one.bytes.bytes), let run = try? Run(wire),
                let prepared = try? PreparedRun(run, journal: fixture.journal)
            else { return true }
            return !prepared.run.closing.isSigned(by: fixture.bundle(0), journal: fixture.journal)
        }
    }

    private func geneses() throws -> [Case] {
        func changed(_ change: (inout WireGenesis) throws -> Void) throws -> [UInt8] {
            var wire = try WireGenesis(decoding: fixture.genesis.encoded())
            try change(&wire)
            return try wire.encodedBytes()
        }
        return [
            Case("a genesis", try changed { _ in }, isRefused: false),
            Case(
                "the founders swapped",
                try changed { wire in (wire.first, wire.second) = (wire.second, wire.first) }),
            Case(
                "the founders swapped with their signatures",
                try changed { wire in
                    (wire.first, wire.second) = (wire.second, wire.first)
                    (wire.firstConfirm, wire.secondConfirm) = (wire.secondConfirm, wire.firstConfirm)
                    wire.firstIsHost.toggle()
                }),
            Case("the roles swapped", try changed { $0.firstIsHost.toggle() }),
            Case(
                "one device twice",
                try changed {
                    $0.second = $0.first; $0.secondConfirm = $0.firstConfirm
                }),
            Case("two devices of one person", try changed { $0.second.person = $0.first.person }),
            Case("a signature changed", try changed { $0.firstConfirm[0] ^= 1 }),
            Case("another transcript", try changed { $0.transcript[0] ^= 1 }),
            Case("a transcript of 31 bytes", try changed { $0.transcript.removeLast() }),
            Case("an event key of 31 bytes", try changed { $0.first.eventKey.removeLast() }),
            Case("no second founder", try changed { $0.clearSecond() }),
        ]
    }

    @Test func `beginnings that no one may trust`() throws {
        try check(try VectorFile.cases("reject/geneses.json", geneses)) {
            Genesis(bytes: $0.bytes.bytes) == nil
        }
    }
}
