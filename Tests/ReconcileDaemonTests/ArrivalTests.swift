import Causality
import EventLog
import LocalAPI
import TestSupport
import Testing

@testable import ReconcileDaemon

/// A further device is announced while it is new.
@Suite struct ArrivalTests {
    @Test func `a further device is told on both sides, whatever becomes of it`() async throws {
        let couple = try Couple()
        let (ada, ben) = (try await PairedLedger(couple), try await PairedLedger(couple, side: 1))
        #expect(try await ada.ledger.arrivals().isEmpty)
        let spy = try await PairedLedger(letInBy: ada, called: "spy")
        let told = try #require(try await ada.ledger.arrivals().first)
        #expect(told.kind == .ownDevice && told.name == "spy" && told.day != nil)
        #expect(told.device == spy.own.device.description && told.by == ada.own.device.description)
        // It knows of itself.
        #expect(try await spy.ledger.arrivals().isEmpty)

        try await ada.ledger.rename("spy", to: "laptop's")
        try await ada.ledger.lookAtArrivals()
        try await ada.ledger.retire("laptop's", isAlone: false, settled: 0)
        let after = try #require(try await ada.ledger.arrivals().first)
        #expect(after.device == told.device && after.isRetired)
        try await ada.send(to: ben)
        #expect(try await ben.ledger.arrivals().map(\.kind) == [.partnersDevice])
    }

    @Test(arguments: [
        (Int64(0), false, true), (Int64(0), true, true), (604_799_999, true, true),
        (604_800_000, true, false),
        // Until it was looked at, however long; and a clock that was set back ends nothing.
        (1 << 40, false, true), (-604_799_999, true, true),
    ])
    func `until it was looked at, and a week at least`(age: Int64, isLookedAt: Bool, isNew: Bool) {
        #expect(Arrival(since: 1_000, isLookedAt: isLookedAt).isNew(now: 1_000 + age) == isNew)
    }

    @Test func `no clock is too far off`() {
        #expect(Arrival(since: .min, isLookedAt: false).isNew(now: .max))
        _ = Arrival(since: .min, isLookedAt: true).isNew(now: .max)
    }
}
