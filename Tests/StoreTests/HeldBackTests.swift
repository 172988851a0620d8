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
        var home = try Copy(of: couple, side: 0, in: Store(path: scratch.path("home")))
        var mara = try Copy(of: couple, side: 1, in: Store(path: scratch.path("mara")))
        var workshop = try Copy(readerOf: couple, in: Store(path: scratch.path("workshop")))
        func words(_ text: String) throws -> Body {
            try Body([Field(.text, text)], salt: [UInt8](repeating: 7, count: 16))
        }
        func standing(at copy: Copy) throws -> Standing {
            try copy.replica.standing(ofRift: rift, joins: copy.replica.joins())
        }

        // A1 and A2 at home; Mara has both.
        let rift = try home.write(NewEvent(.rift, body: words("Dad's toolbox")))
        let hurt = try home.write(NewEvent(.hurt, rift: rift, body: words("You gave it away.")))
        #expect(try mara.take(from: home))
        // A3 to A5; the workshop gets them alone.
        let hers = try mara.write(NewEvent(.hurt, rift: rift, body: words("You went.")))
        let about = [Reference(hurt, wording: hurt)]
        let heard = try mara.write(
            NewEvent(.recognition, rift: rift, references: about, body: words("I see.")))
        let amends = try mara.write(
            NewEvent(.amends, rift: rift, references: about, body: words("I'll fetch it.")))
        #expect(try workshop.take(from: mara))

        let early = try standing(at: workshop)
        for event in [hers, heard, amends] {
            #expect(early.effects[event] == .waiting)
            #expect(try workshop.store.bodies(of: [event])[event] != nil, "readable all the same")
        }
        #expect(early.hurts.isEmpty && early.state == .begun)

        // The rest comes: nothing has to be sent again.
        #expect(try workshop.take(from: home))
        let late = try standing(at: workshop)
        #expect(late.effects.isEmpty)
        #expect(late.hurts == [hurt: .answered, hers: .told])
        #expect(late.state == .mending)
        #expect(try late == standing(at: mara))
    }
}
