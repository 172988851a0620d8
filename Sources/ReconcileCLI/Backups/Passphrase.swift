import Glibc
import LocalAPI

/// The passphrase of a backup: typed unseen, or in a file. Never an argument, which everyone on the machine could read.
enum Passphrase {
    /// The header by which the daemon gets it.
    static func headers(_ secret: [UInt8]?) -> [String] {
        guard let secret else { return [] }
        let digits = secret.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return ["Reconcile-Passphrase: " + digits.joined()]
    }

    /// One for a new backup.
    static func choose(_ file: String?) throws -> [UInt8] {
        if let file { return try read(file) }
        guard Terminal.isInputTerminal else { throw CLIError.noPassphrase }
        Terminal.note("Whoever finds the file may try passphrases for years: take several words.")
        let first = try type("Passphrase: ")
        guard try type("Once more: ") == first else { throw CLIError.passphrasesDiffer }
        return first
    }

    /// The one of a backup that is there; nil if it has none.
    static func ask(for backup: String, _ file: String?) throws -> [UInt8]? {
        guard try isSealed(backup) else { return nil }
        if let file { return try read(file) }
        guard Terminal.isInputTerminal else { throw CLIError.noPassphrase }
        return try type("Passphrase: ")
    }

    /// Whether a file says that it has one; the daemon says what is wrong with one that is no backup.
    private static func isSealed(_ path: String) throws -> Bool {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CLIError.unreadable(path, errno) }
        defer { _ = close(descriptor) }
        guard let bytes = Terminal.read(descriptor) else { throw CLIError.unreadable(path, errno) }
        let magic = Array("reconcile backup 1\n".utf8)
        return bytes.starts(with: magic) && bytes.count > magic.count && bytes[magic.count] == 1
    }

    private static func read(_ path: String) throws -> [UInt8] {
        let descriptor = path == "-" ? 0 : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CLIError.unreadable(path, errno) }
        defer { if descriptor != 0 { _ = close(descriptor) } }
        guard let bytes = Terminal.readAll(descriptor, limit: 1 << 16) else {
            throw CLIError.unreadable(path, errno)
        }
        return try checked(Array(bytes.prefix { $0 != 0x0A && $0 != 0x0D }))
    }

    private static func type(_ question: String) throws -> [UInt8] {
        guard let pointer = unsafe getpass(question) else { throw CLIError.noPassphrase }
        // Safe: the text lies in a buffer of the library's until the next is asked for; it is cleared here.
        let bytes = unsafe (0..<strlen(pointer)).map { unsafe UInt8(bitPattern: pointer[$0]) }
        unsafe memset(pointer, 0, bytes.count)
        return try checked(bytes)
    }

    private static func checked(_ bytes: [UInt8]) throws -> [UInt8] {
        guard !bytes.isEmpty, bytes.count <= 1_024 else { throw CLIError.noPassphrase }
        return bytes
    }
}
