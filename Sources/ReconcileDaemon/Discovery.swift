import Causality
import EventLog
import Logging
import NIOCore
import NIOPosix
import Peering
import Transport

/// Lets the devices of a network find each other: sends beacons while one is missing, and hears those of others.
actor Discovery {
    private let ledger: Ledger
    private let links: Links
    private let dialling: Dialling
    private let desk: PairingDesk
    private let identity: CurrentIdentity
    private let port: PeerPort
    private let networks: Networks
    private let connections: OpenConnections
    private var listening: HostPort { port.address }
    private let logger: Logger
    /// Ends the pause between two beacons.
    private let announcing = Wake()
    private let changing = Wake()
    private var sockets: [MulticastSocket] = []
    private var keys: (peers: [Bundle], keys: BeaconKeys)?
    /// The beacons that were answered; nil until they were read.
    private var seen: SeenNonces?
    private var isKeeping = false
    /// How many beacons have gone out since something changed.
    private var sent = 0
    private var isWarned = false
    /// Whether the machine has resumed, or changes may have been missed.
    private var isUnsure = false
    /// Whether a socket could not send.
    private var isBroken = false
    /// Whether beacons are sent and heard.
    private(set) var hasBeacons = false

    init(
        ledger: Ledger, links: Links, dialling: Dialling, desk: PairingDesk, identity: CurrentIdentity,
        port: PeerPort, networks: Networks, connections: OpenConnections, logger: Logger
    ) {
        self.ledger = ledger
        self.links = links
        self.dialling = dialling
        self.desk = desk
        self.identity = identity
        self.port = port
        self.networks = networks
        self.connections = connections
        self.logger = logger
    }

    /// Begins to send and hear beacons, or ends it.
    func setBeacons(_ isOn: Bool) {
        guard isOn != hasBeacons else { return }
        (hasBeacons, isBroken) = (isOn, true)
        changing.raise()
        beginAgain()
    }

    /// Sends and hears beacons where there are any, and follows the network's changes, until cancelled.
    func run() async {
        // What is said faster than it can be heard is lost, as datagrams may be.
        let (sightings, feed) = AsyncStream.makeStream(
            of: Sighting.self, bufferingPolicy: .bufferingNewest(64))
        let heard: @Sendable (Sighting) -> Void = { _ = feed.yield($0) }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.watch() }
            group.addTask { await self.watchClock() }
            group.addTask { await self.follow(heard) }
            group.addTask { for await sighting in sightings { await self.hear(sighting) } }
            group.addTask { await self.announce() }
        }
    }

    /// Something is missing that was not, or someone wants to pair: beacons go out again.
    func beginAgain() {
        sent = 0
        announcing.raise()
    }

    // MARK: The network

    /// Waits for changes of the network for as long as the kernel tells of them.
    private func watch() async {
        while !Task.isCancelled {
            do {
                try await NetworkChanges.watch(group: .singleton) { self.changing.raise() }
            } catch {
                warn("changes of the network can't be followed")
                try? await pause(for: .seconds(60))
            }
            isUnsure = true
            changing.raise()
        }
    }

    /// Waits for the machine to resume: connections may have died while it slept, and nobody said so.
    private func watchClock() async {
        while !Task.isCancelled {
            do {
                try await ClockChanges.wait(group: .singleton)
                isUnsure = true
                changing.raise()
                // A clock that is set again and again must not keep everyone busy.
                try await pause(for: .seconds(1))
            } catch is CancellationError {
                return
            } catch {
                warn("a machine that resumes can't be noticed")
                return
            }
        }
    }

    /// Opens the sockets anew at each change, and lets everyone find out who is still there.
    private func follow(_ heard: @escaping @Sendable (Sighting) -> Void) async {
        await networks.settle()
        var (network, routed) = (NetworkChanges.snapshot(), await networks.all)
        await openSockets(heard)
        await dialling.wake()
        beginAgain()
        // How often a router was looked for in vain.
        var tries = 0
        while !Task.isCancelled {
            let isUnknown = routed.values.contains(where: \.isEmpty)
            tries = isUnknown ? tries + 1 : 0
            // A link that has just come up may carry nothing for a second, and nobody tells when its router answers.
            await changing.rest(for: isUnknown ? .milliseconds(250 << min(tries - 1, 8)) : nil)
            // Before anything else, which may take seconds.
            await networks.invalidate()
            await connections.leaveOtherNetworks()
            // Changes come in bursts.
            try? await pause(for: .milliseconds(100))
            await networks.invalidate()
            let (now, nowRouted) = (NetworkChanges.snapshot(), await networks.all)
            let isAnother = now != network || nowRouted != routed || isUnsure
            guard isAnother || isBroken else { continue }
            (network, isUnsure, isBroken) = (now, false, false)
            if isAnother {
                connections.abandon()
                await connections.leaveOtherNetworks()
            }
            await openSockets(heard)
            guard isAnother else { continue }
            // On another network nobody should recognise this device by its certificate.
            do { try identity.renew() } catch { warn("the certificate can't be renewed") }
            await networks.settle()
            routed = await networks.all
            await links.probe()
            await dialling.wake()
            beginAgain()
            // Whoever makes it change all the time, as by announcing routers, must not keep everyone busy.
            if tries == 0 { try? await pause(for: .milliseconds(900)) }
        }
        for socket in sockets { socket.close() }
    }

    private func openSockets(_ heard: @escaping @Sendable (Sighting) -> Void) async {
        for socket in sockets { socket.close() }
        sockets = []
        guard hasBeacons else { return }
        do {
            sockets = try await MulticastSocket.openAll(
                listeningOn: listening.host, group: .singleton, heard: heard)
        } catch {
            warn("interfaces can't be listed, so nobody is discovered")
        }
    }

    private func warn(_ message: Logger.Message) {
        guard !isWarned else { return }
        isWarned = true
        logger.warning(message)
    }

    // MARK: Beacons

    private func announce() async {
        while !Task.isCancelled {
            let missing = await missing()
            let isPairing = await desk.isLookingForSomeone
            guard hasBeacons, !missing.isEmpty || isPairing else {
                await announcing.rest()
                continue
            }
            for socket in sockets { await send(by: socket, to: missing, isPairing: isPairing) }
            sent += 1
            await announcing.rest(for: isPairing ? .seconds(1) : Self.interval(after: sent))
            // A socket that could not send, as behind a firewall, is closed: the next beacon finds new ones.
            if isBroken { changing.raise() }
        }
    }

    /// Soon at first, half a minute at last.
    private static func interval(after sent: Int) -> TimeAmount {
        .milliseconds(Int64.random(in: 800...1_200) * [1, 1, 2, 4, 8, 16, 30][min(max(sent - 1, 0), 6)])
    }

    /// The devices that are called: those not connected, and all for the first few times after a change, since a
    /// connection may not know yet that it is dead.
    private func missing() async -> [Bundle] {
        guard let keys = await beaconKeys() else { return [] }
        guard sent >= 3 else { return keys.peers }
        let connected = Set(await links.connected)
        return keys.peers.filter { !connected.contains($0.device) }
    }

    private func send(by socket: MulticastSocket, to peers: [Bundle], isPairing: Bool) async {
        let port = UInt16(clamping: listening.port)
        // While a router has not shown itself this may be any network, and nobody is told or believed anything.
        let known = await networks.networks(of: socket.interface)
        var beacons: [[UInt8]] = []
        if isPairing { beacons.append(Beacon.pairing(port: port, random: Machine.random(Beacon.length))) }
        if let keys = keys?.keys {
            for network in known {
                for start in stride(from: 0, to: peers.count, by: Beacon.slots) {
                    beacons.append(
                        Beacon.bytes(
                            from: keys, to: Array(peers[start...].prefix(Beacon.slots)),
                            address: socket.address, port: port, on: network,
                            random: Machine.random(Beacon.length)))
                }
            }
        }
        for beacon in beacons where await !socket.send(beacon) { isBroken = true }
    }

    private func hear(_ sighting: Sighting) async {
        if let port = Beacon.pairingPort(sighting.bytes) {
            let isOwn = port == listening.port && sockets.contains { $0.address == sighting.address }
            guard !isOwn else { return }
            await desk.sighted(
                HostPort(host: sighting.host, port: Int(port)),
                isLocal: await networks.isLocal(sighting.address, on: sighting.interface))
            return
        }
        guard Beacon.isOne(sighting.bytes), let found = await sender(of: sighting) else { return }
        guard await isNew(sighting.bytes) else { return }
        self.port.sighted(sighting.host)
        await dialling.sighted(
            found.peer.device, at: HostPort(host: sighting.host, port: Int(found.port)))
    }

    private func sender(of sighting: Sighting) async -> (peer: Bundle, port: UInt16)? {
        guard let (peers, keys) = await beaconKeys() else { return nil }
        let known = await networks.networks(of: sighting.interface)
        for network in known {
            let found = Beacon.sender(
                of: sighting.bytes, address: sighting.address, on: network, to: keys, among: peers)
            if let found { return found }
        }
        return nil
    }

    /// Whether a beacon that verified was never answered before: a recording of one makes nobody show themselves.
    private func isNew(_ beacon: [UInt8]) async -> Bool {
        if seen == nil {
            let stored = await ledger.seenBeacons()
            seen = seen ?? SeenNonces(stored: stored)
        }
        guard seen?.insert(of: beacon) == true else { return false }
        guard !isKeeping else { return true }
        // Sparingly: each write is flushed to the disk.
        isKeeping = true
        Task {
            try? await pause(for: .seconds(10))
            isKeeping = false
            guard let stored = seen?.stored else { return }
            do { try await ledger.keepSeenBeacons(stored) } catch { warn("beacons can't be remembered") }
        }
        return true
    }

    private func beaconKeys() async -> (peers: [Bundle], keys: BeaconKeys)? {
        guard let known = try? await ledger.membership() else { return nil }
        if let keys, keys.peers == known.peers { return keys }
        let made = BeaconKeys(
            keys: known.keys, own: known.own, journal: known.journal, peers: known.peers)
        keys = (known.peers, made)
        return keys
    }
}
