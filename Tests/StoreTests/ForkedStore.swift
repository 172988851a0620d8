import Causality
import EventLog
import Foundation
import Journal
import TestSupport
import Testing

@testable import Store

extension Store {
    /// A store that holds two logs of one device that part after the third event, as after a copied disk.
    static func forked(_ scratch: Scratch, _ couple: Couple) throws -> Store {
        let wall = WallTime(milliseconds: 1_741_380_000_000)
        func append(_ count: Int, _ text: String, to store: Store) throws {
            // The epoch that the copy is in too, or each would begin one of its own.
            var replica = try couple.replica(0, store, mark: Mark(epoch: store.epoch()))
            for number in 0..<count {
                let body = try Body(
                    [Field(.text, "\(text) \(number)")], salt: [UInt8](repeating: 7, count: 16))
                let batch = try replica.append([NewEvent(.account, body: body)], at: wall)
                try store.commit(batch)
                try replica.applied(batch)
            }
        }
        let first = try Store(path: scratch.path("first"))
        try append(3, "both", to: first)
        try first.close()
        try FileManager.default.copyItem(atPath: scratch.path("first"), toPath: scratch.path("second"))
        let reader = try Store(path: scratch.path("reader"))
        var receiver = try couple.replica(1, reader)
        for (name, count) in [("first", 6), ("second", 5)] {
            let store = try Store(path: scratch.path(name))
            try append(count, name, to: store)
            let sender = try couple.replica(0, store)
            var plan = try sender.plan(for: PeerKnowledge())
            while let outgoing = plan.sends.first {
                let next = try #require(try sender.run(of: outgoing))
                if case .batch(let batch) = try receiver.receive(next.run, wall: wall, freshEpoch: 1) {
                    try reader.commit(batch)
                    try receiver.applied(batch)
                }
                plan.sends = next.rest.map { [$0] } ?? Array(plan.sends.dropFirst())
            }
            try store.close()
        }
        return reader
    }
}
