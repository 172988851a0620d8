import EventLog
import Foundation
import Glibc
import Journal
import LocalAPI
import Logging
import NIOPosix
import ReconcileDaemon
import Store
import TestSupport
import Testing

/// What stands for a kill.
private struct Killed: Error {}

/// Closing a journal on a disk: what becomes of it, and of what was not shared.
@Suite struct ArchivingTests {
    private static let executor = LedgerExecutor(MultiThreadedEventLoopGroup.singleton.next())

    /// A state directory that holds a journal of two entries, drafts, and what speaks of being together.
    private struct State {
        let scratch: Scratch
        let path: String
        let rift: EntryID
        let hurt: EntryID

        init() throws {
            scratch = try Scratch()
            path = scratch.path("state")
            let couple = try Couple()
            do { _ = try StateDirectory(path: path) }
            let store = try Store(path: path + "/journal.sqlite")
            var copy = try Copy(of: couple, side: 0, in: store)
            rift = try copy.write(
                NewEvent(.rift, body: try Body([Field(.title, "The toolbox")], salt: Self.salt)))
            hurt = try copy.write(
                NewEvent(
                    .hurt, rift: rift,
                    body: try Body(
                        [Field(.act, "You gave it away."), Field(.impact, "It hurt.")], salt: Self.salt)))
            try store.set(.genesis, to: couple.genesis.encoded())
            try store.set(.met, to: [1])
            for draft in [
                #"{"kind":"note","about":["\#(hurt)"],"fields":[{"name":"text","text":"for me alone"}]}"#,
                #"{"kind":"account","rift":"\#(rift)","about":[],"fields":[{"name":"text","text":"how it was"}],"#
                    + #""held":{"until":4000000000000,"include":[]}}"#,
                #"{"kind":"rift","about":[],"fields":[{"name":"title","text":"Not yet"}]}"#,
                #"{"kind":"hurt","rift":"d3","about":[],"fields":[{"name":"act","text":"x"}]}"#,
                "not even JSON",
            ] { _ = try store.addDraft(Array(draft.utf8), written: 5, key: nil) { _ in [] } }
            try store.removeDraft(5, key: nil, answer: [])
            _ = try store.addDraft(Array("not even JSON".utf8), written: 7, key: nil) { _ in [] }
            let keys = couple.keys[0].secrets
            let person = try #require(copy.replica.membership.person(of: copy.replica.device))
            try Self.write(
                ["person": "\(person)", "personName": "Ada", "deviceName": "desk"],
                keys: (keys.event, keys.meet),
                to: path + "/identity")
            let mark = copy.replica.currentMark
            try Data(#"{"epoch":\#(mark.epoch ?? 0),"sequences":{}}"#.utf8).write(
                to: URL(filePath: path + "/mark"))
            try Data().write(to: URL(filePath: path + "/together"))
            try store.close()
        }

        private static let salt = [UInt8](repeating: 7, count: 16)

        private static func write(
            _ names: [String: String], keys: (event: [UInt8], meet: [UInt8]), to path: String
        ) throws {
            var object: [String: Any] = names
            (object["eventKey"], object["meetKey"]) = (keys.event.map(Int.init), keys.meet.map(Int.init))
            try JSONSerialization.data(withJSONObject: object).write(to: URL(filePath: path))
        }

        func open() throws -> Ledger {
            try Ledger(directory: StateDirectory(path: path), on: ArchivingTests.executor)
        }

        func has(_ name: String) -> Bool { FileStatus(of: path + "/" + name) != nil }

