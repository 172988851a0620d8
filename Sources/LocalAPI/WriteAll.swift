import Glibc

/// Writes all bytes to a descriptor, however they are taken and whatever interrupts; false if that failed, by `errno`.
package func writeAll(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
    var written = 0
    while written < bytes.count {
        let count = unsafe bytes.withUnsafeBytes { buffer in
            unsafe write(descriptor, buffer.baseAddress.map { unsafe $0 + written }, bytes.count - written)
        }
        if count < 0, errno == EINTR { continue }
        if count == 0 { errno = EIO }
        guard count > 0 else { return false }
        written += count
    }
    return true
}
