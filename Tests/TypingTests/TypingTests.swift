import Testing

@testable import Typing

struct KeyDecoderTests {
    private func keys(_ text: String) -> [Key] {
        var decoder = KeyDecoder()
        return decoder.keys(Array(text.utf8))
    }

    @Test func `what is typed is text, and what commands is a key`() {
        #expect(keys("ab\u{7F}\r") == [.text("ab"), .backspace, .enter])
        #expect(keys("\u{01}\u{05}\u{17}\u{18}\u{0A}") == [.home, .end, .deleteWord, .editor, .newline])
        #expect(
            keys("\u{1B}[A\u{1B}[B\u{1B}[C\u{1B}[D\u{1B}OH\u{1B}[3~") == [
                .up, .down, .right, .left, .home, .delete,
            ])
        #expect(
            keys("\u{1B}[1;5D\u{1B}[1;5C\u{1B}b\u{1B}f\u{1B}\r") == [
                .wordLeft, .wordRight, .wordLeft, .wordRight, .newline,
            ])
    }

    @Test func `what is pasted ends no answer, and brings no escape sequences in`() {
        #expect(
            keys("\u{1B}[200~one\r\ntwo\rthree\u{1B}[31m\u{07}\u{1B}[201~x") == [
                .text("one\ntwo\nthree[31mx")
            ])
    }

    @Test func `pieces of any size give the same keys`() {
        let text = "Grüße 雪 👩‍👩‍👧 \u{1B}[1;5D\u{1B}[200~zwei\r\nZeilen\u{1B}[201~\u{1B}[A\u{03}"
        let bytes = Array(text.utf8)
        let whole = keys(text)
        for size in 1...bytes.count {
            var decoder = KeyDecoder()
            var found: [Key] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                for key in decoder.keys(Array(bytes[start..<min(start + size, bytes.count)])) {
                    if case .text(let more) = key, case .text(let text)? = found.last {
                        found[found.count - 1] = .text(text + more)
                    } else {
                        found.append(key)
                    }
                }
            }
            #expect(found == whole, "in pieces of \(size)")
        }
    }

    @Test func `bytes of any kind crash nothing and hold nothing up`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            var decoder = KeyDecoder()
            _ = decoder.keys(
                (0..<40).map { _ in
                    [0x1B, 0x5B, 0x32, 0x30, 0x7E, 0xC3, .random(in: 0...255)].randomElement(
                        using: &generator) ?? 0
                })
            // The end of a paste, if one was begun; then a sequence that was begun; then it is typing again.
            _ = decoder.keys(Array("\u{1B}[201~".utf8) + Array(repeating: 0x40, count: 80))
            #expect(decoder.keys(Array("\r".utf8)).contains(.enter))
        }
    }
}

struct TextFieldTests {
    private func field(_ text: String, _ keys: Key...) -> TextField {
        var field = TextField(text)
        for key in keys { _ = field.take(key) }
        return field
    }

    @Test func `each key does what it does in a shell`() {
        #expect(field("one two", .backspace).text == "one tw")
        #expect(field("one two", .deleteWord).text == "one ")
        #expect(field("one two", .home, .delete).text == "ne two")
        #expect(field("one two", .wordLeft, .text("x")).text == "one xtwo")
        #expect(field("one\ntwo", .home, .text("x")).text == "one\nxtwo")
        #expect(field("one\ntwo", .deleteToStart).text == "one\n")
        #expect(field("one\ntwo", .home, .deleteToEnd).text == "one\n")
        #expect(field("", .backspace, .delete, .left, .right, .deleteWord).text == "")
    }

    @Test func `an accent joins the letter before it, and a character is deleted whole`() {
        let field = field("cafe", .text("\u{301}"))
        #expect(field.cursor == 4)
        #expect(self.field("a👩‍👩‍👧", .backspace).text == "a")
    }

    @Test func `Ctrl-D ends only where nothing was typed`() {
        var empty = TextField()
        #expect(empty.take(.endOfInput) == .passed)
        var full = TextField("ab")
        _ = full.take(.home)
        #expect(full.take(.endOfInput) == .changed)
        #expect(full.text == "b")
    }
}

struct TextLayoutTests {
    @Test func `rows hold so many columns, wide characters two`() {
        #expect(TextField("abcdef").layout(width: 4).rows == ["abcd", "ef"])
        #expect(TextField("雪雪雪").layout(width: 5).rows == ["雪雪", "雪"])
        #expect(TextField("ab\ncd").layout(width: 4).rows == ["ab", "cd"])
        // Behind a full row the cursor is on the next one.
        let full = TextField("abcd").layout(width: 4)
        #expect(full.rows == ["abcd", ""] && full.cursor == (1, 0))
    }

    @Test func `nothing that a terminal would obey is drawn`() {
        #expect(TextField("a\u{1B}[2J\u{202E}").layout(width: 20).rows == ["a\u{FFFD}[2J\u{FFFD}"])
    }

    @Test func `up and down stay near the column`() {
        var field = TextField("abcdef\nxy\nuvwxyz")
        field.move(rows: -1, width: 80)
        #expect(field.cursor == 9)
        field.move(rows: -1, width: 80)
        #expect(field.cursor == 2)
        field.move(rows: -1, width: 80)
        #expect(field.cursor == 0)
    }

    @Test(arguments: 2...9)
    func `every place is where its row and column say`(width: Int) {
        let text = "ab 雪cd\n\n👩‍👩‍👧ef\tgh"
        var field = TextField(text)
        _ = field.take(.home)
        while field.cursor > 0 { _ = field.take(.left) }
        for place in 0...text.count {
            let layout = field.layout(width: width)
            #expect(layout.place(row: layout.cursor.row, column: layout.cursor.column) == place)
            #expect(layout.cursor.column <= width && layout.cursor.row < layout.rows.count)
            _ = field.take(.right)
        }
    }
}
