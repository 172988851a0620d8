import Query

/// Text in lines for a terminal of some width.
enum Lines {
    /// A text broken between words, so that no line is wider than that; lines that are there stay, each with its indent.
    static func wrapped(_ text: String, to width: Int = Terminal.width, indent: String = "") -> String {
        // By scalars: a carriage return and a newline are one character.
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
            let own = indent + String(repeating: " ", count: line.prefix { $0 == " " }.count)
            return TextWidth.wrap(String(line.drop { $0 == " " }), to: max(width - own.utf8.count, 10))
                .map { $0.isEmpty ? "" : own + $0 }
        }.joined(separator: "\n")
    }

    /// A line cut to so many columns, with an ellipsis where something is missing.
    static func fitting(_ line: String, to width: Int) -> String {
        guard TextWidth.width(of: line) > width else { return line }
        var (text, columns) = ("", 0)
        for character in line {
            let next = TextWidth.width(of: character)
            if columns + next > width - 3 { break }
            text.append(character)
            columns += next
        }
        return text + "..."
    }
}
