import Causality
import Glibc
import LocalAPI
import Peering
import Probes

/// The file without which nothing is shared: to leave is to take it away, which needs no room on the disk.
///
/// It names itself by its number and the time at which it came to be. So the same bytes in another file are a copy that was
/// put back, or started elsewhere, which shares nothing until its person says so; so does a directory that was moved to
/// another disk. A whole disk that is put back, as by a snapshot of a file system, can't be told from the one that it was;
/// the mark shows it if that was kept.
extension StateDirectory {
    private static let together = "/together"
    private static let left = "/left"

    /// Allows sharing, durably on return.
    ///
    /// - Parameter parting: the id of the decision by which it will end.
    func share(by parting: PartingID) throws {
        let (file, temporary) = (path + Self.together, path + Self.together + Self.unfinished)
        _ = unsafe unlink(temporary)
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(temporary) }
        defer { _ = Glibc.close(descriptor) }
        guard let birth = FileBirth(descriptor: descriptor) else { throw Self.failure(temporary) }
        let text = "\(birth) \(parting)\n"
        guard writeAll(Array(text.utf8), to: descriptor), fsync(descriptor) == 0 else {
            throw Self.failure(temporary)
        }
        forgetParting()
        guard unsafe rename(temporary, file) == 0 else { throw Self.failure(file) }
        try sync()
        allowSharing(true)
    }

    /// Takes away what allows sharing, durably on return; the id of the decision, nil if nothing was allowed.
    ///
    /// The file stays under another name until the decision is stored, as that may need room.
    @discardableResult
    func leave() throws -> PartingID? {
        allowSharing(false)
        let (file, left) = (path + Self.together, path + Self.left)
        guard FileStatus(of: file) != nil || errno != ENOENT else { return try unstoredParting() }
        // A name can need room too.
        if unsafe rename(file, left) != 0, unsafe unlink(file) != 0, errno != ENOENT {
            throw Self.failure(file)
        }
        try sync()
        return try unstoredParting()
    }

    /// Takes away what allows sharing where no decision of this device's person is behind it.
    func withdraw() throws {
        allowSharing(false)
        let file = path + Self.together
        if unsafe unlink(file) != 0 {
            if errno == ENOENT { return }
            throw Self.failure(file)
        }
        try sync()
    }

    /// The decision that may not be stored yet; nil if there is none.
    func unstoredParting() throws -> PartingID? {
        guard let text = try read("left") else { return nil }
        // Whatever became of its text, it was left.
        return Self.words(text).last.flatMap { PartingID(hexadecimal: $0) }
            ?? PartingID(prefix: Machine.random(16))
    }

    /// The decision is stored.
    func forgetParting() { _ = unsafe unlink(path + Self.left) }

    /// Whether the file is there and is the one that was made here; one that was put back is taken away.
    func checkSharing() throws {
        let descriptor = unsafe open(path + Self.together, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            return try withdraw()
        }
        defer { _ = Glibc.close(descriptor) }
        guard let birth = FileBirth(descriptor: descriptor), let text = readSome(from: descriptor) else {
            return try withdraw()
        }
        let words = Self.words(text)
        guard words.count == 4, PartingID(hexadecimal: words[3]) != nil,
            words.prefix(3).joined(separator: " ") == birth.description
        else { return try withdraw() }
        allowSharing(true)
    }

    private static func words(_ text: [UInt8]) -> [Substring] {
        String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    }

    private static func failure(_ path: String) -> DaemonError { .state(path: path, code: errno) }
}
