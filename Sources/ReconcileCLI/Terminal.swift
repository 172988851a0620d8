import Glibc
import LocalAPI

/// What the terminal and the environment say; the only place that asks them.
enum Terminal {
    static var isInputTerminal: Bool { isatty(0) == 1 }

    /// Writes to standard output; false once nobody reads it any more.
    @discardableResult
    static func write(_ bytes: [UInt8]) -> Bool { write(bytes, to: 1) }

    static func print(_ text: String) {
        // Output that nobody gets must not look like success; a reader that went away is told by its signal.
        guard write(Array((text + "\n").utf8), to: 1) else {
            note("reconcile: can't write the output: \(reason(errno))")
            exit(1)
        }
    }

    /// Prints sentences, in lines that fit where they are read on a terminal.
    static func say(_ text: String) { print(Lines.wrapped(text, to: readingWidth)) }

    /// Writes to standard error, for what is not the answer itself.
    static func note(_ text: String) { write(Array((text + "\n").utf8), to: 2) }

    /// Writes all of it; false if that failed, by `errno`.
    @discardableResult
    static func write(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        writeAll(bytes, to: descriptor)
    }

    /// Some bytes from a descriptor, none at the end; nil if reading fails, by `errno`.
    static func read(_ descriptor: CInt) -> [UInt8]? { readSome(from: descriptor) }

    /// All of a descriptor's bytes; nil if reading fails, so that half a text is never taken for the whole.
    static func readAll(_ descriptor: CInt, limit: Int = .max) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            guard let piece = read(descriptor) else { return nil }
            if piece.isEmpty { break }
            bytes += piece
        }
        return bytes
    }

    /// All of standard input. What can't be used as text is kept.
    static func readInput() throws -> String {
        guard let bytes = readAll(0, limit: 4 << 20) else { throw CLIError.unreadableInput }
        guard bytes.count <= 4 << 20 else {
            Unfinished.keep(bytes, as: "input.txt")
            throw CLIError.tooMuchInput
        }
        return try text(bytes)
    }

    /// What an error number means.
    static func reason(_ code: CInt) -> String {
        // Safe: strerror's text is read before anything else could call it.
        unsafe String(cString: strerror(code))
    }

    /// Text from bytes. Throws if they are not UTF-8.
    static func text(_ bytes: [UInt8]) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            Unfinished.keep(bytes, as: "text.bin")
            throw CLIError.invalidUTF8
        }
        var trimmed = text[...]
        while trimmed.last?.isNewline == true { trimmed.removeLast() }
        return String(trimmed)
    }

    /// Asks a question; nil at the end of input.
    static func ask(_ question: String) -> String? {
        write(Array(question.utf8), to: 2)
        if let line = TypedAhead.line() {
            note(shownLine(line))
            return line
        }
        let beginning = TypedAhead.beginning()
        return readLine().map { beginning + $0 }
    }

    /// Asks something that can't be undone: only what is typed from now on is an answer.
    static func askAnew(_ question: String) -> String? {
        TypedAhead.forget()
        return ask(question)
    }

    /// What the machine is called on its network, without the network's name.
    static var machine: String {
        let name = unsafe [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
            count = unsafe buffer.withMemoryRebound(to: CChar.self) { text in
                unsafe text.baseAddress.map { unsafe gethostname($0, 255) == 0 ? strnlen($0, 255) : 0 } ?? 0
            }
        }
        let label = String(decoding: name.prefix { $0 != UInt8(ascii: ".") }, as: UTF8.self)
        return label.isEmpty ? "computer" : label
    }

    static func environment(_ name: String) -> String? {
        // Safe: this program never changes its environment.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    /// All of the environment, as `NAME=VALUE`.
    static var wholeEnvironment: [String] {
        var (words, index) = ([String](), 0)
        while let word = unsafe environ[index] {
            unsafe words.append(String(cString: word))
            index += 1
        }
        return words
    }

    /// The columns of the terminal, as `COLUMNS` says or the terminal itself; 80 where there is none.
    static var width: Int {
        if let columns = environment("COLUMNS").flatMap({ Int($0) }), columns > 0 { return columns }
        var size = winsize()
        return unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    /// The columns for what is read: a file or a pipe has no width, and lines in it stay whole.
    static var readingWidth: Int { isatty(1) == 1 ? width : 1 << 20 }

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
    case unreadableInput
    case nothingWritten
    /// Questions that were passed over and that such an entry makes no sense without.
    case unanswered([String])
    /// A kind that has to be about something, and it isn't said about what.
    case unplaced(String)
    /// There is nothing yet that such an entry could be about.
    case nothingToChoose
    case editor(String)
    case pairingFailed(String)
    case notInSync
    /// What can't be undone is asked for first, and there is nobody to ask.
    case needsYes
    /// Something is shown once, and to nobody but a person.
    case needsTerminal
    /// Something that is there and is no file.
    case irregular(String)
    /// A file that is there and may not be replaced.
    case exists(String)
    /// A file that can't be written, and why.
    case unwritable(String, CInt)
    /// A file that can't be read, and why.
    case unreadable(String, CInt)
    /// Another program that can't be run, and why.
    case program(String, CInt)
    /// A passphrase is needed, and there is nobody to ask and no file that has one.
    case noPassphrase
    /// A backup was read back and is not all as it was written; whether the file is there nonetheless.
    case damagedBackup(String, isKept: Bool)
    /// What was typed the second time is something else.
    case passphrasesDiffer
    /// Neither the system nor the session has units for a daemon.
    case noUnits
    /// There is no name by which the system's units could know this person.
    case noName
    /// The service manager refused, or the daemon did not start.
    case service(ServiceFailure)
    /// What was to be read can't be written, and why.
    case output(CInt)
}
