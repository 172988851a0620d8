import Testing

@testable import ReconcileDaemon

/// Whom a device that wants to pair calls, while others forge beacons.
@Suite struct PairingCallsTests {
    private func address(_ host: Int, _ port: Int = 7_747) -> HostPort {
        HostPort(host: "10.0.\(host / 256).\(host % 256)", port: port)
    }

    @Test func `whoever wants to pair gets a turn among all who forge beacons of the network`() throws {
        var calls = PairingCalls()
        for host in 0..<250 { calls.sighted(address(host), isLocal: true) }
        let partner = address(250)
        calls.sighted(partner, isLocal: true)
        // They go on forging, and no call of theirs is answered.
        var called = 0
        while let next = calls.next() {
            called += 1
            if next == partner { break }
            calls.ended(next)
            for host in 0..<250 { calls.sighted(address(host), isLocal: true) }
            calls.sighted(partner, isLocal: true)
        }
        #expect(called <= 251)
        calls.ended(partner)
        calls.sighted(partner, isLocal: true)
        // It gets another turn once everyone else had two.
        #expect(calls.next() != partner)
    }

    @Test func `addresses of elsewhere wait until nobody of the network does`() {
        var calls = PairingCalls()
        for host in 0..<300 { calls.sighted(HostPort(host: "93.184.216.\(host)", port: 1), isLocal: false) }
        calls.sighted(address(1), isLocal: true)
        #expect(calls.next() == address(1))
        #expect(calls.next()?.host.hasPrefix("93.") == true)
    }

    @Test func `a host with many ports is called at one at a time, and others have their turn`() {
        var calls = PairingCalls()
        for port in 1...1_000 { calls.sighted(address(1, port), isLocal: true) }
        calls.sighted(address(2), isLocal: true)
        // Each once, in whatever order, though neither is answered.
        let called = [calls.next(), calls.next()].compactMap(\.self)
        #expect(Set(called.map(\.host)) == [address(1).host, address(2).host])
        #expect(calls.next() == nil)
        for address in called { calls.ended(address) }
        let next = calls.next()
        #expect(next?.host == address(1).host && !called.contains { $0 == next })
    }

    @Test func `the partner's port is called though someone forges others of the same host`() {
        var calls = PairingCalls()
        for round in 0..<2_000 {
            for port in 0..<20 {
                calls.sighted(address(1, 10_000 + (round * 20 + port) % 50_000), isLocal: true)
            }
            calls.sighted(address(1, 7_747), isLocal: true)
            guard let next = calls.next() else { break }
            if next.port == 7_747 { return }
            calls.ended(next)
        }
        Issue.record("it was never called")
    }

    @Test func `no more than four are called at a time, each once`() {
        var calls = PairingCalls()
        for host in 0..<10 { calls.sighted(address(host), isLocal: true) }
        var busy: Set<HostPort> = []
        while let next = calls.next() { #expect(busy.insert(next).inserted) }
        #expect(busy.count == PairingCalls.atOnce)
        // Sighted again while it is called: it isn't called a second time meanwhile.
        for address in busy { calls.sighted(address, isLocal: true) }
        #expect(calls.next() == nil)
    }
}
