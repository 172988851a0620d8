import Causality
import EventLog
import Wire

/// PARTNERSHIP: two devices of one person tell each other whether they share with the other person, and send each other
/// nothing while only one of them does, so that what one has stopped giving does not go out by way of the other.
extension SyncSession {
    /// Whether events may be sent: always to the partner's devices, who are met only while they may be.
    var isAgreed: Bool { !isOwnPersons || partnership.isApart == peerPartnership?.isApart }

    /// Whether the peer is another device of this device's person.
    var isOwnPersons: Bool { peer?.person == person }

    mutating func receive(_ wire: WirePartnership) throws(CloseReason) -> [Action] {
        guard isOwnPersons else { throw .protocolViolation }
        return learn(try Partnership.Told(wire))
    }

    /// What the peer tells: decisions to be apart are taken over, whatever else it says.
    mutating func learn(_ told: Partnership.Told) -> [Action] {
        let was = isAgreed
        peerPartnership = told
        if partnership.learning(told) != partnership { return [.learn(told)] }
        // What it was told of this side has not changed; only now may it be the same.
        return [.learn(told)] + (isAgreed && !was ? agreed() : [])
    }

    /// It was decided on this device, or brought by ``Action/learn(_:)`` and stored: the peer is told.
    package mutating func decided(_ partnership: Partnership) -> [Action] {
        guard partnership != self.partnership else { return [] }
        let before = self.partnership.told
        self.partnership = partnership
        // AUTH_OK tells it, unless that has left already.
        guard isOwnPersons, phase != .closed, ownDigests != nil else { return [] }
        if !isAgreed { exchange.queue = [] }
        guard partnership.told != before else { return isAgreed ? agreed() : [] }
        return [.send(.partnership(partnership.told.wire))] + (isAgreed ? agreed() : [])
    }

    private mutating func agreed() -> [Action] {
        guard phase == .syncing else { return [] }
        // The peer's summary may have come before both agreed.
        return begin() + (exchange.hasSummary ? plan() : [])
    }
}
