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
                3: NetworkTable.Router(
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

    private let home = NetworkID(router: [1, 2, 3, 4, 5, 6], address: [10, 0, 0, 0], prefixLength: 8)

    @Test func `a router is sent something once, and then the network is known`() async {
        let machine = Machine(answers: true)
        let networks = machine.networks
        // Nobody but who settles waits for the answer.
        #expect(await networks.networks(of: 3).isEmpty)
        await networks.settle()
        #expect(await networks.networks(of: 3) == [home])
        #expect(await networks.all == [3: [home]])
        #expect(machine.roused.withLock { $0 } == 1)
    }

    @Test func `a router that doesn't answer is unknown, which is no network`() async {
        let machine = Machine(answers: false)
        let networks = machine.networks
        for _ in 0..<100 { #expect(await networks.networks(of: 3).isEmpty) }
        #expect(machine.roused.withLock { $0 } == 1)
        await networks.settle()
        #expect(await networks.networks(of: 3).isEmpty)
        #expect(machine.roused.withLock { $0 } <= 3)
    }

    @Test func `what can't be read is no network either`() async {
        let networks = Networks(read: { throw CancellationError() }, rouse: { _, _ in })
        await networks.settle()
        #expect(await networks.networks(of: 3).isEmpty)
        #expect(await networks.network(towards: "127.0.0.1") == nil)
    }

    @Test func `a side without a router is on no network that can be told`() async {
        let networks = Machine(answers: true).networks
        #expect(await networks.networks(of: 4) == [.none])
        #expect(await networks.network(towards: "127.0.0.1") == NetworkID.none)
    }

    @Test func `what is no address in numbers leads nowhere`() async {
        let networks = Machine(answers: true).networks
        for host in ["", "joon.local", "fe80::1%no-such-interface", "%", "1.2.3", "1.2.3.4.5"] {
            #expect(await networks.network(towards: host) == nil, "\(host)")
        }
    }
}
