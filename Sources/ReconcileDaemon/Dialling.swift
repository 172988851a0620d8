import Causality
import EventLog
import NIOCore
import Peering
import Store
import Transport

/// Keeps calling the devices that are not connected: where they were last, where they were sighted, and where its
/// person says that someone is.
actor Dialling {
    private enum Target: Hashable {
        /// A device, wherever it was met before.
        case device(DeviceID)
        /// Whoever is at an address.
        case address(HostPort)
        /// A device at an address at which it says to be; called once.
        case sighted(DeviceID, HostPort)

        func isSighting(of device: DeviceID) -> Bool {
            if case .sighted(device, _) = self { true } else { false }
        }
    }

    private let links: Links
    private let ledger: Ledger
    private let dialler: Dialler
    private let expect: @Sendable (String) -> Void
    private let targets: AsyncStream<Target>
    private let feed: AsyncStream<Target>.Continuation
    private var wakes: [Target: Wake] = [:]
    /// The addresses that the person named.
    private var configured: Set<HostPort> = []

    init(links: Links, ledger: Ledger, dialler: Dialler, expect: @escaping @Sendable (String) -> Void) {
        self.links = links
        self.ledger = ledger
        self.dialler = dialler
        self.expect = expect
        (targets, feed) = AsyncStream.makeStream()
    }

    /// Calls those addresses from now on, and no others that were named before. A connection under way stays.
    func configure(_ addresses: [HostPort]) {
        configured = Set(addresses)
        for (target, wake) in wakes { if case .address = target { wake.raise() } }
        for address in addresses { pursue(.address(address)) }
    }

    /// Calls until cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                await self.pursueAll()
                for await _ in await self.ledger.changes() {
                    await self.links.leaveStrangers()
                    await self.pursueAll()
                }
            }
            for await target in targets { group.addTask { await self.call(target) } }
            group.cancelAll()
        }
    }

    /// A device proved by a beacon where it is now: it is called there, or asked whether it is still connected.
    func sighted(_ device: DeviceID, at address: HostPort) async {
        expect(address.host)
        if await links.isConnected(device) {
            await links.probe(device)
        } else if !wakes.keys.contains(where: { $0.isSighting(of: device) }) {
            // One call at a time: a device is seen on each of its addresses.
            pursue(.sighted(device, address))
        }
    }

    /// A device is no longer connected.
    func lost(_ device: DeviceID) {
        for (target, wake) in wakes {
            switch target {
            case .device(device), .address: wake.raise()
            default: break
            }
        }
    }

    /// Ends all pauses: call again now.
    func wake() { for wake in wakes.values { wake.raise() } }

    private func pursueAll() async {
        guard let peers = try? await ledger.membership()?.peers else { return }
        for peer in peers { pursue(.device(peer.device)) }
    }

    private func pursue(_ target: Target) {
        guard wakes[target] == nil else { return }
        wakes[target] = Wake()
        feed.yield(target)
    }

    private func call(_ target: Target) async {
        switch target {
        case .device(let device): await keepMeeting(device)
        case .address(let address): await keepCalling(address)
        case .sighted(let device, let address): await call(device, at: address)
        }
        wakes[target] = nil
    }

    /// Keeps connected to a device as long as it is one of the journal's.
    private func keepMeeting(_ device: DeviceID) async {
        guard let wake = wakes[.device(device)] else { return }
        var (attempt, seen) = (0, Int64(0))
        while !Task.isCancelled, await isPeer(device) {
            let places = await links.meetings[device]?.places ?? []
            for place in places where !Task.isCancelled {
                if await links.isConnected(device) { break }
                // Looked at for each: a call takes seconds, and the network may be another one by then.
                if let address = await links.address(of: place) { await call(device, at: address) }
            }
            // It was connected meanwhile, whoever called: the pauses begin anew.
            if let last = await links.meetings[device]?.seen, last != seen { (attempt, seen) = (0, last) }
            // Where it isn't called from here, this may be another network by the next look, though nobody said so.
            let isIdle = await links.isConnected(device) || places.isEmpty
            attempt = isIdle ? 0 : attempt + 1
            await wake.rest(for: isIdle ? nil : Self.backOff(attempt))
        }
    }

    /// Keeps connected to whoever is at an address, for as long as it is one that the person names.
    private func keepCalling(_ address: HostPort) async {
        guard let wake = wakes[.address(address)] else { return }
        expect(address.host)
        var attempt = 0
        var met: DeviceID?
        while !Task.isCancelled, configured.contains(address) {
            // Whoever was met here may be connected by another way, or have called: one connection is enough.
            if let device = met, await links.isConnected(device) {
                attempt = 0
                await wake.rest()
                continue
            }
            let start = ContinuousClock.now
            // Nobody there is nothing special; it is tried again.
            if await isMeant(address, met), let device = try? await dial(address, expecting: met) {
                met = device
            }
            attempt = start.duration(to: .now) > .seconds(10) ? 1 : attempt + 1
            await wake.rest(for: Self.backOff(attempt))
        }
    }

    private func call(_ device: DeviceID, at address: HostPort) async {
        do {
            // Who closes without a word may be it: one that shares no more says nothing to anybody.
            if let met = try await dial(address, expecting: device), met != device {
                await links.note(device, trouble: .notProved)
            }
        } catch {
            await links.note(device, trouble: .noAnswer)
        }
    }

    /// Meets whoever is at an address until the connection ends; the device, if it proved itself.
    private func dial(_ address: HostPort, expecting device: DeviceID? = nil) async throws -> DeviceID? {
        try await dialler.dial(host: address.host, port: address.port, for: .sync) {
            await self.links.serve($0, expecting: device, proved: {})
        }
    }

    /// 5 s to 5 min, a quarter more or less, so that two devices do not keep missing each other.
    private static func backOff(_ attempt: Int) -> TimeAmount {
        let seconds = Int64(min(5 << min(max(attempt - 1, 0), 6), 300))
        return .milliseconds(.random(in: seconds * 750...seconds * 1_250))
    }

    private func isPeer(_ device: DeviceID) async -> Bool {
        (try? await ledger.membership()?.peers.contains { $0.device == device }) ?? false
    }

    /// Whether an address that the person names is called now: apart only where a device of one's own was met, as the
    /// partner's machine would see who calls.
    private func isMeant(_ address: HostPort, _ met: DeviceID?) async -> Bool {
        guard let known = try? await ledger.membership() else { return false }
        guard known.partnership.isApart else { return true }
        let meetings = await links.meetings
        return known.peers.contains { peer in
            peer.device == met
                || meetings[peer.device]?.places.contains { $0.address == address.description } ?? false
        }
    }
}
