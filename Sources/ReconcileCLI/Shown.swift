import FoundationEssentials
import Glibc
import LocalAPI

/// Up to which arrival number each rift was shown, by which the daemon knows what its reader hasn't seen.
///
/// It stays on this machine: nobody is ever told what someone has read.
enum Shown {
    /// What was shown of the journal behind a socket, by the rifts' ids.
    static func arrivals(socket: String) -> [String: Int64] {
        guard let bytes = PrivateFile.read(path(socket)) else { return [:] }
        // A file that can't be read counts as nothing shown: then the daemon tells more, never less.
        return (try? JSONDecoder().decode([String: Int64].self, from: Data(bytes))) ?? [:]
    }

    /// Remembers that a rift was shown up to an arrival number.
    static func record(_ arrival: Int64, of rift: String, socket: String) {
        var arrivals = arrivals(socket: socket)
        guard arrival > arrivals[rift] ?? -1 else { return }
        arrivals[rift] = arrival
        guard let bytes = try? JSONEncoder().encode(arrivals),
            PrivateFile.write(Array(bytes), to: path(socket))
        else {
            Terminal.note(
                "reconcile: can't note what was shown in \(path(socket)); a vote will show it again.")
            return
        }
    }

    private static func path(_ socket: String) -> String {
        PrivateFile.directory + "/shown-" + percentEncoded(socket)
    }
}

/// Small files of the command line's own, which only their person may read.
enum PrivateFile {
    /// Where they lie.
    static var directory: String {
        (Terminal.environment("XDG_STATE_HOME") ?? (Terminal.environment("HOME") ?? "/tmp") + "/.local/state")
            + "/reconcile-cli"
    }

    static func read(_ path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        return Terminal.readAll(descriptor)
    }

    /// Writes a file so that it holds either the old or the new bytes; false if that failed.
    static func write(_ bytes: [UInt8], to path: String) -> Bool {
        makeDirectory(directory)
        let temporary = path + ".new"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { _ = close(descriptor) }
        guard Terminal.write(bytes, to: descriptor), fsync(descriptor) == 0 else { return false }
        return unsafe rename(temporary, path) == 0
    }

    /// The names of those that begin with something.
    static func names(in directory: String = Self.directory, beginningWith prefix: String) -> [String] {
        guard let listing = unsafe opendir(directory) else { return [] }
        defer { unsafe closedir(listing) }
        var names: [String] = []
        while let entry = unsafe readdir(listing) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name.hasPrefix(prefix) { names.append(name) }
        }
        return names.sorted()
    }

    private static func makeDirectory(_ path: String) {
        var made = ""
        for part in path.split(separator: "/") {
            made += "/" + part
            _ = unsafe mkdir(made, 0o700)
        }
    }
}
