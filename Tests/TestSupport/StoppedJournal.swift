package import EventLog
import Foundation
package import Store

/// The journal in the state directory of a daemon that is not running.
package struct StoppedJournal {
    /// Its store, opened.
    package let store: Store
    /// Its replica.
    package var replica: Replica<Store>

    private struct Identity: Decodable {
        let eventKey: [UInt8]
        let meetKey: [UInt8]
    }

    private struct StoredMark: Decodable {
        let epoch: UInt64?
        let sequences: [String: UInt64]
    }

    /// Opens it. Throws if a daemon has it, or there is none.
    package init(state: String) throws {
        let identity = try JSONDecoder().decode(
            Identity.self, from: Data(contentsOf: URL(filePath: state + "/identity")))
        let stored = try JSONDecoder().decode(
            StoredMark.self, from: Data(contentsOf: URL(filePath: state + "/mark")))
        var mark = Mark(epoch: stored.epoch)
        for (epoch, sequence) in stored.sequences { mark[UInt64(epoch) ?? 0] = sequence }
        store = try Store(path: state + "/journal.sqlite")
        guard let genesis = try store.meta(.genesis).flatMap(Genesis.init(bytes:)) else {
            throw NoJournal()
        }
        replica = try Replica(
            keys: DeviceKeys(event: identity.eventKey, meet: identity.meetKey), genesis: genesis,
            storage: store, segments: store.segments(), clock: store.clock(),
            epoch: store.epoch(), mark: mark, freshEpoch: 1)
    }
}

/// The state directory holds no journal.
package struct NoJournal: Error {}
