import ArgumentParser
import Causality
import EventLog
import Foundation
import Journal
import Store
import TestSupport

/// Writes entries into a journal, as its person would have over the years.
struct Fill: AsyncParsableCommand {
    @Option var state: String
    @Option var entries: Int

    func run() async throws {
        var journal = try StoppedJournal(state: state)
        let wall = WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        let words = String(repeating: "We went together, and it was good to go. ", count: 6)
        var rift: EntryID?
        var left = entries
        while left > 0 {
            // A hundred entries a rift, which are opened in batches of their own.
            var events: [NewEvent] = []
            if rift == nil || left % 1_000 == 0 {
                let title = try Body([Field(.title, "Rift \(left)")], salt: [UInt8](repeating: 1, count: 16))
                let opened = try journal.replica.append([NewEvent(.rift, body: title)], at: wall)
                try journal.store.commit(opened)
                try journal.replica.applied(opened)
                rift = opened.events[0].effective.id
                left -= 1
            }
            for number in 0..<min(left, 999) {
                let salt = (0..<16).map { UInt8(truncatingIfNeeded: number >> $0) }
                events.append(
                    NewEvent(
                        .reply, rift: rift,
                        body: try Body([Field(.text, String(words.prefix(250)))], salt: salt)))
            }
            let batch = try journal.replica.append(events, at: wall)
            try journal.store.commit(batch)
            try journal.replica.applied(batch)
            left -= events.count
        }
        try journal.store.close()
    }
}

/// Inserts what one journal has and another lacks straight into the other's store: the rate that sync is held to.
struct Insert: AsyncParsableCommand {
    @Option(help: "The state directory that has the events.") var from: String
    @Option(help: "A copy of the state directory that lacks them.") var into: String

    func run() async throws {
        let source = try StoppedJournal(state: from)
        var target = try StoppedJournal(state: into)
        let knowledge = PeerKnowledge(heads: target.replica.heads)
        var sends = try source.replica.plan(for: knowledge).sends
        let wall = WallTime(milliseconds: 0)
        var (events, bytes, inserting, verifying) = (0, 0, 0.0, 0.0)
        while let outgoing = sends.first, let next = try source.replica.run(of: outgoing) {
            var batch = EventBatch()
            verifying += try seconds {
                guard case .batch(let found) = try target.replica.receive(next.run, wall: wall, freshEpoch: 1)
                else { throw BenchError.skipped }
                batch = found
            }
            inserting += try seconds { try target.store.commit(batch) }
            try target.replica.applied(batch)
            events += batch.events.count
            bytes += batch.events.reduce(0) { $0 + $1.headerBytes.count + ($1.body?.count ?? 0) }
            sends = (next.rest.map { [$0] } ?? []) + sends.dropFirst()
        }
        try target.store.close()
        print(Int(Double(events) / inserting))
        FileHandle.standardError.write(
            Data(
                "bare store: \(events) events of \(bytes / max(events, 1)) bytes, \(Int(Double(events) / inserting)) a second; verifying alone \(Int(Double(events) / verifying)) a second\n"
                    .utf8))
    }
}
