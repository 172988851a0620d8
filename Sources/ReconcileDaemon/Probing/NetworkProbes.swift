import Causality
import EventLog
import LocalAPI
import NIOCore
import NIOPosix
import Peering
import Probes
import Store
import Synchronization
import Transport

/// The network, tried: what goes out, what comes in, and whom it leads to.
struct NetworkProbes: Sendable {
    let ledger: Ledger
    let links: Links
    let listening: HostPort
    let hasBeacons: Bool

    /// What came of all; it takes three seconds for each address at which nobody answers.
    func run() async -> [ProbePayload] {
        async let multicast = multicast()
        async let devices = devices()
        var own = [interfaces(), await comesIn()]
        if await links.isElsewhere { own.append(ProbePayload("network", "elsewhere")) }
        return own + (await multicast) + (await devices)
    }

    private func interfaces() -> ProbePayload {
        let devices = (try? System.enumerateDevices()) ?? []
        let met = Set(
            devices.filter { device in
                guard let address = device.address?.ipAddress else { return false }
                return !address.hasPrefix("127.") && address != "::1"
            }.map(\.name))
        return ProbePayload("interfaces", met.isEmpty ? "none" : "ok", number: Int64(met.count))
    }

    /// Whether this machine itself reaches its port; a firewall that keeps others out is not noticed by that.
    private func comesIn() async -> ProbePayload {
        guard listening.port > 0 else { return ProbePayload("listening", "closed") }
        let host = ["::", "0.0.0.0"].contains(listening.host) ? "127.0.0.1" : listening.host
        return ProbePayload("listening", await answers(host, listening.port), number: Int64(listening.port))
    }

    /// Sends what means nothing to anyone and listens for it: one's own datagrams come back.
    private func multicast() async -> [ProbePayload] {
        guard hasBeacons else { return [ProbePayload("multicast", "off")] }
        let heard = Mutex(Set<[UInt8]>())
        let words = Machine.random(Beacon.length)
        guard
            let sockets = try? await MulticastSocket.openAll(
                listeningOn: listening.host, group: .singleton,
                heard: { sighting in
                    if sighting.bytes == words { heard.withLock { _ = $0.insert(sighting.address) } }
                })
        else { return [ProbePayload("multicast", "failed")] }
        var refused = 0
        for socket in sockets where await !socket.send(words) { refused += 1 }
        for _ in 0..<20 where heard.withLock(\.count) < sockets.count {
            try? await pause(for: .milliseconds(50))
        }
        for socket in sockets { socket.close() }
        let outcome =
            if sockets.isEmpty { "none" } else if refused > 0 { "refused" } else if heard.withLock(\.isEmpty)
            {
                "deaf"
            } else { "ok" }
        return [ProbePayload("multicast", outcome, number: Int64(sockets.count))]
    }

    private func devices() async -> [ProbePayload] {
        guard let known = try? await ledger.membership() else { return [ProbePayload("partner", "unpaired")] }
        guard !known.peers.isEmpty else { return [ProbePayload("partner", "apart")] }
        let reports = await ledger.visible(await links.reports)
        let names = (try? await ledger.names()) ?? Names()
        return await withTaskGroup(of: (Int, [ProbePayload]).self) { group in
            for (number, peer) in known.peers.enumerated() {
                let (name, report) = (names.device(peer.device), reports[peer.device])
                group.addTask {
                    guard peer.person == known.own.person else { return (number, partner(name, report)) }
                    return (number, await device(peer.device, name, report))
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }

    /// A device of the partner's is not called: why nobody answers there is not this device's to find out.
    private func partner(_ name: String, _ report: Links.Report?) -> [ProbePayload] {
        var probes: [ProbePayload] = []
        if let skew = report?.meeting?.skew { probes.append(ProbePayload("skew", "apart", number: skew)) }
        let outcome = report?.isConnected == true ? "connected" : "not_connected"
        return probes + [ProbePayload("partner", outcome, subject: name)]
    }

    private func device(_ device: DeviceID, _ name: String, _ report: Links.Report?) async -> [ProbePayload] {
        var probes: [ProbePayload] = []
        if let skew = report?.meeting?.skew, skew.magnitude > 60_000 {
            probes.append(ProbePayload("skew", "far", subject: name, number: skew))
        }
        guard report?.isConnected != true else {
            return probes + [ProbePayload("device", "connected", subject: name)]
        }
        let isKnown = report?.meeting?.places.isEmpty == false
        var outcome = isKnown ? "elsewhere" : "no_address"
        for address in await links.whereabouts(of: device) {
            outcome = await answers(address.host, address.port)
            if outcome == "ok" { break }
        }
        return probes + [ProbePayload("device", outcome == "ok" ? "answers" : outcome, subject: name)]
    }

    /// What comes of connecting somewhere, in a word.
    private func answers(_ host: String, _ port: Int) async -> String {
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(3)).connect(host: host, port: port).get()
            channel.close(promise: nil)
            return "ok"
        } catch let error as NIOConnectionError {
            let codes = error.connectionErrors.compactMap { ($0.error as? IOError)?.errnoCode }
            if codes.contains(ECONNREFUSED) { return "refused" }
        } catch {
            // Whatever else it was, nobody answered.
        }
        return Confinement.sends(to: host, port: port) == .held ? "forbidden" : "silent"
    }
}
