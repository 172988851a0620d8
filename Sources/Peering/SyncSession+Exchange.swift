package import Causality
package import EventLog
import Wire

/// SUMMARY, PLAN, RUN, ACK and LIVE: each side sends what the other's summary lacks, then pushes what comes.
extension SyncSession {
    /// How far the exchange of events is.
    struct Exchange: Sendable {
        var knowledge = PeerKnowledge()
        /// Whether it is known what the peer has.
        var hasSummary = false
        var queue: [SyncPlan.Outgoing] = []
        var isReading = false
        var isPlanning = false
        /// Something changed while the owner was planning or reading.
        var needsPlan = false
        var probed: Set<LogID> = []
        /// Those of them of which the peer has not said yet where they depart.
        var unanswered: Set<LogID> = []
        var hasSentLive = false
        var hasReceivedLive = false
        /// Whether the owner is collecting heads, or our summary waits for its LIVE.
        var isSummarising = false
        /// Something was passed over and can come now: a summary is due once the one under way is through.
        var needsSummary = false
        /// Summaries since anything was stored: repeating them for ever would help nobody.
        var fruitless = 0
        /// Whether runs of an unknown device were passed over.
        var hasSkipped = false
        /// How many devices the journal has, once that was told.
        var members: Int?
        /// Logs of which something was passed over that is taken on another day.
        var later: Set<LogID> = []
        /// Whether a summary is due when another day begins.
        var awaitsTomorrow = false
        /// Whether the peer lacks what it does not take today, or what can't be sent.
        var holdsBack = false
        /// The parts of a summary that have come, while more are to come.
        var heads: [Head] = []
        var parts = 0
        /// The ends of runs that were sent and not acknowledged yet.
        var unacknowledged: Set<Position> = []

        var isSettled: Bool {
            queue.isEmpty && later.isEmpty && !holdsBack && !isReading && !isPlanning && !needsPlan
                && !isSummarising && !needsSummary
                && unacknowledged.isEmpty && unanswered.isEmpty
        }
    }

    /// At most so many summaries without anything stored in between.
    private static let patience = 8

    /// Events were committed here, by this device or from another peer.
    ///
    /// - Parameter members: how many devices the journal has now.
    package mutating func grew(members: Int) -> [Action] {
        guard phase == .syncing else { return [] }
        return joined(members) + (exchange.hasSummary ? plan() : [])
    }

    // MARK: Summaries

    /// Lets the peer know what is here, or marks it as due if a summary is under way.
    mutating func requestSummary() -> [Action] {
        guard !exchange.isSummarising else {
            exchange.needsSummary = true
            return []
        }
        exchange.needsSummary = false
        guard exchange.fruitless < Self.patience else { return [] }
        exchange.fruitless += 1
        exchange.isSummarising = true
        return [.summarise(scope)]
    }

    /// Brings what ``Action/summarise`` asked for.
    ///
    /// - Parameter deferred: the devices of which no new logs or branches are taken today.
    package mutating func summarise(_ heads: [Head], deferred: [DeviceID] = [], wall: Int64) -> [Action] {
        guard phase == .syncing else { return [] }
        // What finds no room at all is a matter of tens of thousands of logs.
        let rest = heads.prefix(Limits.summaryHeads * Limits.summaryParts)
        let starts = Array(stride(from: 0, to: max(rest.count, 1), by: Limits.summaryHeads))
        return (deferred.isEmpty ? [] : awaitTomorrow())
            + starts.map { start in
                var summary = WireSummary()
                summary.wall = wall
                summary.heads = rest[start..<min(start + Limits.summaryHeads, rest.count)].map(\.wire)
                summary.more = start != starts.last
                if !summary.more {
                    summary.later = deferred.prefix(Limits.summaryHeads).map(\.bytes.wireBytes)
                }
                return .send(.summary(summary))
            }
    }

    mutating func receive(_ summary: WireSummary) throws(CloseReason) -> [Action] {
        guard summary.heads.count <= Limits.summaryHeads, summary.later.count <= Limits.summaryHeads,
            exchange.parts < Limits.summaryParts
        else { throw .protocolViolation }
        for wire in summary.heads {
            guard let head = Head(wire) else { throw .protocolViolation }
            exchange.heads.append(head)
        }
        var deferred: [DeviceID] = []
        for id in summary.later {
            guard let device = DeviceID(id) else { throw .protocolViolation }
            deferred.append(device)
        }
        exchange.parts += 1
        guard !summary.more else { return [] }
        let heads = exchange.heads
        (exchange.heads, exchange.parts) = ([], 0)
        exchange.knowledge = PeerKnowledge(heads: heads, deferred: deferred)
        exchange.holdsBack = false
        exchange.probed = []
        exchange.unanswered = []
        exchange.hasSummary = true
        exchange.hasSentLive = false
        exchange.queue = []
        exchange.unacknowledged = []
        return [.peerClock(summary.wall), .check(heads)] + plan()
    }

