import Glibc

/// A file that notes how far a reading came.
enum CursorFile {
    /// The cursor in a file; nil where there is none yet.
    static func read(_ path: String) throws -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw CLIError.unreadable(path, errno)
        }
        defer { _ = close(descriptor) }
        guard let bytes = Terminal.readAll(descriptor, limit: 4_096) else {
            throw CLIError.unreadable(path, errno)
        }
        let line = bytes.prefix { $0 != 0x0A }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }

    /// Notes a cursor, so that the file holds either the old one or the new one.
    static func write(_ cursor: String, to path: String) throws {
        let file = try NewFile(path, replacing: true)
        try file.write(Array((cursor + "\n").utf8))
        try file.finish()
    }
}
