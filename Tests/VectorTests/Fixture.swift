import Causality
import EventLog
import Journal
import Peering
import Store
import TestSupport
import Wire

/// Two people's devices with keys that anyone can read here, and what they come to.
struct Fixture {
    static func bytes(_ byte: UInt8, _ count: Int) -> [UInt8] { [UInt8](repeating: byte, count: count) }
    static func digest(_ byte: UInt8) -> Digest { Digest(bytes(byte, 32)) ?? .zero }

    /// Elin's, Priya's, and a device that nobody knows yet.
    let keys: [DeviceKeys]
    let persons = [UInt8(0xE1), 0xF2, 0x33].map { PersonID(prefix: bytes($0, 16)) }
    /// Both certificates of a connection: H of the pairing has the lower one, and dials in sync.
    let certificates = [digest(0x0C), digest(0xC0)]
    let pairing: PairingRecord
    let genesis: Genesis

    init() throws {
        let keys = try [UInt8(1), 3, 5].map { byte in
            try DeviceKeys(event: Self.bytes(byte, 32), meet: Self.bytes(byte + 1, 32))
        }
        let persons = persons
        let offers = (0..<2).map { side in
            Self.offer(side, keys[side], persons[side])
        }
        self.keys = keys
        pairing = PairingRecord(offers, certificates)
        guard case .founded(let genesis)? = pairing.outcomes[0] else { throw NothingMade() }
        self.genesis = genesis
    }

    /// What a side brings to the pairing.
    static func offer(_ side: Int, _ keys: DeviceKeys, _ person: PersonID) -> PairingSession.Offer {
        PairingSession.Offer(
            keys: keys, bundle: keys.bundle(of: person), person: ["Elin", "Priya"][side],
            device: ["desk", "laptop"][side], intent: .newJournal, salt: bytes(UInt8(0x50 + side), 16),
            nonce: bytes(UInt8(0x60 + side), 32))
    }

    func bundle(_ side: Int) -> Bundle { keys[side].bundle(of: persons[side]) }

    var journal: Digest { genesis.journal }

    /// A session of one side, the dialler being side 0.
    func session(_ side: Int) -> SyncSession {
        SyncSession(
            keys: keys[side], journal: journal, peers: [bundle(1 - side)],
            role: side == 0 ? .dialler : .listener,
            binding: Binding(dialler: certificates[0], listener: certificates[1]),
            challenge: Self.bytes(UInt8(0x70 + side), 32),
            padding: (0..<8).map { Self.bytes(UInt8(0x80 + $0), 16) }, port: UInt16(7_000 + side),
            person: persons[side])
    }

    /// Elin's log: names, a rift, a hurt, a retitling, one device let in.
    func log() throws -> (run: Run, replica: Replica<Store>, batches: [EventBatch]) {
        let scratch = try Scratch()
        let store = try Store(path: scratch.path("journal"))
        var replica = try Replica(
            keys: keys[0], genesis: genesis, storage: store, segments: [], clock: store.clock(), epoch: nil,
            mark: Mark(), freshEpoch: 0x0123_4567_89AB_CDEF)
        var batches: [EventBatch] = []
        func write(_ event: NewEvent, minute: Int64) throws -> EntryID {
            let wall = WallTime(milliseconds: 1_741_380_000_000 + minute * 60_000, zone: 60)
            let batch = try replica.append([event], at: wall)
            try store.commit(batch)
            try replica.applied(batch)
            batches.append(batch)
            return batch.events[0].effective.id
        }
        func body(_ fields: [Field], _ salt: UInt8) throws -> Body {
            try Body(fields, salt: Self.bytes(salt, 16))
        }
        _ = try write(
            NewEvent(.personName, subject: persons[0].bytes, body: body([Field(.text, "Elin")], 0x11)),
            minute: 0)
        let rift = try write(NewEvent(.rift, body: body([Field(.title, "The dinner")], 0x12)), minute: 1)
        _ = try write(
            NewEvent(
                .hurt, rift: rift,
                body: body([Field(.act, "You left."), Field(.impact, "I felt small — 小さい.")], 0x13)),
            minute: 2)
        _ = try write(
            NewEvent(.title, rift: rift, body: body([Field(.title, "That dinner")], 0x14)), minute: 3)
        _ = try write(NewEvent(.rest, rift: rift), minute: 4)
        let bundle = keys[2].bundle(of: persons[0])
        let consent = try keys[2].sign(Membership.consent(of: bundle, journal: journal))
        _ = try write(
            NewEvent(.admit, admission: .init(bundle: bundle, signature: consent)), minute: 5)
        guard let outgoing = try replica.plan(for: PeerKnowledge()).sends.first,
            let run = try replica.run(of: outgoing)?.run
        else { throw NothingMade() }
        return (run, replica, batches)
    }
}

/// The fixture itself is broken.
struct NothingMade: Error {}

/// What two pairing sessions send, show and store.
struct PairingRecord {
    /// Each frame in order, with the side that sent it.
    private(set) var frames: [(side: Int, message: WireMessage)] = []
    private(set) var codes: [Int: PairingCode] = [:]
    private(set) var outcomes: [Int: PairingOutcome] = [:]
    private(set) var failures: [Int: PairingFailure] = [:]

    /// - Parameter change: may put another message in the place of one.
    init(
        _ offers: [PairingSession.Offer], _ certificates: [Digest],
        change: (Int, WireMessage) -> WireMessage = { $1 }
    ) {
        var sessions = (0..<2).map {
            PairingSession(offer: offers[$0], own: certificates[$0], other: certificates[1 - $0])
        }
        var queue = (0..<2).flatMap { side in sessions[side].connected().map { (side, $0) } }
        while !queue.isEmpty {
            let (side, action) = queue.removeFirst()
            switch action {
            case .send(let message):
                let message = change(side, message)
                frames.append((side, message))
                queue += sessions[1 - side].receive(message).map { (1 - side, $0) }
            case .use: queue += sessions[side].granted(true).map { (side, $0) }
            case .compare(let own, _):
                codes[side] = own
                queue += sessions[side].choose(isEqual: true).map { (side, $0) }
            case .store(let outcome, _, _):
                outcomes[side] = outcome
                queue += sessions[side].stored().map { (side, $0) }
            case .done: break
            case .fail(let failure): failures[side] = failure
            }
        }
    }
}
