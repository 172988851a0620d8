import CStatFS
import Glibc
import LocalAPI

/// What kind of place a directory is, as far as that matters to a database in it.
package enum FileSystemKind: Equatable, Sendable {
    /// A disk of this machine.
    case local
    /// On another machine, where locks and fsync may not mean what they do here.
    case network(String)
    /// In memory: it is gone when the machine is.
    case memory
    /// Behind a program that may keep it anywhere.
    case unknown
    /// A folder that another program copies to other machines, file by file and in the middle of a write.
    case synced(String)

    /// The kind of a directory that is there; nil if that can't be told, by `errno`.
    package init?(of path: String) {
        // What a link or a relative path leads to.
        guard let place = Self.resolved(path) else { return nil }
        if let program = Self.syncing(place) {
            self = .synced(program)
            return
        }
        var status = statfs()
        guard unsafe statfs(path, &status) == 0 else { return nil }
        // By statfs(2); some are negative where the field is signed.
        switch UInt32(truncatingIfNeeded: status.f_type) {
        case 0x6969: self = .network("NFS")
        case 0xFF53_4D42, 0xFE53_4D42, 0x517B: self = .network("SMB")
        case 0x0102_1997: self = .network("9P")
        case 0x5346_414F: self = .network("AFS")
        case 0x00C3_6400: self = .network("Ceph")
        case 0x0102_1994, 0x8584_58F6: self = .memory
        // FUSE: what lies behind it, its program knows.
        case 0x6573_5546: self = .unknown
        default: self = .local
        }
    }

    private static func resolved(_ path: String) -> String? {
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        // Safe: the text is the library's gift, and freed behind its use.
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// Which program keeps a directory, or one above it, the same on several machines.
    private static func syncing(_ path: String) -> String? {
        var place = path
        while !place.isEmpty {
            for (mark, program) in [
                (".stfolder", "Syncthing"), (".dropbox.cache", "Dropbox"),
                (".nextcloudsync.log", "Nextcloud"), (".owncloudsync.log", "ownCloud"),
                (".drive", "a cloud drive"),
            ] where FileStatus(of: "\(place)/\(mark)") != nil {
                return program
            }
            // In a home it is a directory, with Dropbox's settings, and nothing of that is copied.
            if FileStatus(of: place + "/.dropbox")?.isRegular == true { return "Dropbox" }
            // Newer clients keep what they know of a folder in it, under a name with a number.
            let isCloud = names(inDirectory: place).contains { name in
                (name.hasPrefix(".sync_") || name.hasPrefix("._sync_")) && name.hasSuffix(".db")
            }
            if isCloud { return "Nextcloud or ownCloud" }
            guard let cut = place.lastIndex(of: "/") else { break }
            place = String(place[..<cut])
        }
        return nil
    }
}
