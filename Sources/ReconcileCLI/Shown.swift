import Glibc

/// Up to which arrival number a journal was shown in full, by which the daemon knows what its reader hasn't seen.
///
/// It stays on this machine: nobody is ever told what someone has read.
enum Shown {
    static func arrival(socket: String) -> Int64 {
        let descriptor = unsafe open(path(socket), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { _ = close(descriptor) }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            count = max(unsafe read(descriptor, buffer.baseAddress, 32), 0)
        }
        return Int64(String(decoding: bytes, as: UTF8.self)) ?? 0
    }

    static func record(_ arrival: Int64, socket: String) {
        guard arrival > self.arrival(socket: socket) else { return }
        let path = path(socket)
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { _ = close(descriptor) }
        let bytes = Array(String(arrival).utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, bytes.count) }
    }

    private static func path(_ socket: String) -> String { socket + ".shown" }
}
