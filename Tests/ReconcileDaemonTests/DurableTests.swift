import Causality
import EventLog
import Foundation
import GRDB
import Journal
import LocalAPI
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import ReconcileDaemon
@testable import Store

/// What is durable is told as done, whatever fails afterwards.
@Suite struct DurableTests {
    private let scratch: Scratch
    private let group = MultiThreadedEventLoopGroup.singleton
    private let postponed = Postponed()

    /// The errors that were told as work for later.
    private final class Postponed: Sendable {
        let count = Mutex(0)
    }

    init() throws { scratch = try Scratch() }

    /// A ledger in the middle of a journal that another device was met in.
    private func ledger() throws -> Ledger {
        let couple = try Couple()
        let directory = try StateDirectory(path: scratch.path("state"))
        let secrets = couple.keys[0].secrets
        let bundle = try #require(
            [couple.genesis.first, couple.genesis.second].first { $0.device == couple.keys[0].device })
        try directory.save(
            DeviceIdentity(
                person: bundle.person.description, personName: "Ada", deviceName: "laptop",
                eventKey: secrets.event, meetKey: secrets.meet))
        let store = try Store(path: directory.database)
        try store.set(.genesis, to: couple.genesis.encoded())
        try store.set(.met, to: [1])
        try store.close()
        return try Ledger(
            directory: directory, on: LedgerExecutor(group.next()),
            postponed: { [postponed] _ in postponed.count.withLock { $0 += 1 } })
    }

    @Test func `a mark that can't be kept refuses the next write, and not the one that is durable`()
        async throws
    {
        let ledger = try ledger()
        let directory = ledger.directory
        try await ledger.write("first")
        // The file that would take its place can't be opened.
        let obstacle = directory.path + "/mark.new"
        try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
        try await ledger.beginEpoch(77)
        #expect(postponed.count.withLock { $0 } == 1)
        let count = try await ledger.store.count()
        await #expect(throws: DaemonError.self) { try await ledger.write("second") }
        #expect(try await ledger.store.count() == count)
        try FileManager.default.removeItem(atPath: obstacle)
        try await ledger.write("third")
        #expect(try directory.mark()?.epoch == 77)
        #expect(try await ledger.store.count() == count + 1)
        await ledger.close()
    }

    @Test func `erasing is done where the words can't be overwritten yet, and that follows`() async throws {
        let ledger = try ledger()
        let id = try await ledger.write("words")
        let reader = try await ledger.holdCheckpointsUp()
        var request = WriteRequest(kind: "erase")
        request.about = [id]
        let answer = try await ledger.eraseAlone(request, key: nil)
        let response = try JSONDecoder().decode(WriteResponse.self, from: Data(try #require(answer)))
        #expect(response.isErased == true)
        #expect(await ledger.owesErasing)
        #expect(postponed.count.withLock { $0 } == 1)
        await ledger.release(reader)
        try await ledger.eraseOwed()
        #expect(await !ledger.owesErasing)
        await ledger.close()
    }

    @Test func `a draft is thrown away though its words can't be overwritten yet`() async throws {
        let ledger = try ledger()
        let store = await ledger.store
        _ = try store.addDraft([1], written: 0, key: nil) { _ in [] }
        let reader = try await ledger.holdCheckpointsUp()
        try store.removeDraft(1, key: nil, answer: [])
        #expect(try store.draftCount() == 0)
        await ledger.release(reader)
        await ledger.close()
    }
}

/// A reading that was not finished: as long as it is there, SQLite can't write back what is beside the database.
private final class OpenReading: @unchecked Sendable {
    var cursor: RowCursor?
}

extension Ledger {
    fileprivate func holdCheckpointsUp() throws -> OpenReading {
        let reader = OpenReading()
        try store.queue.inDatabase { db in
            reader.cursor = try Row.fetchCursor(db, sql: "SELECT * FROM meta")
            _ = try reader.cursor?.next()
        }
        return reader
    }

    fileprivate func release(_ reader: OpenReading) {
        store.queue.inDatabase { _ in reader.cursor = nil }
    }

    fileprivate func beginEpoch(_ epoch: UInt64) throws {
        try commit(try #require(replica).openingEpoch(epoch))
    }

    @discardableResult
    fileprivate func write(_ text: String) throws -> String {
        let body = try Body([Field(.text, text)], salt: [UInt8](repeating: 7, count: 16))
        let batch = try #require(replica).append([NewEvent(.account, body: body)], at: Machine.now())
        try commit(batch)
        return try #require(batch.events.last).effective.id.description
    }
}
