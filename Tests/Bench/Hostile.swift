import ArgumentParser
import Causality
import EventLog
import Foundation
import Journal
import Store
import TestSupport

/// Writes as much of one kind as a device may send on a day, as one would that means to make others work.
struct Hostile: AsyncParsableCommand {
    /// What is written, each the worst of what costs work of its own.
    enum Class: String, CaseIterable, ExpressibleByArgument {
        /// Votes on one rift, one way and the other.
        case rest
        /// Titles of one rift.
        case titles
        /// Tags of one entry, each another.
        case tags
        /// Replies, each to the one before.
        case replies
        /// Hurts in one rift.
        case hurts
        /// Rifts.
        case rifts
        /// Wordings of one entry.
        case wordings
        /// Names of the device, as long as they may be.
        case names
        /// Devices let in, and put out again.
        case claims
        /// Entries as long as they may be.
        case bodies

        /// How many may come on a day, or fit into its bytes.
        var count: Int {
            switch self {
            case .rest, .titles, .tags: 50_000
            case .replies, .hurts, .rifts, .wordings: 120_000
            case .names, .claims: 2_000
            case .bodies: 250
            }
        }
    }

    @Option var state: String
    @Option var kind: Class
    /// Fewer than a day's, to try it out.
    @Option var count: Int?

    func run() async throws {
        var journal = try StoppedJournal(state: state)
        let wall = WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        func write(_ count: Int, _ event: (Int, [EntryID]) throws -> NewEvent) throws -> [EntryID] {
            let batch = try journal.replica.append(count, at: wall, event: event)
            try journal.store.commit(batch)
            try journal.replica.applied(batch)
            return batch.events.map { $0.effective.id }
        }
        let rift = try write(1) { _, _ in NewEvent(.rift, body: try body(.title, "Under attack")) }[0]
        let entry = try write(1) { _, _ in
            NewEvent(.account, rift: rift, body: try body(.text, "So it began."))
        }[0]
        let (device, founders) = (journal.replica.device, journal.replica.journal)
        let person = journal.replica.membership.person(of: device)
        var (left, last) = (count ?? kind.count, entry)
        while left > 0 {
            let batch = min(left, kind == .bodies ? 2 : 500)
            let first = left
            let ids = try write(batch) { number, ids in
                switch kind {
                case .claims:
                    NewEvent(.admit, admission: try admission(of: person, in: founders))
                case .names:
                    NewEvent(
                        .deviceName, subject: device.bytes,
                        body: try body(.text, String(repeating: "n", count: 1_000) + "\(first - number)"))
                default: try event(first - number, rift: rift, entry: entry, after: ids.last ?? last)
                }
            }
            last = ids.last ?? last
            left -= batch
        }
        try journal.store.close()
        print(rift)
    }

    private func event(
        _ number: Int, rift: EntryID, entry: EntryID, after last: EntryID
    ) throws -> NewEvent {
        switch kind {
        case .rest:
            NewEvent(number % 2 == 0 ? .rest : .reopen, rift: rift, value: 1)
        case .titles:
            NewEvent(.title, rift: rift, body: try body(.title, "Called \(number), in so many words"))
        case .tags:
            NewEvent(
                .tag, rift: rift, references: [Reference(entry)], value: 1,
                subject: Array(Digest.zero.bytes.prefix(8))
                    + (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) },
                body: try body(.text, "tag\(number)"))
        case .replies:
            NewEvent(.reply, rift: rift, references: [Reference(last)], body: try body(.text, "\(number)"))
        case .hurts:
            NewEvent(
                .hurt, rift: rift,
                body: try Body(
                    [Field(.act, "Act \(number)."), Field(.impact, "It hurt.")], salt: salt()))
        case .rifts: NewEvent(.rift, body: try body(.title, "Rift \(number)"))
        case .wordings:
            NewEvent(.revise, rift: rift, references: [Reference(entry)], body: try body(.text, "\(number)"))
        case .bodies:
            NewEvent(
                .account, rift: rift, body: try body(.text, String(repeating: "so long ", count: 32_000)))
        case .names, .claims: throw BenchError.skipped
        }
    }

    /// A device that says by its own key that it is this person's.
    private func admission(of person: PersonID?, in journal: Digest) throws -> EventHeader.Admission {
        guard let person else { throw BenchError.skipped }
        let keys = DeviceKeys()
        let bundle = keys.bundle(of: person)
        return EventHeader.Admission(
            bundle: bundle, signature: try keys.sign(Membership.consent(of: bundle, journal: journal)))
    }

    private func body(_ field: FieldName, _ text: String) throws -> Body {
        try Body([Field(field, text)], salt: salt())
    }

    private func salt() -> [UInt8] { (0..<16).map { _ in .random(in: 0...255) } }
}
