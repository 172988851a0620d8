import Glibc

/// A file that comes into being as a whole or not at all: written under another name, and removed if it is not finished.
final class NewFile {
    private let path: String
    private let temporary: String
    private let descriptor: CInt

    /// Begins it. Throws ``CLIError/unwritable(_:_:)``, or ``CLIError/exists(_:)`` unless it may take another one's place.
    init(_ path: String, replacing: Bool) throws {
        self.path = path
        temporary = path + ".part"
        if !replacing, unsafe access(path, F_OK) == 0 { throw CLIError.exists(path) }
        descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CLIError.unwritable(path, errno) }
        // Ctrl-C leaves nothing behind. Safe: the handler only reads a pointer that is set before it is.
        unsafe Self.unfinished = strdup(temporary)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { number in
                if let path = unsafe NewFile.unfinished { _ = unsafe unlink(path) }
                _exit(128 + number)
            }
        }
    }

    nonisolated(unsafe) private static var unfinished: UnsafeMutablePointer<CChar>?

    /// Adds bytes.
    func write(_ bytes: [UInt8]) throws {
        guard Terminal.write(bytes, to: descriptor) else { throw CLIError.unwritable(path, errno) }
    }

    /// Gives it its name, once it is durable.
    func finish() throws {
        guard fsync(descriptor) == 0, unsafe rename(temporary, path) == 0 else {
            throw CLIError.unwritable(path, errno)
        }
    }

    deinit {
        _ = close(descriptor)
        // Nothing lies there if it was finished.
        _ = unsafe unlink(temporary)
    }
}
