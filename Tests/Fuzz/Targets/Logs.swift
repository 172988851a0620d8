import Causality
import EventLog
import Journal
import Peering
import Store
import Transport
import Wire

/// Headers and bodies: the input is one of either.
///
/// - What is accepted is read twice alike: by the decoder, and in place as the log reads it.
package func fuzzHeaders(_ bytes: [UInt8]) {
    var glance = Glance()
    var copy = bytes
    let header = try? EventHeader(bytes: bytes)
    let seenInPlace: Void? = try? glance.read(header: 0..<bytes.count, body: 0..<bytes.count, in: &copy)
    if let header {
        let inner = header.carried.flatMap { try? EventHeader(bytes: $0.header) }
        if header.carried == nil || inner != nil {
            require(seenInPlace != nil, "a header that is one can't be read in place")
            require(glance.references == (inner ?? header).references.map(\.entry), "references in place")
            require(glance.value == (inner ?? header).value, "the value in place")
        }
        _ = try? EffectiveEvent(
            header: header, hash: .zero, device: Household.shared.keys[0].device, journal: .zero)
        if let encoded = try? header.encoded() {
            require((try? EventHeader(bytes: encoded))?.kindNumber == header.kindNumber, "a kind said again")
        }
    }
    if let body = try? Body(bytes: bytes) {
        require(glance.words != nil, "a body that is one can't be read in place")
        for word in glance.words ?? [] {
            require(word.range.upperBound <= copy.count, "words beyond the bytes")
        }
        _ = body.paddedLength
    }
    _ = Genesis(bytes: bytes)
    _ = Partnership(bytes: bytes)
}

/// A run: the input is one as it travels. What can be made right of it is: its hashes, its end and its signature, so that
/// more than the first check is reached; the first byte says what.
///
/// - What was taken in is read, passed on and found again by a start.
package func fuzzRuns(_ bytes: [UInt8]) {
    guard let first = bytes.first, var wire = try? WireRun(decoding: Array(bytes.dropFirst())) else { return }
    let journal = FuzzedJournals.receiver
    do {
        try journal.begin()
        if first & 1 == 0 { wire = mended(wire, extending: first & 2 == 0 ? nil : journal) }
        guard let run = try? Run(wire) else { return }
        _ = try journal.receive(run)
        // Twice, which costs nothing.
        _ = try journal.receive(run)
        try journal.readAll()
    } catch {
        fatalError("violated: a run makes the journal throw \(error)")
    }
}

/// The journals that inputs are put into.
enum FuzzedJournals {
    static let receiver = FuzzedJournal(1)
    static let sender = FuzzedJournal(0)
}

/// A run with the same events as Elin's device would have signed them.
///
/// - Parameter journal: whose device's log goes on with it; nil where it begins Elin's.
func mended(_ wire: WireRun, extending journal: FuzzedJournal?) -> WireRun {
    let household = Household.shared
    let side = journal == nil ? 0 : 1
    let keys = household.keys[side]
    var wire = wire
    let own = journal?.replica.ownLog
    let end = own.flatMap { journal?.replica.forest[$0] }
    let log = own ?? LogID(device: keys.device, epoch: wire.epoch)
    wire.device = log.device.bytes.wireBytes
    wire.epoch = log.epoch
    wire.from = (end?.end ?? 0) + 1
    wire.previous = (end?.hash ?? .zero).bytes.wireBytes
    while wire.bodies.count < wire.headers.count { wire.bodies.append([UInt8]().wireBytes) }
    while wire.bodies.count > wire.headers.count { wire.bodies.removeLast() }
    var hash = end?.hash ?? .zero
    for (index, header) in wire.headers.enumerated() {
        hash = EventHeader.hash(
            of: Array(header), journal: household.journal, log: log, sequence: wire.from + UInt64(index),
            previous: hash)
    }
    let last = wire.from + UInt64(wire.headers.count) - 1
    if let head = try? Head.sign(
        log: log, sequence: last, hash: hash, journal: household.journal, by: keys)
    {
        wire.closing = head.wire
    }
    return wire
}

