import Causality
import EventLog
import FoundationEssentials
import Glibc
import Journal
import Peering
import Store
import Wire

/// Two people's devices with keys that anyone can read here, a journal of theirs, and what a target needs of it.
///
/// Nothing here depends on chance, so that an input does the same each time.
struct Household {
    static let shared: Household = {
        do { return try Household() } catch { fatalError("the household can't be made: \(error)") }
    }()

    /// The keys of Elin's device, of Priya's, and of one that nobody knows yet.
    let keys: [DeviceKeys]
    let persons = [UInt8(0xE1), 0xF2, 0x33].map { PersonID(prefix: bytes($0, 16)) }
    let certificates = [digest(0x0C), digest(0xC0)]
    let genesis: Genesis

    var journal: Digest { genesis.journal }

    /// A moment at which all of it happens.
    static let wall = WallTime(milliseconds: 1_741_380_000_000, zone: 60)

    static func bytes(_ byte: UInt8, _ count: Int) -> [UInt8] { [UInt8](repeating: byte, count: count) }
    static func digest(_ byte: UInt8) -> Digest { Digest(bytes(byte, 32)) ?? .zero }

    private init() throws {
        let keys = try [UInt8(1), 3, 5].map { byte in
            try DeviceKeys(event: Self.bytes(byte, 32), meet: Self.bytes(byte + 1, 32))
        }
        self.keys = keys
        let (persons, certificates) = (persons, certificates)
        // As they pair in the vectors, so that these are inputs too.
        var sessions = (0..<2).map { side in
            PairingSession(
                offer: Self.offer(side, keys[side], persons[side]), own: certificates[side],
                other: certificates[1 - side])
        }
        var genesis: Genesis?
        var queue = (0..<2).flatMap { side in sessions[side].connected().map { (side, $0) } }[...]
        while let (side, action) = queue.popFirst() {
            switch action {
            case .send(let message): queue += sessions[1 - side].receive(message).map { (1 - side, $0) }
            case .use: queue += sessions[side].granted(true).map { (side, $0) }
            case .compare: queue += sessions[side].choose(isEqual: true).map { (side, $0) }
            case .store(let outcome, _, _):
                if case .founded(let founded) = outcome { genesis = founded }
                queue += sessions[side].stored().map { (side, $0) }
            case .done, .fail: break
            }
        }
        guard let genesis else { throw FormatError.malformed }
        self.genesis = genesis
    }

    func bundle(_ side: Int) -> Bundle { keys[side].bundle(of: persons[side]) }

    /// A device's copy of the journal, as it is stored.
    func replica(_ side: Int, _ store: Store) throws -> Replica<Store> {
        try Replica(
            keys: keys[side], genesis: genesis, storage: store, segments: store.segments(),
            clock: store.clock(), epoch: store.epoch(), mark: Mark(), freshEpoch: UInt64(side) + 7)
    }

    /// A device's session on a connection to the other one.
    func session(_ side: Int) -> SyncSession {
        SyncSession(
            keys: keys[side], journal: journal, peers: [bundle(1 - side)],
            role: side == 0 ? .dialler : .listener,
            binding: Binding(dialler: certificates[0], listener: certificates[1]),
            challenge: Self.bytes(UInt8(0x70 + side), 32),
            padding: (0..<8).map { Self.bytes(UInt8(0x80 + $0), 16) }, port: UInt16(7_000 + side),
            person: persons[side])
    }

    /// What a device brings to a pairing.
    func offer(_ side: Int) -> PairingSession.Offer { Self.offer(side, keys[side], persons[side]) }

    private static func offer(_ side: Int, _ keys: DeviceKeys, _ person: PersonID) -> PairingSession.Offer {
        PairingSession.Offer(
            keys: keys, bundle: keys.bundle(of: person), person: ["Elin", "Priya"][side],
            device: ["desk", "laptop"][side], intent: .newJournal, salt: bytes(UInt8(0x50 + side), 16),
            nonce: bytes(UInt8(0x60 + side), 32))
    }
}

/// A journal on this machine's memory disk that takes input after input: emptied in between, as that is faster than
/// making another one.
///
/// Only one thread at a time has one, as libFuzzer and the replay have one at all.
final class FuzzedJournal: @unchecked Sendable {
    let store: Store
    private(set) var replica: Replica<Store>
    private let side: Int

    /// - Parameter side: whose device it is.
    init(_ side: Int) {
        self.side = side
        do {
            store = try Store(path: Self.path("journal-\(side)"))
            replica = try Household.shared.replica(side, store)
        } catch { fatalError("no journal can be made: \(error)") }
    }

    /// A path that nobody else uses.
    static func path(_ name: String) -> String {
        let memory = "/dev/shm"
        let folder =
            FileManager.default.isWritableFile(atPath: memory)
            ? memory : FileManager.default.temporaryDirectory.path
        let path = "\(folder)/reconcile-fuzz-\(getpid())-\(name).sqlite"
        remove(path)
        return path
    }

    static func remove(_ path: String) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
    }

    /// Forgets everything, and begins with a rift and a hurt of this device's.
    func begin() throws {
        try store.discardLog()
        replica = try Household.shared.replica(side, store)
        let salt = Household.bytes(0x12, 16)
        let rift = try write(NewEvent(.rift, body: Body([Field(.title, "The dinner")], salt: salt)))
        try write(NewEvent(.hurt, rift: rift, body: Body([Field(.act, "You left.")], salt: salt)))
    }

    @discardableResult
    func write(_ event: NewEvent) throws -> EntryID {
        let batch = try replica.append([event], at: Household.wall)
        try commit(batch)
        return batch.events[batch.events.count - 1].effective.id
    }

    /// Takes a run in, as the ledger does.
    func receive(_ run: Run) throws -> SyncSession.Stored {
        do {
            switch try replica.receive(
                PreparedRun(run, journal: replica.journal), wall: Household.wall, freshEpoch: 99)
            {
            case .unknownDevice: return .unknownDevice
            case .gap: return .gap(run.log)
            case .later: return .later(run.log)
            case .batch(let batch):
                if let mark = replica.markBefore(storing: run) { replica.marked(mark) }
                try commit(batch)
                return .committed(run, members: replica.membership.members.count)
            }
        } catch is RunRejection {
            return .refused
        }
    }

    func commit(_ batch: EventBatch) throws {
        try store.commit(batch)
        try replica.applied(batch)
    }

    /// Asks for everything that is asked of a journal: nothing that was taken in may stand in the way of that.
    func readAll() throws {
        let page = try store.page(.init())
        for event in page.events {
            _ = try replica.standing(ofEntry: event.placed.effective.id)
            _ = event.body.flatMap { try? Body(bytes: $0) }
        }
        for rift in try store.rifts() { _ = try replica.standing(ofRift: rift, joins: replica.joins()) }
        _ = (replica.heads, replica.headsDigest, try replica.missingDigest(), try store.claims())
        var plan = try replica.plan(for: PeerKnowledge())
        for outgoing in plan.sends { _ = try replica.run(of: outgoing) }
        plan = try replica.plan(for: PeerKnowledge(heads: replica.heads))
        require(plan.events == 0, "a device lacks \(plan.events) of what it has")
        for trunk in replica.forest.trunks { _ = try replica.samples(of: trunk) }
        // What was stored is read back by whoever starts next.
        let again = try Household.shared.replica(side, store)
        require(again.headsDigest == replica.headsDigest, "a start finds other heads than were stored")
        require(again.membership.members.map(\.bundle) == replica.membership.members.map(\.bundle), "members")
    }
}
