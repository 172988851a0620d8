import Glibc
import LocalAPI

/// A file that comes into being as a whole or not at all: written under another name, and removed if it is not finished.
final class NewFile {
    private let path: String
    private let temporary: String
    private let descriptor: CInt
    private let isReplacing: Bool

    /// Begins it. Throws ``CLIError``: for a place where it can't be, and for a file that it may not take the place of.
    init(_ path: String, replacing: Bool) throws {
        try Self.check(path, replacing: replacing)
        // Nobody else's, whatever lies in that directory and however many do this at once.
        let temporary = path + ".\(UInt32.random(in: 0 ... .max)).part"
        let descriptor = unsafe open(
            temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CLIError.unwritable(path, errno) }
        (self.path, self.temporary, self.descriptor, isReplacing) = (path, temporary, descriptor, replacing)
        // Ctrl-C leaves nothing behind. Safe: the handler only reads a pointer that is set before it is.
        unsafe Self.unfinished = strdup(temporary)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { number in
                if let path = unsafe NewFile.unfinished { _ = unsafe unlink(path) }
                _exit(128 + number)
            }
        }
    }

    // Unsafe: a signal's handler can take no lock. It is set before the handler is, and only ever unlinked.
    nonisolated(unsafe) private static var unfinished: UnsafeMutablePointer<CChar>?

    /// Whether it may be made there, or take the place of what is. Throws ``CLIError``.
    static func check(_ path: String, replacing: Bool) throws {
        guard let status = FileStatus(of: path) else { return }
        guard status.isRegular else { throw CLIError.irregular(path) }
        guard replacing else { throw CLIError.exists(path) }
    }

    /// Adds bytes.
    func write(_ bytes: [UInt8]) throws {
        guard Terminal.write(bytes, to: descriptor) else { throw CLIError.unwritable(path, errno) }
    }

    /// Where it lies until it has its name.
    var place: String { temporary }

    /// Makes durable what was written.
    func settle() throws {
        guard fsync(descriptor) == 0 else { throw CLIError.unwritable(path, errno) }
    }

    /// Gives it its name, once it is durable.
    func finish() throws {
        try settle()
        // Something may have come there meanwhile.
        try Self.check(path, replacing: isReplacing)
        guard unsafe rename(temporary, path) == 0 else { throw CLIError.unwritable(path, errno) }
    }

    deinit {
        _ = close(descriptor)
        // Nothing lies there if it was finished.
        _ = unsafe unlink(temporary)
    }
}