/// A sync session: the input is the frames that come once both have proved who they are; a run in one is made right as
/// ``fuzzRuns(_:)`` does it.
///
/// - Whatever comes, the session asks only for what can be done, and the journal can be read afterwards.
package func fuzzSync(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let journal = FuzzedJournals.receiver
    do {
        try journal.begin()
        var (session, partner) = authenticated()
        var steps = 0
        try perform(session.0, &session.1, journal, &steps)
        _ = partner.ping()
        for frame in frames(in: Array(bytes.dropFirst()), limit: Frame.limit) {
            guard var message = try? WireMessage(type: frame.type, payload: frame.payload) else { continue }
            if case .run(let wire) = message, first & 1 == 0 { message = .run(mended(wire, extending: nil)) }
            try perform(session.1.receive(message), &session.1, journal, &steps)
        }
        try journal.readAll()
    } catch {
        fatalError("violated: a session makes the journal throw \(error)")
    }
}

/// Two sessions that have proved themselves to each other, with what the first is asked to do then.
private func authenticated() -> (([SyncSession.Action], SyncSession), SyncSession) {
    var sessions = [Household.shared.session(1), Household.shared.session(0)]
    var rest: [SyncSession.Action] = []
    var queue = (0..<2).flatMap { side in sessions[side].connected().map { (side, $0) } }[...]
    while let (side, action) = queue.popFirst() {
        switch action {
        case .send(let message): queue += sessions[1 - side].receive(message).map { (1 - side, $0) }
        case .digest where side == 1:
            queue += sessions[1].digests(heads: .zero, missing: .zero, ends: []).map { (1, $0) }
        // What comes behind the handshake is for the target to do.
        default: if side == 0 { rest.append(action) }
        }
    }
    return ((rest, sessions[0]), sessions[1])
}

/// Does what a session asks, as the ledger does it.
private func perform(
    _ actions: [SyncSession.Action], _ session: inout SyncSession, _ journal: FuzzedJournal,
    _ steps: inout Int
) throws {
    var queue = actions[...]
    while let action = queue.popFirst() {
        steps += 1
        require(steps < 100_000, "a session never comes to rest")
        var next: [SyncSession.Action] = []
        let replica = journal.replica
        switch action {
        case .send(let message): _ = try message.framed()
        case .digest:
            next = session.digests(
                heads: replica.headsDigest, missing: try replica.missingDigest(), ends: replica.heads)
        case .summarise(let scope):
            next = session.summarise(
                replica.heads(in: scope), deferred: [], wall: Household.wall.milliseconds)
        case .plan(let knowledge, let scope):
            next = session.planned(try replica.plan(for: knowledge, in: scope))
        case .read(let outgoing, let scope):
            let run = try replica.run(of: outgoing, in: scope)
            next = session.ran(run?.run, rest: run?.rest)
        case .store(let run, _): next = session.stored(try journal.receive(run))
        case .check(let heads):
            if try replica.wasRolledBack(by: heads) { try journal.commit(replica.openingEpoch(77)) }
        case .sample(let log): next = session.sampled(try replica.samples(of: log), of: log)
        case .compare(let samples, let log, let isAnswer):
            next = session.common(try replica.common(of: samples, in: log), of: log, isAnswer: isAnswer)
        case .listMissing(let after):
            next = session.missing(try replica.missingBodies(after: after, limit: 256))
        case .fetch(let id): next = session.fetched(id, try journal.store.bodies(of: [id])[id])
        case .storeBodies(let bodies):
            let batch = try replica.receive(bodies: bodies)
            if !batch.isEmpty { try journal.commit(batch) }
        case .learn(let told): next = session.decided(Partnership.initial.learning(told))
        case .authenticated, .waitForTomorrow, .cannotSend, .peerClock, .peerPort, .expect, .live: break
        case .close: return
        }
        queue += next
    }
}
