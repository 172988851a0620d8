import Causality
import EventLog
import Journal
import Store
import TestSupport
import Testing

/// The toolbox, as Joon's workshop has it: what answers a hurt comes there before the hurt does.
@Suite struct HeldBackTests {
    @Test func `answers to what has not come are readable and waiting, and count once it comes`() throws {
        let scratch = try Scratch()
        let couple = try Couple()
        let wall = WallTime(milliseconds: 1_741_380_000_000)
        let stores = try ["home", "mara", "workshop"].map { try Store(path: scratch.path($0)) }
        var home = try couple.replica(0, stores[0])
        var mara = try couple.replica(1, stores[1])
        var workshop = try Replica(
            keys: DeviceKeys(), genesis: couple.genesis, storage: stores[2], segments: [],
            clock: stores[2].clock(), epoch: nil, mark: Mark(), freshEpoch: 1)

        func write(_ event: NewEvent, _ replica: inout Replica<Store>, _ store: Store) throws -> EntryID {
            let batch = try replica.append([event], at: wall)
            try store.commit(batch)
            try replica.applied(batch)
            return batch.events[0].effective.id
        }
        func pass(from: Replica<Store>, to: inout Replica<Store>, _ store: Store) throws {
            let end = try #require(from.forest[from.ownLog]).end
            let outgoing = SyncPlan.Outgoing(
                end: Position(log: from.ownLog, sequence: end), after: to.forest[from.ownLog]?.end ?? 0)
            let run = try #require(try from.run(of: outgoing)).run
            guard case .batch(let batch) = try to.receive(run, wall: wall, freshEpoch: 1) else {
                Issue.record("not taken in")
                return
            }
            try store.commit(batch)
            try to.applied(batch)
        }
        func words(_ text: String) throws -> Body {
            try Body([Field(.text, text)], salt: [UInt8](repeating: 7, count: 16))
        }

        // A1 and A2 at home; Mara has both.
        let rift = try write(NewEvent(.rift, body: words("Dad's toolbox")), &home, stores[0])
        let hurt = try write(NewEvent(.hurt, rift: rift, body: words("You gave it away.")), &home, stores[0])
        try pass(from: home, to: &mara, stores[1])
        // A3 to A5; the workshop gets them alone.
        let hers = try write(NewEvent(.hurt, rift: rift, body: words("You went.")), &mara, stores[1])
        let heard = try write(
            NewEvent(
                .recognition, rift: rift, references: [Reference(hurt, wording: hurt)], body: words("A4")),
            &mara, stores[1])
        let amends = try write(
            NewEvent(.amends, rift: rift, references: [Reference(hurt, wording: hurt)], body: words("A5")),
            &mara, stores[1])
        try pass(from: mara, to: &workshop, stores[2])

        let early = try workshop.standing(ofRift: rift, joins: workshop.joins())
        for event in [hers, heard, amends] {
            #expect(early.effects[event] == .waiting)
            #expect(try stores[2].bodies(of: [event])[event] != nil, "readable all the same")
        }
        #expect(early.hurts.isEmpty && early.state == .begun)

        // The rest comes: nothing has to be sent again.
        try pass(from: home, to: &workshop, stores[2])
        let late = try workshop.standing(ofRift: rift, joins: workshop.joins())
        #expect(late.effects.isEmpty)
        #expect(late.hurts == [hurt: .answered, hers: .told])
        #expect(late.state == .mending)
        let there = try mara.standing(ofRift: rift, joins: mara.joins())
        #expect(late == there)
    }
}
