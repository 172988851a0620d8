import TestSupport
import Testing

@testable import ReconcileDaemon

/// Who may come in at the port on which a device listens.
@Suite struct PeerPortTests {
    @Test func `only those come in whose beacon was heard within a minute`() {
        let (port, now) = (PeerPort(host: "::"), ContinuousClock.now)
        #expect(port.accepts("10.0.0.2", at: now))
        port.restrict(true)
        #expect(!port.accepts("10.0.0.2", at: now))
        port.sighted("10.0.0.2", at: now)
        #expect(port.accepts("10.0.0.2", at: now + .seconds(60)))
        #expect(!port.accepts("10.0.0.2", at: now + .seconds(61)))
        #expect(!port.accepts("10.0.0.3", at: now))
        #expect(port.told == 0)
    }

    @Test func `apart a device listens for further ones of its person, and else for nobody`() async throws {
        let laptop = try await PairedLedger(Couple())
        #expect(try await laptop.ledger.audience == .anyone)
        try await laptop.ledger.leave(by: nil)
        #expect(try await laptop.ledger.audience == .nobody)
        try await laptop.ledger.share()
        #expect(try await laptop.ledger.audience == .anyone)

        _ = try await PairedLedger(letInBy: laptop, called: "phone")
        try await laptop.ledger.leave(by: nil)
        #expect(try await laptop.ledger.audience == .ownDevices)
    }

    @Test func `who has closed a journal listens for nobody, as one that is off`() async throws {
        let laptop = try await PairedLedger(Couple())
        _ = try await laptop.ledger.archive(as: "old")
        #expect(try await laptop.ledger.audience == .nobody)
    }
}
