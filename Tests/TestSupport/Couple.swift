import Causality
package import EventLog
import Foundation
import Journal
package import Store

/// A journal of two devices, for tests.
package struct Couple {
    /// The founding devices' keys.
    package let keys = [DeviceKeys(), DeviceKeys()]
    /// Where their journal begins.
    package let genesis: Genesis

    /// A new couple.
    package init() throws {
        let persons = (0..<2).map { _ in PersonID(prefix: (0..<16).map { _ in UInt8.random(in: 0...255) }) }
        let transcript = Digest.zero
        guard
            let genesis = try Genesis(
                host: keys[0].bundle(of: persons[0]),
                hostConfirmation: keys[0].sign(Genesis.confirmation(of: transcript, isHost: true)),
                joiner: keys[1].bundle(of: persons[1]),
                joinerConfirmation: keys[1].sign(Genesis.confirmation(of: transcript, isHost: false)),
                transcript: transcript)
        else { throw FormatError.malformed }
        self.genesis = genesis
    }

    /// One device's copy, as it is stored.
    package func replica(_ side: Int, _ store: Store, mark: Mark? = Mark()) throws -> Replica<Store> {
        try Replica(
            keys: keys[side], genesis: genesis, storage: store, segments: store.segments(),
            clock: store.clock(), epoch: store.epoch(), mark: mark, door: store.door(),
            freshEpoch: .random(in: 1 ... .max))
    }
}

/// A directory that is gone afterwards.
package final class Scratch {
    private let url = FileManager.default.temporaryDirectory.appending(
        path: "reconcile-test-\(UUID().uuidString)")
    /// A new directory.
    package init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(at: url) }
    /// A path in it.
    package func path(_ name: String) -> String { url.appending(path: name).path() }
}
