import FoundationEssentials
import Glibc
import LocalAPI

/// Closing a journal: what lies in the state directory becomes an archive, and something new takes its place.
///
/// All of the new is made ready beside it first. One rename decides; what follows are renames only, which are done on from
/// wherever they were broken off, at the latest at the next start and before anything is opened. So there is always either
/// the old journal whole, or the archive whole and the new state.
extension StateDirectory {
    /// The files of a journal, in the order in which they leave.
    private static let journalFiles = [
        "journal.sqlite-wal", "journal.sqlite-shm", "mark", "identity", "journal.sqlite",
    ]
    /// Files that say something of the present journal only, and are in no archive.
    private static let passingFiles = ["together"]
    private static let archives = "archives"
    /// Where the new is made ready; it counts for nothing.
    private static let prepared = "archiving.new"
    /// The same once it is decided.
    private static let decided = "archiving"
    private static let manifest = "archive"
    private static let remainder = "has-drafts"

    // MARK: What is here

    /// The archives, by what they say of themselves.
    func listArchives() throws -> [ArchivePayload] {
        try archiveNames().compactMap { name in
            guard let bytes = try read("\(Self.archives)/\(name)/\(Self.manifest)") else { return nil }
            guard var payload = try? JSONDecoder().decode(ArchivePayload.self, from: Data(bytes)) else {
                // A manifest that can't be read hides no journal.
                return ArchivePayload(name: name, partner: nil, closed: 0, drafts: 0)
            }
            payload.name = name
            return payload
        }.sorted { ($0.closed, $0.name) < ($1.closed, $1.name) }
    }

    /// What the archives are called.
    func archiveNames() -> [String] {
        names(inDirectory: path + "/" + Self.archives).filter { $0 != Self.archives && isArchive($0) }
    }

    private func isArchive(_ name: String) -> Bool { exists("\(Self.archives)/\(name)/journal.sqlite") }

    /// The directory of an archive; nil if none is called that.
    func archivePath(_ name: String) -> String? {
        archiveNames().first { $0 == name }.map { "\(path)/\(Self.archives)/\($0)" }
    }

    /// Archives in which the drafts lie still that moved along.
    func archivesWithDrafts() -> [String] {
        archiveNames().filter { exists("\(Self.archives)/\($0)/\(Self.remainder)") }
    }

    /// Notes that the drafts which moved along are gone from an archive.
    func forgetDrafts(ofArchive name: String) throws {
        try unlinked("\(Self.archives)/\(name)/\(Self.remainder)")
        try sync("\(Self.archives)/\(name)")
    }

    // MARK: Moving

    /// Makes ready what takes the journal's place. Throws ``DaemonError``; then everything is as it was.
    ///
    /// - Parameters:
    ///   - archive: what the archive will say of itself.
    ///   - fill: makes the new database at a path, and closes it.
    ///   - step: called before each change.
    func prepareArchive(
        _ archive: ArchivePayload, identity: DeviceIdentity, before step: () throws -> Void,
        fill: (String) throws -> Void
    ) throws {
        try step()
        try abandonArchive()
        do {
            for part in [Self.archives, Self.prepared, Self.prepared + "/old", Self.prepared + "/new"] {
                try step()
                try make(directory: part)
            }
            let encoder = JSONEncoder()
            for (name, bytes) in [
                ("name", Array(archive.name.utf8)),
                ("old/" + Self.manifest, Array(try encoder.encode(archive))),
                ("old/" + Self.remainder, []), ("new/identity", Array(try encoder.encode(identity))),
            ] {
                try step()
                try write(bytes, to: "\(Self.prepared)/\(name)")
            }
            try step()
            try fill("\(path)/\(Self.prepared)/new/journal.sqlite")
            try step()
            for part in ["/old", "/new", ""] { try sync(Self.prepared + part) }
        } catch {
            // What is left of it counts for nothing, and goes at the next start where it can't go now.
            try? abandonArchive()
            throw error
        }
    }

    /// Decides that the journal is archived. From here on only ``finishArchive(before:)`` leads anywhere.
    func decideArchive() throws {
        try rename(Self.prepared, to: Self.decided)
        try sync()
    }

    /// Does what is left to do of an archive that was decided, and clears away one that never was.
    ///
    /// The database must not be open.
    ///
    /// - Parameter step: called before each change.
    package func finishArchive(before step: () throws -> Void = {}) throws {
        try abandonArchive()
        guard exists(Self.decided) else { return }
        // As long as the new identity waits, whatever is outside is of the old journal.
        if exists(Self.decided + "/new/identity") {
            for file in Self.passingFiles where exists(file) {
                try step()
                try unlinked(file)
            }
            for file in Self.journalFiles where exists(file) {
                try step()
                try rename(file, to: "\(Self.decided)/old/\(file)")
            }
            try sync(Self.decided + "/old")
            try sync()
            try step()
            try rename(Self.decided + "/new/identity", to: "identity")
        }
        if exists(Self.decided + "/new/journal.sqlite") {
            try step()
            try rename(Self.decided + "/new/journal.sqlite", to: "journal.sqlite")
        }
        if exists(Self.decided + "/new") { try sync(Self.decided + "/new") }
        try sync()
        if exists(Self.decided + "/old"), let bytes = try read(Self.decided + "/name") {
            try step()
            let name = unused(String(decoding: bytes, as: UTF8.self))
            try rename(Self.decided + "/old", to: "\(Self.archives)/\(name)")
            try sync(Self.archives)
        }
        for part in ["/name", "/new", ""] where exists(Self.decided + part) {
            try step()
            try unlinked(Self.decided + part)
        }
        try sync()
    }

    private func abandonArchive() throws {
        guard exists(Self.prepared) else { return }
        for part in ["/old", "/new", ""] {
            for name in names(inDirectory: "\(path)/\(Self.prepared)\(part)")
            where !["old", "new"].contains(name) {
                try unlinked("\(Self.prepared)\(part)/\(name)")
            }
            if exists(Self.prepared + part) { try unlinked(Self.prepared + part) }
        }
    }

    /// A name, or the next like it that no archive has.
    func unused(_ name: String) -> String {
        var (candidate, number) = (name, 1)
        while exists("\(Self.archives)/\(candidate)") || archivePath(candidate) != nil {
            number += 1
            candidate = "\(name)-\(number)"
        }
        return candidate
    }

    // MARK: Files

    private func exists(_ name: String) -> Bool { FileStatus(of: path + "/" + name) != nil }

    private func make(directory name: String) throws {
        guard unsafe mkdir(path + "/" + name, 0o700) == 0 || errno == EEXIST else { throw failure(name) }
    }

    private func rename(_ old: String, to new: String) throws {
        guard unsafe Glibc.rename(path + "/" + old, path + "/" + new) == 0 else { throw failure(old) }
    }

    /// Removes a file, or a directory in which nothing is.
    private func unlinked(_ name: String) throws {
        guard unsafe Glibc.remove(path + "/" + name) == 0 || errno == ENOENT else { throw failure(name) }
    }

    private func failure(_ name: String) -> DaemonError { .state(path: path + "/" + name, code: errno) }
}
