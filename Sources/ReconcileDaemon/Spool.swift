import Glibc
import Store

/// A file without a name, for bytes that are looked at twice; gone with the daemon at the latest.
actor Spool {
    private let descriptor: CInt
    private let directory: StateDirectory
    private let executor: any SerialExecutor

    /// Safe: the actor holds its executor for as long as it lives.
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Makes one in the state directory, whose disk is no other person's.
    ///
    /// - Parameter executor: where it reads and writes, as that blocks.
    init(in directory: StateDirectory, on executor: any SerialExecutor) throws {
        self.directory = directory
        self.executor = executor
        let path = directory.path + "/bundle-\(UInt64.random(in: 0 ... .max)).spool"
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DaemonError.state(path: path, code: errno) }
        _ = unsafe unlink(path)
    }

    deinit { _ = close(descriptor) }

    /// Adds bytes at the end. Throws ``StoreError/full`` where they would take what is kept for one's own writing.
    func append(_ bytes: [UInt8]) throws {
        try directory.append(bytes, to: descriptor)
    }

    /// Some bytes from a place on; none at the end.
    func read(at offset: Int) throws -> [UInt8] {
        var code: CInt = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            let received = unsafe pread(descriptor, buffer.baseAddress, 65_536, offset)
            if received < 0 { code = errno }
            count = max(received, 0)
        }
        if code == EINTR { return try read(at: offset) }
        guard code == 0 else { throw DaemonError.state(path: directory.path, code: code) }
        return bytes
    }
}
