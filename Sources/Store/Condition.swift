package import Causality
import EventLog
import GRDB
package import Journal

/// What a reading is narrowed down to in the database: whatever SQLite can tell from a column.
package indirect enum Condition: Equatable, Sendable {
    /// The kind is one of these, by their numbers.
    case kinds([UInt32])
    /// Written by one of these devices.
    case devices([DeviceID])
    /// Belongs to one of these rifts.
    case rifts([EntryID])
    /// Belongs to some rift.
    case hasRift
    /// Has one of these ids.
    case ids([EntryID])
    /// Came in one of these ways.
    case transports([Transport])
    case not(Condition)
    case all([Condition])
    case any([Condition])

    /// How an event came here; the raw values stand in the database.
    package enum Transport: Int64, CaseIterable, Sendable {
        case local = 0
        case sync = 1
        case imported = 2

        /// The name in `_TRANSPORT`.
        package var name: String {
            switch self {
            case .local: "local"
            case .sync: "sync"
            case .imported: "import"
            }
        }
    }

    /// As SQL with its arguments.
    ///
    /// - Parameter logs: the rows of a device's logs.
    func sql(logs: (DeviceID) -> [Int64]) -> (String, StatementArguments) {
        switch self {
        // Can't trap: kinds have 32 bits.
        case .kinds(let kinds): Self.list("kind", kinds.map { Int64($0) })
        case .devices(let devices): Self.list("+log", devices.flatMap(logs))
        case .rifts(let rifts): Self.list("rift", rifts.map(\.data))
        case .hasRift: ("rift IS NOT NULL", [])
        case .ids(let ids): Self.list("event.id", ids.map(\.data))
        case .transports(let transports): Self.list("+transport", transports.map(\.rawValue))
        case .not(let condition): Self.negated(condition.sql(logs: logs))
        case .all(let conditions): Self.joined(conditions, "AND", empty: "1", logs)
        case .any(let conditions): Self.joined(conditions, "OR", empty: "0", logs)
        }
    }

    private static func list(
        _ column: String, _ values: [some DatabaseValueConvertible & Sendable]
    ) -> (String, StatementArguments) {
        // A single value may be looked up in timeline order; several would have to be sorted, so the timeline is read.
        if values.count == 1 { return ("\(column) = ?", [values[0]]) }
        let plain = column.hasPrefix("+") || column == "rift" || column == "event.id" ? column : "+" + column
        return (
            "\(plain) IN (\(values.map { _ in "?" }.joined(separator: ",")))", StatementArguments(values)
        )
    }

    /// SQL's NULL is neither true nor false.
    private static func negated(_ part: (String, StatementArguments)) -> (String, StatementArguments) {
        ("NOT coalesce((\(part.0)), 0)", part.1)
    }

    private static func joined(
        _ conditions: [Condition], _ word: String, empty: String, _ logs: (DeviceID) -> [Int64]
    ) -> (String, StatementArguments) {
        let parts = conditions.map { $0.sql(logs: logs) }
        guard !parts.isEmpty else { return (empty, []) }
        return (
            "(" + parts.map(\.0).joined(separator: " \(word) ") + ")",
            parts.reduce(into: StatementArguments()) { $0 += $1.1 }
        )
    }
}
