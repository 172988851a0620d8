import Glibc
import LocalAPI

/// A listening socket that the service manager opened and handed over, as sd_listen_fds(3) describes.
///
/// Its file is the manager's: it is never removed here, and its mode never changed.
package struct InheritedSocket: Sendable {
    /// Where the manager puts the first one.
    private static let first: CInt = 3

    /// The socket.
    package let descriptor: CInt
    /// Where it lies, for people.
    package let path: String

    /// The one that was handed over; nil if none was. Throws ``DaemonError/inherited`` for what can't be served on.
    package init?(environment: (String) -> String?) throws {
        guard environment("LISTEN_PID") == "\(getpid())", let count = environment("LISTEN_FDS"), count != "0"
        else { return nil }
        descriptor = Self.first
        guard count == "1", Self.option(SO_DOMAIN, of: descriptor) == AF_UNIX,
            Self.option(SO_TYPE, of: descriptor) == CInt(SOCK_STREAM.rawValue),
            Self.option(SO_ACCEPTCONN, of: descriptor) == 1
        else { throw DaemonError.inherited }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        path = Self.path(of: descriptor)
    }

    private static func option(_ name: CInt, of descriptor: CInt) -> CInt? {
        var (value, length) = (CInt(0), socklen_t(MemoryLayout<CInt>.size))
        return unsafe getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
    }

    private static func path(of descriptor: CInt) -> String {
        var (address, length) = (sockaddr_un(), socklen_t(MemoryLayout<sockaddr_un>.size))
        // Safe: the kernel writes no more than the length given.
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        guard result == 0 else { return "?" }
        return unsafe withUnsafeBytes(of: address.sun_path) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// Tells everyone who waits at the socket why there is no daemon.
    ///
    /// The manager starts a daemon for as long as someone waits, so one that can't start would be started in vain until
    /// it is given up. Whoever asked learns the reason this way, and nobody waits any more.
    package func refuse(_ reason: String) {
        LocalRefusal.answerAll(at: descriptor, with: ErrorPayload("cannot_start", reason))
    }
}
