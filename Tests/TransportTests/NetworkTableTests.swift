import Causality
import Peering
import Testing

@testable import Transport

/// What the kernel tells, and what it comes to.
@Suite struct NetworkTableTests {
    private let wlan = NetworkTable.Side(interface: 3, isV4: true)
    private let router: [UInt8] = [192, 168, 1, 1]
    private let link: [UInt8] = [0xAA, 1, 2, 3, 4, 5]

    private func word(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    private func route(
        to prefixLength: UInt8 = 0, by gateway: [UInt8]?, interface: UInt32 = 3, metric: UInt32 = 600
    ) -> Netlink.Message {
        var attributes = [UInt16(4): word(interface), 6: word(metric)]
        attributes[5] = gateway
        return Netlink.Message(
            type: Netlink.newRoute, fixed: [2, prefixLength] + [UInt8](repeating: 0, count: 10),
            attributes: attributes)
    }

    private func address(_ bytes: [UInt8], _ length: UInt8, interface: UInt32 = 3) -> Netlink.Message {
        Netlink.Message(
            type: Netlink.newAddress, fixed: [2, length, 0, 0] + word(interface), attributes: [1: bytes])
    }

    private func neighbour(
        _ bytes: [UInt8], _ link: [UInt8]?, state: UInt8 = 2, interface: UInt32 = 3
    ) -> Netlink.Message {
        var attributes = [UInt16(1): bytes]
        attributes[2] = link
        return Netlink.Message(
            type: Netlink.newNeighbour, fixed: [2, 0, 0, 0] + word(interface) + [state, 0, 0, 0],
            attributes: attributes)
    }

    private func table(
        _ routes: [Netlink.Message], _ neighbours: [Netlink.Message]
    ) -> NetworkTable {
        NetworkTable(
            routes: routes, addresses: [address([192, 168, 1, 20], 24)], neighbours: neighbours)
    }

    @Test func `a network is its router's link address and prefix`() {
        let home = table([route(by: router)], [neighbour(router, link)])
        #expect(
            home.network(of: wlan) == NetworkID(router: link, address: [192, 168, 1, 0], prefixLength: 24))
        let cafe = table([route(by: router)], [neighbour(router, [0xBB, 1, 2, 3, 4, 5])])
        #expect(cafe.network(of: wlan) != home.network(of: wlan))
    }

    @Test func `only a default route leads to a router, and the best one does`() {
        let known = [neighbour(router, link), neighbour([192, 168, 1, 2], [0xCC, 0, 0, 0, 0, 0])]
        let expected = table([route(by: router)], known).network(of: wlan)
        #expect(table([route(to: 24, by: router)], known).network(of: wlan) == NetworkID.none)
        #expect(table([route(by: nil)], known).network(of: wlan) == NetworkID.none)
        #expect(table([route(by: router, interface: 4)], known).network(of: wlan) == NetworkID.none)
        let two = [
            route(by: [192, 168, 1, 2], metric: 700), route(by: router), route(by: [192, 168, 1, 2]),
        ]
        #expect(table(two, known).network(of: wlan) == expected)
        #expect(table(two.reversed(), known).network(of: wlan) == expected)
    }

    @Test func `a router that was not asked yet is unknown, and one that doesn't answer is none`() {
        let routes = [route(by: router)]
        #expect(table(routes, []).network(of: wlan) == nil)
        // Asked for (NUD_INCOMPLETE), and on another interface.
        #expect(table(routes, [neighbour(router, nil, state: 1)]).network(of: wlan) == nil)
        #expect(table(routes, [neighbour(router, link, interface: 4)]).network(of: wlan) == nil)
        #expect(table(routes, [neighbour(router, nil, state: 0x20)]).network(of: wlan) == NetworkID.none)
        #expect(table(routes, [neighbour(router, link, state: 0x40)]).network(of: wlan) == NetworkID.none)
        // Known, though not confirmed for a while (NUD_STALE).
        #expect(table(routes, [neighbour(router, link, state: 4)]).network(of: wlan) != NetworkID.none)
    }

    @Test func `what is cut short, or lies about its lengths, is left out`() {
        // nlmsghdr, ndmsg, NDA_DST and NDA_LLADDR.
        let content =
            [2, 0, 0, 0] + word(3) + [2, 0, 0, 0] + [8, 0, 1, 0] + router + [10, 0, 2, 0] + link + [0, 0]
        let whole = word(UInt32(16 + content.count)) + [28, 0, 2, 0] + word(1) + word(9) + content
        #expect(Netlink.parse(whole + whole) == [neighbour(router, link), neighbour(router, link)])
        for length in 0..<whole.count {
            #expect(Netlink.parse(Array(whole.prefix(length))).isEmpty, "\(length)")
        }
        for place in 0..<whole.count {
            for byte in [UInt8(0), 1, 3, 0xFF] {
                var changed = whole
                changed[place] = byte
                let messages = Netlink.parse(changed)
                _ = NetworkTable(routes: messages, addresses: messages, neighbours: messages)
            }
        }
    }

    @Test func `the kernel of this machine answers`() throws {
        _ = try NetworkTable()
        let loopback = NetworkTable.side(towards: [127, 0, 0, 1])
        #expect(loopback?.isV4 == true)
        #expect(NetworkTable.side(towards: [1, 2, 3]) == nil)
    }
}
