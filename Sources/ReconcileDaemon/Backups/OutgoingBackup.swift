import Backup
import FoundationEssentials
import Glibc
import LocalAPI
import NIOCore
import NIOPosix
import Store

/// The thread on which backups are sealed and opened: that takes its time, and blocks.
enum BackupThread {
    static let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
}

/// A copy of the journal on its way out as the bytes of a backup.
actor OutgoingBackup {
    private let path: String
    private let descriptor: CInt
    /// How many bytes the database has.
    nonisolated let length: Int
    private var writer: BackupFile.Writer
    private var queue: [(item: BackupFile.Item, bytes: [UInt8])]
    private var isOver = false

    /// Safe: the executor lives as long as the process.
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe BackupThread.loop.executor.asUnownedSerialExecutor()
    }

    /// Opens a copy, which is gone at the end.
    ///
    /// - Parameter identity: whose keys go into it; nil for a backup without them.
    init(of path: String, _ manifest: BackupManifest, identity: DeviceIdentity?, passphrase: [UInt8]?) throws
    {
        self.path = path
        queue = [(.manifest, Array(try JSONEncoder().encode(manifest)))]
        if let identity { queue.append((.identity, Array(try JSONEncoder().encode(identity)))) }
        writer = try BackupFile.Writer(passphrase: passphrase, salt: Machine.random(16))
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, let status = FileStatus(descriptor: descriptor) else {
            let code = errno
            if descriptor >= 0 { _ = close(descriptor) }
            throw DaemonError.state(path: path, code: code)
        }
        length = status.size
        _ = unsafe unlink(path)
    }

    deinit { _ = close(descriptor) }

    /// The next bytes of the file, perhaps none yet; nil at its end.
    func next() throws -> [UInt8]? {
        guard !isOver else { return nil }
        if let (item, bytes) = queue.first {
            queue.removeFirst()
            let begun = try writer.begin(item, length: UInt64(bytes.count)) + writer.append(bytes)
            guard queue.isEmpty else { return begun }
            // Can't trap: the length of a file that is here.
            return begun + (try writer.begin(.database, length: UInt64(length)))
        }
        guard let bytes = readSome(from: descriptor) else {
            throw DaemonError.state(path: path, code: errno)
        }
        isOver = bytes.isEmpty
        return isOver ? try writer.finish() : try writer.append(bytes)
    }
}
