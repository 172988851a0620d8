import Causality
import EventLog
import FoundationEssentials
import Journal
import Peering
import Testing
import Wire

/// Messages that have no place, or parts of the wrong length.
extension RejectVectorTests {
    private func exchanged() throws -> [Case] {
        func heads(_ count: Int, _ change: (inout WireHead) -> Void = { _ in }) throws -> [UInt8] {
            var summary = WireSummary()
            summary.heads = (0..<count).map { number in
                var head = WireHead()
                head.device = Fixture.bytes(1, 16).wireBytes
                head.epoch = UInt64(number)
                head.sequence = 1
                head.hash = Fixture.bytes(2, 32).wireBytes
                head.signature = Fixture.bytes(3, 64).wireBytes
                change(&head)
                return head
            }
            return try WireMessage.summary(summary).framed()
        }
        func want(_ count: Int, length: Int = 16) throws -> [UInt8] {
            var want = WireWant()
            want.ids = (0..<count).map { Fixture.bytes(UInt8(truncatingIfNeeded: $0), length).wireBytes }
            return try WireMessage.want(want).framed()
        }
        func fork(_ count: Int, hash: Int = 32, device: Int = 16) throws -> [UInt8] {
            var fork = WireFork()
            fork.device = Fixture.bytes(1, device).wireBytes
            fork.samples = (0..<count).map { _ in
                var sample = WireSample()
                sample.hash = Fixture.bytes(1, hash).wireBytes
                return sample
            }
            return try WireMessage.fork(fork).framed()
        }
        var bodies = WireBodies()
        bodies.ids = [Fixture.bytes(1, 16).wireBytes]
        var ack = WireAck()
        var head = WireHead()
        head.device = Fixture.bytes(1, 15).wireBytes
        ack.heads = [head]
        var putOff = WireSummary()
        putOff.later = [Fixture.bytes(1, 15).wireBytes]
        return [
            Case("an unknown type", [0, 0, 0, 1, 200], isRefused: false),
            Case("4,096 heads", try heads(4_096), isRefused: false),
            Case("4,097 heads", try heads(4_097)),
            Case("a device of 15 bytes put off", try WireMessage.summary(putOff).framed()),
            Case("a head at 0", try heads(1) { $0.sequence = 0 }),
            Case("a head whose hash has 31 bytes", try heads(1) { $0.hash.removeLast() }),
            Case("256 ids wanted", try want(256), isRefused: false),
            Case("257 ids wanted", try want(257)),
            Case("an id of 15 bytes wanted", try want(1, length: 15)),
            Case("an id without a body", try WireMessage.bodies(bodies).framed()),
            Case("256 samples", try fork(256), isRefused: false),
            Case("257 samples", try fork(257)),
            Case("a sample of 31 bytes", try fork(1, hash: 31)),
            Case("a fork of a device of 15 bytes", try fork(1, device: 15)),
            Case("an ACK of a device of 15 bytes", try WireMessage.ack(ack).framed()),
            Case("HELLO", try WireMessage.hello(.init()).framed()),
            Case("AUTH", try WireMessage.auth(.init()).framed()),
            Case("AUTH_OK", try WireMessage.authOK(.init()).framed()),
            Case("PAIR_DONE", try WireMessage.pairDone(.init()).framed()),
            Case("PARTNERSHIP from the other person", try WireMessage.partnership(.init()).framed()),
            Case("BundleStart", try WireMessage.bundleStart(.init()).framed()),
        ]
    }

    @Test func `messages that have no place between two devices that know each other`() throws {
        let genuine = try VectorFile.read("golden/handshake.json", as: Recorded.self).frames
            .filter { $0.from == "D" }.map(\.frame.bytes)
        try check(try VectorFile.cases("reject/exchange.json", exchanged)) { one in
            var listener = fixture.session(1)
            _ = listener.connected()
            for frame in genuine {
                let message = try WireMessage(type: frame[4], payload: Array(frame.dropFirst(5)))
                if case .authOK = message {
                    _ = listener.digests(heads: .zero, missing: .zero, ends: [])
                }
                _ = listener.receive(message)
            }
            let message = try WireMessage(
                type: one.bytes.bytes[4], payload: Array(one.bytes.bytes.dropFirst(5)))
            return listener.receive(message).contains { action in
                if case .close(.protocolViolation) = action { true } else { false }
            }
        }
    }
}
