package import Causality
package import Journal

/// What a received run comes to.
package enum Reception: Sendable {
    /// Something to commit; an empty batch if all of it was here already.
    case batch(EventBatch)
    /// A device that is not known yet: skipped, and asked for again once it is.
    case unknownDevice
    /// Events before it are missing.
    case gap
    /// One more new log or branch of its device than is taken on a day: passed over, and asked for again on the next one.
    case later
}

extension Replica {
    /// What a run from a peer changes.
    ///
    /// One signature is checked for the whole run: the chain of hashes leads from what is here to the signed head.
    /// A run that overlaps what is here is fine, one that departs from it makes a branch. Throws ``RunRejection``
    /// if the run cannot be verified or is over a limit, and what reading throws.
    ///
    /// - Parameter freshEpoch: a random number, used if the run shows that this device was rolled back.
    package func receive(_ run: Run, wall: WallTime, freshEpoch: UInt64) throws -> Reception {
        // What can't be let in is not worked out.
        guard membership.member(run.log.device) != nil || run.from == 1 else { return .unknownDevice }
        return try receive(PreparedRun(run, journal: journal), wall: wall, freshEpoch: freshEpoch)
    }

    /// The same of a run that was worked out already.
    package func receive(_ prepared: PreparedRun, wall: WallTime, freshEpoch: UInt64) throws -> Reception {
        let (run, hashes) = (prepared.run, prepared.hashes)
        guard let bundle = membership.member(run.log.device)?.bundle ?? newcomer(in: prepared) else {
            return .unknownDevice
        }
        guard run.closing.isSigned(by: bundle, journal: journal) else {
            throw RunRejection.badSignature
        }
        guard let join = try join(of: run, hashes: hashes) else { return .gap }

        var batch = EventBatch()
        batch.epoch = epoch
        batch.clock = clock.last
        guard join.skipped < run.headers.count else {
            // The head may still be news: an end for the next run that is relayed.
            if let place = join.position, forest[place.log]?.end == place.sequence,
                forest[place.log]?.head == nil
            {
                batch.heads.append((place.log, run.closing))
            }
            return .batch(batch)
        }
        let tail = try prepareJoin(join, run: run, firstHash: hashes[join.skipped], batch: &batch)
        if forest[tail.log] == nil, batch.truncations.isEmpty {
            let day = Door.day(of: wall.milliseconds)
            guard door.admits(run.log.device, on: day) else { return .later }
            batch.door = door.letting(run.log.device, in: day)
        }
        if let parent = tail.parent { batch.parents[tail.log] = parent }
        addEvents(of: prepared, skipping: join.skipped, to: tail.log, batch: &batch)
        var clock = clock
        for event in batch.events { clock.observe(event.effective.header.stamp, wall: wall.milliseconds) }
        batch.clock = clock.last
        guard run.log.device == device else { return .batch(batch) }
        return .batch(
            try afterRollback(run: run, tail: tail, batch: batch, wall: wall, freshEpoch: freshEpoch))
    }

    /// Bodies that open their commitments, of events whose body is missing here.
    package func receive(bodies: [(id: EntryID, bytes: [UInt8])]) throws -> EventBatch {
        var batch = EventBatch()
        batch.epoch = epoch
        batch.clock = clock.last
        for (id, bytes) in bodies {
            guard let header = try storage.header(of: id), Body.opens(header, with: bytes) else { continue }
            batch.bodies.append((id, bytes))
        }
        return batch
    }

    /// Where a run meets what is here.
    private struct Join {
        /// The last event that both have; nil at the beginning of a log.
        let position: Position?
        /// How many events of the run are here already.
        let skipped: Int
    }

    private func join(of run: Run, hashes: [Digest]) throws -> Join? {
        var position: Position?
        if run.from > 1 {
            guard let found = try self.position(of: run.previous, at: run.from - 1, in: run.log) else {
                return nil
            }
            position = found
        }
        for (index, hash) in hashes.enumerated() {
            guard let next = try successor(of: position, in: run.log, with: hash) else {
                return Join(position: position, skipped: index)
            }
            position = next
        }
        return Join(position: position, skipped: hashes.count)
    }

    /// The place of a hash in a log, on whatever branch.
    package func position(of hash: Digest, at sequence: UInt64, in trunk: LogID) throws -> Position? {
        for segment in forest.segments(of: trunk) {
            guard sequence <= segment.end, sequence > segment.parent?.sequence ?? 0 else { continue }
            let place = Position(log: segment.log, sequence: sequence)
            if sequence == segment.end ? segment.hash == hash : try storage.hash(at: place) == hash {
                return place
            }
        }
        return nil
    }

    private func successor(of position: Position?, in trunk: LogID, with hash: Digest) throws -> Position? {
        if let position, let segment = forest[position.log], position.sequence < segment.end {
            let next = Position(log: position.log, sequence: position.sequence + 1)
            return try storage.hash(at: next) == hash ? next : nil
        }
        for segment in forest.segments(of: trunk) where segment.parent == position {
            let first = Position(log: segment.log, sequence: (position?.sequence ?? 0) + 1)
            if try storage.hash(at: first) == hash { return first }
        }
        return nil
    }

