import Causality
import EventLog
import FoundationEssentials
import Journal
import LocalAPI
import NIOPosix
import Peering
import Store
import TestSupport

@testable import ReconcileDaemon

/// One of two devices that share a journal: a real ledger with a real database, in a directory of its own.
final class PairedLedger {
    private let scratch: Scratch
    let couple: Couple
    let ledger: Ledger
    /// This device and the other one.
    let own, other: Bundle

    /// A ledger of the first or second founding device of a couple.
    init(_ couple: Couple, side: Int = 0) async throws {
        scratch = try Scratch()
        self.couple = couple
        let founders = [couple.genesis.first, couple.genesis.second]
        let keys = couple.keys[side]
        let (own, other) =
            founders[0].device == keys.device ? (founders[0], founders[1]) : (founders[1], founders[0])
        (self.own, self.other) = (own, other)
        let directory = try StateDirectory(path: scratch.path("state"))
        try directory.save(
            DeviceIdentity(
                person: own.person.description, personName: side == 0 ? "Ada" : "Ben",
                deviceName: side == 0 ? "laptop" : "home", eventKey: keys.secrets.event,
                meetKey: keys.secrets.meet))
        ledger = try Ledger(
            directory: directory, on: LedgerExecutor(MultiThreadedEventLoopGroup.singleton.next()))
        try await ledger.conclude(.founded(couple.genesis), person: side == 0 ? "Ben" : "Ada", wish: .partner)
        try await ledger.met()
    }

    /// What someone has who copied a founding device's keys, and not its journal.
    convenience init(copying original: PairedLedger) async throws {
        let side = original.couple.keys.firstIndex { $0.device == original.own.device } ?? 0
        try await self.init(original.couple, side: side)
    }

    /// A further device of a ledger's person, let in by it.
    init(letInBy elder: PairedLedger, called name: String) async throws {
        scratch = try Scratch()
        (couple, other) = (elder.couple, elder.other)
        let keys = DeviceKeys()
        own = keys.bundle(of: elder.own.person)
        let directory = try StateDirectory(path: scratch.path("state"))
        try directory.save(
            DeviceIdentity(
                person: own.person.description, personName: "Ada", deviceName: name,
                eventKey: keys.secrets.event, meetKey: keys.secrets.meet))
        ledger = try Ledger(
            directory: directory, on: LedgerExecutor(MultiThreadedEventLoopGroup.singleton.next()))
        let journal = couple.genesis.journal
        let consent = try keys.sign(Membership.consent(of: own, journal: journal))
        try await elder.ledger.conclude(
            .admits(.init(bundle: own, signature: consent)), person: "Ada", wish: .mine)
        try await ledger.conclude(
            .joins(couple.genesis, as: own.person, introducer: elder.own), person: "Ada", wish: .mine)
        try await ledger.met()
        try await elder.send(to: self)
        try await send(to: elder)
    }

    /// Gives all that is here to the other ledger, as a sync does; a body that is kept back is not among it.
    func send(to other: PairedLedger) async throws {
        let heads = try await other.ledger.heads()
        for outgoing in try await ledger.plan(for: PeerKnowledge(heads: heads)).sends {
            var next: SyncPlan.Outgoing? = outgoing
            while let due = next, let (run, rest) = try await ledger.run(of: due, for: []) {
                _ = try await other.ledger.store(run, prepared: nil)
                next = rest
            }
        }
        for id in try await other.ledger.missingBodies(after: nil) {
            guard let bytes = try await ledger.body(of: id, for: []) else { continue }
            try await other.ledger.store(bodies: [(id, bytes)])
        }
    }

    /// Shares something short; its id.
    func write(_ text: String) async throws -> String {
        var request = WriteRequest(kind: "thanks")
        request.share = true
        request.fields = [FieldPayload(name: "text", text: text)]
        return try await answer(request).id
    }

    /// Asks for an entry to be erased, or agrees to it.
    func write(_ kind: Kind, about entry: String) async throws {
        var request = WriteRequest(kind: kind.name)
        request.share = true
        request.about = [entry]
        _ = try await answer(request)
    }

    private func answer(_ request: WriteRequest) async throws -> WriteResponse {
        try JSONDecoder().decode(WriteResponse.self, from: Data(try await ledger.write(request, key: nil)))
    }
}