    mutating func receiveLive() -> [Action] {
        exchange.hasReceivedLive = true
        exchange.isSummarising = false
        return (exchange.needsSummary ? requestSummary() : []) + askForBodies() + (isLive ? [.live] : [])
    }

    /// Devices have joined: what was passed over for want of them can come now.
    private mutating func joined(_ members: Int) -> [Action] {
        guard members != exchange.members else { return [] }
        exchange.members = members
        guard exchange.hasSkipped else { return [] }
        exchange.hasSkipped = false
        return requestSummary()
    }

    /// Another day has begun: what was passed over is asked for again.
    package mutating func dayTurned() -> [Action] {
        guard phase == .syncing, exchange.awaitsTomorrow else { return [] }
        exchange.awaitsTomorrow = false
        exchange.later = []
        exchange.fruitless = 0
        return requestSummary()
    }

    private mutating func awaitTomorrow() -> [Action] {
        guard !exchange.awaitsTomorrow else { return [] }
        exchange.awaitsTomorrow = true
        return [.waitForTomorrow]
    }

    // MARK: Sending

    /// Asks what the peer lacks; while a run is read or another plan is made, afterwards.
    mutating func plan() -> [Action] {
        guard isAgreed else {
            // Asked for again once both have told each other the same.
            return []
        }
        guard !exchange.isPlanning, !exchange.isReading else {
            exchange.needsPlan = true
            return []
        }
        exchange.needsPlan = false
        exchange.isPlanning = true
        return [.plan(exchange.knowledge, scope)]
    }

    /// Brings what ``Action/plan(_:)`` asked for.
    package mutating func planned(_ plan: SyncPlan) -> [Action] {
        exchange.isPlanning = false
        guard phase == .syncing, isAgreed else { return [] }
        if exchange.needsPlan { return self.plan() }
        var actions: [Action] = []
        for log in plan.probes where exchange.probed.insert(log).inserted {
            exchange.unanswered.insert(log)
            actions.append(.sample(log))
        }
        exchange.queue = plan.sends
        exchange.holdsBack = plan.isPartial
        if !exchange.hasSentLive, !plan.sends.isEmpty {
            var message = WirePlan()
            message.events = plan.events
            actions.append(.send(.plan(message)))
        }
        return actions + next()
    }

    private mutating func next() -> [Action] {
        guard let first = exchange.queue.first else {
            guard exchange.hasSummary, !exchange.hasSentLive else { return [] }
            exchange.hasSentLive = true
            return [.send(.live(WireLive()))] + (isLive ? [.live] : [])
        }
        exchange.isReading = true
        exchange.queue.removeFirst()
        return [.read(first, scope)]
    }

    /// Brings what ``Action/read(_:)`` asked for; called once the runs before it have left.
    package mutating func ran(_ run: Run?, rest: SyncPlan.Outgoing?) -> [Action] {
        exchange.isReading = false
        guard phase == .syncing, isAgreed else { return [] }
        var actions: [Action] = []
        if let run {
            exchange.knowledge.learn(run)
            exchange.unacknowledged.insert(Position(log: run.log, sequence: run.closing.sequence))
            actions.append(.send(.run(run.wire)))
        } else {
            // The peer will go on lacking it: nobody may take that for being in sync.
            exchange.holdsBack = true
            actions.append(.cannotSend)
        }
        if exchange.needsPlan { return actions + plan() }
        if let rest { exchange.queue.insert(rest, at: 0) }
        return actions + next()
    }

    mutating func receive(_ ack: WireAck) throws(CloseReason) -> [Action] {
        for head in ack.heads {
            guard let device = DeviceID(head.device) else { throw .protocolViolation }
            let log = LogID(device: device, epoch: head.epoch)
            exchange.unacknowledged.remove(Position(log: log, sequence: head.sequence))
        }
        return []
    }

    // MARK: Receiving

    /// Brings what ``Action/store(_:)`` asked for.
    package mutating func stored(_ stored: Stored) -> [Action] {
        guard phase == .syncing else { return [] }
        switch stored {
        case .committed(let run, let members):
            exchange.knowledge.learn(run)
            exchange.fruitless = 0
            var wire = run.closing.wire
            wire.signature = [UInt8]().wireBytes
            var ack = WireAck()
            ack.heads = [wire]
            return [.send(.ack(ack))] + grew(members: members)
        case .unknownDevice:
            exchange.hasSkipped = true
            return []
        // What continues something that was passed over comes with it on another day.
        case .gap(let log): return exchange.later.contains(log.trunk) ? [] : requestSummary()
        case .later(let log):
            exchange.later.insert(log.trunk)
            return awaitTomorrow()
        case .outOfScope: return []
        case .refused: return close(.refusedRun)
        case .noRoom: return noRoom()
        }
    }

    /// There is no room left for what others send, runs and bodies alike: the peer is told, and tries again later.
    package mutating func noRoom() -> [Action] {
        guard phase != .closed else { return [] }
        var error = WireError()
        error.code = CloseReason.storage.rawValue
        error.retryAfter = 300
        phase = .closed
        return [.send(.error(error)), .close(.storage)]
    }
}
