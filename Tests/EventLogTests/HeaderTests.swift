import Causality
import EventLog
import Journal
import Testing
import Wire

/// Whatever is over a limit of the format is refused by everyone.
@Suite struct HeaderTests {
    private func header(_ change: (inout WireHeader) -> Void) throws -> [UInt8] {
        var wire = WireHeader()
        wire.vocabulary = 1
        wire.kind = Kind.hurt.rawValue
        change(&wire)
        return try wire.encodedBytes()
    }

    private func seen(_ number: Int) -> WireSeen {
        var seen = WireSeen()
        seen.device = [UInt8](repeating: UInt8(number), count: 16).wireBytes
        seen.sequence = 1
        seen.prefix = [UInt8](repeating: 0, count: 8).wireBytes
        return seen
    }

    private func reference(_ count: Int) -> WireRef {
        var reference = WireRef()
        reference.entry = [UInt8](repeating: 1, count: count).wireBytes
        return reference
    }

    @Test func `a header at the limits is taken`() throws {
        let bytes = try header {
            $0.seen = (0..<Limits.seen).map(seen)
            $0.bodyLength = UInt32(Limits.body)
        }
        #expect(try EventHeader(bytes: bytes).seen.count == Limits.seen)
        let references = try header { $0.refs = (0..<Limits.references).map { _ in reference(16) } }
        #expect(try EventHeader(bytes: references).references.count == Limits.references)
    }

    @Test func `a header over a limit is refused`() throws {
        let tooMuch: [(FormatError, [UInt8])] = [
            (.tooManySeen, try header { $0.seen = (0...Limits.seen).map(seen) }),
            (.tooManyReferences, try header { $0.refs = (0...Limits.references).map { _ in reference(16) } }),
            (.malformed, try header { $0.bodyLength = UInt32(Limits.body) + 1 }),
            (.malformed, try header { $0.refs = [reference(15)] }),
            (.malformed, try header { $0.commitment = [1, 2, 3].wireBytes }),
            (.malformed, try header { $0.seen = [WireSeen()] }),
            (.malformed, try header { $0.subject = [UInt8](repeating: 1, count: 65).wireBytes }),
            (.undecodable, [0xFF, 0xFF, 0xFF]),
            (.headerTooLong, [UInt8](repeating: 0, count: Limits.header + 1)),
            (
                .bodyTooLong,
                try header {
                    $0.kind = Kind.title.rawValue
                    $0.bodyLength = Limits.titleBody + 1
                }
            ),
        ]
        for (error, bytes) in tooMuch {
            #expect(throws: error) { try EventHeader(bytes: bytes) }
        }
    }

    @Test func `a title of the longest kind fits its body`() throws {
        let words = [Field(.title, String(repeating: "t", count: Limits.title))]
        let body = try Body(words, salt: [UInt8](repeating: 0, count: 16))
        #expect(body.paddedLength <= Limits.titleBody)
    }

    @Test func `a run whose parts don't fit together is refused before anything is hashed`() throws {
        func run(_ change: (inout WireRun) -> Void) -> WireRun {
            var run = WireRun()
            run.device = [UInt8](repeating: 1, count: 16).wireBytes
            run.from = 1
            run.previous = Digest.zero.bytes.wireBytes
            run.headers = [[1].wireBytes]
            run.bodies = [[UInt8]().wireBytes]
            run.closing.device = run.device
            run.closing.sequence = 1
            run.closing.hash = Digest.zero.bytes.wireBytes
            run.closing.signature = [UInt8](repeating: 0, count: 64).wireBytes
            change(&run)
            return run
        }
        #expect(throws: Never.self) { try Run(run { _ in }) }
        let broken: [WireRun] = [
            run { $0.from = 0 },
            run { $0.headers = [] },
            run { $0.bodies = [] },
            run { $0.closing.sequence = 2 },
            run { $0.closing.epoch = 5 },
            run { $0.device = [1].wireBytes },
            run { $0.from = .max },
            run { $0.from = 2 },
            run { $0.previous = [UInt8](repeating: 1, count: 32).wireBytes },
            run { $0.headers = Array(repeating: [1].wireBytes, count: Limits.runEvents + 1) },
        ]
        for wire in broken { #expect(throws: RunRejection.malformed) { try Run(wire) } }
    }
}
