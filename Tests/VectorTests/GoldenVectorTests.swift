import Causality
import Crypto
import EventLog
import Journal
import Peering
import Testing
import Wire

/// What any implementation has to come to, byte for byte.
@Suite struct GoldenVectorTests {
    private let fixture: Fixture

    init() throws { fixture = try Fixture() }

    private struct Device: Codable, Equatable {
        let person, eventSecret, eventKey, meetSecret, meetKey, device: Hex
    }

    private struct Keys: Codable, Equatable {
        let devices: [Device]
        let genesis, journal, pairKey: Hex
    }

    @Test func `keys, device ids, the journal's id and the key of a pair`() throws {
        let devices = (0..<3).map { side in
            let (keys, bundle) = (fixture.keys[side], fixture.bundle(side))
            return Device(
                person: Hex(bundle.person.bytes), eventSecret: Hex(keys.secrets.event),
                eventKey: Hex(bundle.eventKey), meetSecret: Hex(keys.secrets.meet),
                meetKey: Hex(bundle.meetKey),
                device: Hex(bundle.device.bytes))
        }
        let pairKey = try fixture.keys[0].pairKey(with: fixture.bundle(1), journal: fixture.journal)
        #expect(try fixture.keys[1].pairKey(with: fixture.bundle(0), journal: fixture.journal) == pairKey)
        // Safe: the bytes are copied while the key lives.
        let bytes = unsafe pairKey.withUnsafeBytes { unsafe Array($0) }
        try VectorFile.check(
            "golden/keys.json",
            Keys(
                devices: devices, genesis: Hex(fixture.genesis.encoded()),
                journal: Hex(fixture.journal.bytes),
                pairKey: Hex(bytes)))
    }

    private struct Recovery: Codable, Equatable {
        let bytes: Hex
        let words: String
        let publicKey, announced: Hex
        /// What the words sign: that they bring back the first person, that a device of theirs is the second device,
        /// and that they count no longer.
        let announcement, comeback, withdrawal: Hex
    }

    @Test func `recovery words, their key, and what they sign`() throws {
        let words = try #require(RecoveryWords(bytes: Fixture.bytes(0x5A, 16)))
        let (person, announced) = (fixture.bundle(0).person, EntryID(high: 1, low: 2))
        let back = Bundle(
            person: person, eventKey: fixture.bundle(1).eventKey, meetKey: fixture.bundle(1).meetKey)
        func signed(_ transcript: Transcript) throws -> Hex { Hex(try words.sign(transcript)) }
        try VectorFile.check(
            "golden/recovery.json",
            Recovery(
                bytes: Hex(words.bytes), words: words.words.joined(separator: " "),
                publicKey: Hex(try words.publicKey()), announced: Hex(announced.bytes),
                announcement: try signed(Membership.announcement(of: person, journal: fixture.journal)),
                comeback: try signed(
                    Membership.comeback(of: back, by: announced, journal: fixture.journal)),
                withdrawal: try signed(Membership.withdrawal(of: announced, journal: fixture.journal))))
    }

    private struct Frame: Codable, Equatable {
        let from: String
        let frame: Hex
    }

    private struct Pairing: Codable, Equatable {
        let certificates, nonces, salts: [Hex]
        let frames: [Frame]
        let codes: [String]
        let t2, genesis, journal: Hex
    }

    @Test func `a pairing, its frames and its codes`() throws {
        let record = fixture.pairing
        #expect(record.failures.isEmpty)
        try VectorFile.check(
            "golden/pairing.json",
            Pairing(
                certificates: fixture.certificates.map { Hex($0.bytes) },
                nonces: (0..<2).map { Hex(Fixture.bytes(UInt8(0x60 + $0), 32)) },
                salts: (0..<2).map { Hex(Fixture.bytes(UInt8(0x50 + $0), 16)) },
                frames: try record.frames.map {
                    Frame(from: $0 == 0 ? "H" : "J", frame: Hex(try $1.framed()))
                },
                codes: (0..<2).map { record.codes[$0]?.text ?? "" },
                t2: Hex(fixture.genesis.transcript.bytes), genesis: Hex(fixture.genesis.encoded()),
                journal: Hex(fixture.journal.bytes)))
    }

    private struct Event: Codable, Equatable {
        let sequence, stamp: UInt64
        let at: Int64
        let kind: UInt32
        let header, body, hash, id: Hex
    }

    private struct Log: Codable, Equatable {
        let journal, device: Hex
        let epoch: UInt64
        let events: [Event]
        let heads: [Hex]
        let run, headsDigest: Hex
    }

    @Test func `a log: its hash chain, its heads, and the run that carries it`() throws {
        let (run, replica, batches) = try fixture.log()
        let events = batches.flatMap(\.events).map { event in
            Event(
                sequence: event.position.sequence, stamp: event.effective.header.stamp.rawValue,
                at: event.effective.header.at, kind: event.effective.header.kindNumber,
                header: Hex(event.headerBytes), body: Hex(event.body ?? []), hash: Hex(event.hash.bytes),
                id: Hex(event.effective.id.bytes))
        }
        let prepared = try PreparedRun(run, journal: fixture.journal)
        #expect(prepared.run.closing.isSigned(by: fixture.bundle(0), journal: fixture.journal))
        try VectorFile.check(
            "golden/log.json",
            Log(
                journal: Hex(fixture.journal.bytes), device: Hex(run.log.device.bytes), epoch: run.log.epoch,
                events: events,
                heads: try batches.flatMap(\.heads).map { Hex(try $0.head.wire.encodedBytes()) },
                run: Hex(try run.wire.encodedBytes()), headsDigest: Hex(replica.headsDigest.bytes)))
    }

