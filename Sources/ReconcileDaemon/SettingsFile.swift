import Configuration
import Glibc
import LocalAPI
import SystemPackage
import Yams

/// The file with the settings, looked at before they are read from it.
enum SettingsFile {
    /// How it is called where nobody names one, in the directory that the service manager says.
    static let name = "reconciled.yaml"

    /// The settings of a file; nil if it holds none. Throws ``DaemonError``.
    ///
    /// - Parameter settings: the names there are: what is misspelt would run with the default.
    static func open(_ path: String, settings: [String]) async throws -> (any ConfigProvider)? {
        let text = try read(path)
        let found: Node?
        do {
            found = try Yams.compose(yaml: text)
        } catch {
            throw DaemonError.yaml(path: path, line: line(of: error))
        }
        // All of it may be in comments.
        guard let found, found.scalar?.string.isEmpty != true else { return nil }
        guard let mapping = found.mapping else { throw DaemonError.yaml(path: path, line: 1) }
        for (key, value) in mapping {
            let name = key.scalar?.string ?? "?"
            guard settings.contains(name) else {
                throw DaemonError.unknownSetting(name, path: path, line: key.mark?.line ?? 1)
            }
            // It would be read as if nothing stood there.
            let isOne = value.scalar != nil
            guard isOne || name == "peers" && value.sequence != nil else { throw DaemonError.setting(name) }
        }
        do {
            return try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))
        } catch {
            throw DaemonError.yaml(path: path, line: 1)
        }
    }

    private static func read(_ path: String) throws -> String {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DaemonError.file(path: path, code: errno) }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        // Nobody needs that many settings; something without an end would be read for ever.
        while bytes.count < 1 << 20 {
            guard let piece = readSome(from: descriptor) else {
                throw DaemonError.file(path: path, code: errno)
            }
            if piece.isEmpty { break }
            bytes += piece
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DaemonError.yaml(path: path, line: 1)
        }
        return text
    }

    private static func line(of error: any Error) -> Int {
        switch error {
        case YamlError.scanner(_, _, let mark, _), YamlError.parser(_, _, let mark, _),
            YamlError.composer(_, _, let mark, _):
            mark.line
        case YamlError.duplicatedKeysInMapping(_, let context): context.mark.line
        default: 1
        }
    }
}
