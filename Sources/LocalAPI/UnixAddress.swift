package import Glibc

/// The address of a Unix socket: a path, or behind a zero byte a name in the abstract namespace.
package struct UnixAddress {
    private let address: sockaddr_un
    private let length: socklen_t

    /// The address of that path; nil if it is empty, or too long for a socket.
    package init?(_ path: [UInt8]) {
        var address = sockaddr_un()
        guard let first = path.first, path.count < MemoryLayout.size(ofValue: address.sun_path) else {
            return nil
        }
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path) }
        self.address = address
        // An abstract name ends where the address does, and not at a zero.
        length = socklen_t(
            MemoryLayout.size(ofValue: address.sun_family) + path.count + (first == 0 ? 0 : 1))
    }

    /// Lets a call of the system read it, such as `connect` or `bind`, which may not keep the pointer.
    package func read<Result>(by call: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        // Safe: the pointer is to a copy that lives through the call.
        unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe call($0, length) }
        }
    }
}
