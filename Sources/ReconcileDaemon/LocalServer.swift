import Glibc
import Hummingbird
import HummingbirdCore
import LocalAPI
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Serves the local API on a Unix socket that only its person may open.
struct LocalServer: Service {
    let path: String
    let descriptor: CInt
    let responder: RouterResponder<BasicRequestContext>
    let logger: Logger

    /// Binds the socket, mode 0600 from its first moment. Takes the place of a socket that nobody listens on.
    init(path: String, router: Router<BasicRequestContext>, logger: Logger) throws {
        self.path = path
        responder = router.buildResponder()
        self.logger = logger
        descriptor = try Self.bind(path)
    }

    private static func bind(_ path: String) throws -> CInt {
        if (try? LocalClient(path: path).request("GET", "/status", as: StatusPayload.self)) != nil {
            throw DaemonError.socketInUse(path: path)
        }
        var status = stat()
        if unsafe lstat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFSOCK else {
                throw DaemonError.socket(path: path, code: EEXIST)
            }
            _ = unsafe unlink(path)
        }
        var address = sockaddr_un()
        let bytes = Array(path.utf8)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count < capacity else { throw DaemonError.socket(path: path, code: ENAMETOOLONG) }
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw DaemonError.socket(path: path, code: errno) }
        let mask = umask(0o177)
        defer { umask(mask) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        // Safe: bind only reads the address, for the length given.
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.bind(descriptor, $0, length)
            }
        }
        guard result == 0, listen(descriptor, 64) == 0 else {
            let code = errno
            _ = close(descriptor)
            throw DaemonError.socket(path: path, code: code)
        }
        return descriptor
    }

    func run() async throws {
        let responder = responder
        let logger = logger
        let http = HTTP1Channel(
            responder: { request, writer, channel in
                let context = BasicRequestContext(source: .init(channel: channel, logger: logger))
                let response: Response
                do {
                    response = try await responder.respond(to: request, context: context)
                } catch {
                    response = Response(status: .internalServerError)
                }
                try await writer.write(response: response.head, body: response.body)
            },
            configuration: .init(idleTimeout: .seconds(2)))
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(descriptor) { http.setup(channel: $0, logger: logger) }
        // Only the listener closes on a stop: answers under way are finished.
        await withGracefulShutdownHandler {
            try? await server.executeThenClose { connections in
                await withDiscardingTaskGroup { group in
                    do {
                        for try await connection in connections {
                            group.addTask { await http.handle(value: connection, logger: logger) }
                        }
                    } catch {
                        logger.error("the local socket failed", metadata: ["error": "\(type(of: error))"])
                    }
                }
            }
        } onGracefulShutdown: {
            server.channel.close(promise: nil)
        }
        _ = unsafe unlink(path)
    }
}
