import Causality
import EventLog
import Foundation
import Store

/// The journal in the state directory of a daemon that is not running.
struct BenchJournal {
    let store: Store
    var replica: Replica<Store>

    private struct Identity: Decodable {
        let eventKey: [UInt8]
        let meetKey: [UInt8]
    }

    private struct StoredMark: Decodable {
        let epoch: UInt64?
        let sequences: [String: UInt64]
    }

    init(state: String) throws {
        let identity = try JSONDecoder().decode(
            Identity.self, from: Data(contentsOf: URL(filePath: state + "/identity")))
        let stored = try JSONDecoder().decode(
            StoredMark.self, from: Data(contentsOf: URL(filePath: state + "/mark")))
        var mark = Mark(epoch: stored.epoch)
        for (epoch, sequence) in stored.sequences { mark[UInt64(epoch) ?? 0] = sequence }
        store = try Store(path: state + "/journal.sqlite")
        guard let genesis = try store.meta(.genesis).flatMap(Genesis.init(bytes:)) else {
            throw BenchError.notPaired
        }
        replica = try Replica(
            keys: DeviceKeys(event: identity.eventKey, meet: identity.meetKey), genesis: genesis,
            storage: store, segments: store.segments(), claims: store.claims(), clock: store.clock(),
            epoch: store.epoch(), mark: mark, freshEpoch: 1)
    }
}

enum BenchError: Error {
    case notPaired
    case skipped
}

/// Seconds that some work took.
func seconds(_ work: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try work()
    let time = start.duration(to: .now).components
    return Double(time.seconds) + Double(time.attoseconds) / 1e18
}
