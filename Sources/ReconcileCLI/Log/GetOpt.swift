import CGetOpt
import Glibc

/// Drives glibc's getopt_long over words, as journalctl does.
@unsafe struct GetOpt {
    private let table: [LogOption]
    // Memory of our own for all strings, since getopt keeps pointers into them; released by deallocate(). No arrays: the
    // runtime would make a type of each at the first use, and they are needed for a moment of a short process.
    private let arguments: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>
    private let options: UnsafeMutableBufferPointer<reconcile_option>

    /// Parses words: hands over each option as it comes, and returns the words that are none.
    ///
    /// Throws ``LogUsageError`` after glibc has said on stderr what is wrong, and what `take` throws.
    static func parse(
        _ words: [String], as program: String, by table: [LogOption],
        take: (LogOption, String?) throws -> Void
    ) throws -> [String] {
        let parser = unsafe GetOpt(words: words, program: program, table: table)
        defer { unsafe parser.deallocate() }
        return try unsafe parser.parse(take)
    }

    private init(words: [String], program: String, table: [LogOption]) {
        unsafe self.table = table
        unsafe arguments = .allocate(capacity: words.count + 2)
        unsafe arguments.initializeElement(at: 0, to: strdup(program))
        for (index, word) in words.enumerated() {
            unsafe arguments.initializeElement(at: index + 1, to: strdup(word))
        }
        unsafe arguments.initializeElement(at: words.count + 1, to: nil)
        unsafe options = .allocate(capacity: table.count)
        for (index, row) in table.enumerated() {
            let kind: CInt = row.argument == nil ? 0 : row.isOptional ? 2 : 1
            let option = unsafe reconcile_option(
                name: strdup(row.long), has_argument: kind, value: CInt(1_000 + index))
            unsafe options.initializeElement(at: index, to: option)
        }
    }

    private func deallocate() {
        for index in unsafe arguments.indices { unsafe free(arguments[index]) }
        unsafe arguments.deallocate()
        for index in unsafe options.indices {
            unsafe free(UnsafeMutablePointer(mutating: options[index].name))
        }
        unsafe options.deallocate()
    }

    private func parse(_ take: (LogOption, String?) throws -> Void) throws -> [String] {
        var shorts = ""
        for row in unsafe table {
            guard let short = row.short else { continue }
            shorts.append(short)
            shorts += row.argument == nil ? "" : row.isOptional ? "::" : ":"
        }
        var next: CInt = 0
        let count = CInt(unsafe arguments.count - 1)
        while true {
            var argument: UnsafePointer<CChar>?
            let code = unsafe reconcile_getopt(
                count, arguments.baseAddress, shorts, options.baseAddress, CInt(options.count), &next,
                &argument)
            if code == -1 { break }
            guard code != 63 else { throw LogUsageError() }
            let row =
                code >= 1_000
                // Can't trap: the C library gives back the codes that the table has.
                ? unsafe table[Int(code) - 1_000]
                : unsafe table.first { $0.short?.asciiValue.map(CInt.init) == code }
            guard let row else { throw LogUsageError() }
            var value = unsafe argument.map { unsafe String(cString: $0) }
            if row.long == "lines", value == nil, let word = unsafe word(at: next), LogLines(word) != nil {
                // journalctl takes the next word itself where it is a number.
                value = word
                next += 1
            }
            try take(row, value)
        }
        var rest: [String] = []
        while let word = unsafe word(at: next) {
            rest.append(word)
            next += 1
        }
        return rest
    }

    private func word(at index: CInt) -> String? {
        // Can't trap: an Int is wider.
        guard unsafe Int(index) < arguments.count else { return nil }
        // Can't trap: as was just looked.
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
            // Can't trap: an Int is wider.
            let number = Int32(plain, radix: isHexadecimal ? 16 : isOctal ? 8 : 10).map({ Int($0) })
        else { return nil }
        self = isOldest ? .oldest(number) : .newest(number)
    }
}
