import Glibc
import Hummingbird
import HummingbirdCore
import LocalAPI
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Serves the local API on a Unix socket that only its person may open.
///
/// What is asked most, and answered in a moment, is answered on the loop of its connection: on another thread each step,
/// and each write, has to wake one first. All else is done where no connection waits for it: requests that change
/// something or may be long, and answers that are made while they are sent.
struct LocalServer: Service {
    let path: String
    /// Where its connections live: with the ledger, which nearly every answer comes from.
    let loop: MultiThreadedEventLoopGroup
    let descriptor: CInt
    /// Which file the path names, to be sure later that it is still the same; nil if it isn't ours to remove.
    private let file: [UInt64]?
    let responder: RouterResponder<BasicRequestContext>
    let logger: Logger

    /// Binds the socket, mode 0600 from its first moment. Takes the place of a socket that nobody listens on.
    init(
        path: String, router: Router<BasicRequestContext>, loop: MultiThreadedEventLoopGroup, logger: Logger
    ) throws {
        self.path = path
        self.loop = loop
        responder = router.buildResponder()
        self.logger = logger
        descriptor = try Self.bind(path)
        file = FileStatus(of: path)?.identity
    }

    /// Serves on a socket that was handed over.
    init(
        on socket: InheritedSocket, router: Router<BasicRequestContext>, loop: MultiThreadedEventLoopGroup,
        logger: Logger
    ) {
        path = socket.path
        self.loop = loop
        responder = router.buildResponder()
        self.logger = logger
        descriptor = socket.descriptor
        file = nil
    }

    private static func bind(_ path: String) throws -> CInt {
        try clear(path)
        // One that begins with a zero byte would be a name that anyone may take.
        guard path.utf8.first != 0, let address = UnixAddress(Array(path.utf8)) else {
            throw DaemonError.socket(path: path, code: ENAMETOOLONG)
        }
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw DaemonError.socket(path: path, code: errno) }
        let mask = umask(0o177)
        defer { umask(mask) }
        let result = unsafe address.read { unsafe Glibc.bind(descriptor, $0, $1) }
        guard result == 0, listen(descriptor, 64) == 0 else {
            let code = errno
            _ = close(descriptor)
            throw DaemonError.socket(path: path, code: code)
        }
        return descriptor
    }

    /// Takes a socket away that nobody listens on. Whatever else lies there is someone's and stays.
    private static func clear(_ path: String) throws {
        guard let status = FileStatus(of: path) else { return }
        guard status.isSocket else {
            throw DaemonError.socket(path: path, code: EEXIST)
        }
        switch LocalClient.probe(path: path) {
        case ECONNREFUSED: _ = unsafe unlink(path)
        case 0, EAGAIN: throw DaemonError.socketInUse(path: path)
        case let code: throw DaemonError.socket(path: path, code: code)
        }
    }

    /// Whether no more than a page is read for it, or what an index knows.
    private static func isShort(_ request: Request) -> Bool {
        guard request.method == .get else { return false }
        let path = request.uri.path
        return ["/entries", "/status", "/usage"].contains(path) || path.hasPrefix("/fields/")
    }

    func run() async throws {
        let responder = responder
        let logger = logger
        let short = LoopExecutor(loop)
        let http = HTTP1Channel(
            responder: { request, writer, channel in
                let context = BasicRequestContext(source: .init(channel: channel, logger: logger))
                var response: Response
                do {
                    response = try await withTaskExecutorPreference(Self.isShort(request) ? short : .long) {
                        try await responder.respond(to: request, context: context)
                    }
                } catch {
                    response = Response(status: .internalServerError)
                }
                if response.body.contentLength == nil { response.body = response.body.madeElsewhere() }
                try await writer.write(response: response.head, body: response.body)
            },
            // A body may come from a slow stick or over a slow line.
            configuration: .init(additionalChannelHandlers: [LastWrites()], idleTimeout: .seconds(60)))
        let clients = Clients()
        let server = try await ServerBootstrap(group: loop)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(descriptor) { channel in
                clients.enter(channel)
                return http.setup(channel: channel, logger: logger)
            }
        // The listener closes on a stop, and whoever asks nothing: answers under way are finished.
        try await withGracefulShutdownHandler {
            try await withTaskExecutorPreference(short) {
                try await server.executeThenClose { connections in
                    // Without its socket a daemon is of no use to its person: a failure here ends it.
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections {
                            group.addTask { await http.handle(value: connection, logger: logger) }
                        }
                    }
                }
            }
        } onGracefulShutdown: {
            server.channel.close(promise: nil)
            clients.leave()
        }
        // Someone may have put another in its place meanwhile.
        if file != nil, file == FileStatus(of: path)?.identity { _ = unsafe unlink(path) }
    }
}

extension ResponseBody {
    /// The same, made where no connection waits for it.
    fileprivate func madeElsewhere() -> ResponseBody {
        ResponseBody { writer in
            try await withTaskExecutorPreference(LoopExecutor.long) { try await write(writer) }
        }
    }
}

/// The connections that are open, to be told when the daemon stops: one on which nobody asks would hold it up.
private final class Clients: Sendable {
    private let state = Mutex((channels: [ObjectIdentifier: any Channel](), isStopping: false))

    func enter(_ channel: any Channel) {
        let isStopping = state.withLock { state in
            state.channels[ObjectIdentifier(channel)] = channel
            return state.isStopping
        }
        channel.closeFuture.whenComplete { [weak self] _ in
            self?.state.withLock { $0.channels[ObjectIdentifier(channel)] = nil }
        }
        if isStopping { Self.quiesce(channel) }
    }

    func leave() {
        let channels = state.withLock { state in
            state.isStopping = true
            return state.channels
        }
        for channel in channels.values { Self.quiesce(channel) }
    }

    private static func quiesce(_ channel: any Channel) {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }
}