    private struct Handshake: Codable, Equatable {
        let diallerCertificate, listenerCertificate, journal: Hex
        let challenges, padding: [Hex]
        let frames: [Frame]
    }

    @Test func `the handshake of two devices in sync`() throws {
        var sessions = [fixture.session(0), fixture.session(1)]
        var frames: [Frame] = []
        var queue = (0..<2).flatMap { side in sessions[side].connected().map { (side, $0) } }
        while !queue.isEmpty {
            let (side, action) = queue.removeFirst()
            switch action {
            case .send(let message):
                frames.append(Frame(from: side == 0 ? "D" : "L", frame: Hex(try message.framed())))
                queue += sessions[1 - side].receive(message).map { (1 - side, $0) }
            case .digest:
                // Both have nothing yet.
                let (none, missing) = (Transcript(.heads).digest, Transcript(.missing).digest)
                queue += sessions[side].digests(heads: none, missing: missing, ends: []).map { (side, $0) }
            default: break
            }
        }
        #expect(sessions[0].isLive && sessions[1].isLive)
        try VectorFile.check(
            "golden/handshake.json",
            Handshake(
                diallerCertificate: Hex(fixture.certificates[0].bytes),
                listenerCertificate: Hex(fixture.certificates[1].bytes), journal: Hex(fixture.journal.bytes),
                challenges: (0..<2).map { Hex(Fixture.bytes(UInt8(0x70 + $0), 32)) },
                padding: (0..<8).map { Hex(Fixture.bytes(UInt8(0x80 + $0), 16)) }, frames: frames))
    }

    private struct BeaconVector: Codable, Equatable {
        let sender, receiver: Int
        let address: Hex
        let port: UInt16
        /// The network: its router, and what is told of it.
        let routerLink, routerAddress: Hex
        let prefixLength: Int
        let network, random, beacon: Hex
    }

    @Test func `beacons by IPv4 and IPv6`() throws {
        let link: [UInt8] = [2, 0, 0x5E, 0x10, 0, 1]
        let scoped = [0xFE, 0x80] + Fixture.bytes(0, 13)
        let beacons = [
            (address: [10, 0, 0, 1], router: [10, 0, 7, 254], prefixLength: 21),
            (address: scoped + [7], router: scoped + [1], prefixLength: 64),
            (address: [10, 0, 0, 1], router: [], prefixLength: 0),
        ].map { (address: [UInt8], router: [UInt8], prefixLength: Int) in
            let network =
                router.isEmpty
                ? NetworkID.none : NetworkID(router: link, address: router, prefixLength: prefixLength)
            let random = (0..<Beacon.length).map { UInt8($0) }
            let own = BeaconKeys(
                keys: fixture.keys[0], own: fixture.bundle(0), journal: fixture.journal,
                peers: [fixture.bundle(1)])
            let bytes = Beacon.bytes(
                from: own, to: [fixture.bundle(1)], address: address, port: 7_747, on: network,
                random: random)
            let theirs = BeaconKeys(
                keys: fixture.keys[1], own: fixture.bundle(1), journal: fixture.journal,
                peers: [fixture.bundle(0)])
            let sender = Beacon.sender(
                of: bytes, address: address, on: network, to: theirs, among: [fixture.bundle(0)])
            #expect(sender?.port == 7_747)
            return BeaconVector(
                sender: 0, receiver: 1, address: Hex(address), port: 7_747,
                routerLink: Hex(router.isEmpty ? [] : link), routerAddress: Hex(router),
                prefixLength: prefixLength, network: Hex(network.bytes), random: Hex(random),
                beacon: Hex(bytes))
        }
        try VectorFile.check("golden/beacons.json", beacons)
    }

    private struct BundleVector: Codable {
        let journal, meetSecret, file: Hex
        /// The frames in it, one after the other.
        let frames: Hex
    }

    /// Sealing takes fresh keys, so that no two files are alike: this one was made once.
    @Test func `a bundle, opened`() throws {
        let run = try fixture.log().run
        let vectors = try VectorFile.cases("golden/bundle.json") { () -> [BundleVector] in
            var writer = try BundleFile.Writer(for: [fixture.bundle(1)], journal: fixture.journal)
            var start = WireBundleStart()
            start.journal = fixture.journal.bytes.wireBytes
            start.device = fixture.bundle(0).device.bytes.wireBytes
            start.events = UInt64(run.headers.count)
            let messages = [WireMessage.bundleStart(start), .run(run.wire)]
            let file = try writer.begin() + messages.flatMap { try writer.append($0) } + writer.finish()
            return [
                BundleVector(
                    journal: Hex(fixture.journal.bytes), meetSecret: Hex(fixture.keys[1].secrets.meet),
                    file: Hex(file), frames: Hex(try messages.flatMap { try $0.framed() }))
            ]
        }
        for vector in vectors {
            let keys = try DeviceKeys(event: Fixture.bytes(9, 32), meet: vector.meetSecret.bytes)
            var reader = BundleFile.Reader(keys: keys, journal: try #require(Digest(vector.journal.bytes)))
            try reader.receive(vector.file.bytes)
            var frames: [UInt8] = []
            while let message = try reader.next() { frames += try message.framed() }
            try reader.finish()
            #expect(frames == vector.frames.bytes)
            let bytes = try run.wire.encodedBytes()
            #expect(Array(frames.suffix(bytes.count)) == bytes)
        }
    }
}
