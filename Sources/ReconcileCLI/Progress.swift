import Glibc

/// How far something long is, on one line of the terminal; silent where there is none.
struct Progress {
    private let isShown = isatty(2) == 1
    private var last = ""

    /// Shows it in place of what was shown before.
    mutating func show(_ text: String) {
        guard isShown, text != last else { return }
        last = text
        Terminal.write(Array("\r\u{1B}[K\(text)".utf8), to: 2)
    }

    /// Takes the line away.
    mutating func end() {
        if isShown, !last.isEmpty { Terminal.write(Array("\r\u{1B}[K".utf8), to: 2) }
        last = ""
    }

    /// A bar with its part in hundredths.
    static func bar(_ done: Int, of all: Int) -> String {
        let part = all > 0 ? max(0, min(100, Int(clamping: Int128(done) * 100 / Int128(all)))) : 100
        let full = part / 5
        return "[" + String(repeating: "#", count: full) + String(repeating: " ", count: 20 - full)
            + "] \(part) %"
    }

    /// A number of bytes for people.
    static func size(_ bytes: Int) -> String {
        guard bytes >= 1_024 else { return "\(bytes) bytes" }
        let kibibytes = bytes / 102
        guard kibibytes >= 10_240 else { return "\(kibibytes / 10).\(kibibytes % 10) KiB" }
        let mebibytes = bytes / 104_857
        guard mebibytes < 102_400 else { return "\(mebibytes / 10_240).\(mebibytes % 10_240 / 1_024) GiB" }
        return "\(mebibytes / 10).\(mebibytes % 10) MiB"
    }
}
