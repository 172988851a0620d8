import Causality
import EventLog
import FoundationEssentials
import Glibc
import Journal
import LocalAPI
import NIOCore
import Peering
import Query
import Store

/// The owner of the journal on this device: everything that reads or changes it goes through here, one at a time.
package actor Ledger {
    private(set) var store: Store
    /// Where it lies.
    package nonisolated let directory: StateDirectory
    /// Whether this is a journal that was closed: it is read, and nothing is written in it.
    nonisolated let isArchive: Bool
    var identity: DeviceIdentity?
    var replica: Replica<Store>?
    private var observers: [Int: AsyncStream<Void>.Continuation] = [:]
    private var lastObserver = 0
    var cachedNames: Names?
    /// What is said of rifts, as long as nothing changes.
    var riftViews: [EntryID: RiftView] = [:]
    /// What rifts are called, if someone asked.
    var riftNames: [EntryID: Set<String>]?
    /// The drafts, if someone asked.
    var keptDrafts: KeptDrafts?
    /// The values of fields that an index knows, as far as someone asked.
    var fieldValues: [LogField: [[UInt8]]] = [:]
    /// Rifts of which it is being derived where they stand.
    var derivations: [EntryID: Task<Void, any Error>] = [:]
    /// Rifts in which something came, and of which it was not derived since where they stand.
    var touchedRifts: Set<EntryID> = []
    /// How often something came in any.
    var touches = 0
    /// Which rifts are one, as long as nobody says so of others.
    var cachedJoins: Joins?
    private(set) var hasMet = false
    /// The decisions to be apart that are known here, as far as they could be stored.
    var partings = Partnership.initial
    /// Further devices of this person that share with the other one, by what they told last.
    var sharers: Set<DeviceID> = []
    /// Whether words may be here still that are to be erased: nothing is acknowledged until they are gone.
    var owesErasing: Bool
    /// The entries of which that may be; nil for all that anyone asked to erase.
    var owedErasures: Set<EntryID>?
    /// The entries that the partner asks to let go, if someone asked.
    var askedErasures: [EntryID]?
    /// The digests over what is missing, as far as someone asked.
    var missingDigests: [SyncScope: Digest] = [:]
    /// The store's random id, once it was asked for.
    var knownStoreID: String?
    /// Whether a file is being taken in.
    var isImporting = false
    /// Whether a backup is being begun: deriving its key takes long, and whoever asks again and again should not queue up.
    var isBackingUp = false
    /// A copy under way, on which the journal will be checked.
    var snapshot: Snapshot?
    /// How often bodies came that had been missing.
    var lateBodies: UInt64 = 0
    /// Devices whose codes were compared here, and whose admission may not have arrived yet.
    private(set) var introduced: [Introduced] = []
    /// Devices that are met no more until a person says so: they sent too much.
    private(set) var paused: Set<DeviceID> = []
    nonisolated let executor: any SerialExecutor
    let diskFailed: @Sendable (Int32) -> Void
    /// Told what could not be done after something had become durable. It is done later, or at the next start.
    private let postponed: @Sendable (any Error) -> Void
    private var isErasingLater = false

    /// Safe: the actor holds its executor for as long as it lives.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Opens the journal in a state directory.
    ///
    /// - Parameter isArchive: whether it was closed, and is only read.
    /// - Parameter executor: where all of it runs: the database blocks its thread, so no peer's connection should live
    ///   there.
    /// - Parameter diskFailed: told as soon as the disk fails; nothing may be acknowledged from then on.
    /// - Parameter postponed: told what could not be done after something had become durable.
    package init(
        directory: StateDirectory, isArchive: Bool = false, on executor: any SerialExecutor,
        diskFailed: @escaping @Sendable (Int32) -> Void = { _ in },
        postponed: @escaping @Sendable (any Error) -> Void = { _ in }
    ) throws {
        self.directory = directory
        self.isArchive = isArchive
        self.postponed = postponed
        self.executor = executor
        self.diskFailed = diskFailed
        let opened = try Store.opening { try Opened(directory, isArchive: isArchive, diskFailed) }
        store = opened.store
        identity = opened.identity
        hasMet = opened.hasMet
        partings = opened.partings
        introduced = opened.introduced
        paused = opened.paused
        replica = opened.replica
        owesErasing = opened.owesErasing
        owedErasures = opened.owesErasing ? nil : []
    }

    /// What a state directory holds.
    private struct Opened {
        let store: Store
        var identity: DeviceIdentity?
        let hasMet: Bool
        var partings: Partnership
        let introduced: [Introduced]
        let paused: Set<DeviceID>
        let owesErasing: Bool
        var replica: Replica<Store>?

        init(
            _ directory: StateDirectory, isArchive: Bool = false,
            _ diskFailed: @escaping @Sendable (Int32) -> Void
        ) throws {
            store = try Store(path: directory.database, diskFailed: diskFailed)
            identity = try directory.identity()
            if try store.meta(.restoring) != nil {
                // Its identity comes last: without one the backup can be restored again.
                if identity != nil { try store.forget(.restoring) }
            } else if identity == nil, try store.count() > 0 || store.draftCount() > 0 {
                throw DaemonError.lostIdentity
            }
            hasMet = try store.meta(.met) != nil
            owesErasing = try store.meta(.erasureOwed) != nil
            partings = try Ledger.partings(in: store, directory)
            introduced = try store.introduced().compactMap { stored in
                Bundle(bytes: stored.bundle).map { Introduced(bundle: $0, at: stored.at) }
            }
            paused = Set(try store.meetings().filter(\.value.isPaused).keys)
            // A pairing stored whose device this is, and the file had not been written when the daemon was killed.
            if let person = try store.meta(.person).flatMap(PersonID.init), var found = identity,
                found.person != person.description
            {
                found.person = person.description
                found.personName =
                    try store.meta(.personName).map { String(decoding: $0, as: UTF8.self) } ?? "?"
                try directory.save(found)
                identity = found
            }
            if let identity, let bytes = try store.meta(.genesis) {
                guard let genesis = Genesis(bytes: bytes) else { throw DaemonError.damagedGenesis }
                let replica = try Ledger.replica(
                    genesis: genesis, identity: identity, store: store, directory: directory)
                // Nothing is written in an archive, so it needs no epoch to write in.
                self.replica =
                    isArchive
                    ? replica : try Ledger.settleEpoch(of: replica, store: store, directory: directory)
            }
        }
    }

    /// Takes over what lies in the state directory now, after `replace` has put it there.
    ///
    /// Whatever fails, the daemon can't go on with what it has closed.
    func reopen(after replace: () throws -> Void) throws {
        do {
            try store.close()
            try replace()
            let opened = try Opened(directory, diskFailed)
            store = opened.store
            (identity, hasMet, partings) = (opened.identity, opened.hasMet, opened.partings)
            (introduced, paused, replica) = (opened.introduced, opened.paused, opened.replica)
            (owesErasing, owedErasures) = (true, nil)
            (knownStoreID, keptDrafts, cachedNames, cachedJoins) = (nil, nil, nil, nil)
            try eraseOwed()
        } catch {
            diskFailed(EIO)
            throw error
        }
        changed()
    }

    /// Makes the epoch durable, and after it the mark that names it: a database that was put back names another one.
    private static func settleEpoch(
        of replica: Replica<Store>, store: Store, directory: StateDirectory
    ) throws -> Replica<Store> {
        guard try directory.mark() != replica.currentMark else { return replica }
        var replica = replica
        try store.set(epoch: replica.epoch)
        // What this copy holds may have been shared, or taken back, since it was made.
        if try directory.mark() != nil {
            try directory.withdraw()
            try holdNothing(in: store, because: "restored")
        }
        try directory.save(replica.currentMark)
        replica.marked(replica.currentMark)
        return replica
    }

    static func replica(
        genesis: Genesis, identity: DeviceIdentity, store: Store, directory: StateDirectory
    ) throws -> Replica<Store> {
        try Replica(
            keys: identity.keys(), genesis: genesis, storage: store, segments: store.segments(),
            clock: store.clock(), epoch: store.epoch(), mark: directory.mark(),
            door: store.door(), freshEpoch: .random(in: 1 ... .max))
    }

    /// Closes the database; nothing may be asked afterwards.
    package func close() {
        for observer in observers.values { observer.finish() }
        observers = [:]
        // All that was told as done is durable, beside the database where it could not be written back into it.
        do { try store.close() } catch { postponed(error) }
    }

    // MARK: Who this is

    /// Whether `init` was done.
    package var isInitialised: Bool { identity != nil }

    /// Sets this device up. Throws if it is already.
    func initialise(_ request: InitRequest) throws {
        guard identity == nil else { throw ErrorPayload("already_initialised") }
        guard try store.meta(.restoring) == nil else { throw ErrorPayload("restore_unfinished") }
        for name in [request.person, request.device] { try Self.checkName(name) }
        let keys = DeviceKeys()
        let person = PersonID(prefix: Machine.random(16))
        let identity = DeviceIdentity(
            person: person.description, personName: request.person, deviceName: request.device,
            eventKey: keys.secrets.event, meetKey: keys.secrets.meet)
        try directory.save(identity)
        self.identity = identity
        changed()
    }

    static func checkName(_ name: String) throws {
        let isPlain = name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard !name.isEmpty, name.utf8.count <= 128, isPlain else { throw ErrorPayload("bad_name") }
    }

    /// A device of the partner has proved itself: from here on the journal is for good.
    func met() throws {
        // A connection of a journal that was archived meanwhile says nothing of the one that takes its place.
        guard !hasMet, replica != nil else { return }
        // In this order: killed in between, the next meeting goes on here.
        try store.forget(.restored)
        try store.set(.met, to: [1])
        hasMet = true
    }

    /// The journal, or the refusal that there is none yet.
    func paired() throws -> Replica<Store> {
        guard identity != nil else { throw ErrorPayload("not_initialised") }
        guard let replica else { throw ErrorPayload("not_paired") }
        return replica
    }

    /// The journal to share in, or the refusal that nobody is there to share with.
    func partnered() throws -> Replica<Store> {
        let replica = try paired()
        guard !isArchive else { throw ErrorPayload("archive_closed") }
        guard hasMet else {
            throw ErrorPayload(try store.meta(.restored) == nil ? "not_met" : "restored_without_keys")
        }
        guard !partnership.isApart else { throw ErrorPayload("apart") }
        guard let own = replica.membership.member(replica.device) else { throw ErrorPayload("not_met") }
        guard replica.membership.isActive(own.bundle.device) else { throw ErrorPayload("retired") }
        return replica
    }

    /// Refuses where there is no journal yet.
    func requireJournal() throws { _ = try paired() }

    // MARK: Changing

    /// Commits a batch and takes it over. Throws where nothing was changed; what is durable is told as done.
    func commit(_ batch: EventBatch, local: LocalChange = LocalChange()) throws {
        // A new epoch is named by the mark before anything else is written in it.
        try nameEpoch()
        var local = local
        let mayOweErasing = try mayChangeErasures(batch)
        if mayOweErasing { local.meta[.erasureOwed] = [1] }
        let before = replica?.membership
        let outdated = try store.commit(batch, local: local)
        do {
            try replica?.applied(batch)
            try updateNames(batch, outdated)
            updateJoins(batch, outdated)
            touch(batch)
        } catch {
            // What is durable can't be read back: nothing may go on as if it could.
            diskFailed(EIO)
            throw error
        }
        changed()
        // From here on nothing that fails makes undone what was done.
        afterwards { try nameEpoch() }
        if !local.erased.isEmpty { owesErasing = true }
        do {
            let after = replica?.membership
            // What counts depends on who was let in, and on where they are cut.
            let countsOtherwise = before?.cuts != after?.cuts || before?.members.count != after?.members.count
            if mayOweErasing || countsOtherwise {
                try noteErasures(in: batch, countsOtherwise: countsOtherwise)
            }
        } catch {
            (owesErasing, owedErasures) = (true, nil)
            postponed(error)
        }
        afterwards { try owesErasing || !mayOweErasing ? eraseOwed() : store.forgetSometime(.erasureOwed) }
        if owesErasing { eraseLater() }
    }

    private func nameEpoch() throws {
        if let replica, replica.mark.epoch != replica.epoch { try save(replica.currentMark) }
    }

    /// Does what follows from something that is durable already. Where that fails it is done later.
    func afterwards(_ work: () throws -> Void) {
        do { try work() } catch { postponed(error) }
    }

    /// Tries again to erase what is owed, until it is done.
    private func eraseLater() {
        guard !isErasingLater else { return }
        isErasingLater = true
        Task { [weak self] in
            repeat { try? await pause(for: .seconds(60)) } while await self?.erasesAtLast() == false
        }
    }

    private func erasesAtLast() -> Bool {
        afterwards { try eraseOwed() }
        isErasingLater = owesErasing
        return !owesErasing
    }

    /// Takes over what was committed for a journal that is not this device's yet.
    func takeOver(_ batch: EventBatch, by replica: inout Replica<Store>) throws {
        do { try replica.applied(batch) } catch {
            diskFailed(EIO)
            throw error
        }
    }

    /// Keeps who this device is, in its file.
    func save(_ identity: DeviceIdentity) throws {
        do { try directory.save(identity) } catch DaemonError.state(let path, EIO) {
            diskFailed(EIO)
            throw DaemonError.state(path: path, code: EIO)
        }
    }

    /// Makes the mark durable and takes it over; until it is, nothing may leave or be stored that it speaks of.
    func save(_ mark: Mark) throws {
        do {
            try directory.save(mark)
        } catch DaemonError.state(let path, EIO) {
            diskFailed(EIO)
            throw DaemonError.state(path: path, code: EIO)
        }
        replica?.marked(mark)
    }

    /// Takes over what was committed at the end of a pairing.
    func began(_ replica: Replica<Store>?, identity: DeviceIdentity, introduced: [Introduced]) {
        self.replica = replica
        self.identity = identity
        self.introduced = introduced
        (cachedNames, cachedJoins) = (nil, nil)
        changed()
    }

    /// Remembers a device as it was met last.
    func keep(_ meeting: Meeting, of device: DeviceID) throws {
        guard replica != nil else { return }
        try store.keep(meeting, of: device)
        guard meeting.isPaused != paused.contains(device) else { return }
        if meeting.isPaused { paused.insert(device) } else { paused.remove(device) }
        changed()
    }

    /// Tells all that wait that something changed.
    func changed() {
        (riftViews, riftNames, fieldValues) = ([:], nil, [:])
        (askedErasures, missingDigests) = (nil, [:])
        keptDrafts?.views = nil
        for observer in observers.values { observer.yield() }
    }

    /// A signal after each change; several changes may share one.
    package func changes() -> AsyncStream<Void> {
        lastObserver += 1
        let number = lastObserver
        return AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            observers[number] = continuation
            continuation.onTermination = { [weak self] _ in
                Task { await self?.forget(number) }
            }
        }
    }

    private func forget(_ number: Int) { observers[number] = nil }
}

/// A device whose codes were compared here, and whose admission may not have arrived yet.
struct Introduced: Sendable {
    /// How long it may wait for that, in milliseconds: a day.
    static let patience: UInt64 = 86_400_000

    let bundle: Bundle
    /// When the codes were compared, in milliseconds since 1970.
    let at: Int64

    /// Whether it may still be met without an admission, by a clock that may have been set since.
    var isWaiting: Bool {
        Machine.now().milliseconds.subtractingReportingOverflow(at).partialValue.magnitude <= Self.patience
    }
}
