import ArgumentParser
import Causality
import EventLog
import Foundation
import Journal
import Store
import TestSupport

/// Writes what one person would have written over the years, in many rifts and kinds, of 40 words each.
struct FillLog: AsyncParsableCommand {
    @Option var state: String
    @Option var entries: Int
    /// The same seed writes the same words.
    @Option var seed: UInt64 = 1

    private static let kinds: [(kind: Kind, field: FieldName)] = [
        (.account, .text), (.account, .text), (.account, .text), (.hurt, .act), (.reflection, .part),
        (.reflection, .part), (.reply, .text), (.reply, .text), (.reply, .text), (.thanks, .text),
    ]
    private static let words = [
        "the", "shelf", "was", "empty", "when", "you", "came", "home", "late", "and", "said", "nothing",
        "about",
        "Sunday", "kitchen", "phone", "silence", "angry", "afraid", "heard", "promise", "again", "before",
        "letter",
        "garden", "workshop", "dinner", "sorry", "together", "carried", "question", "answer", "mother",
        "money",
    ]

    func run() async throws {
        var journal = try StoppedJournal(state: state)
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        let wall = WallTime(milliseconds: now)
        // Eight years, up to yesterday.
        let span: Int64 = 8 * 365 * 86_400_000
        let start = now - span - 86_400_000
        var written = 0
        while written < entries {
            var title = NewEvent(.rift, body: try body([Field(.title, "Rift \(seed)-\(written)")], random))
            title.at = start + span * Int64(written) / Int64(entries)
            let count = min(400, entries - written)
            let batch = try journal.replica.append(count, at: wall) { number, ids in
                guard number > 0 else { return title }
                let (kind, field) = Self.kinds[random(Self.kinds.count)]
                var text = (0..<40).map { _ in Self.words[random(Self.words.count)] }.joined(separator: " ")
                if random(100_000) == 0 { text += " zanzibar" }
                var fields = [Field(field, text)]
                if kind == .hurt { fields.append(Field(.impact, "I slept by the phone.")) }
                var event = NewEvent(kind, rift: ids[0], body: try body(fields, random))
                event.at = start + span * Int64(written + number) / Int64(entries) + Int64(random(1_000))
                return event
            }
            try journal.store.commit(batch)
            try journal.replica.applied(batch)
            written += count
        }
        try journal.store.close()
    }

    private func body(_ fields: [Field], _ random: (Int) -> Int) throws -> Body {
        try Body(fields, salt: (0..<16).map { _ in UInt8(random(256)) })
    }
}