    /// Where new events go.
    private struct Tail {
        /// The stretch that they extend or begin.
        let log: LogID
        /// What of one's own they take the place of.
        let displaced: [StoredEvent]
        let parent: Position?
    }

    private func prepareJoin(
        _ join: Join, run: Run, firstHash: Digest, batch: inout EventBatch
    ) throws -> Tail {
        let sequence = join.position?.sequence ?? 0
        let children = forest.segments(of: run.log).filter { $0.parent == join.position }
        if let place = join.position, let segment = forest[place.log] {
            if place.sequence == segment.end, children.isEmpty {
                return Tail(log: place.log, displaced: [], parent: segment.parent)
            }
        } else if children.isEmpty {
            return Tail(log: run.log, displaced: [], parent: nil)
        }

        // From here on the run departs from what is here.
        let cut = join.position?.log ?? children[0].log
        let cutsInside = forest[cut].map { $0.end > sequence } ?? false
        if run.log.device == device, sequence >= mark[run.log.epoch], forest.segments(of: run.log).count == 1
        {
            return try displaceUnseen(behind: sequence, of: cut, batch: &batch)
        }
        let branch = LogID(device: run.log.device, epoch: run.log.epoch, branch: firstHash.identifier())
        if cutsInside, sequence > 0 || cut == run.log {
            let next = try storage.hash(at: Position(log: cut, sequence: sequence + 1)) ?? .zero
            batch.splits.append(
                .init(
                    log: cut, sequence: sequence, hash: sequence == 0 ? .zero : try hash(at: join.position),
                    head: sequence == 0
                        ? nil
                        : try storage.head(
                            of: cut, atOrAfter: (forest[cut]?.parent?.sequence ?? 0) + 1, through: sequence),
                    continuation: LogID(
                        device: run.log.device, epoch: run.log.epoch, branch: next.identifier())))
        }
        return Tail(log: branch, displaced: [], parent: join.position)
    }

    /// Nobody else ever had these events, so they need no branch: they are taken out here and carried later.
    private func displaceUnseen(behind sequence: UInt64, of log: LogID, batch: inout EventBatch) throws
        -> Tail
    {
        let end = forest[log]?.end ?? sequence
        let displaced = try storage.events(of: log, from: sequence + 1, through: end)
        let place = Position(log: log, sequence: sequence)
        batch.truncations.append(
            .init(
                log: log, sequence: sequence, hash: sequence == 0 ? .zero : try hash(at: place),
                head: try storage.head(of: log, atOrAfter: 1, through: sequence)))
        return Tail(log: log, displaced: displaced, parent: nil)
    }

    private func hash(at position: Position?) throws -> Digest {
        guard let position else { return .zero }
        return try storage.hash(at: position) ?? .zero
    }

    private func addEvents(
        of prepared: PreparedRun, skipping skipped: Int, to log: LogID, batch: inout EventBatch
    ) {
        let run = prepared.run
        for index in skipped..<run.headers.count {
            let body = run.bodies[index]
            let opens =
                !body.isEmpty && body.count <= Limits.body && Body.opens(prepared.headers[index], with: body)
            batch.events.append(
                StoredEvent(
                    // Can't trap: a run whose end overflows is refused as it is read.
                    position: Position(log: log, sequence: run.from + UInt64(index)),
                    hash: prepared.hashes[index], headerBytes: run.headers[index], body: opens ? body : nil,
                    effective: prepared.events[index]))
        }
        batch.heads.append((log, run.closing))
    }

    /// A run of one's own log that was not here: this device was rolled back to an earlier copy of itself.
    ///
    /// It goes on in a new epoch, and issues again what nobody else has.
    private func afterRollback(
        run: Run, tail: Tail, batch: EventBatch, wall: WallTime, freshEpoch: UInt64
    ) throws -> EventBatch {
        var result = batch
        var next = self
        // What is carried begins a log of its own: nothing written in between may count as seen by it.
        if run.log.epoch == epoch || !tail.displaced.isEmpty && forest[ownLog] != nil {
            next.openEpoch(freshEpoch)
        }
        result.epoch = next.epoch
        guard let first = tail.displaced.first else { return result }
        try next.applied(result)
        var writer = Writer(next, wall: wall)
        var previous = result.truncations.first?.hash ?? .zero
        for event in tail.displaced {
            // What stays of its own log first: where there is no room for all, that must not be left out.
            var seen: [Mention] = []
            if first.position.sequence > 1, let hash = result.truncations.first?.hash {
                let stays = first.position.sequence - 1
                seen.append(Mention(log: tail.log, sequence: stays, prefix: hash.prefix))
            }
            seen += try storage.mentions(in: tail.log, through: event.position.sequence)
            try writer.carry(event, previous: previous, seen: seen)
            previous = event.hash
        }
        let carried = try writer.finish()
        result.events += carried.events
        result.heads += carried.heads
        result.clock = carried.clock
        return result
    }
}
