package import Causality
import Journal

/// One device's copy of the journal: decides what an append, a received run or a peer's summary changes.
///
/// It changes nothing itself. Each decision is an ``EventBatch``: its owner commits the batch in one transaction and
/// then says so by ``applied(_:)``. Whoever owns a replica asks and applies without letting anything else in between.
package struct Replica<Storage: LogReading> {
    /// The device's keys.
    package let keys: DeviceKeys
    /// Where the journal began.
    package let genesis: Genesis
    /// The journal's id.
    package let journal: Digest
    /// Where events are read.
    package let storage: Storage
    /// Who takes part, by the events that are here.
    package internal(set) var membership: Membership
    /// The shape of all logs that are here.
    package internal(set) var forest: LogForest
    /// The hybrid clock.
    package internal(set) var clock: HybridClock
    /// The epoch in which this device writes.
    package internal(set) var epoch: UInt64
    /// The highest number of each own epoch that was ever handed to a peer.
    package internal(set) var mark: Mark
    /// How many new logs and branches were taken of each device today.
    package internal(set) var door: Door

    /// What the events here say of who takes part.
    var claims: ClaimIndex
    /// What is known of the claims' signatures.
    var verdicts = SignatureVerdicts()
    /// What this device's log has said of each other log.
    var said: [LogID: Set<Mention>] = [:]

    /// A replica as stored.
    ///
    /// A new epoch begins where the log may have been rolled back: when it ends before the mark or is not the one that
    /// the mark names, or when there is a log and no mark. Its owner then makes the epoch durable in the database, and
    /// after it ``currentMark``. Throws what reading throws.
    ///
    /// - Parameters:
    ///   - epoch: the epoch written in last; nil on a new device.
    ///   - mark: nil where none was found.
    ///   - door: as it was left.
    ///   - freshEpoch: a random number, used where a new epoch has to begin.
    package init(
        keys: DeviceKeys, genesis: Genesis, storage: Storage, segments: [LogForest.Segment],
        clock: HybridClock, epoch: UInt64?, mark: Mark?, door: Door = Door(), freshEpoch: UInt64
    ) throws {
        self.keys = keys
        self.genesis = genesis
        self.journal = genesis.journal
        self.storage = storage
        self.clock = clock
        self.door = door
        let forest = LogForest(segments)
        self.forest = forest
        claims = ClaimIndex(try storage.claims(), in: forest)
        // Replaced at the end: only then can be asked what the claims name.
        membership = try Membership(
            genesis: genesis, claims: [], verdicts: &verdicts, sight: .init(named: { _, _ in nil }))
        self.epoch = epoch ?? freshEpoch
        let own = LogID(device: keys.device, epoch: self.epoch)
        let end = forest[own]?.end ?? 0
        if let mark {
            self.mark = mark
            let isExpected = mark.epoch == nil || mark.epoch == epoch
            if isExpected, end >= mark[self.epoch] {
                try rememberWhatWasSaid(in: own, through: end)
            } else {
                self.epoch = freshEpoch
            }
        } else if !segments.isEmpty {
            // Nobody knows what was handed out. All of it may have been, so none of it may be displaced later.
            self.mark = Mark()
            for tip in forest.tips(of: keys.device) {
                self.mark[tip.log.epoch] = max(self.mark[tip.log.epoch], tip.end)
            }
            self.epoch = freshEpoch
        } else {
            self.mark = Mark()
        }
        try reloadMembership()
    }

    /// This device.
    package var device: DeviceID { keys.device }

    /// The log in which this device writes.
    package var ownLog: LogID { LogID(device: device, epoch: epoch) }

    /// Begins a new epoch: what comes next is written in a new log, and the old one can be pulled from a peer.
    mutating func openEpoch(_ fresh: UInt64) {
        epoch = fresh
        said = [:]
    }

    private mutating func rememberWhatWasSaid(in log: LogID, through end: UInt64) throws {
        said = Dictionary(grouping: try storage.mentions(in: log, through: end), by: \.log).mapValues(
            Set.init)
    }

    /// Takes a committed batch over. Throws what reading throws: then nothing may be asked of this replica any more.
    package mutating func applied(_ batch: EventBatch) throws {
        // A new epoch is a new log, which has not told anything of the others yet.
        if batch.epoch != epoch { openEpoch(batch.epoch) }
        for split in batch.splits {
            forest.split(
                split.log, after: split.sequence, hash: split.hash, head: split.head,
                continuation: split.continuation)
        }
        for cut in batch.truncations {
            forest.truncate(cut.log, after: cut.sequence, hash: cut.hash, head: cut.head)
        }
        for event in batch.events {
            let log = event.position.log
            forest.extend(log, to: event.position.sequence, hash: event.hash, parent: batch.parents[log])
            if log == LogID(device: device, epoch: batch.epoch) { remember(event) }
        }
        for (log, head) in batch.heads { forest.sign(log, head) }
        clock = HybridClock(last: batch.clock)
        if let door = batch.door { self.door = door }
        try updateMembership(batch)
    }

    private mutating func remember(_ event: StoredEvent) {
        // A header that was decoded before it was committed decodes again.
        let seen = (try? event.seen()) ?? []
        for (log, mentions) in Dictionary(grouping: seen, by: \.log) { said[log] = Set(mentions) }
    }

    /// The mark as it has to be made durable before a run is handed to a peer; nil if it needs no change.
    ///
    /// Its owner saves it, says so by ``marked(_:)``, and only then lets the bytes go.
    package func markBefore(handingOut run: Run) -> Mark? {
        guard run.log.device == device else { return nil }
        // The whole log, not just this run: a first sync then writes the mark once and not a hundred times.
        let end = forest.tips(of: run.log).map(\.end).max() ?? run.closing.sequence
        guard end > mark[run.log.epoch] || mark.epoch != epoch else { return nil }
        var next = mark
        next.epoch = epoch
        next[run.log.epoch] = max(next[run.log.epoch], end)
        return next
    }

    /// The mark as it has to be made durable before a run of one's own log that a peer brought is committed.
    ///
    /// Others have those events, so they may not be displaced as if nobody had ever seen them.
    package func markBefore(storing run: Run) -> Mark? {
        guard run.log.device == device, run.closing.sequence > mark[run.log.epoch] else { return nil }
        var next = mark
        next[run.log.epoch] = run.closing.sequence
        return next
    }

    /// The mark as it should stand where nothing is about to leave: it names the epoch in which this device writes.
    package var currentMark: Mark {
        var next = mark
        next.epoch = epoch
        return next
    }

    /// The mark is durable.
    package mutating func marked(_ mark: Mark) { self.mark = mark }
}

/// The highest sequence number of each own epoch that was ever handed to a peer, and the epoch written in.
///
/// Kept outside the database and made durable before the bytes leave, so that a database restored from an old copy
/// is recognised before it forks its log.
package struct Mark: Equatable, Sendable {
    /// The number for each epoch that has one.
    package private(set) var sequences: [UInt64: UInt64]
    /// The epoch in which the device writes; a database that names another one was put back.
    package var epoch: UInt64?

    /// A mark as stored; empty at first.
    package init(_ sequences: [UInt64: UInt64] = [:], epoch: UInt64? = nil) {
        self.sequences = sequences
        self.epoch = epoch
    }

    /// The number for an epoch; zero if nothing of it was ever handed out.
    package subscript(epoch: UInt64) -> UInt64 {
        get { sequences[epoch] ?? 0 }
        set { sequences[epoch] = newValue }
    }
}

extension Replica: Sendable where Storage: Sendable {}
