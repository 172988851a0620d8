import Logging
import NIOCore
import Transport

/// Opens and closes the listening port: while its person shares with nobody, only further devices of theirs can find out
/// that this one is there.
actor PeerAccess {
    /// For whom it listens, and where.
    enum Audience: Sendable {
        /// Anyone, at the configured port.
        case anyone
        /// Further devices of one's own, at a port that only beacons tell.
        case ownDevices
        /// Nobody: there is no listening socket.
        case nobody
    }

    typealias Handler = @Sendable (PeerConnection, @escaping @Sendable () -> Void) async -> Void

    nonisolated let port: PeerPort
    private let configured: HostPort
    private let open: @Sendable (HostPort) async throws -> PeerListener
    private let wanted: @Sendable () async -> Audience
    private let isPairing: @Sendable () async -> Bool
    private let logger: Logger
    private let (listeners, feed) = AsyncStream.makeStream(of: PeerListener.self)
    private let changed = Wake()
    private var audience = Audience.nobody
    /// The port that the kernel chose where none is configured: it stays the same.
    private var chosen: Int?
    private var isWarned = false
    /// Whether it is open only for as long as someone pairs, whose end is not told.
    private var isForPairing = false
    /// Those who open and close take turns.
    private var turn: Task<Void, any Error>?
    /// How many are about to pair.
    private var pairing = 0

    /// - Parameters:
    ///   - configured: where to listen while it is for everyone.
    ///   - open: listens somewhere.
    ///   - wanted: who may come in now, if nobody pairs.
    ///   - isPairing: whether someone at this side pairs.
    init(
        _ port: PeerPort, configured: HostPort, logger: Logger,
        open: @escaping @Sendable (HostPort) async throws -> PeerListener,
        wanted: @escaping @Sendable () async -> Audience, isPairing: @escaping @Sendable () async -> Bool
    ) {
        (self.port, self.configured, self.logger) = (port, configured, logger)
        (self.open, self.wanted, self.isPairing) = (open, wanted, isPairing)
    }

    /// Makes it as it has to be now. Throws where that port can't be listened on.
    func settle() async throws {
        let before = turn
        let turn = Task {
            _ = await before?.result
            try await self.apply()
        }
        self.turn = turn
        try await turn.value
    }

    private func apply() async throws {
        let usual = await wanted()
        let next = if pairing > 0 { Audience.anyone } else { await isPairing() ? .anyone : usual }
        isForPairing = next != usual
        guard next != audience else { return }
        port.close()
        audience = .nobody
        port.restrict(next == .ownDevices)
        guard next != .nobody else { return }
        let number = next == .ownDevices ? 0 : chosen ?? configured.port
        let listener = try await open(HostPort(host: configured.host, port: number))
        if next == .anyone { chosen = listener.port }
        port.take(listener)
        audience = next
        feed.yield(listener)
    }

    /// Keeps the configured port open while a pairing begins.
    func whilePairing<Result: Sendable>(_ begin: @Sendable (Int) async throws -> Result) async throws
        -> Result
    {
        pairing += 1
        defer {
            pairing -= 1
            changed.raise()
        }
        try await settle()
        return try await begin(port.address.port)
    }

    /// Something may have to be opened or closed.
    nonisolated func look() { changed.raise() }

    /// Hands over who comes in, and follows what changes, until cancelled.
    func run(_ handle: @escaping Handler) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.follow() }
            for await listener in listeners {
                group.addTask { try? await listener.run(handle: handle) }
            }
        }
    }

    /// Makes it as it has to be now; where that fails it is tried again.
    func adapt() async {
        do {
            try await settle()
            isWarned = false
        } catch {
            if !isWarned { logger.error("nobody can come in", metadata: ["error": "\(type(of: error))"]) }
            isWarned = true
        }
    }

    private func follow() async {
        while !Task.isCancelled {
            await adapt()
            await changed.rest(for: isForPairing || isWarned ? .seconds(5) : nil)
        }
        port.close()
    }
}
