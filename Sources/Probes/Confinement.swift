import Glibc
import LocalAPI

/// What a daemon should not be able to do, really tried: a unit may promise what a system silently leaves out.
package enum Confinement {
    /// What came of an attempt.
    package enum Outcome: String, Sendable {
        /// It was refused.
        case held
        /// It would have worked; nothing was done with it.
        case open
        /// Nothing is there to try it with.
        case unknown
    }

    /// Each attempt by its name, and what came of it.
    package static func attempts() -> [(name: String, outcome: Outcome)] {
        [
            ("homes", reads("/home")), ("root_home", reads("/root")), ("write_etc", writes("/etc")),
            ("other_processes", others()), ("programs", runs("/usr/bin/env")),
            ("executable_memory", makesCode()), ("strange_addresses", sends(to: nobody, port: 9)),
        ]
    }

    /// An address that is given to nobody (RFC 5737).
    private static let nobody = "192.0.2.1"

    private static func reads(_ path: String) -> Outcome {
        if FileStatus(of: path) == nil, errno == ENOENT { return .unknown }
        // An empty one laid over it shows nothing.
        return names(inDirectory: path).isEmpty ? .held : .open
    }

    private static func writes(_ path: String) -> Outcome {
        unsafe access(path, W_OK) == 0 ? .open : .held
    }

    /// The first process, which is root's.
    private static func others() -> Outcome {
        let descriptor = unsafe open("/proc/1/cmdline", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .held }
        _ = close(descriptor)
        return .open
    }

    private static func runs(_ path: String) -> Outcome {
        guard unsafe access(path, F_OK) == 0 else { return .unknown }
        return unsafe access(path, X_OK) == 0 ? .open : .held
    }

    private static func makesCode() -> Outcome {
        let length = 4_096
        let memory = unsafe mmap(
            nil, length, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard unsafe memory != MAP_FAILED else { return .held }
        _ = unsafe munmap(memory, length)
        return .open
    }

    /// Tries to send an empty datagram to an address in numbers.
    ///
    /// A unit's filter refuses a datagram at once. A connection would tell nothing: its first packet is dropped and sent
    /// again, as if the other machine were silent.
    package static func sends(to host: String, port: Int) -> Outcome {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        unsafe hints.ai_socktype = CInt(SOCK_DGRAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &found) == 0, let address = unsafe found else {
            return .unknown
        }
        defer { unsafe freeaddrinfo(address) }
        let kind = CInt(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = unsafe socket(address.pointee.ai_family, kind, 0)
        guard descriptor >= 0 else { return .unknown }
        defer { _ = close(descriptor) }
        let sent = unsafe sendto(
            descriptor, nil, 0, CInt(MSG_NOSIGNAL), address.pointee.ai_addr,
            address.pointee.ai_addrlen)
        if sent == 0 { return .open }
        return errno == EPERM || errno == EACCES ? .held : .unknown
    }
}
