import CGetOpt

/// The options of `log`, parsed as journalctl parses its own.
struct LogOptions {
    /// One row of the table from which parsing, help, the manual and completion are made.
    struct Row {
        let long: String
        let short: Character?
        let argument: String?
        let isOptional: Bool
        let help: String

        init(
            _ long: String, _ short: Character? = nil, _ argument: String? = nil, optional: Bool = false,
            help: String
        ) {
            self.long = long
            self.short = short
            self.argument = argument
            self.isOptional = optional
            self.help = help
        }
    }

    static let table = [
        Row("lines", "n", "N", optional: true, help: "the newest N entries (10); +N the oldest, all for all"),
        Row("reverse", "r", help: "newest first"),
        Row("follow", "f", help: "go on with what comes"),
        Row("unit", "u", "RIFT", help: "one rift, by title or id, with its answers"),
        Row("rift", nil, "RIFT", help: "the same"),
        Row("portable", nil, help: "without what is local to this device, to compare two journals"),
        Row("output", "o", "MODE", help: "short, json or cat"),
        Row("utc", nil, help: "times in UTC"),
        Row("quiet", "q", help: "no -- No entries --"),
        Row("no-pager", nil, help: "print, don't page"),
        Row("socket", nil, "PATH", help: "the daemon's socket"),
        Row("help", "h", help: "this text"),
    ]

    var query: [String] = []
    var socket: String?
    var wantsHelp = false

    /// Parses the words after `log`. Throws ``LogUsageError`` after glibc has said what is wrong.
    init(_ words: [String]) throws {
        var lines: String?
        var follows = false
        var reversed = false
        for (name, value) in try Self.parse(words) {
            switch name {
            case "lines": lines = value ?? "10"
            case "reverse": reversed = true
            case "follow": follows = true
            case "unit", "rift": query.append("rift=" + percentEncoded(value ?? ""))
            case "portable": query.append("portable=1")
            case "output": query.append("output=" + percentEncoded(value ?? ""))
            case "utc": query.append("utc=1")
            case "quiet": query.append("quiet=1")
            case "socket": socket = value
            case "help": wantsHelp = true
            default: break
            }
        }
        if follows, reversed { throw LogUsageError("--follow and --reverse can't go together.") }
        if reversed { query.append("reverse=1") }
        if follows { query.append("follow=1") }
        try addLines(lines ?? (follows ? "10" : "all"))
    }

    private mutating func addLines(_ lines: String) throws {
        if lines == "all" { return }
        let (name, digits) = lines.hasPrefix("+") ? ("oldest", String(lines.dropFirst())) : ("newest", lines)
        guard let count = Int(digits), count >= 0 else {
            throw LogUsageError("\"\(lines)\" is no number of lines.")
        }
        query.append("\(name)=\(count)")
    }

    private static func parse(_ words: [String]) throws -> [(String, String?)] {
        var parser = unsafe GetOpt(words: words, rows: table)
        defer { unsafe parser.free() }
        return try unsafe parser.parse()
    }

    static var help: String {
        let rows = table.map { row in
            var names = row.short.map { "-\($0), " } ?? "    "
            names += "--\(row.long)"
            if let argument = row.argument { names += row.isOptional ? "[=\(argument)]" : "=\(argument)" }
            return "  " + names + String(repeating: " ", count: max(1, 24 - names.count)) + row.help
        }
        return """
            Usage: reconcile log [OPTIONS]

            Shows the journal, as journalctl shows its own.

            \(rows.joined(separator: "\n"))

            Example: reconcile log -u toolbox -n 20
            """
    }
}

/// The options make no sense; glibc may have said so already.
struct LogUsageError: Error {
    let text: String?
    init(_ text: String? = nil) { self.text = text }
}

/// Drives glibc's getopt_long over words.
@unsafe private struct GetOpt {
    private let rows: [LogOptions.Row]
    // Owned copies of all strings, since getopt keeps pointers into them; freed by free().
    private var arguments: [UnsafeMutablePointer<CChar>?]
    private var names: [UnsafeMutablePointer<CChar>]

    init(words: [String], rows: [LogOptions.Row]) {
        unsafe self.rows = rows
        unsafe arguments = (["reconcile log"] + words).map { unsafe Self.copy($0) } + [nil]
        unsafe names = rows.map { unsafe Self.copy($0.long) }
    }

    private static func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
        let bytes = Array(text.utf8CString)
        let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        for (index, byte) in bytes.enumerated() { unsafe (pointer + index).initialize(to: byte) }
        return unsafe pointer
    }

    mutating func free() {
        unsafe arguments.forEach { unsafe $0?.deallocate() }
        unsafe names.forEach { unsafe $0.deallocate() }
    }

    mutating func parse() throws -> [(String, String?)] {
        var options: [reconcile_option] = unsafe []
        for (index, row) in unsafe rows.enumerated() {
            let kind: CInt = row.argument == nil ? 0 : row.isOptional ? 2 : 1
            unsafe options.append(
                reconcile_option(name: names[index], has_argument: kind, value: CInt(1_000 + index)))
        }
        let shorts = unsafe rows.compactMap { row in
            row.short.map { "\($0)" + (row.argument == nil ? "" : row.isOptional ? "::" : ":") }
        }.joined()
        var result: [(String, String?)] = []
        var next: CInt = 0
        let count = CInt(unsafe arguments.count - 1)
        while true {
            var argument: UnsafePointer<CChar>?
            let code = unsafe reconcile_getopt(
                count, &arguments, shorts, options, CInt(options.count), &next, &argument)
            if code == -1 { break }
            guard code != 63 else { throw LogUsageError() }
            guard
                let row = code >= 1_000
                    ? unsafe rows[Int(code) - 1_000]
                    : unsafe rows.first(where: { $0.short?.asciiValue.map(CInt.init) == code })
            else { throw LogUsageError() }
            var value = unsafe argument.map { unsafe String(cString: $0) }
            if row.isOptional, value == nil, let word = unsafe word(at: next), unsafe Self.isNumber(word) {
                // journalctl takes the next word itself where it is a number.
                value = word
                next += 1
            }
            result.append((row.long, value))
        }
        if let word = unsafe word(at: next) {
            throw LogUsageError("matches like \"\(word)\" are not understood yet; see reconcile log --help.")
        }
        return result
    }

    private func word(at index: CInt) -> String? {
        guard unsafe Int(index) < arguments.count else { return nil }
        return unsafe arguments[Int(index)].map { unsafe String(cString: $0) }
    }

    private static func isNumber(_ word: String) -> Bool {
        word == "all" || Int(word.hasPrefix("+") ? String(word.dropFirst()) : word).map { $0 >= 0 } ?? false
    }
}
