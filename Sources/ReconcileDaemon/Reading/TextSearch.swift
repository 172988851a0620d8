import EventLog
import Query
import Store

/// Finds the events in whose words something is, where they are few among many.
///
/// Reading them all in timeline order costs most of a search, and nearly all of them are not looked for. So their words
/// are looked through in order of arrival, without their events; what is found is read as always.
struct TextSearch {
    /// What is looked for.
    enum Sought: Sendable {
        /// A text that has it.
        case pattern(Pattern)
        /// One of these words as a whole.
        case words([(field: LogField, value: [UInt8])])

        /// What a query needs to find in any case; nil where its entries may have any words.
        init?(_ query: EntriesQuery) {
            if let pattern = query.pattern {
                // Some events have no text at all.
                guard !pattern.isFound(in: []) else { return nil }
                self = .pattern(pattern)
            } else {
                guard let words = Self.words(in: query.filter) else { return nil }
                self = .words(words)
            }
        }

        private static func words(in filter: Filter) -> [(field: LogField, value: [UInt8])]? {
            switch filter {
            case .equals(let field, let value): return field.isWords ? [(field, value)] : nil
            case .all(let filters): return filters.lazy.compactMap(words).first
            case .any(let filters):
                let parts = filters.map(words)
                return parts.contains { $0 == nil } ? nil : parts.flatMap { $0 ?? [] }
            default: return nil
            }
        }
    }

    /// More than so many are found faster on the way.
    private static let few = 4_000

    private let ledger: Ledger
    private let sought: Sought
    private let first: Int64
    private let last: Int64

    /// - Parameter first: the arrival number behind which it looks.
    init(of ledger: Ledger, for sought: Sought, after first: Int64, through last: Int64) {
        (self.ledger, self.sought, self.first, self.last) = (ledger, sought, first, last)
    }

    /// The arrival numbers of all events that may have what is looked for; nil where they are too many.
    func candidates() async throws -> [Int64]? {
        var found: [Int64] = []
        if case .pattern = sought { found = try await ledger.specialTexts(after: first) }
        guard found.count <= Self.few else { return nil }
        var words = try await ledger.words(after: first, through: last)
        var glance = Glance()
        var message: [UInt8] = []
        while true {
            let ahead =
                words.isLast
                ? nil
                : words.rows.last.map { row in
                    Task.immediate { [ledger, last] in
                        try await ledger.words(after: row.arrival, through: last)
                    }
                }
            try Task.checkCancellation()
            for row in words.rows {
                try glance.read(header: nil, body: row.body, in: &words.bytes)
                if isFound(glance, in: words.bytes, &message) { found.append(row.arrival) }
            }
            guard found.count <= Self.few else {
                ahead?.cancel()
                return nil
            }
            guard let ahead else { return Array(Set(found)) }
            words = try await ahead.value
        }
    }

    private func isFound(_ glance: Glance, in bytes: [UInt8], _ message: inout [UInt8]) -> Bool {
        // What can't be read has a text of its own; there may be some, so it is looked at as always.
        guard let words = glance.words else { return true }
        let pattern: Pattern
        switch sought {
        case .pattern(let wanted): pattern = wanted
        case .words(let wanted):
            return words.contains { word in
                let field = LogField(wordsNumber: word.field)
                return wanted.contains {
                    $0.field == field && $0.value.elementsEqual(bytes[word.range])
                }
            }
        }
        let told = words.filter { word in
            LogField(wordsNumber: word.field).map { $0 != .noneHere && $0 != .written } ?? false
        }
        if told.count == 1 { return pattern.isFound(in: bytes[told[0].range]) }
        message.removeAll(keepingCapacity: true)
        for (number, word) in told.enumerated() {
            if number > 0 { message.append(0x0A) }
            message.append(contentsOf: bytes[word.range])
        }
        return pattern.isFound(in: message[...])
    }
}
