/// A text while it is typed, and where in it one is.
package struct TextField: Equatable, Sendable {
    /// What a key came to.
    package enum Outcome: Equatable, Sendable {
        case changed
        case ended
        /// The key is for someone else.
        case passed
    }

    private var characters: [Character]
    /// The number of characters before it.
    package private(set) var cursor: Int

    /// A field with a text to go on with.
    package init(_ text: String = "") {
        characters = Array(text)
        cursor = characters.count
    }

    /// What stands in it.
    package var text: String {
        get { String(characters) }
        set { self = TextField(newValue) }
    }

    /// Takes a key.
    package mutating func take(_ key: Key) -> Outcome {
        switch key {
        case .text(let text): insert(text)
        case .newline: insert("\n")
        case .enter: return .ended
        case .endOfInput:
            guard !characters.isEmpty else { return .passed }
            delete(cursor..<min(cursor + 1, characters.count))
        case .backspace: delete(max(0, cursor - 1)..<cursor)
        case .delete: delete(cursor..<min(cursor + 1, characters.count))
        case .left: cursor = max(0, cursor - 1)
        case .right: cursor = min(characters.count, cursor + 1)
        case .home: cursor = start(ofLineAt: cursor)
        case .end: cursor = end(ofLineAt: cursor)
        case .wordLeft: cursor = wordStart
        case .wordRight: cursor = wordEnd
        case .deleteWord: delete(wordStart..<cursor)
        case .deleteToStart: delete(start(ofLineAt: cursor)..<cursor)
        case .deleteToEnd: delete(cursor..<end(ofLineAt: cursor))
        case .up, .down, .editor, .redraw, .suspend, .interrupt: return .passed
        }
        return .changed
    }

    /// Goes to the place of a layout that is so many rows away, as near to the same column as there is one.
    package mutating func move(rows: Int, width: Int) {
        let layout = TextLayout(characters, cursor: cursor, width: width)
        cursor = layout.place(row: layout.cursor.row + rows, column: layout.cursor.column)
    }

    /// How it stands on a screen.
    package func layout(width: Int) -> TextLayout { TextLayout(characters, cursor: cursor, width: width) }

    /// Goes behind the last character.
    package mutating func moveToEnd() { cursor = characters.count }

    private mutating func insert(_ text: String) {
        // What is typed may belong to the character before it: an accent, a skin tone.
        let before = Array(String(characters[..<cursor]) + text)
        characters = before + characters[cursor...]
        cursor = before.count
    }

    private mutating func delete(_ range: Range<Int>) {
        characters.removeSubrange(range)
        cursor = range.lowerBound
    }

    private func start(ofLineAt place: Int) -> Int {
        characters[..<place].lastIndex(where: \.isNewline).map { $0 + 1 } ?? 0
    }

    private func end(ofLineAt place: Int) -> Int {
        characters[place...].firstIndex(where: \.isNewline) ?? characters.count
    }

    private var wordStart: Int {
        var place = cursor
        while place > 0, characters[place - 1].isWhitespace { place -= 1 }
        while place > 0, !characters[place - 1].isWhitespace { place -= 1 }
        return place
    }

    private var wordEnd: Int {
        var place = cursor
        while place < characters.count, characters[place].isWhitespace { place += 1 }
        while place < characters.count, !characters[place].isWhitespace { place += 1 }
        return place
    }
}
