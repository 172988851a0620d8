import Causality
import EventLog
import Foundation
import Journal
import LocalAPI
import Peering
import Store
import TestSupport
import Testing

@testable import ReconcileDaemon

/// What a partner's program may say that no honest one does, and what this side makes of it.
@Suite struct BadPartnerTests {
    private let scratch: Scratch
    private let couple: Couple
    private let ada: PairedLedger

    init() async throws {
        scratch = try Scratch()
        couple = try Couple()
        ada = try await PairedLedger(couple)
    }

    /// Has the partner's device say things, whether or not they may be said, and tells this side of them; their ids.
    @discardableResult
    private func hear(_ events: [NewEvent]) async throws -> [EntryID] {
        var ben = try Copy(
            of: couple, side: 1, in: Store(path: scratch.path("\(UInt64.random(in: 0 ... .max))")))
        let ids = try events.map { try ben.write($0) }
        for outgoing in try ben.replica.plan(for: PeerKnowledge(heads: try await ada.ledger.heads())).sends {
            var next: SyncPlan.Outgoing? = outgoing
            while let due = next, let (run, rest) = try ben.replica.run(of: due) {
                _ = try await ada.ledger.store(run, prepared: nil)
                next = rest
            }
        }
        return ids
    }

    private func naming(_ kind: Kind, _ subject: [UInt8], _ text: String) throws -> NewEvent {
        NewEvent(
            kind, subject: subject,
            body: try Body([Field(.text, text)], salt: [UInt8](repeating: 7, count: 16)))
    }

    @Test(arguments: ["Ada", "ada", " A d a ", "Ada\u{200B}"])
    func `nobody speaks under the other one's name`(name: String) async throws {
        try await hear([
            try naming(.personName, ada.other.person.bytes, name),
            try naming(.deviceName, ada.other.device.bytes, "Laptop"),
        ])
        let names = try await ada.ledger.names()
        #expect(names.person(ada.own.person) == "Ada" && names.device(ada.own.device) == "laptop")
        #expect(names.person(ada.other.person).hasSuffix("(\(ada.other.person.short))"))
        #expect(names.device(ada.other.device) == "Laptop (\(ada.other.device.short))")
    }

    @Test func `a device of one's own is found whatever the other one's are called`() async throws {
        let spy = try await PairedLedger(letInBy: ada, called: "spy")
        for name in ["spy", spy.own.device.short, spy.own.device.description] {
            try await hear([try naming(.deviceName, ada.other.device.bytes, name)])
            try await ada.ledger.rename(spy.own.device.short, to: "spy")
        }
        try await ada.ledger.rename("spy", to: "phone")
        #expect(try await ada.ledger.names().device(spy.own.device) == "phone")
        await #expect(throws: ErrorPayload.self) {
            try await ada.ledger.rename(ada.other.device.description, to: "mine")
        }
    }

    @Test func `who may not ask is not told as the author's request to erase`() async throws {
        var rift = WriteRequest(kind: "rift")
        (rift.share, rift.fields) = (true, [FieldPayload(name: "title", text: "The evening")])
        let title = try await written(rift)
        var hurt = WriteRequest(kind: "hurt")
        (hurt.share, hurt.rift) = (true, title)
        hurt.fields = ["act", "impact"].map { FieldPayload(name: $0, text: "words") }
        let entry = try #require(EntryID(hexadecimal: try await written(hurt)))
        try await hear([NewEvent(.erase, rift: EntryID(hexadecimal: title), references: [Reference(entry)])])
        let shown = try await ada.ledger.rift(try await ada.ledger.rift(title), from: nil)
        #expect(shown.entries.allSatisfy { !$0.isToBeErased })
        #expect(try await ada.ledger.erasuresAsked().isEmpty)
    }

    private func written(_ request: WriteRequest) async throws -> String {
        let bytes = try await ada.ledger.write(request, key: nil)
        return try JSONDecoder().decode(WriteResponse.self, from: Data(bytes)).id
    }

    @Test func `recovery words are offered however many the other one has`() async throws {
        let words = try await ada.ledger.newWords()
        try await ada.ledger.announce(words)
        try await hear(
            try (0..<UInt8(40)).map { number in
                let words = try #require(RecoveryWords(bytes: [UInt8](repeating: number, count: 16)))
                let said = Membership.announcement(of: ada.other.person, journal: couple.genesis.journal)
                return NewEvent(
                    .recovery, recovery: .init(key: try words.publicKey(), signature: try words.sign(said)))
            })
        let members = try #require(await ada.ledger.replica).membership
        let offered = await ada.ledger.recoveries(of: members)
        #expect(offered.count == 17)
        #expect(try offered.contains { try $0.publicKey == words.publicKey() })
    }

    @Test func `a pairing brings nobody together who has left since it was begun`() async throws {
        let outcome = PairingOutcome.continues(ada.other)
        let before = await ada.ledger.partings.unsettled
        let parting = try ada.ledger.directory.leave()
        try await ada.ledger.leave(by: parting)
        await #expect(throws: ErrorPayload.self) {
            try await ada.ledger.conclude(outcome, person: "Ben", wish: .partner, answering: before)
        }
        #expect(await ada.ledger.partnership.isApart)
        // What was known as it was begun, its person answers by it.
        let known = await ada.ledger.partings.unsettled
        try await ada.ledger.conclude(outcome, person: "Ben", wish: .partner, answering: known)
        #expect(await !ada.ledger.partnership.isApart)
    }
}
