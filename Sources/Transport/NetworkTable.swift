package import Causality
import Peering

/// The machine's interfaces, and the networks that they are on, as the kernel knows them.
///
/// An interface is on one network, whichever family of addresses is spoken there: it is told by its IPv4 router, or by the
/// IPv6 one where there is no other.
package struct NetworkTable: Equatable, Sendable {
    /// Where packets go that lead off a network.
    package struct Router: Equatable, Sendable {
        /// Its address: 4 or 16 bytes.
        package let address: [UInt8]
        /// How many bits all addresses have in common that it shares a network with.
        package let prefixLength: Int
        /// Its address on the link; nil while that isn't known, empty where links have none.
        package let link: [UInt8]?
    }

    private struct Prefix: Equatable {
        let address: [UInt8]
        let length: Int
    }

    /// The router of each interface that has one, by the interface's number.
    package let routers: [Int: Router]
    private let prefixes: [Int: [Prefix]]
    /// The interfaces' own addresses on their links.
    private let own: [Int: [UInt8]]

    /// Reads what the kernel knows now. Throws `IOError` where netlink is not allowed.
    package init() throws {
        let any = [UInt8](repeating: 0, count: 16)
        self.init(
            routes: try Netlink.ask(Netlink.getRoute, fixed: Array(any.prefix(12))),
            addresses: try Netlink.ask(Netlink.getAddress, fixed: Array(any.prefix(8))),
            neighbours: try Netlink.ask(Netlink.getNeighbour, fixed: Array(any.prefix(12))),
            links: try Netlink.ask(Netlink.getLink, fixed: any))
    }

    /// A table of some routers.
    init(routers: [Int: Router]) { (self.routers, prefixes, own) = (routers, [:], [:]) }

    /// A table of what the kernel told.
    init(
        routes: [Netlink.Message], addresses: [Netlink.Message], neighbours: [Netlink.Message],
        links: [Netlink.Message] = []
    ) {
        let known = Self.neighbours(neighbours)
        let prefixes = Self.prefixes(addresses)
        var best: [Int: (rank: [Int], router: Router)] = [:]
        for gateway in routes.flatMap(Self.gateways) {
            let (interface, address) = (gateway.interface, gateway.address)
            // IPv4 before IPv6, what the kernel prefers, and of equals the one that every machine takes.
            let rank = [address.count, gateway.metric] + address.map(Int.init(clamping:))
            if let other = best[interface], other.rank.lexicographicallyPrecedes(rank) { continue }
            let length = prefixes[interface, default: []].filter { Self.covers($0, address) }.map(\.length)
                .max()
            best[interface] = (
                rank,
                Router(
                    address: address, prefixLength: length ?? address.count * 8,
                    link: known[interface]?[address])
            )
        }
        routers = best.mapValues(\.router)
        self.prefixes = prefixes
        own = links.reduce(into: [:]) { own, link in
            guard link.type == Netlink.newLink, link.fixed.count == 16 else { return }
            // ifinfomsg: the interface; IFLA_ADDRESS, which is zeros where there is none.
            let address = link.attributes[1] ?? []
            if address.contains(where: { $0 != 0 }) {
                own[Int(clamping: Netlink.number(link.fixed[4..<8]))] = address
            }
        }
    }

    /// What the network of an interface is known by: its id first; none while its router isn't known.
    ///
    /// Where there is no router this machine may be the one of all others, as when it shares its connection: these know the
    /// network by this machine's address.
    package func networks(of interface: Int) -> [NetworkID] {
        guard let router = routers[interface] else {
            guard let link = own[interface] else { return [.none] }
            let v4 = prefixes[interface, default: []].filter { $0.address.count == 4 }
            return [.none] + v4.map { NetworkID(router: link, address: $0.address, prefixLength: $0.length) }
        }
        guard let link = router.link else { return [] }
        if link.isEmpty { return [.none] }
        return [NetworkID(router: link, address: router.address, prefixLength: router.prefixLength)]
    }

    /// Whether an address is one of the network that an interface is on.
    package func covers(_ address: [UInt8], on interface: Int) -> Bool {
        prefixes[interface, default: []].contains { Self.covers($0, address) }
    }

    /// By which interface the machine sends to an address; nil if it can't. Nothing is sent.
    ///
    /// - Parameter scope: the interface that the address names.
    package static func interface(towards address: [UInt8], scope: Int? = nil) -> Int? {
        guard address.count == 4 || address.count == 16 else { return nil }
        // rtmsg: the family and the length of the prefix; RTA_DST and RTA_OIF.
        let family: UInt8 = address.count == 4 ? 2 : 10
        let fixed =
            [family, UInt8(truncatingIfNeeded: address.count * 8)] + [UInt8](repeating: 0, count: 10)
        var attributes: [(type: UInt16, content: [UInt8])] = [(1, address)]
        if let scope { attributes.append((4, Netlink.bytes(UInt32(clamping: scope)))) }
        let answer = try? Netlink.ask(Netlink.getRoute, fixed: fixed, attributes: attributes)
        return answer?.first?.attributes[4].map { Int(clamping: Netlink.number($0)) }
    }

    private struct Gateway {
        let interface: Int
        let address: [UInt8]
        let metric: Int
    }

    /// Where a route leads, if it is a default route of the table that all packets are sent by.
    private static func gateways(of route: Netlink.Message) -> [Gateway] {
        // rtmsg: the prefix has no bits; RT_TABLE_MAIN. RTA_PRIORITY.
        guard route.type == Netlink.newRoute, route.fixed.count == 12, route.fixed[1] == 0,
            route.fixed[4] == 254
        else { return [] }
        let metric = route.attributes[6].map { Int(clamping: Netlink.number($0)) } ?? 0
        var gateways: [Gateway] = []
        func add(_ interface: Int, _ attributes: [UInt16: [UInt8]]) {
            // RTA_GATEWAY, or RTA_VIA for a router of another family.
            let address = attributes[5] ?? attributes[18].map { Array($0.dropFirst(2)) } ?? []
            guard address.count == 4 || address.count == 16 else { return }
            gateways.append(Gateway(interface: interface, address: address, metric: metric))
        }
        if let interface = route.attributes[4] {
            add(Int(clamping: Netlink.number(interface)), route.attributes)
        }
        // RTA_MULTIPATH: several, each a rtnexthop with attributes of its own.
        var rest = (route.attributes[9] ?? [])[...]
        while rest.count >= 8 {
            let length = Int(clamping: Netlink.number(rest.prefix(2)))
            guard length >= 8, length <= rest.count else { break }
            let interface = Int(clamping: Netlink.number(rest.dropFirst(4).prefix(4)))
            add(interface, Netlink.attributes(rest.prefix(length).dropFirst(8)))
            rest = rest.dropFirst(Netlink.aligned(length))
        }
        return gateways
    }

    /// The link addresses by interface and address (ndmsg: interface, state; NDA_DST, NDA_LLADDR).
    private static func neighbours(_ messages: [Netlink.Message]) -> [Int: [[UInt8]: [UInt8]]] {
        var known: [Int: [[UInt8]: [UInt8]]] = [:]
        for neighbour in messages where neighbour.type == Netlink.newNeighbour && neighbour.fixed.count == 12
        {
            guard let address = neighbour.attributes[1] else { continue }
            let interface = Int(clamping: Netlink.number(neighbour.fixed[4..<8]))
            let state = Netlink.number(neighbour.fixed[8..<10])
            if state & 0x40 != 0 {
                // NUD_NOARP: its links have no addresses.
                known[interface, default: [:]][address] = []
            } else if state & 0x21 == 0, let link = neighbour.attributes[2] {
                // Neither asked for (NUD_INCOMPLETE) nor without an answer (NUD_FAILED).
                known[interface, default: [:]][address] = link
            }
        }
        return known
    }

    /// The prefixes by interface (ifaddrmsg: length, interface; IFA_ADDRESS).
    private static func prefixes(_ addresses: [Netlink.Message]) -> [Int: [Prefix]] {
        var prefixes: [Int: [Prefix]] = [:]
        for message in addresses where message.type == Netlink.newAddress && message.fixed.count == 8 {
            guard let address = message.attributes[1] else { continue }
            prefixes[Int(clamping: Netlink.number(message.fixed[4..<8])), default: []].append(
                Prefix(address: address, length: Int(clamping: message.fixed[1])))
        }
        return prefixes
    }

    private static func covers(_ prefix: Prefix, _ address: [UInt8]) -> Bool {
        prefix.address.count == address.count
            && prefix.address.masked(to: prefix.length) == address.masked(to: prefix.length)
    }
}
