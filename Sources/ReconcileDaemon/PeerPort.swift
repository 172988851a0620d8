import Synchronization
import Transport

/// The port on which this device listens as it is now, and who may come in there.
final class PeerPort: Sendable {
    /// How long a further device of one's own may come in after its beacon was heard.
    static let patience = Duration.seconds(60)

    private struct State {
        var listener: PeerListener?
        /// Whether only those may come in whose beacon was heard.
        var isRestricted = false
        var expected: Set<String> = []
        var sighted: [String: ContinuousClock.Instant] = [:]
    }

    /// The host that is listened on.
    let host: String
    private let state = Mutex(State())

    init(host: String) { self.host = host }

    /// Where this device listens now; port 0 while it doesn't.
    var address: HostPort { HostPort(host: host, port: state.withLock { $0.listener?.port } ?? 0) }

    /// The port that peers are told over a connection; 0 where only beacons may tell it.
    var told: UInt16 {
        state.withLock { $0.isRestricted ? 0 : UInt16(clamping: $0.listener?.port ?? 0) }
    }

    /// Keeps places for an address at which a device of the journal was met.
    func expect(_ host: String) {
        state.withLock {
            $0.expected.insert(host)
            $0.listener?.expect(host)
        }
    }

    /// A beacon of a device of the journal came from there.
    func sighted(_ host: String, at now: ContinuousClock.Instant = .now) {
        state.withLock {
            // Only what verified comes here; what has passed is of no use any more.
            $0.sighted = $0.sighted.filter { now - $0.value <= Self.patience }
            $0.sighted[host] = now
        }
    }

    /// Whether someone may come in from there.
    func accepts(_ host: String, at now: ContinuousClock.Instant = .now) -> Bool {
        state.withLock { state in
            !state.isRestricted || state.sighted[host].map { now - $0 <= Self.patience } ?? false
        }
    }

    /// Listens nowhere from here on; who came in stays.
    func close() {
        let listener = state.withLock { state in
            defer { state.listener = nil }
            return state.listener
        }
        listener?.close()
    }

    /// Whether only those may come in whose beacon was heard, from here on.
    func restrict(_ isRestricted: Bool) {
        state.withLock {
            // What was heard before may have been the partner's.
            if isRestricted, !$0.isRestricted { $0.sighted = [:] }
            $0.isRestricted = isRestricted
        }
    }

    /// Listens somewhere from here on.
    func take(_ listener: PeerListener) {
        state.withLock {
            $0.listener = listener
            for host in $0.expected { listener.expect(host) }
        }
    }
}