        func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: path + "/" + name)) }

        /// The drafts as they lie in the state directory.
        func drafts(_ file: String = "journal.sqlite") throws -> [StoredDraft] {
            let store = try Store(path: path + "/" + file)
            defer { try? store.close() }
            return try store.drafts()
        }

        func entries(_ file: String) throws -> Int64 {
            let store = try Store(path: path + "/" + file)
            defer { try? store.close() }
            return try store.extent(of: [1, 3]).count
        }
    }

    private static func text(_ draft: StoredDraft) -> String {
        String(decoding: draft.content, as: UTF8.self)
    }

    @Test func `the journal becomes an archive, and the device begins anew`() async throws {
        let state = try State()
        let old = try state.bytes("identity")
        var ledger: Ledger? = try state.open()
        let made = try #require(try await ledger?.archive(as: "the-first-years"))
        #expect((made.name, made.entries, made.drafts) == ("the-first-years", 2, 5))
        #expect(await ledger?.isInitialised == true)
        await ledger?.close()
        ledger = nil
        #expect(try state.entries("archives/the-first-years/journal.sqlite") == 2)
        #expect(try state.entries("journal.sqlite") == 0)
        #expect(try state.bytes("archives/the-first-years/identity") == old)
        #expect(try state.bytes("identity") != old)
        #expect(state.has("archives/the-first-years/mark") && !state.has("mark"))
        #expect(!state.has("together") && !state.has("archives/the-first-years/together"))
        for place in ["archives", "archives/the-first-years"] {
            #expect(FileStatus(of: state.path + "/" + place)?.mode == 0o700)
        }
        for file in ["journal.sqlite", "identity", "archives/the-first-years/journal.sqlite"] {
            #expect(FileStatus(of: state.path + "/" + file)?.mode == 0o600)
        }
        #expect(!state.has("archiving") && !state.has("archiving.new"))
    }

    @Test func `drafts move along with their words and numbers, and lose their links`() async throws {
        let state = try State()
        var ledger: Ledger? = try state.open()
        _ = try await ledger?.archive(as: "old")
        await ledger?.close()
        ledger = nil
        let drafts = try state.drafts()
        #expect(drafts.map(\.id) == [1, 2, 3, 4, 6])
        #expect(drafts.map(\.written) == [5, 5, 5, 5, 7])
        let texts = drafts.map(Self.text)
        for id in [state.rift, state.hurt] { #expect(!texts.contains { $0.contains("\(id)") }) }
        #expect(
            texts[0].contains("for me alone")
                && texts[0].contains(#"hurt \"You gave it away.\", in the archive old"#))
        #expect(
            texts[1].contains("how it was") && texts[1].contains(#"in \"The toolbox\", in the archive old"#))
        // What was to be shared by itself was for another reader.
        #expect(!texts[1].contains(#""held""#) && texts[1].contains(#""trouble":"archived""#))
        #expect(!texts[2].contains(#""was""#))
        #expect(texts[3].contains(#""rift":"d3""#))
        #expect(texts[4] == "not even JSON")
        let store = try Store(path: state.path + "/journal.sqlite")
        #expect(try store.nextDraft() == 7)
        try store.close()
    }

    @Test func `drafts are in the archive no longer`() async throws {
        let state = try State()
        let ledger = try state.open()
        _ = try await ledger.archive(as: "old")
        let archives = Archives(in: ledger.directory, on: Self.executor, logger: Logger(label: "test"))
        await archives.settle()
        #expect(try state.drafts("archives/old/journal.sqlite").isEmpty)
        #expect(try state.bytes("archives/old/journal.sqlite").range(of: Data("for me alone".utf8)) == nil)
        #expect(
            try state.bytes("archives/old/journal.sqlite").range(of: Data("You gave it away.".utf8)) != nil)
        #expect(!state.has("archives/old/has-drafts"))
    }

    @Test func `a kill at any step leaves the old journal or the archive whole`() async throws {
        var (step, wasOld, wasNew) = (0, 0, 0)
        while true {
            let state = try State()
            let old = try state.bytes("identity")
            var ledger: Ledger? = try state.open()
            let isDone: Bool
            do {
                _ = try await ledger?.archive(failingAt: step, with: Killed())
                await ledger?.close()
                isDone = true
            } catch is Killed {
                // Whatever it had open ends with it.
                isDone = false
            }
            ledger = nil
            // The next start.
            #expect(throws: Never.self) { _ = try StateDirectory(path: state.path) }
            let isArchived = state.has("archives/old/journal.sqlite")
            #expect(try state.entries(isArchived ? "archives/old/journal.sqlite" : "journal.sqlite") == 2)
            #expect(try (state.bytes("identity") == old) == !isArchived)
            #expect(try state.drafts().map(\.id) == [1, 2, 3, 4, 6])
            #expect(try Self.text(state.drafts()[0]).contains("for me alone"))
            #expect(state.has("mark") == !isArchived)
            // One that says nothing of this start is no leave to share, and none is carried over.
            #expect(!state.has("together"))
            #expect(!state.has("archiving") && !state.has("archiving.new"))
            if isArchived {
                wasNew += 1
                #expect(try state.bytes("archives/old/identity") == old)
            } else {
                wasOld += 1
            }
            // And it goes on from there.
            ledger = try state.open()
            #expect(await ledger?.isInitialised == true)
            await ledger?.close()
            if isDone { break }
            step += 1
        }
        #expect(wasOld >= 8 && wasNew >= 8, "\(wasOld) and \(wasNew) of \(step) steps")
    }

    @Test func `a disk that is full at any step changes nothing`() async throws {
        let state = try State()
        let old = try state.bytes("identity")
        let ledger = try state.open()
        for step in 0..<10 {
            let failure = await #expect(throws: StoreError.self) {
                try await ledger.archive(failingAt: step, with: DaemonError.state(path: "x", code: ENOSPC))
            }
            #expect(failure == .full)
            #expect(!state.has("archiving") && !state.has("archiving.new"))
            #expect(try state.bytes("identity") == old)
            #expect(state.has("mark"))
        }
        // The same ledger goes on, and can do it once there is room.
        #expect(try await ledger.archive(as: "old").entries == 2)
    }

    @Test func `a name is taken once, and made by itself where none is given`() async throws {
        let state = try State()
        let ledger = try state.open()
        await #expect(throws: ErrorPayload.self) { try await ledger.archive(as: "../outside") }
        let made = try await ledger.archive(as: nil)
        #expect(made.name.hasPrefix("with-partner-"))
        let refusal = await #expect(throws: ErrorPayload.self) { try await ledger.archive(as: made.name) }
        #expect(refusal?.error == "not_paired")
    }

    @Test func `an archive is read, and written in no more`() async throws {
        let state = try State()
        let ledger = try state.open()
        _ = try await ledger.archive(as: "old")
        let archives = Archives(in: ledger.directory, on: Self.executor, logger: Logger(label: "test"))
        await archives.settle()
        let archive = try await archives.ledger("old")
        #expect(try await archives.ledger("old") === archive)
        #expect(await archive.isInitialised)
        let mark = try state.bytes("archives/old/mark")
        let refusal = await #expect(throws: ErrorPayload.self) { try await archive.archive(as: "older") }
        #expect(refusal?.error == "archive_closed")
        #expect(try state.bytes("archives/old/mark") == mark)
        let unknown = await #expect(throws: ErrorPayload.self) { try await archives.ledger("../old") }
        #expect(unknown?.error == "unknown_archive")
    }
}

extension Ledger {
    /// Archives as `old`, and fails before a step, counted from 0.
    fileprivate func archive(failingAt step: Int, with error: any Error) throws -> ArchivePayload {
        var left = step
        return try archive(as: "old") {
            if left == 0 { throw error }
            left -= 1
        }
    }
}
