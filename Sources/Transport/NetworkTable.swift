package import Causality
import Peering

/// The machine's routers as the kernel knows them: which networks it is on.
package struct NetworkTable: Equatable, Sendable {
    /// One end of the machine's, for one family of addresses.
    package struct Side: Hashable, Sendable {
        /// The interface's number.
        package let interface: Int
        /// Whether its addresses are IPv4.
        package let isV4: Bool

        /// The side of an interface.
        package init(interface: Int, isV4: Bool) { (self.interface, self.isV4) = (interface, isV4) }
    }

    /// Where packets go that lead off a network.
    package struct Router: Equatable, Sendable {
        /// Its address: 4 or 16 bytes.
        package let address: [UInt8]
        /// How many bits all addresses have in common that it shares a network with.
        package let prefixLength: Int
        /// Its address on the link; nil while that isn't known, empty where it has none or doesn't answer.
        package let link: [UInt8]?
    }

    private struct Prefix: Equatable {
        let address: [UInt8]
        let length: Int
    }

    /// The router of each side that has one.
    package let routers: [Side: Router]
    private let prefixes: [Side: [Prefix]]

    /// Reads what the kernel knows now. Throws `IOError` where netlink is not allowed.
    package init() throws {
        let any = [UInt8](repeating: 0, count: 12)
        self.init(
            routes: try Netlink.ask(Netlink.getRoute, fixed: any),
            addresses: try Netlink.ask(Netlink.getAddress, fixed: Array(any.prefix(8))),
            neighbours: try Netlink.ask(Netlink.getNeighbour, fixed: any))
    }

    /// A table of some routers.
    init(routers: [Side: Router]) { (self.routers, prefixes) = (routers, [:]) }

    /// A table of what the kernel told.
    init(routes: [Netlink.Message], addresses: [Netlink.Message], neighbours: [Netlink.Message]) {
        let links = Self.links(neighbours)
        let prefixes = Self.prefixes(addresses)
        var routers: [Side: (metric: UInt32, router: Router)] = [:]
        for route in routes where route.type == Netlink.newRoute && route.fixed.count == 12 {
            // A default route: to a prefix of no bits, by a gateway (RTA_OIF, RTA_GATEWAY, RTA_PRIORITY).
            guard route.fixed[1] == 0, let interface = route.attributes[4], let address = route.attributes[5],
                address.count == 4 || address.count == 16
            else { continue }
            let side = Side(interface: Int(clamping: Netlink.number(interface)), isV4: address.count == 4)
            let metric = route.attributes[6].map { Netlink.number($0) } ?? 0
            // Of two that the kernel prefers alike every machine takes the same.
            if let known = routers[side],
                known.metric < metric
                    || known.metric == metric && known.router.address.lexicographicallyPrecedes(address)
            {
                continue
            }
            let length = prefixes[side, default: []].filter { Self.covers($0, address) }.map(\.length).max()
            routers[side] = (
                metric,
                Router(
                    address: address, prefixLength: length ?? address.count * 8, link: links[side]?[address])
            )
        }
        self.routers = routers.mapValues(\.router)
        self.prefixes = prefixes
    }

    /// Whether an address is one of the network that a side is on.
    package func covers(_ address: [UInt8], on side: Side) -> Bool {
        prefixes[side, default: []].contains { Self.covers($0, address) }
    }

    /// Which network a side is on; nil while its router isn't known.
    package func network(of side: Side) -> NetworkID? {
        guard let router = routers[side] else { return NetworkID.none }
        guard let link = router.link else { return nil }
        return link.isEmpty
            ? NetworkID.none
            : NetworkID(router: link, address: router.address, prefixLength: router.prefixLength)
    }

    /// By which side the machine sends to an address; nil if it can't. Nothing is sent.
    package static func side(towards address: [UInt8]) -> Side? {
        guard address.count == 4 || address.count == 16 else { return nil }
        let isV4 = address.count == 4
        // rtmsg: the family and the length of the prefix; RTA_DST.
        let family = UInt8(truncatingIfNeeded: isV4 ? 2 : 10)
        let fixed = [family, UInt8(truncatingIfNeeded: address.count * 8)] + [UInt8](repeating: 0, count: 10)
        let answer = try? Netlink.ask(Netlink.getRoute, fixed: fixed, attribute: (1, address))
        return answer?.first?.attributes[4].map {
            Side(interface: Int(clamping: Netlink.number($0)), isV4: isV4)
        }
    }

    /// The link addresses by side and address (ndmsg: interface, state; NDA_DST, NDA_LLADDR).
    private static func links(_ neighbours: [Netlink.Message]) -> [Side: [[UInt8]: [UInt8]]] {
        var links: [Side: [[UInt8]: [UInt8]]] = [:]
        for neighbour in neighbours
        where neighbour.type == Netlink.newNeighbour && neighbour.fixed.count == 12 {
            guard let address = neighbour.attributes[1] else { continue }
            let side = Side(
                interface: Int(clamping: Netlink.number(neighbour.fixed[4..<8])), isV4: address.count == 4)
            let state = Netlink.number(neighbour.fixed[8..<10])
            // NUD_FAILED, and NUD_NOARP of links that have no addresses: nothing can be told of the router.
            if state & 0x60 != 0 {
                links[side, default: [:]][address] = []
            } else if let link = neighbour.attributes[2], state & 0x1 == 0 {
                links[side, default: [:]][address] = link
            }
        }
        return links
    }

    /// The prefixes by side (ifaddrmsg: length, interface; IFA_ADDRESS).
    private static func prefixes(_ addresses: [Netlink.Message]) -> [Side: [Prefix]] {
        var prefixes: [Side: [Prefix]] = [:]
        for message in addresses where message.type == Netlink.newAddress && message.fixed.count == 8 {
            guard let address = message.attributes[1] else { continue }
            let side = Side(
                interface: Int(clamping: Netlink.number(message.fixed[4..<8])), isV4: address.count == 4)
            prefixes[side, default: []].append(
                Prefix(address: address, length: Int(clamping: message.fixed[1])))
        }
        return prefixes
    }

    private static func covers(_ prefix: Prefix, _ address: [UInt8]) -> Bool {
        guard prefix.address.count == address.count else { return false }
        return zip(prefix.address, address).enumerated().allSatisfy { index, bytes in
            let mask = ~(UInt8.max >> min(max(prefix.length - index * 8, 0), 8))
            return bytes.0 & mask == bytes.1 & mask
        }
    }
}
