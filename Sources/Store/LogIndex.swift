import Causality
import EventLog
import GRDB
import Synchronization

/// The row of each stretch of a log: few, asked for with every event, so kept in memory.
final class LogIndex: Sendable {
    private let rows = Mutex<(ids: [LogID: Int64], logs: [Int64: LogID])>(([:], [:]))

    func id(of log: LogID) -> Int64? { rows.withLock { $0.ids[log] } }

    func log(_ id: Int64) -> LogID? { rows.withLock { $0.logs[id] } }

    func ids(of device: DeviceID) -> [Int64] { ids(where: { $0 == device }) }

    func ids(where isOne: (DeviceID) -> Bool) -> [Int64] {
        rows.withLock { rows in rows.ids.filter { isOne($0.key.device) }.map(\.value).sorted() }
    }

    /// Reads all rows again. Called after each transaction that adds or renames a stretch, also a failed one.
    func reload(_ db: Database) throws {
        let all = try Row.fetchAll(db, sql: "SELECT id, device, epoch, branch FROM log").compactMap { row in
            try LogID(row: row).map { (try row.number("id"), $0) }
        }
        rows.withLock { rows in
            // A damaged file may hold a log twice.
            rows.ids = Dictionary(all.map { ($0.1, $0.0) }) { first, _ in first }
            rows.logs = Dictionary(all) { first, _ in first }
        }
    }
}

extension LogID {
    fileprivate init?(row: Row) throws {
        let bytes: (device: [UInt8], branch: [UInt8]) = (row.bytes("device"), row.bytes("branch"))
        guard let device = DeviceID(bytes.device), let branch = Identifier<BranchSubject>(bytes.branch) else {
            return nil
        }
        self.init(device: device, epoch: try row.bits("epoch"), branch: branch)
    }
}

extension Row {
    /// The bytes of a column; empty for NULL.
    func bytes(_ column: String) -> [UInt8] { (try? withDataBytes(column)) ?? [] }

    /// The bytes of a column by its number, which is faster; empty for NULL.
    func bytes(at index: Int) -> [UInt8] {
        (try? withUnsafeData(atIndex: index) { data in data.map(Array.init) ?? [] }) ?? []
    }

    private func withDataBytes(_ column: String) throws -> [UInt8] {
        try withUnsafeData(named: column) { data in data.map(Array.init) ?? [] }
    }
}

extension Stamp {
    /// The stamp as SQLite orders it: its integers are signed.
    var column: Int64 { Int64(bitPattern: rawValue ^ 1 << 63) }

    init(column: Int64) { self.init(UInt64(bitPattern: column) ^ 1 << 63) }
}
