import Causality
import Glibc

/// What the system says of a file.
package struct FileStatus: Equatable, Sendable {
    /// Whether it is a directory.
    package let isDirectory: Bool
    /// Whether it is a file of bytes.
    package let isRegular: Bool
    /// Whether it is a socket.
    package let isSocket: Bool
    /// Whose it is, by the number of the user.
    package let owner: UInt32
    /// The permissions.
    package let mode: UInt32
    /// The bytes that it takes up on the disk.
    package let usedBytes: Int64
    /// Its length in bytes.
    package let size: Int
    /// Device and number, by which it is told from every other file.
    package let identity: [UInt64]

    /// The status of what a path names now; nil if that can't be told, by `errno`.
    ///
    /// - Parameter followsLinks: whether a link stands for what it leads to.
    package init?(of path: String, followsLinks: Bool = false) {
        var status = stat()
        let flags = followsLinks ? 0 : AT_SYMLINK_NOFOLLOW
        guard unsafe fstatat(AT_FDCWD, path, &status, flags) == 0 else { return nil }
        self.init(status)
    }

    /// The status of what a descriptor leads to; nil if that can't be told, by `errno`.
    package init?(descriptor: CInt) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        isDirectory = status.st_mode & S_IFMT == S_IFDIR
        isRegular = status.st_mode & S_IFMT == S_IFREG
        isSocket = status.st_mode & S_IFMT == S_IFSOCK
        owner = status.st_uid
        mode = status.st_mode & 0o7777
        size = Int(status.st_size)
        usedBytes = Int64(status.st_blocks).multipliedClamped(by: 512)
        identity = [UInt64(status.st_dev), UInt64(status.st_ino)]
    }
}
