import Causality
import EventLog
import Foundation
import Journal
import Store
import TestSupport
import Testing

@Suite struct StoreTests {
    private let wall = WallTime(milliseconds: 1_741_380_000_000)

    private func words(_ text: String) throws -> Body {
        try Body([Field(.text, text)], salt: [UInt8](repeating: 7, count: 16))
    }

    @Test func `what was committed is there after opening again, and the clock and epoch go on`() throws {
        let scratch = try Scratch()
        let couple = try Couple()
        var ids: [EntryID] = []
        var epoch: UInt64 = 0
        do {
            let store = try Store(path: scratch.path("j"))
            var replica = try couple.replica(0, store)
            for number in 0..<5 {
                let batch = try replica.append([NewEvent(.account, body: words("\(number)"))], at: wall)
                try store.commit(batch)
                try replica.applied(batch)
                ids += batch.events.map(\.effective.id)
            }
            epoch = replica.epoch
            try store.close()
        }
        let store = try Store(path: scratch.path("j"))
        let replica = try couple.replica(0, store)
        #expect(replica.epoch == epoch)
        #expect(replica.forest[replica.ownLog]?.end == 5)
        let events = try store.events(
            of: replica.ownLog, from: 1, through: 5)
        #expect(events.map(\.effective.id) == ids)
        #expect(
            try events.compactMap { try $0.body.map { try Body(bytes: $0).fields[0].text } } == [
                "0", "1", "2", "3", "4",
            ])
        #expect(try store.clock().last == replica.clock.last)
    }

    @Test func `a run from one store fills another, and overlaps cost nothing`() throws {
        let scratch = try Scratch()
        let couple = try Couple()
        let (here, there) = (try Store(path: scratch.path("a")), try Store(path: scratch.path("b")))
        var (sender, receiver) = (try couple.replica(0, here), try couple.replica(1, there))
        let batch = try sender.append(
            (0..<2_500).map { _ in NewEvent(.account, body: try words("x")) }, at: wall)
        try here.commit(batch)
        try sender.applied(batch)
        var plan = try sender.plan(for: PeerKnowledge())
        #expect(plan.events == 2_500)
        while let outgoing = plan.sends.first {
            let next = try #require(try sender.run(of: outgoing))
            for _ in 0..<2 {
                guard case .batch(let received) = try receiver.receive(next.run, wall: wall, freshEpoch: 1)
                else {
                    Issue.record("a run was skipped")
                    return
                }
                try there.commit(received)
                try receiver.applied(received)
            }
            plan.sends = next.rest.map { [$0] } ?? []
        }
        #expect(sender.headsDigest == receiver.headsDigest)
        #expect(try there.count() == 2_500)
        #expect(try sender.plan(for: PeerKnowledge(heads: receiver.heads)).events == 0)
    }

    @Test func `a flipped bit anywhere in a run is refused`() throws {
        let scratch = try Scratch()
        let couple = try Couple()
        let (here, there) = (try Store(path: scratch.path("a")), try Store(path: scratch.path("b")))
        var sender = try couple.replica(0, here)
        let receiver = try couple.replica(1, there)
        let batch = try sender.append([NewEvent(.account, body: words("x")), NewEvent(.account)], at: wall)
        try here.commit(batch)
        try sender.applied(batch)
        let outgoing = try #require(try sender.plan(for: .init()).sends.first)
        let run = try #require(try sender.run(of: outgoing)).run
        for (index, header) in run.headers.enumerated() {
            for byte in header.indices {
                var headers = run.headers
                headers[index][byte] ^= 1 << UInt8.random(in: 0..<8)
                let bad = Run(
                    log: run.log, from: run.from, previous: run.previous, headers: headers,
                    bodies: run.bodies,
                    closing: run.closing)
                #expect(throws: RunRejection.brokenChain) {
                    try receiver.receive(bad, wall: wall, freshEpoch: 1)
                }
            }
        }
        var bodies = run.bodies
        bodies[0][3] ^= 1
        let bad = Run(
            log: run.log, from: 1, previous: .zero, headers: run.headers, bodies: bodies, closing: run.closing
        )
        guard case .batch(let received) = try receiver.receive(bad, wall: wall, freshEpoch: 1) else {
            Issue.record("refused")
            return
        }
        // A body that does not open its commitment counts as absent, and is asked for.
        #expect(received.events[0].body == nil)
        try there.commit(received)
        #expect(try there.missingBodies(after: nil, limit: 9) == [batch.events[0].effective.id])
    }

    @Test func `a database below the mark, or a missing mark, begins a new epoch`() throws {
        let scratch = try Scratch()
        let couple = try Couple()
        let store = try Store(path: scratch.path("j"))
        var replica = try couple.replica(0, store)
        let batch = try replica.append([NewEvent(.account)], at: wall)
        try store.commit(batch)
        try replica.applied(batch)
        #expect(try couple.replica(0, store, mark: Mark([replica.epoch: 1])).epoch == replica.epoch)
        #expect(try couple.replica(0, store, mark: Mark([replica.epoch: 2])).epoch != replica.epoch)
        #expect(try couple.replica(0, store, mark: nil).epoch != replica.epoch)
    }

    @Test func `a second opener is refused`() throws {
        let scratch = try Scratch()
        let store = try Store(path: scratch.path("j"))
        #expect(throws: StoreError.inUse) { try Store(path: scratch.path("j")) }
        try store.close()
    }

    @Test func `a file that is not ours is left alone`() throws {
        let scratch = try Scratch()
        let path = scratch.path("j")
        let bytes = Data("this is somebody's shopping list, and long enough to be looked at".utf8)
        try bytes.write(to: URL(filePath: path))
        #expect(throws: StoreError.notOurs) { try Store(path: path) }
        #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
    }

    @Test func `drafts stay in their table, and a key gives the same answer twice`() throws {
        let scratch = try Scratch()
        let store = try Store(path: scratch.path("j"))
        let first = try store.addDraft([1, 2], written: 5, key: "k") { [UInt8($0)] }
        #expect(try store.answer(to: "k") == first)
        #expect(try store.drafts().map(\.content) == [[1, 2]])
        #expect(throws: (any Error).self) { try store.addDraft([3], written: 6, key: "k") { [UInt8($0)] } }
        #expect(try store.drafts().count == 1)
    }

    @Test func `what is kept of drafts is old after a change of one, and after nothing else`() throws {
        let scratch = try Scratch()
        let couple = try Couple()
        let store = try Store(path: scratch.path("j"))
        let replica = try couple.replica(0, store)
        var state = store.draftState
        func isChanged() -> Bool {
            defer { state = store.draftState }
            return store.draftState != state
        }
        _ = try store.addDraft([1], written: 0, key: nil) { _ in [] }
        #expect(isChanged())
        let batch = try replica.append([NewEvent(.account, body: words("shared"))], at: wall)
        try store.commit(batch)
        #expect(!isChanged())
        try store.replaceDraft(1, with: [2], key: nil, answer: [])
        #expect(isChanged())
        #expect(try store.draft(1)?.content == [2])
        var local = LocalChange()
        local.addedDrafts = [([3], 0)]
        try store.commit(local)
        #expect(isChanged())
        #expect(try store.draftCount() == 2)
        (local.addedDrafts, local.replacedDrafts) = ([], [(2, [4])])
        try store.commit(local)
        #expect(isChanged())
        (local.replacedDrafts, local.removedDrafts) = ([], [2])
        try store.commit(local)
        #expect(isChanged())
        #expect(try store.draft(2) == nil)
        try store.removeDraft(1, key: nil, answer: [])
        #expect(isChanged())
        #expect(try store.draftCount() == 0)
    }

    @Test func `a commit that fails leaves nothing behind, and the next one works`() throws {
        let scratch = try Scratch()
        let couple = try Couple()
        let store = try Store(path: scratch.path("j"))
        var replica = try couple.replica(0, store)
        _ = try store.addDraft([1], written: 1, key: "taken") { _ in [1] }
        let batch = try replica.append([NewEvent(.account, body: words("x"))], at: wall)
        var local = LocalChange()
        local.answer = ("taken", [2])
        #expect(throws: (any Error).self) { try store.commit(batch, local: local) }
        #expect(try store.rows() == 0)
        try store.commit(batch)
        try replica.applied(batch)
        #expect(
            try store.events(
                of: replica.ownLog, from: 1, through: 1
            ).count == 1)
    }

    // MARK: Reading

    @Test func `reading goes along an index, whatever is asked for, and never sorts it all`() throws {
        let scratch = try Scratch()
        let couple = try Couple()
        let store = try Store(path: scratch.path("j"))
        var replica = try couple.replica(0, store)
        let rift = try replica.append([NewEvent(.rift)], at: wall)
        try store.commit(rift)
        try replica.applied(rift)
        let id = rift.events[0].effective.id
        let batch = try replica.append((0..<2_000).map { _ in NewEvent(.reply, rift: id) }, at: wall)
        try store.commit(batch)
        let key = try #require(try store.page(.init()).events.last?.key)
        var requests = (0..<7).map { _ in Store.PageRequest() }
        requests[1].isDescending = true
        requests[2].begin(at: key)
        requests[3].rifts = [id]
        requests[4].rifts = [id]
        requests[4].begin(at: key)
        requests[5].condition = .kinds([Kind.reply.rawValue])
        requests[6].condition = .all([
            .kinds([Kind.hurt.rawValue, Kind.reply.rawValue]), .devices([couple.keys[0].device]),
        ])
        for request in requests {
            let plan = try store.queryPlan(of: request).joined(separator: "; ")
            let index =
                request.rifts != nil
                ? "event_rift" : isOneKind(request.condition) ? "event_kind" : "event_timeline"
            #expect(plan.contains(index), "\(plan)")
            #expect(!plan.contains("TEMP B-TREE FOR ORDER BY"), "\(plan)")
        }
    }

    private func isOneKind(_ condition: Condition?) -> Bool {
        if case .kinds? = condition { true } else { false }
    }

    @Test func `pages hold about as many bytes as fit, and together everything once`() throws {
        let scratch = try Scratch()
        let couple = try Couple()
        let store = try Store(path: scratch.path("j"))
        let replica = try couple.replica(0, store)
        let long = String(repeating: "x", count: 200_000)
        let batch = try replica.append(
            (0..<14).map { _ in NewEvent(.account, body: try words(long)) }, at: wall)
        try store.commit(batch)
        for isDescending in [false, true] {
            var request = Store.PageRequest()
            request.isDescending = isDescending
            var (read, pages) = ([EntryID](), 0)
            while true {
                let page = try store.page(request)
                read += page.events.map(\.placed.effective.id)
                pages += 1
                guard !page.isLast, let last = page.events.last else { break }
                request.begin(at: last.key)
            }
            let all = batch.events.map(\.effective.id)
            #expect(read == (isDescending ? all.reversed() : all))
            #expect((3...4).contains(pages))
        }
    }

    @Test func `events of one moment come once each and in order, wherever a page ends`() throws {
        let scratch = try Scratch()
        let couple = try Couple()
        let store = try Store(path: scratch.path("j"))
        var replica = try couple.replica(0, store)
        // Eleven events with one stamp between them can't be written; one time for all is all that anyone can do.
        for count in [3, 11, 1, 6] {
            let batch = try replica.append(
                (0..<count).map { _ in
                    var event = NewEvent(.account)
                    event.at = Int64(count % 2)
                    return event
                }, at: wall)
            try store.commit(batch)
            try replica.applied(batch)
        }
        var whole = Store.PageRequest()
        whole.limit = 100
        let all = try store.storedPage(whole).rows.map(\.id)
        #expect(all.count == 21)
        for isDescending in [false, true] {
            for limit in 1...22 {
                var request = Store.PageRequest()
                request.isDescending = isDescending
                request.limit = limit
                var read: [EntryID] = []
                while true {
                    let page = try store.storedPage(request)
                    #expect(page.rows.count <= limit)
                    read += page.rows.map(\.id)
                    guard !page.isLast, let key = page.lastKey else { break }
                    request.begin(at: key)
                }
                #expect(read == (isDescending ? all.reversed() : all), "\(limit)")
            }
        }
    }

    // MARK: Whose file it is

    @Test func `a database of another program, or of a newer version, is left as it is`() throws {
        let scratch = try Scratch()
        for (offset, error) in [(68, StoreError.notOurs), (60, .newer(version: 0x6300_0000))] {
            let path = scratch.path("\(offset)")
            try Store(path: path).close()
            var bytes = try Data(contentsOf: URL(filePath: path))
            bytes.replaceSubrange(offset..<offset + 4, with: [0x63, 0, 0, 0])
            try bytes.write(to: URL(filePath: path))
            #expect(throws: error) { try Store(path: path) }
            #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
        }
    }

    @Test func `a log that is discarded leaves drafts, and arrival numbers go on`() throws {
        let scratch = try Scratch()
        let couple = try Couple()
        let store = try Store(path: scratch.path("j"))
        var replica = try couple.replica(0, store)
        let batch = try replica.append([NewEvent(.account, body: words("gone"))], at: wall)
        try store.commit(batch)
        _ = try store.addDraft([1, 2, 3], written: 0, key: nil) { _ in [] }
        try store.discardLog()
        #expect(try store.rows() == 0 && store.segments().isEmpty && store.epoch() == nil)
        #expect(try store.drafts().count == 1)
        replica = try couple.replica(0, store, mark: nil)
        try store.commit(replica.append([NewEvent(.account, body: words("new"))], at: wall))
        #expect(try store.storedPage(.init()).rows.map(\.arrival) == [2])
    }
}
