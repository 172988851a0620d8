import Glibc
package import Query

/// The zones of this machine: its own, and those in its files by their names.
package enum SystemZones {
    private static let directory = "/usr/share/zoneinfo/"

    /// The zone that `TZ` asks for, or the machine's own one where it is not set. What is no zone counts as UTC, as
    /// with glibc.
    package static func local(_ setting: String?) -> TimeZoneRules {
        guard let setting else {
            return read("/etc/localtime").flatMap { try? TimeZoneRules(tzif: $0) } ?? .utc
        }
        let name = setting.hasPrefix(":") ? String(setting.dropFirst()) : setting
        return named(name) ?? TimeZoneRules(posix: name) ?? .utc
    }

    /// A zone by its name, as `Europe/Berlin`; nil where there is no such file.
    package static func named(_ name: String) -> TimeZoneRules? {
        if name == "UTC" { return .utc }
        let isPlain =
            !name.isEmpty && name.utf8.count < 128 && !name.hasPrefix("/") && !name.hasSuffix("/")
            && !name.contains("//")
            && name.utf8.allSatisfy { byte in
                (65...90).contains(byte & 0xDF) || (48...57).contains(byte) || "-_+/".utf8.contains(byte)
            }
        guard isPlain, let bytes = read(directory + name) else { return nil }
        return try? TimeZoneRules(tzif: bytes)
    }

    /// A zone's file; nil where it can't be read, or is none of a sensible size.
    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes: [UInt8] = []
        while bytes.count < 1 << 20 {
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
                count = max(0, unsafe Glibc.read(descriptor, buffer.baseAddress, 65_536))
            }
            if piece.isEmpty { return bytes }
            bytes += piece
        }
        return nil
    }
}
