import Glibc

/// Some bytes from a descriptor, none at the end; nil if reading fails, by `errno`.
///
/// A signal is no failure: a terminal that changes its size ends no answer.
package func readSome(from descriptor: CInt) -> [UInt8]? {
    while true {
        var failed = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            let received = unsafe read(descriptor, buffer.baseAddress, 65_536)
            failed = received < 0
            count = max(received, 0)
        }
        if !failed { return bytes }
        if errno != EINTR { return nil }
    }
}
