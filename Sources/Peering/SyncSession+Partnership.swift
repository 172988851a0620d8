import Causality
import EventLog
import Wire

/// PARTNERSHIP: two devices of one person agree on whether they share with the other person before they send each other
/// anything, so that what one has stopped giving does not go out by way of the other.
extension SyncSession {
    /// Whether events may be sent: always to the partner's devices, who are met only while they may be.
    var isAgreed: Bool { !isOwnPersons || partnership == peerPartnership }

    /// Whether the peer is another device of this device's person.
    var isOwnPersons: Bool { peer?.person == person }

    mutating func receive(_ wire: WirePartnership) throws(CloseReason) -> [Action] {
        guard isOwnPersons else { throw .protocolViolation }
        return learn(Partnership(wire))
    }

    /// The peer's decision: the later one is taken over, and confirmed.
    mutating func learn(_ theirs: Partnership) -> [Action] {
        peerPartnership = theirs
        let merged = partnership.merged(with: theirs)
        guard merged == partnership else { return [.adopt(merged)] }
        // The other side takes ours over and says so.
        return isAgreed ? agreed() : []
    }

    /// The decision was taken on this device, or brought by ``Action/adopt(_:)`` and stored: the peer is told.
    package mutating func decided(_ partnership: Partnership) -> [Action] {
        guard partnership != self.partnership else { return [] }
        self.partnership = partnership
        // AUTH_OK tells it, unless that has left already.
        guard isOwnPersons, phase != .closed, ownDigests != nil else { return [] }
        exchange.queue = []
        return [.send(.partnership(partnership.wire))] + (isAgreed ? agreed() : [])
    }

    private mutating func agreed() -> [Action] {
        guard phase == .syncing else { return [] }
        // The peer's summary may have come before both agreed.
        return begin() + (exchange.hasSummary ? plan() : [])
    }
}
