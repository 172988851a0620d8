/// The queue of those to call that say by a beacon that they want to pair.
///
/// Pairing beacons are forged as easily as sent, and each call lasts until nobody answers: what can be called is bounded,
/// those of this network come first, and of these whoever was called least. Chance decides between equals, since any
/// order could be made use of by whoever forges.
struct PairingCalls {
    /// How many are called at a time.
    static let atOnce = 4
    /// How many addresses are known at a time.
    static let limit = 256
    /// How many of them may be one host's, which is called at one of its ports at a time.
    static let portsPerHost = 4

    private struct Candidate {
        let isLocal: Bool
        var calls = 0
        var isWaiting = true
    }

    private var candidates: [HostPort: Candidate] = [:]
    private var calls: [String: Int] = [:]
    private var busy: Set<HostPort> = []

    /// Someone who wants to pair is at an address.
    ///
    /// - Parameter isLocal: whether the address is one of the network on which that was said.
    mutating func sighted(_ address: HostPort, isLocal: Bool) {
        if candidates[address] != nil {
            candidates[address]?.isWaiting = true
            return
        }
        let ports = candidates.keys.filter { $0.host == address.host }
        // A host may have started again at another port.
        if ports.count >= Self.portsPerHost, !forget(among: ports) { return }
        if candidates.count >= Self.limit {
            let others = candidates.keys.filter { candidates[$0]?.isLocal == false }
            guard forget(among: others.isEmpty && isLocal ? Array(candidates.keys) : others) else { return }
        }
        candidates[address] = Candidate(isLocal: isLocal)
    }

    /// The next one to be called; nil if nobody is waiting, or enough are being called.
    mutating func next() -> HostPort? {
        guard busy.count < Self.atOnce else { return nil }
        let hosts = Set(busy.map(\.host))
        let waiting = candidates.filter { $0.value.isWaiting && !hosts.contains($0.key.host) }
        guard let best = waiting.map(rank).min(by: <) else { return nil }
        let ports = Dictionary(grouping: waiting.filter { rank($0) == best }.keys, by: \.host)
        // A host that shows more ports has no more turns.
        guard let address = ports.randomElement()?.value.randomElement() else { return nil }
        busy.insert(address)
        candidates[address]?.isWaiting = false
        candidates[address]?.calls += 1
        // As a host whose ports are forgotten stays one that was called.
        if calls.count < Self.limit * 2 || calls[address.host] != nil { calls[address.host, default: 0] += 1 }
        return address
    }

    /// A call has ended.
    mutating func ended(_ address: HostPort) { busy.remove(address) }

    private func rank(_ candidate: (key: HostPort, value: Candidate)) -> (Int, Int, Int) {
        (candidate.value.isLocal ? 0 : 1, calls[candidate.key.host] ?? 0, candidate.value.calls)
    }

    /// Makes room: forgets one of those that were called most; false if there is nobody.
    private mutating func forget(among addresses: [HostPort]) -> Bool {
        let known = candidates.filter { addresses.contains($0.key) && !busy.contains($0.key) }
        let most = known.values.map(\.calls).max()
        guard let address = known.filter({ $0.value.calls == most }).keys.randomElement() else {
            return false
        }
        candidates[address] = nil
        return true
    }
}
