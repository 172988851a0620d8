import Causality
import EventLog
import Journal
import LocalAPI
import Peering
import TestSupport
import Testing

@testable import ReconcileDaemon

/// Words vanish only by their own person's hand.
@Suite struct ErasingTests {
    private func words(of entry: String, at pair: PairedLedger) async throws -> String {
        try await pair.ledger.story(of: entry).fields.map(\.text).joined()
    }

    private func meet(_ one: PairedLedger, _ other: PairedLedger) async throws {
        try await one.send(to: other)
        try await other.send(to: one)
    }

    private func couple() async throws -> (ada: PairedLedger, ben: PairedLedger, entry: String) {
        let couple = try Couple()
        let (ada, ben) = (try await PairedLedger(couple), try await PairedLedger(couple, side: 1))
        try await meet(ada, ben)
        let entry = try await ada.write("the heron by the weir")
        try await meet(ada, ben)
        return (ada, ben, entry)
    }

    @Test func `who asked and who agreed delete the words`() async throws {
        let (ada, ben, entry) = try await couple()
        try await ada.write(.erase, about: entry)
        try await meet(ada, ben)
        #expect(try await words(of: entry, at: ben) == "the heron by the weir")
        try await ben.write(.consent, about: entry)
        try await meet(ada, ben)
        for side in [ada, ben] {
            let told = try await side.ledger.story(of: entry)
            #expect(told.isErased && !told.isKept && told.fields.isEmpty)
            #expect(try await side.ledger.missingBodies(after: nil).isEmpty)
        }
        #expect(try await ada.ledger.erasures(settled: [:]).map(\.open) == [[]])
        // She asked, and may not have the consent yet.
        #expect(try await ben.ledger.erasures(settled: [:]).map(\.open) == [["Ada's laptop"]])
        #expect(try await ben.ledger.erasures(settled: [ada.own.device: .max]).map(\.open) == [[]])
    }

    @Test func `a device on which nobody said so keeps them, and gives them to nobody`() async throws {
        let (ada, ben, entry) = try await couple()
        let phone = try await PairedLedger(letInBy: ada, called: "phone")
        try await ada.write(.erase, about: entry)
        try await meet(ada, ben)
        try await ben.write(.consent, about: entry)
        try await meet(ada, ben)
        try await meet(ada, phone)
        let told = try await phone.ledger.story(of: entry)
        #expect(told.isErased && told.isKept && told.fields.isEmpty)
        let id = try #require(EntryID(hexadecimal: entry))
        #expect(try await phone.ledger.body(of: id, for: []) == nil)
        // One that comes later gets the header, and never asks for the words.
        let desk = try await PairedLedger(letInBy: phone, called: "desk")
        #expect(try await desk.ledger.story(of: entry).isErased)
        #expect(try await desk.ledger.missingBodies(after: nil).isEmpty)
        #expect(try await !desk.ledger.keepsErased(id))
        #expect(try await ada.ledger.erasures(settled: [:]).first?.open == ["Ada's phone"])

        try await phone.ledger.eraseHere(entry)
        #expect(try await !phone.ledger.keepsErased(id))
        #expect(try await phone.ledger.erasures(settled: [:]).first?.isKeptHere == false)
    }

    @Test func `retiring the device that agreed brings them back`() async throws {
        let (ben, ada, _) = try await couple()
        let spy = try await PairedLedger(letInBy: ada, called: "spy")
        let desk = try await PairedLedger(letInBy: ada, called: "desk")
        try await meet(ada, ben)
        let entry = try await ben.write("the only record")
        for other in [ada, spy, desk] { try await meet(ben, other) }
        try await ben.write(.erase, about: entry)
        try await meet(ben, spy)
        try await spy.write(.consent, about: entry)
        try await meet(spy, ben)
        try await meet(spy, desk)
        #expect(try await ben.ledger.story(of: entry).isErased)
        #expect(try await desk.ledger.story(of: entry).isKept)

        // One that had not come across it cuts it off: the words show where they were kept, and are asked for elsewhere.
        try await ada.ledger.retire("spy", isAlone: false, settled: 0)
        try await ada.send(to: desk)
        #expect(try await words(of: entry, at: desk) == "the only record")
        try await ada.send(to: ben)
        #expect(try await words(of: entry, at: ben) == "the only record")
        #expect(try await ben.ledger.erasures(settled: [:]).isEmpty)
    }

    @Test func `whoever copied this device's keys can't delete its words`() async throws {
        let (ada, ben, entry) = try await couple()
        try await ben.write(.erase, about: try await ben.write("what he would like to be gone"))
        try await ada.write(.erase, about: entry)
        try await meet(ada, ben)
        // His own device, from its keys alone: it begins an epoch of its own, as a copy of the keys does.
        let copy = try await PairedLedger(copying: ben)
        try await meet(ada, copy)
        try await copy.write(.consent, about: entry)
        try await copy.send(to: ben)
        let told = try await ben.ledger.story(of: entry)
        #expect(told.isErased && told.isKept)
        // The one that wrote it deletes its own.
        #expect(try await !copy.ledger.story(of: entry).isKept)
    }

    @Test func `words that come again are not taken`() async throws {
        let (ada, ben, entry) = try await couple()
        try await ada.write(.erase, about: entry)
        try await meet(ada, ben)
        let id = try #require(EntryID(hexadecimal: entry))
        let bytes = try #require(try await ben.ledger.body(of: id, for: []))
        try await ben.write(.consent, about: entry)
        try await ben.ledger.store(bodies: [(id, bytes)])
        #expect(try await !ben.ledger.keepsErased(id))
        #expect(try await ben.ledger.body(of: id, for: []) == nil)
    }

    @Test func `a request that was declined is not asked about again, and can be agreed to`() async throws {
        let (ada, ben, entry) = try await couple()
        let id = try #require(EntryID(hexadecimal: entry))
        await #expect(throws: ErrorPayload.self) { try await ben.ledger.declineErasure(entry) }
        try await ada.write(.erase, about: entry)
        try await meet(ada, ben)
        #expect(try await ben.ledger.erasuresAsked() == [id])
        // The one who asks has nothing to decline.
        await #expect(throws: ErrorPayload.self) { try await ada.ledger.declineErasure(entry) }
        let before = try await ben.ledger.heads()
        try await ben.ledger.declineErasure(entry)
        #expect(try await ben.ledger.erasuresAsked().isEmpty)
        #expect(try await ben.ledger.story(of: entry).isDeclined)
        #expect(try await ben.ledger.heads() == before, "nothing of it is in the journal")
        try await ben.write(.consent, about: entry)
        #expect(try await ben.ledger.story(of: entry).isErased)
    }
}
