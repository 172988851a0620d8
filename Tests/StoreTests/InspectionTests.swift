import Causality
import EventLog
import Foundation
import GRDB
import Journal
import TestSupport
import Testing

@testable import Store

/// A database from outside is looked at as a whole before anything of it is believed.
@Suite struct InspectionTests {
    private let scratch: Scratch
    private var path: String { scratch.path("j") }

    /// A journal of some events and a draft, closed.
    init() throws {
        scratch = try Scratch()
        let store = try Store(path: scratch.path("j"))
        var copy = try Copy(of: Couple(), side: 0, in: store)
        for number in 0..<3 {
            try copy.write(
                NewEvent(
                    .account, body: Body([Field(.text, "\(number)")], salt: [UInt8](repeating: 7, count: 16)))
            )
        }
        _ = try store.addDraft([1, 2], written: 5, key: nil) { _ in [] }
        try store.close()
    }

    private func change(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA writable_schema = ON")
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try db.execute(sql: sql)
        }
        try queue.close()
    }

    private func inspect() throws { try Inspection.inspect(path: path, bytes: 0) }

    @Test func `what this program made is whole`() throws { try inspect() }

    @Test(arguments: 1...5) func `what an earlier version made is whole, and is migrated`(version: Int) throws
    {
        let old = scratch.path("old")
        let queue = try DatabaseQueue(path: old)
        try Schema.migrator.migrate(queue, upTo: Schema.migrator.migrations[version - 1])
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(version)")
        }
        try queue.close()
        try Inspection.inspect(path: old, bytes: 0)
        let store = try Store(path: old)
        #expect(try store.count() == 0)
        try store.close()
        try Inspection.inspect(path: old, bytes: 0)
    }

    @Test(
        arguments: [
            "CREATE TRIGGER evil AFTER UPDATE ON meta BEGIN DELETE FROM draft; END",
            "CREATE VIEW evil AS SELECT 1",
            "CREATE TABLE evil (x)", "CREATE INDEX evil ON draft (written)",
            "DROP TABLE draft; CREATE TABLE draft (id INTEGER PRIMARY KEY AUTOINCREMENT, content, written)",
            "DROP TABLE grdb_migrations; CREATE VIEW grdb_migrations AS "
                + "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS identifier FROM c",
            "DELETE FROM grdb_migrations", "INSERT INTO grdb_migrations VALUES ('6 something else')",
        ])
    func `another layout is refused, by an inspection and at opening`(sql: String) throws {
        try change(sql)
        #expect(throws: StoreError.corrupt) { try inspect() }
        #expect(throws: StoreError.corrupt) { try Store(path: path) }
    }

    @Test(
        arguments: [
            "UPDATE event SET sequence = -1 WHERE sequence = 3",
            "UPDATE event SET sequence = 9223372036854775807 WHERE sequence = 3",
            "UPDATE event SET hash = x'00'", "UPDATE event SET kind = -1",
            "UPDATE event SET arrival = 9223372036854775807 WHERE sequence = 3",
            "UPDATE log SET parent_sequence = -1", "UPDATE log SET device = x'00'",
            "UPDATE head SET sequence = -sequence", "UPDATE draft SET id = -1",
            "UPDATE sqlite_sequence SET seq = 9223372036854775807",
            "UPDATE sqlite_sequence SET seq = 'x' WHERE name = 'draft'",
        ])
    func `a row that no device writes is refused`(sql: String) throws {
        try change("PRAGMA foreign_keys = OFF; " + sql)
        #expect(throws: StoreError.corrupt) { try inspect() }
    }

    @Test func `a generation that nobody has counted up to is begun anew`() throws {
        try change("UPDATE meta SET value = x'FFFFFFFFFFFFFFFF' WHERE key = 'generation'")
        try change("INSERT OR REPLACE INTO meta (key, value) VALUES ('generation', x'FFFFFFFFFFFFFFFF')")
        try change("DELETE FROM meta WHERE key = 'derivation'")
        for _ in 0..<2 { try Store(path: path).close() }
    }

    @Test func `someone else's file and a newer one are told apart`() throws {
        try change("PRAGMA user_version = 99")
        #expect(throws: StoreError.newer(version: 99)) { try inspect() }
        try change("PRAGMA application_id = 7")
        #expect(throws: StoreError.notOurs) { try inspect() }
        try Data("no database".utf8).write(to: URL(filePath: path))
        #expect(throws: StoreError.notOurs) { try inspect() }
    }

    @Test func `a file that this SQLite could only read is refused`() throws {
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[18] = 0x41
        try bytes.write(to: URL(filePath: path))
        #expect(throws: StoreError.corrupt) { try inspect() }
    }

    @Test func `nothing is made or changed beside or in the file`() throws {
        let before = try Data(contentsOf: URL(filePath: path))
        let folder = URL(filePath: path).deletingLastPathComponent().path()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        try inspect()
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == names)
    }

    @Test func `a flipped byte anywhere stops neither an inspection nor a reading`() throws {
        let whole = try Data(contentsOf: URL(filePath: path))
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<100 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] =
                    [0, 1, 0x7F, 0x80, 0xFF, bytes[place] ^ 1].randomElement(using: &generator) ?? 0
            }
            for suffix in ["-wal", "-journal"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            try bytes.write(to: URL(filePath: path))
            _ = try? inspect()
            _ = try? Self.readAll(path)
        }
    }

    /// Reads everything that a daemon reads. What can't be read is told, and the rest is read all the same.
    private static func readAll(_ path: String) throws {
        let store = try Store(path: path)
        defer { _ = try? store.close() }
        let segments = try? store.segments()
        for segment in segments ?? [] {
            _ = try? store.events(of: segment.log, from: 1, through: .max)
            _ = try? store.mentions(in: segment.log, through: .max)
            _ = LogForest(segments ?? []).path(to: Position(log: segment.log, sequence: segment.end))
            _ = try? store.count(after: 0, exceptBy: DeviceID(high: 0, low: 0))
        }
        _ = (try? store.stretches(), try? store.drafts(), try? store.meetings(), try? store.introduced())
        _ = (try? store.page(.init()), try? store.bounds(), try? store.nextDraft(), try? store.count())
        _ = (try? store.knowledge(through: .max, of: nil), try? store.keptRifts(), try? store.claims())
        _ = (try? store.joins(), try? store.clock(), try? store.epoch(), try? store.derivedRows())
    }
}
