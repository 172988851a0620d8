import CGetOpt

/// Drives glibc's getopt_long over words, as journalctl does.
@unsafe struct GetOpt {
    /// The options found, in their order, and the words that are none.
    struct Parsed {
        var options: [(option: LogOption, value: String?)] = []
        var words: [String] = []
    }

    private let table: [LogOption]
    // Owned copies of all strings, since getopt keeps pointers into them; freed by free().
    private var arguments: [UnsafeMutablePointer<CChar>?]
    private var names: [UnsafeMutablePointer<CChar>]

    /// Parses words. Throws ``LogUsageError`` after glibc has said on stderr what is wrong.
    static func parse(_ words: [String], as program: String, by table: [LogOption]) throws -> Parsed {
        var parser = unsafe GetOpt(words: words, program: program, table: table)
        defer { unsafe parser.free() }
        return try unsafe parser.parse()
    }

    private init(words: [String], program: String, table: [LogOption]) {
        unsafe self.table = table
        unsafe arguments = ([program] + words).map { unsafe Self.copy($0) } + [nil]
        unsafe names = table.map { unsafe Self.copy($0.long) }
    }

    private static func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
        let bytes = Array(text.utf8CString)
        let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        for (index, byte) in bytes.enumerated() { unsafe (pointer + index).initialize(to: byte) }
        return unsafe pointer
    }

    private mutating func free() {
        unsafe arguments.forEach { unsafe $0?.deallocate() }
        unsafe names.forEach { unsafe $0.deallocate() }
    }

    private mutating func parse() throws -> Parsed {
        var options: [reconcile_option] = unsafe []
        for (index, row) in unsafe table.enumerated() {
            let kind: CInt = row.argument == nil ? 0 : row.isOptional ? 2 : 1
            unsafe options.append(
                reconcile_option(name: names[index], has_argument: kind, value: CInt(1_000 + index)))
        }
        let shorts = unsafe table.compactMap { row in
            row.short.map { "\($0)" + (row.argument == nil ? "" : row.isOptional ? "::" : ":") }
        }.joined()
        var parsed = Parsed()
        var next: CInt = 0
        let count = CInt(unsafe arguments.count - 1)
        while true {
            var argument: UnsafePointer<CChar>?
            let code = unsafe reconcile_getopt(
                count, &arguments, shorts, options, CInt(options.count), &next, &argument)
            if code == -1 { break }
            guard code != 63 else { throw LogUsageError() }
            let row =
                code >= 1_000
                ? unsafe table[Int(code) - 1_000]
                : unsafe table.first { $0.short?.asciiValue.map(CInt.init) == code }
            guard let row else { throw LogUsageError() }
            var value = unsafe argument.map { unsafe String(cString: $0) }
            if row.long == "lines", value == nil, let word = unsafe word(at: next), LogLines(word) != nil {
                // journalctl takes the next word itself where it is a number.
                value = word
                next += 1
            }
            parsed.options.append((row, value))
        }
        while let word = unsafe word(at: next) {
            parsed.words.append(word)
            next += 1
        }
        return parsed
    }

    private func word(at index: CInt) -> String? {
        guard unsafe Int(index) < arguments.count else { return nil }
        return unsafe arguments[Int(index)].map { unsafe String(cString: $0) }
    }
}

/// The options make no sense; glibc may have said so already.
struct LogUsageError: Error {
    let text: String?
    init(_ text: String? = nil) { self.text = text }
}

/// How many entries `-n` asks for.
enum LogLines: Equatable {
    case all
    case newest(Int)
    case oldest(Int)

    /// A number as `strtol` reads it with base 0: `010` is eight. Nil for what is none.
    init?(_ text: String) {
        if text == "all" {
            self = .all
            return
        }
        var digits = text[...]
        while digits.first == " " { digits.removeFirst() }
        let isOldest = digits.hasPrefix("+")
        if isOldest { digits.removeFirst() }
        let isHexadecimal = digits.lowercased().hasPrefix("0x")
        let isOctal = !isHexadecimal && digits.hasPrefix("0") && digits.count > 1
        let plain = isHexadecimal ? digits.dropFirst(2) : isOctal ? digits.dropFirst() : digits
        guard plain.utf8.allSatisfy({ UInt8(ascii: "+") != $0 && UInt8(ascii: "-") != $0 }),
            let number = Int32(plain, radix: isHexadecimal ? 16 : isOctal ? 8 : 10).map({ Int($0) })
        else { return nil }
        self = isOldest ? .oldest(number) : .newest(number)
    }
}
