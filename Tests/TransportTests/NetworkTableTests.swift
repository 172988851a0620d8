import Causality
import Peering
import Testing

@testable import Transport

/// What the kernel tells, and what it comes to.
@Suite struct NetworkTableTests {
    private let wlan = 3
    private let router: [UInt8] = [192, 168, 1, 1]
    private let link: [UInt8] = [0xAA, 1, 2, 3, 4, 5]

    private func word(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    private func route(
        to prefixLength: UInt8 = 0, by gateway: [UInt8]?, interface: UInt32 = 3, metric: UInt32 = 600,
        table: UInt8 = 254
    ) -> Netlink.Message {
        var attributes = [UInt16(4): word(interface), 6: word(metric)]
        attributes[5] = gateway
        return Netlink.Message(
            type: Netlink.newRoute,
            fixed: [2, prefixLength, 0, 0, table] + [UInt8](repeating: 0, count: 7),
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
            home.networks(of: wlan) == [NetworkID(router: link, address: [192, 168, 1, 0], prefixLength: 24)])
        let cafe = table([route(by: router)], [neighbour(router, [0xBB, 1, 2, 3, 4, 5])])
        #expect(cafe.networks(of: wlan) != home.networks(of: wlan))
    }

    @Test func `only a default route leads to a router, and the best one does`() {
        let known = [neighbour(router, link), neighbour([192, 168, 1, 2], [0xCC, 0, 0, 0, 0, 0])]
        let expected = table([route(by: router)], known).networks(of: wlan)
        #expect(table([route(to: 24, by: router)], known).networks(of: wlan) == [.none])
        #expect(table([route(by: nil)], known).networks(of: wlan) == [.none])
        #expect(table([route(by: router, interface: 4)], known).networks(of: wlan) == [.none])
        let two = [
            route(by: [192, 168, 1, 2], metric: 700), route(by: router), route(by: [192, 168, 1, 2]),
        ]
        #expect(table(two, known).networks(of: wlan) == expected)
        #expect(table(two.reversed(), known).networks(of: wlan) == expected)
    }

    @Test func `a router that was not asked yet, or doesn't answer, is unknown`() {
        let routes = [route(by: router)]
        #expect(table(routes, []).networks(of: wlan).isEmpty)
        // Asked for (NUD_INCOMPLETE), and on another interface.
        #expect(table(routes, [neighbour(router, nil, state: 1)]).networks(of: wlan).isEmpty)
        #expect(table(routes, [neighbour(router, link, interface: 4)]).networks(of: wlan).isEmpty)
        #expect(table(routes, [neighbour(router, link, state: 0x20)]).networks(of: wlan).isEmpty)
        #expect(table(routes, [neighbour(router, link, state: 0x40)]).networks(of: wlan) == [.none])
        // Known, though not confirmed for a while (NUD_STALE).
        #expect(table(routes, [neighbour(router, link, state: 4)]).networks(of: wlan) != [.none])
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

    @Test func `an interface is on one network, whichever family is spoken there`() {
        let router6: [UInt8] = [0xFE, 0x80] + [UInt8](repeating: 0, count: 13) + [1]
        let known = [neighbour(router, link), neighbour(router6, [7, 7, 7, 7, 7, 7])]
        let v4 = table([route(by: router)], known).networks(of: wlan)
        #expect(table([route(by: router6, metric: 1), route(by: router)], known).networks(of: wlan) == v4)
        let v6 = table([route(by: router6)], known).networks(of: wlan)
        #expect(v6 == [NetworkID(router: [7, 7, 7, 7, 7, 7], address: router6, prefixLength: 128)])
        // By a router of the other family (RTA_VIA).
        var via = route(by: nil)
        via.attributes[18] = [10, 0] + router6
        #expect(table([via], known).networks(of: wlan) == v6)
    }

    @Test func `only the table that all packets are sent by counts, and a route may have several routers`() {
        let second: [UInt8] = [192, 168, 1, 2]
        let known = [neighbour(router, link), neighbour(second, [0xCC, 0, 0, 0, 0, 0])]
        let expected = table([route(by: router)], known).networks(of: wlan)
        #expect(
            table([route(by: second, metric: 1, table: 52), route(by: router)], known).networks(of: wlan)
                == expected)
        // rtnexthop and RTA_GATEWAY, twice.
        let hops = [second, router].flatMap { [16, 0, 0, 0] + word(3) + [8, 0, 5, 0] + $0 }
        var several = route(by: nil)
        several.attributes[4] = nil
        several.attributes[9] = hops
        #expect(table([several], known).networks(of: wlan) == expected)
        several.attributes[9] = Array(hops.dropLast())
        #expect(table([several], known).networks(of: wlan) != expected)
    }

    @Test func `a machine that is the router of others knows the network as they do`() {
        let own = Netlink.Message(
            type: Netlink.newLink, fixed: [0, 0, 0, 0] + word(3) + [UInt8](repeating: 0, count: 8),
            attributes: [1: link])
        let host = NetworkTable(
            routes: [], addresses: [address([10, 42, 0, 1], 24)], neighbours: [], links: [own])
        let guest = NetworkTable(
            routes: [route(by: [10, 42, 0, 1])], addresses: [address([10, 42, 0, 7], 24)],
            neighbours: [neighbour([10, 42, 0, 1], link)])
        #expect(host.networks(of: wlan) == [.none] + guest.networks(of: wlan))
    }

    @Test func `an address is of the network if a prefix covers it`() {
        let known = table([], [])
        #expect(known.covers([192, 168, 1, 200], on: wlan))
        #expect(!known.covers([192, 168, 2, 200], on: wlan))
        #expect(!known.covers([192, 168, 1, 200], on: 4))
        #expect(!known.covers([192, 168, 1], on: wlan))
    }

    @Test func `the kernel of this machine answers`() throws {
        let loopback = try #require(NetworkTable.interface(towards: [127, 0, 0, 1]))
        let known = try NetworkTable()
        #expect(known.covers([127, 0, 0, 1], on: loopback))
        #expect(known.networks(of: loopback) == [.none])
        #expect(NetworkTable.interface(towards: [127, 0, 0, 1], scope: loopback) == loopback)
        #expect(NetworkTable.interface(towards: [1, 2, 3]) == nil)
    }
}
