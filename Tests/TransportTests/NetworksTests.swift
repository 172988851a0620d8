import Causality
import Peering
import Synchronization
import Testing

@testable import Transport

/// When routers are asked, and what is taken for the network meanwhile.
@Suite struct NetworksTests {
    /// A router of which the kernel knows the link address only once someone sent something there.
    private final class Machine: Sendable {
        let answers: Bool
        let roused = Mutex(0)

        init(answers: Bool) { self.answers = answers }

        func table() -> NetworkTable {
            let isKnown = answers && roused.withLock { $0 > 0 }
            return NetworkTable(routers: [
                NetworkTable.Side(interface: 3, isV4: true): NetworkTable.Router(
                    address: [10, 0, 0, 1], prefixLength: 8, link: isKnown ? [1, 2, 3, 4, 5, 6] : nil)
            ])
        }

        var networks: Networks {
            Networks {
                self.table()
            } rouse: { _, _ in
                self.roused.withLock { $0 += 1 }
            }
        }
    }

    private let side = NetworkTable.Side(interface: 3, isV4: true)

    @Test func `a router is asked once, and then the network is known`() async {
        let machine = Machine(answers: true)
        let networks = machine.networks
        let expected = NetworkID(router: [1, 2, 3, 4, 5, 6], address: [10, 0, 0, 0], prefixLength: 8)
        for _ in 0..<3 { #expect(await networks.network(of: side) == expected) }
        #expect(await networks.all() == [side: expected])
        #expect(machine.roused.withLock { $0 } == 1)
    }

    @Test func `a router that doesn't answer is none, and is left alone for a while`() async {
        let machine = Machine(answers: false)
        let networks = machine.networks
        for _ in 0..<3 { #expect(await networks.network(of: side) == NetworkID.none) }
        #expect(machine.roused.withLock { $0 } == 1)
        // Something has changed.
        await networks.lookAgain()
        _ = await networks.network(of: side)
        #expect(machine.roused.withLock { $0 } == 2)
    }

    @Test func `a side without a router is on no network that can be told`() async {
        let networks = Machine(answers: true).networks
        #expect(await networks.network(of: NetworkTable.Side(interface: 4, isV4: true)) == NetworkID.none)
        #expect(await networks.network(towards: "127.0.0.1") == NetworkID.none)
    }

    @Test func `what is no address in numbers leads nowhere`() async {
        let networks = Machine(answers: true).networks
        for host in ["", "joon.local", "fe80::1%no-such-interface", "%", "1.2.3", "1.2.3.4.5"] {
            #expect(await networks.network(towards: host) == nil, "\(host)")
        }
    }
}
