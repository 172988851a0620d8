package import Causality
import FoundationEssentials
import GRDB
package import Journal

/// What values columns have: by skipping along an index, without reading every event.
extension Store {
    /// The kinds of which there are events, membership left out.
    package func kinds() throws -> [UInt32] {
        try distinct("kind", under: "event", where: "kind NOT BETWEEN 40 AND 49", as: Int64.self)
            .map { UInt32(clamping: $0) }
    }

    /// The rifts to which events belong.
    package func riftsNamed() throws -> [EntryID] {
        try distinct("rift", under: "event", where: "rift IS NOT NULL", as: Data.self).compactMap(
            EntryID.init)
    }

    /// The devices of which there are events.
    package func writers() throws -> [DeviceID] {
        try queue.unsafeRead { db in
            try Data.fetchAll(
                db,
                sql:
                    "SELECT DISTINCT device FROM log WHERE EXISTS (SELECT 1 FROM event WHERE event.log = log.id)"
            ).compactMap(DeviceID.init)
        }
    }

    /// The first and the last time of an event, in milliseconds since 1970; nil if there is none.
    package func bounds() throws -> (first: Int64, last: Int64)? {
        try queue.unsafeRead { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT (SELECT min(at) FROM event) AS first, (SELECT max(at) FROM event) AS last")
            guard let row, let first = try row.optionalNumber("first"),
                let last = try row.optionalNumber("last")
            else {
                return nil
            }
            return (first, last)
        }
    }

    /// SQLite looks at every row for DISTINCT; asking for the next greater value each time, it looks at one a value.
    private func distinct<Value: DatabaseValueConvertible>(
        _ column: String, under table: String, where condition: String, as type: Value.Type
    ) throws -> [Value] {
        try queue.unsafeRead { db in
            try Value.fetchAll(
                db,
                sql: """
                    WITH RECURSIVE found(value) AS (
                        SELECT min(\(column)) FROM \(table) WHERE \(condition)
                        UNION ALL
                        SELECT (SELECT min(\(column)) FROM \(table) WHERE \(column) > value AND \(condition))
                        FROM found WHERE value IS NOT NULL
                    ) SELECT value FROM found WHERE value IS NOT NULL
                    """)
        }
    }
}
