import Causality
import EventLog
import FoundationEssentials
import Journal
import Peering
import Testing
import Wire

/// Headers over a limit, or with a part that is none.
extension RejectVectorTests {
    private func header(_ change: (inout WireHeader) -> Void) throws -> [UInt8] {
        var header = WireHeader()
        header.vocabulary = 1
        header.kind = Kind.account.rawValue
        change(&header)
        return try header.encodedBytes()
    }

    private func seen(_ count: Int) -> [WireSeen] {
        (0..<count).map { number in
            var seen = WireSeen()
            seen.device = Fixture.bytes(UInt8(number), 16).wireBytes
            seen.epoch = 1
            seen.sequence = 1
            seen.prefix = Fixture.bytes(0, 8).wireBytes
            return seen
        }
    }

    private func refs(_ count: Int) -> [WireRef] {
        (0..<count).map { number in
            var ref = WireRef()
            ref.entry = Fixture.bytes(UInt8(number), 16).wireBytes
            return ref
        }
    }

    private func headers() throws -> [Case] {
        let carried = try header { $0.kind = 2 }
        func carry(_ change: (inout WireCarried) -> Void) throws -> [UInt8] {
            var wire = WireCarried()
            wire.epoch = 1
            wire.sequence = 1
            wire.previous = Fixture.bytes(0, 32).wireBytes
            wire.header = carried.wireBytes
            change(&wire)
            let bytes = try wire.encodedBytes()
            return try header {
                $0.kind = Kind.carry.rawValue
                $0.carried = bytes.wireBytes
            }
        }
        func inner(of carry: [UInt8]) throws -> [UInt8] { Array(try WireHeader(decoding: carry).carried) }
        func admission(_ change: (inout WireAdmission) -> Void) throws -> [UInt8] {
            var wire = WireAdmission()
            wire.bundle = fixture.bundle(2).wire
            wire.signature = Fixture.bytes(1, 64).wireBytes
            change(&wire)
            let bytes = try wire.encodedBytes()
            return try header {
                $0.kind = Kind.admit.rawValue
                $0.admission = bytes.wireBytes
            }
        }
        func retirement(_ device: Int) throws -> [UInt8] {
            var wire = WireRetirement()
            wire.device = Fixture.bytes(7, device).wireBytes
            let bytes = try wire.encodedBytes()
            return try header {
                $0.kind = Kind.retire.rawValue
                $0.retirement = bytes.wireBytes
            }
        }
        func recovery(_ kind: Kind, _ change: (inout WireRecovery) -> Void) throws -> [UInt8] {
            var wire = WireRecovery()
            change(&wire)
            let bytes = try wire.encodedBytes()
            return try header {
                $0.kind = kind.rawValue
                $0.recovery = bytes.wireBytes
            }
        }
        func comeback(_ change: (inout WireRecovery) -> Void) throws -> [UInt8] {
            try recovery(.recover) {
                $0.announced = Fixture.bytes(3, 16).wireBytes
                $0.bundle = fixture.bundle(2).wire
                $0.signature = Fixture.bytes(1, 64).wireBytes
                change(&$0)
            }
        }
        var twice = WireAdmission()
        twice.bundle = fixture.bundle(2).wire
        let half = try twice.encodedBytes()
        twice.signature = Fixture.bytes(1, 64).wireBytes
        let two = try half + twice.encodedBytes()
        let filled = try header { $0.commitment = Fixture.bytes(1, 32).wireBytes }
        // An unknown field fills a header up to any length: number 100, of bytes.
        func long(_ length: Int) -> [UInt8] {
            let rest = length - filled.count - 4
            return filled + [0xA2, 0x06, UInt8(rest & 0x7F | 0x80), UInt8(rest >> 7)] + Fixture.bytes(0, rest)
        }
        return [
            Case("an account without words", try header { _ in }, isRefused: false),
            Case("a kind of a later version", try header { $0.kind = 9_999 }, isRefused: false),
            Case("any stamp", try header { $0.stamp = .max }, isRefused: false),
            Case("any time", try header { $0.at = .min }, isRefused: false),
            Case("an unknown field", long(200), isRefused: false),
            Case("4,096 bytes", long(4_096), isRefused: false),
            Case("4,097 bytes", long(4_097)),
            Case("no protobuf", [0xFF, 0xFF, 0xFF]),
            Case("a group of a later version", filled + [0xA3, 0x06, 0xA4, 0x06]),
            Case(
                "a kind of 2^32 + 2, which would be cut to 2", filled + [0x30, 0x82, 0x80, 0x80, 0x80, 0x10]),
            Case(
                "a title's body of 1,536 bytes, and then of kind 2: the last one counts",
                try header {
                    $0.kind = 33; $0.bodyLength = 1_536
                } + [0x30, 2], isRefused: false),
            Case(
                "kind 2 with a body of 1,536 bytes, and then a title: the last one counts",
                try header { $0.bodyLength = 1_536 } + [0x30, 33]),
            Case("64 logs seen", try header { $0.seen = seen(64) }, isRefused: false),
            Case("65 logs seen", try header { $0.seen = seen(65) }),
            Case("32 references", try header { $0.refs = refs(32) }, isRefused: false),
            Case("33 references", try header { $0.refs = refs(33) }),
            Case(
                "a device of 15 bytes seen",
                try header {
                    $0.seen = seen(1); $0.seen[0].device.removeLast()
                }),
            Case(
                "a prefix of 7 bytes",
                try header {
                    $0.seen = seen(1); $0.seen[0].prefix.removeLast()
                }),
            Case(
                "event 0 seen",
                try header {
                    $0.seen = seen(1); $0.seen[0].sequence = 0
                }),
            Case("a rift of 15 bytes", try header { $0.rift = Fixture.bytes(1, 15).wireBytes }),
            Case(
                "a reference of 17 bytes",
                try header {
                    $0.refs = refs(1); $0.refs[0].entry.append(1)
                }),
            Case(
                "a wording of 1 byte",
                try header {
                    $0.refs = refs(1); $0.refs[0].wording.append(1)
                }),
            Case("a commitment of 31 bytes", try header { $0.commitment = Fixture.bytes(1, 31).wireBytes }),
            Case(
                "a subject of 64 bytes", try header { $0.subject = Fixture.bytes(1, 64).wireBytes },
                isRefused: false),
            Case("a subject of 65 bytes", try header { $0.subject = Fixture.bytes(1, 65).wireBytes }),
            Case("a body of 262,144 bytes", try header { $0.bodyLength = 262_144 }, isRefused: false),
            Case("a body of 262,400 bytes", try header { $0.bodyLength = 262_400 }),
            Case(
                "a rift's body of 1,280 bytes",
                try header {
                    $0.kind = 1; $0.bodyLength = 1_280
                }, isRefused: false),
            Case(
                "a rift's body of 1,536 bytes",
                try header {
                    $0.kind = 1; $0.bodyLength = 1_536
                }),
            Case(
                "a title's body of 1,536 bytes",
                try header {
                    $0.kind = 33; $0.bodyLength = 1_536
                }),
            Case("a carry", try carry { _ in }, isRefused: false),
            Case(
                "a carry with a rift, refs and a time around it",
                try header { [inner = try inner(of: carry { _ in })] in
                    $0.kind = Kind.carry.rawValue
                    $0.carried = inner.wireBytes
                    ($0.at, $0.zone, $0.value) = (1, 1, 9)
                    $0.rift = Fixture.bytes(1, 16).wireBytes
                    $0.refs = refs(1)
                }, isRefused: false),
            Case(
                "another kind that holds a carried event of no header",
                try header { [inner = try inner(of: carry { $0.header = [0xFF].wireBytes })] in
                    $0.carried = inner.wireBytes
                }, isRefused: false),
            Case(
                "another kind that holds a carried event 0",
                try header { [inner = try inner(of: carry { $0.sequence = 0 })] in
                    $0.carried = inner.wireBytes
                }),
            Case(
                "another kind that holds a carried event that can't be read",
                try header { $0.carried = [0xFF].wireBytes }),
            Case(
                "a log of epoch 0 seen",
                try header {
                    $0.seen = seen(1); $0.seen[0].epoch = 0
                }, isRefused: false),
            Case("a carry of epoch 0", try carry { $0.epoch = 0 }, isRefused: false),
            Case(
                "an erase of value 2^32 - 1", try header { ($0.kind, $0.value) = (22, .max) },
                isRefused: false),
            Case("a carry of nothing", try header { $0.kind = Kind.carry.rawValue }),
            Case(
                "a carry of a carry",
                try carry { [inner = try carry { _ in }] in $0.header = inner.wireBytes }),
            Case("a carry of no header", try carry { $0.header = [0xFF].wireBytes }),
            Case("a carry of event 0", try carry { $0.sequence = 0 }),
            Case("a carry behind 31 bytes", try carry { $0.previous = Fixture.bytes(0, 31).wireBytes }),
            Case("a carry of 65 logs seen", try carry { $0.seen = seen(65) }),
            Case(
                "a carry whose header inside tells another body",
                try carry { [inner = try header { $0.bodyLength = 256 }] in $0.header = inner.wireBytes }),
            Case("an admission", try admission { _ in }, isRefused: false),
            Case("an admission signed with 63 bytes", try admission { $0.signature.removeLast() }),
            Case(
                "an admission of an event key of 31 bytes", try admission { $0.bundle.eventKey.removeLast() }),
            Case(
                "an admission of two, which would be merged",
                try header {
                    $0.kind = Kind.admit.rawValue
                    $0.admission = two.wireBytes
                }),
            Case("an admission of nobody", try admission { $0.clearBundle() }),
            Case("a retirement", try retirement(16), isRefused: false),
            Case("a retirement of a device of 15 bytes", try retirement(15)),
            Case(
                "recovery words", try recovery(.recovery) { $0.key = Fixture.bytes(4, 32).wireBytes },
                isRefused: false),
            Case(
                "recovery words of 31 bytes",
                try recovery(.recovery) { $0.key = Fixture.bytes(4, 31).wireBytes }),
            Case(
                "a withdrawal without a signature",
                try recovery(.withdraw) { $0.announced = Fixture.bytes(3, 16).wireBytes }, isRefused: false),
            Case(
                "a withdrawal of words of 17 bytes",
                try recovery(.withdraw) { $0.announced = Fixture.bytes(3, 17).wireBytes }),
            Case("a comeback", try comeback { _ in }, isRefused: false),
            Case("a comeback signed with 63 bytes", try comeback { $0.signature.removeLast() }),
            Case("a comeback of a meet key of 33 bytes", try comeback { $0.bundle.meetKey.append(0) }),
            Case("a comeback of a person of 15 bytes", try comeback { $0.bundle.person.removeLast() }),
        ]
    }

    @Test func `headers that no one may take`() throws {
        try check(try VectorFile.cases("reject/headers.json", headers)) { one in
            // As part of a run: what a carry holds is looked at too.
            let log = LogID(device: fixture.bundle(0).device, epoch: 1)
            let hash = EventHeader.hash(
                of: one.bytes.bytes, journal: fixture.journal, log: log, sequence: 1, previous: .zero)
            let head = try Head.sign(
                log: log, sequence: 1, hash: hash, journal: fixture.journal, by: fixture.keys[0])
            let run = Run(
                log: log, from: 1, previous: .zero, headers: [one.bytes.bytes], bodies: [[]], closing: head)
            return (try? PreparedRun(run, journal: fixture.journal)) == nil
        }
    }
}
