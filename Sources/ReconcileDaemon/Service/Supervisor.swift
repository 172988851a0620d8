import Glibc
import LocalAPI

/// The service manager that started this daemon, told how it fares by the protocol of sd_notify(3).
///
/// The protocol is one datagram of assignments, so it is spoken here and libsystemd isn't needed. Where nobody asked to
/// be told, nothing is said.
package struct Supervisor: Sendable {
    private let address: [UInt8]?
    /// Within how many microseconds it has to hear that the daemon is alive; nil if it doesn't watch.
    package let patience: Int64?

    /// The one that the environment names, if any.
    package init(environment: (String) -> String?) {
        address = environment("NOTIFY_SOCKET").flatMap { name in
            guard let first = name.utf8.first, first == 0x2F || first == 0x40 else { return nil }
            // A name that begins with @ is one in the abstract namespace: its first byte is zero.
            return first == 0x40 ? [0] + Array(name.utf8.dropFirst()) : Array(name.utf8)
        }
        let isMeant = environment("WATCHDOG_PID").map { $0 == "\(getpid())" } ?? true
        patience =
            isMeant ? environment("WATCHDOG_USEC").flatMap(Int64.init).flatMap { $0 > 0 ? $0 : nil } : nil
    }

    /// Whether anyone wants to be told.
    package var isListening: Bool { address != nil }

    /// Tells something: assignments with line breaks between them. What can't be told is lost, as nobody waits for it.
    package func tell(_ assignments: String...) {
        guard let address = address.flatMap(UnixAddress.init) else { return }
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { _ = close(descriptor) }
        let message = Array(assignments.joined(separator: "\n").utf8)
        _ = unsafe address.read { name, length in
            unsafe message.withUnsafeBytes {
                unsafe sendto(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL), name, length)
            }
        }
    }

    /// The daemon serves, or has read its settings again.
    package func ready() { tell("READY=1") }

    /// The daemon reads its settings again; ``ready()`` says when it has.
    package func reloading() {
        tell("RELOADING=1", "MONOTONIC_USEC=\(SystemClock.uptime())")
    }

    /// The daemon stops.
    package func stopping() { tell("STOPPING=1", "STATUS=Stopping") }

    /// What the daemon does, in a line for people. Everyone on the machine may read it.
    package func note(_ status: String) { tell("STATUS=\(status)") }

    /// The daemon is alive.
    package func feed() { tell("WATCHDOG=1") }
}
