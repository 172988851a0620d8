import Causality
import EventLog
package import Journal
import Wire

/// WANT and BODIES: words that come after their headers.
extension SyncSession {
    /// What is asked for and what the peer asked for.
    struct BodyExchange: Sendable {
        /// The last id asked for in this pass over all that is missing; nil at its beginning.
        var cursor: EntryID?
        /// Whether a WANT is on its way whose answer has not ended.
        var isAwaiting = false
        /// What the peer wants and was not sent yet.
        var wanted: [EntryID] = []
        /// Whether a body is being read.
        var isFetching = false
    }

    /// Begins a pass over all that is missing, unless one is under way.
    mutating func askForBodies() -> [Action] {
        guard !bodies.isAwaiting, scope.hasBodies else { return [] }
        bodies.cursor = nil
        return [.listMissing(after: nil)]
    }

    /// Brings what ``Action/listMissing(after:)`` asked for; none at the end of the pass.
    package mutating func missing(_ ids: [EntryID]) -> [Action] {
        guard phase == .syncing, !ids.isEmpty, !bodies.isAwaiting else { return [] }
        let asked = ids.prefix(256)
        bodies.cursor = asked.last
        bodies.isAwaiting = true
        var want = WireWant()
        want.ids = asked.map(\.bytes.wireBytes)
        return [.send(.want(want))]
    }

    /// Bodies came here that had been missing: the peer may lack them too, and asks after each LIVE.
    package func bodiesCame() -> [Action] {
        phase == .syncing && isAgreed && scope.hasBodies && exchange.hasSentLive
            ? [.send(.live(WireLive()))] : []
    }

    mutating func receive(_ message: WireBodies) throws(CloseReason) -> [Action] {
        let ids = try ids(message.ids.map(Array.init))
        guard ids.count == message.bodies.count else { throw .protocolViolation }
        guard ids.isEmpty else {
            guard scope.hasBodies else { return [] }
            return [.storeBodies(zip(ids, message.bodies.map(Array.init)).map { ($0, $1) })]
        }
        // The answer's end: on to the next ids, until a whole pass is through.
        guard bodies.isAwaiting else { return [] }
        bodies.isAwaiting = false
        return [.listMissing(after: bodies.cursor)]
    }

    /// One WANT is answered at a time, body by body, so that a peer that does not read costs no memory.
    mutating func wanted(_ ids: [EntryID]) -> [Action] {
        guard bodies.wanted.isEmpty, !bodies.isFetching else { return [] }
        bodies.wanted = isAgreed && scope.hasBodies ? ids : []
        return fetchNext()
    }

    private mutating func fetchNext() -> [Action] {
        guard let next = bodies.wanted.first else { return [.send(.bodies(WireBodies()))] }
        bodies.wanted.removeFirst()
        bodies.isFetching = true
        return [.fetch(next)]
    }

    /// Brings what ``Action/fetch(_:)`` asked for; nil where that body is not here.
    package mutating func fetched(_ id: EntryID, _ bytes: [UInt8]?) -> [Action] {
        bodies.isFetching = false
        guard phase == .syncing else { return [] }
        let mayGive = isAgreed && scope.hasBodies
        if !mayGive { bodies.wanted = [] }
        guard mayGive, let bytes else { return fetchNext() }
        var message = WireBodies()
        message.ids = [id.bytes.wireBytes]
        message.bodies = [bytes.wireBytes]
        return [.send(.bodies(message))] + fetchNext()
    }
}
