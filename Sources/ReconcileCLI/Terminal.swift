import Glibc

/// What the terminal and the environment say; the only place that asks them.
enum Terminal {
    static var isInputTerminal: Bool { isatty(0) == 1 }
    static var isOutputTerminal: Bool { isatty(1) == 1 }

    /// Writes to standard output; false once nobody reads it any more.
    @discardableResult
    static func write(_ bytes: [UInt8]) -> Bool { write(bytes, to: 1) }

    static func print(_ text: String) { write(Array((text + "\n").utf8), to: 1) }

    /// Writes to standard error, for what is not the answer itself.
    static func note(_ text: String) { write(Array((text + "\n").utf8), to: 2) }

    @discardableResult
    private static func write(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor, buffer.baseAddress.map { unsafe $0 + written }, bytes.count - written)
            }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }

    /// All of standard input.
    static func readInput() throws -> String {
        var bytes: [UInt8] = []
        while true {
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
                count = max(unsafe read(0, buffer.baseAddress, 65_536), 0)
            }
            if piece.isEmpty { break }
            bytes += piece
            guard bytes.count <= 4 << 20 else { throw CLIError.tooMuchInput }
        }
        return try text(bytes)
    }

    /// Text from bytes. Throws if they are not UTF-8.
    static func text(_ bytes: [UInt8]) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw CLIError.invalidUTF8 }
        var trimmed = text[...]
        while trimmed.last?.isNewline == true { trimmed.removeLast() }
        return String(trimmed)
    }

    /// Asks a question; nil at the end of input.
    static func ask(_ question: String) -> String? {
        write(Array(question.utf8), to: 2)
        return readLine()
    }

    static func environment(_ name: String) -> String? {
        // Safe: this program never changes its environment.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    /// A moment as this machine's wall clock shows it.
    static func time(_ milliseconds: Int64) -> String {
        var time = time_t(milliseconds / 1_000)
        var parts = unsafe tm()
        guard unsafe localtime_r(&time, &parts) != nil else { return "?" }
        return unsafe [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
            count = unsafe buffer.withMemoryRebound(to: CChar.self) { text in
                unsafe text.baseAddress.map { unsafe strftime($0, 64, "%a %e %b %Y %H:%M", &parts) } ?? 0
            }
        }.reduce(into: "") { $0.unicodeScalars.append(Unicode.Scalar($1)) }
    }
}

/// Why a command can't be carried out, before the daemon is even asked.
enum CLIError: Error {
    case invalidUTF8
    case tooMuchInput
    case nothingWritten
    case editor(String)
    case notConfirmed
    case pairingFailed(String)
    case notInSync
    case differentAPI
}
