import Glibc
import LocalAPI
import Typing

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

    /// The one of a backup that has one.
    static func ask() throws -> [UInt8] {
        guard Terminal.isInputTerminal else { throw CLIError.noPassphrase }
        return try type("Passphrase: ")
    }

    /// The one in a file's first line.
    static func read(_ path: String) throws -> [UInt8] {
        let descriptor = path == "-" ? 0 : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CLIError.unreadable(path, errno) }
        defer { if descriptor != 0 { _ = close(descriptor) } }
        guard let bytes = Terminal.readAll(descriptor, limit: 1 << 16) else {
            throw CLIError.unreadable(path, errno)
        }
        return try checked(Array(bytes.prefix { $0 != 0x0A && $0 != 0x0D }))
    }

    private static func type(_ question: String) throws -> [UInt8] { try checked(typed(question)) }

    /// What is typed, without a sign of it on the screen.
    static func typed(_ question: String) throws -> [UInt8] {
        try RawTerminal.with { terminal in
            guard let terminal else { throw CLIError.noPassphrase }
            Terminal.write(Array(question.utf8), to: 2)
            defer { Terminal.note("") }
            var typed = ""
            while true {
                switch terminal.next() {
                case .key(.text(let text)): typed += text
                case .key(.backspace): _ = typed.popLast()
                case .key(.deleteToStart), .key(.deleteWord): typed = ""
                case .key(.enter): return Array(typed.utf8)
                case .key(.interrupt): throw Interruption.signal(SIGINT)
                case .key(.endOfInput), .closed: throw Interruption.end
                case .told(let number): throw Interruption.signal(number)
                case .key, .resized, .pause: continue
                }
            }
        }
    }

    private static func checked(_ bytes: [UInt8]) throws -> [UInt8] {
        // A control character is a slip of the hand that nobody could repeat.
        guard !bytes.isEmpty, bytes.count <= 1_024, bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw CLIError.noPassphrase
        }
        return bytes
    }
}
