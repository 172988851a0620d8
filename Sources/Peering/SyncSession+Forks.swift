package import Causality
package import EventLog
import Wire

/// FORK: finding where a log departs from the peer's.
extension SyncSession {
    /// Brings what ``Action/sample(_:)`` asked for.
    package func sampled(_ samples: [PeerKnowledge.Place], of log: LogID) -> [Action] {
        [.send(.fork(Self.fork(log, samples, isAnswer: false)))]
    }

    func compare(_ fork: WireFork) throws(CloseReason) -> Action {
        guard let device = DeviceID(fork.device), fork.samples.count <= Limits.samples else {
            throw .protocolViolation
        }
        var samples: [PeerKnowledge.Place] = []
        for sample in fork.samples {
            guard let hash = Digest(sample.hash) else { throw .protocolViolation }
            samples.append(.init(sequence: sample.sequence, hash: hash))
        }
        return .compare(samples, LogID(device: device, epoch: fork.epoch), isAnswer: fork.answer)
    }

    /// Brings what ``Action/compare(_:_:isAnswer:)`` asked for.
    package mutating func common(_ place: PeerKnowledge.Place?, of log: LogID, isAnswer: Bool) -> [Action] {
        guard phase == .syncing else { return [] }
        exchange.knowledge.settle(log, at: place)
        exchange.unanswered.remove(log.trunk)
        var actions: [Action] = []
        if !isAnswer {
            actions.append(.send(.fork(Self.fork(log, place.map { [$0] } ?? [], isAnswer: true))))
        }
        return actions + plan()
    }

    private static func fork(_ log: LogID, _ samples: [PeerKnowledge.Place], isAnswer: Bool) -> WireFork {
        var fork = WireFork()
        fork.device = log.device.bytes.wireBytes
        fork.epoch = log.epoch
        fork.answer = isAnswer
        fork.samples = samples.prefix(Limits.samples).map { place in
            var sample = WireSample()
            sample.sequence = place.sequence
            sample.hash = place.hash.bytes.wireBytes
            return sample
        }
        return fork
    }
}
