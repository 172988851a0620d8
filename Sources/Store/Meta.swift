package import Causality
package import EventLog
import FoundationEssentials
import GRDB

/// Single values that are kept with the log.
package enum MetaKey: String, Hashable, Sendable {
    /// Since when devices that were let in are known here, and whether that was looked at.
    case arrivals
    /// The hybrid clock's last stamp.
    case clock
    /// By which rules the projections were derived.
    case derivation
    /// Present on a device that came back by recovery words, until it has retired what was lost.
    case comeback
    /// The partner's requests to erase that this device's person declined for good, as ids one after the other.
    case declined
    /// How many new logs and branches of each device were taken today.
    case door
    /// The epoch in which this device writes.
    case epoch
    /// Present from the commit of what may change which words are erased until they are brought into line with it.
    case erasureOwed
    /// The erased entries of which this device's person said here that their words go, as ids one after the other.
    case erasedHere
    /// In which generation projections are derived.
    case generation
    /// The genesis of the journal.
    case genesis
    /// Present once a device of the partner was met.
    case met
    /// Whether this device's person shares with the other one.
    case partnership
    /// The person whose device this is, where pairing made it another one's than the identity file says.
    case person
    /// And what that person is called.
    case personName
    /// Present where this was restored without the keys, and no device was met since.
    case restored
    /// Present while this is a backup that is being restored: nothing was written in it yet.
    case restoring
    /// The store's random id, by which cursors know it.
    case store
}

extension Store {
    /// A kept value; nil if there is none.
    package func meta(_ key: MetaKey) throws -> [UInt8]? {
        try queue.read { db in
            try Data.fetchOne(db, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key.rawValue])
                .map(Array.init)
        }
    }

    /// Keeps a value.
    package func set(_ key: MetaKey, to bytes: [UInt8]) throws {
        try write { db in try set(key, bytes: bytes, db) }
    }

    /// Forgets a kept value.
    package func forget(_ key: MetaKey) throws {
        try write { db in try db.execute(sql: "DELETE FROM meta WHERE key = ?", arguments: [key.rawValue]) }
    }

    /// Forgets a value that only saves work: after a crash of the machine it may be there still.
    package func forgetSometime(_ key: MetaKey) throws {
        try writeDerived { db in
            try db.execute(sql: "DELETE FROM meta WHERE key = ?", arguments: [key.rawValue])
        }
    }

    func set(_ key: MetaKey, bytes: [UInt8], _ db: Database) throws {
        try db.cachedStatement(
            sql:
                "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
        ).execute(arguments: [key.rawValue, bytes.data])
    }

    /// The clock as it was left; zero on a new store.
    package func clock() throws -> HybridClock {
        HybridClock(last: Stamp(try meta(.clock).map(UInt64.init(bigEndianBytes:)) ?? 0))
    }

    /// How many new logs and branches were taken as it was left; none on a new store, or where that can't be read.
    package func door() throws -> Door {
        let bytes = try meta(.door) ?? []
        guard bytes.count >= 8, (bytes.count - 8).isMultiple(of: Self.doorEntry) else { return Door() }
        var taken: [DeviceID: Int] = [:]
        for start in stride(from: 8, to: bytes.count, by: Self.doorEntry) {
            guard let device = DeviceID(bytes[start..<start + 16]) else { continue }
            taken[device] = Int(bytes[start + 16])
        }
        return Door(day: Int64(bitPattern: UInt64(bigEndianBytes: Array(bytes.prefix(8)))), taken: taken)
    }

    /// A device's id, and a byte for how many were taken: never more than fit into one.
    private static let doorEntry = 17

    func set(_ door: Door, _ db: Database) throws {
        let taken = door.taken.sorted { $0.key < $1.key }
        let bytes = taken.flatMap { $0.key.bytes + [UInt8(clamping: $0.value)] }
        try set(.door, bytes: UInt64(bitPattern: door.day).bigEndianBytes + bytes, db)
    }

    /// Keeps the epoch to be written in.
    package func set(epoch: UInt64) throws { try set(.epoch, to: epoch.bigEndianBytes) }

    /// The epoch written in last; nil on a new store.
    package func epoch() throws -> UInt64? { try meta(.epoch).map(UInt64.init(bigEndianBytes:)) }
}

extension UInt64 {
    var bigEndianBytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> (56 - 8 * $0)) } }

    init(bigEndianBytes bytes: [UInt8]) { self = bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) } }
}

extension Identifier {
    var data: Data { Data(bytes) }
}

extension Digest {
    var data: Data { Data(bytes) }
}

extension [UInt8] {
    var data: Data { Data(self) }
}
