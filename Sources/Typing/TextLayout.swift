import Query

/// A text in rows of so many columns, broken between words where that can be, and where in them the cursor is.
package struct TextLayout: Equatable, Sendable {
    /// The rows, without what ends them, made harmless for a terminal.
    package private(set) var rows: [String] = []
    /// Counted from nought.
    package private(set) var cursor = (row: 0, column: 0)
    /// Where each row begins, as a number of characters, and the columns before each of its characters.
    private var starts: [(first: Int, columns: [Int])] = []

    /// Lays characters out.
    ///
    /// A row that is full is followed by another one, perhaps an empty one: where a terminal has its cursor behind the
    /// last column differs.
    init(_ characters: [Character], cursor place: Int, width: Int) {
        let shown = characters.map(Self.shown)
        for range in Self.ranges(characters, shown.map(\.columns), width: max(width, 2)) {
            var (row, columns, column) = ("", [Int](), 0)
            for index in range {
                if index == place { cursor = (rows.count, column) }
                columns.append(column)
                if characters[index].isNewline { break }
                // A blank that a row has no room for ends it unseen.
                if column + shown[index].columns > max(width, 2), characters[index].isWhitespace { break }
                row += shown[index].text
                column += shown[index].columns
            }
            if place == characters.count, range.upperBound == place { cursor = (rows.count, column) }
            rows.append(row)
            starts.append((range.lowerBound, columns))
        }
    }

    /// The characters of each row; a line's end belongs to the row that it ends.
    private static func ranges(_ characters: [Character], _ widths: [Int], width: Int) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var (first, column, index) = (0, 0, 0)
        /// Where the row may be broken: behind its last blank.
        var blank: Int?
        while index < characters.count {
            if !characters[index].isNewline, column + widths[index] > width {
                let end = characters[index].isWhitespace ? index + 1 : blank ?? index
                ranges.append(first..<end)
                (first, column, index, blank) = (end, 0, end, nil)
                continue
            }
            column += widths[index]
            if characters[index].isWhitespace { blank = index + 1 }
            index += 1
            if characters[index - 1].isNewline || column == width && index == characters.count {
                ranges.append(first..<index)
                (first, column, blank) = (index, 0, nil)
            }
        }
        return ranges + [first..<characters.count]
    }

    private static func shown(_ character: Character) -> (text: String, columns: Int) {
        if character == "\t" { return ("  ", 2) }
        let isOdd = character.unicodeScalars.contains { scalar in
            switch scalar.value {
            case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
            default: false
            }
        }
        return isOdd ? ("\u{FFFD}", 1) : (String(character), TextWidth.width(of: character))
    }

    /// The place in the text, as a number of characters, that is nearest to a row and a column.
    func place(row: Int, column: Int) -> Int {
        if row < 0 { return 0 }
        guard row < starts.count else { return starts.last.map { $0.first + $0.columns.count } ?? 0 }
        let (first, columns) = starts[row]
        if let index = columns.firstIndex(where: { $0 >= column }) { return first + index }
        // Behind a row's last character one is already on the next row, but at the end of all.
        return first + (row == starts.count - 1 ? columns.count : max(0, columns.count - 1))
    }

    /// Whether two texts look the same.
    package static func == (one: TextLayout, other: TextLayout) -> Bool {
        one.rows == other.rows && one.cursor == other.cursor
    }
}
