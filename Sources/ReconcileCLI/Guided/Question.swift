import Glibc
import Typing

/// Why someone stopped answering.
enum Interruption: Error {
    /// By Ctrl-C, or because the terminal was closed or the process told to end: the number of such a signal.
    case signal(CInt)
    /// There is nothing more to read.
    case end
}

/// One question at a terminal, with an answer of any length.
struct Question {
    private let text: String
    private var field: TextField
    /// Told what stands there, whenever one pauses and at the end of all.
    private let keep: (String) -> Void
    private var drawn = (row: 0, isThere: false)

    /// A question.
    ///
    /// - Parameter begun: an answer to go on with.
    /// - Parameter keep: told what stands there, whenever one pauses, and before an ``Interruption``.
    init(_ text: String, begun: String = "", keep: @escaping (String) -> Void = { _ in }) {
        (self.text, self.keep) = (text, keep)
        field = TextField(begun)
    }

    /// Asks it, and returns the answer without blanks at its ends. Throws ``Interruption``.
    ///
    /// - Parameter terminal: one that reads single keys already, for several questions; else one of its own is made.
    static func ask(
        _ text: String, begun: String = "", at terminal: RawTerminal? = nil,
        keep: @escaping (String) -> Void = { _ in }
    ) throws -> String {
        var question = Question(text, begun: begun, keep: keep)
        let answer =
            if let terminal { try question.ask(terminal) } else {
                try RawTerminal.with { own in try own.map { try question.ask($0) } ?? question.askPlainly() }
            }
        return String(answer[...].trimmed)
    }

    private mutating func ask(_ terminal: RawTerminal) throws -> String {
        Terminal.note(Style.question(Lines.wrapped(text)))
        var kept = field.text
        func keepNow(_ text: String) {
            guard text != kept else { return }
            keep(text)
            kept = text
        }
        draw()
        while true {
            switch terminal.next() {
            case .key(let key):
                if let answer = try take(key, terminal) {
                    keepNow(answer)
                    return answer
                }
                if terminal.isIdle { draw() }
            case .resized: draw()
            case .pause: keepNow(field.text)
            case .closed:
                keepNow(field.text)
                throw Interruption.end
            case .told(let number):
                leave()
                keepNow(field.text)
                throw Interruption.signal(number)
            }
        }
    }

    /// Takes a key, and returns the answer if that ended it.
    private mutating func take(_ key: Key, _ terminal: RawTerminal) throws -> String? {
        guard field.take(key) != .ended else {
            leave()
            return field.text
        }
        switch key {
        case .up: field.move(rows: -1, width: Self.width)
        case .down: field.move(rows: 1, width: Self.width)
        case .editor:
            let begun = field.text
            let text = text
            leave()
            do {
                field.text = try terminal.outside { try Editor.write(text, begun: begun) }
            } catch {
                // What stood there before is still there.
                Terminal.note("reconcile: " + Explanation.text(of: error))
            }
        case .suspend:
            leave()
            terminal.suspend()
        case .redraw:
            Terminal.write(Array("\u{1B}[H\u{1B}[2J".utf8), to: 2)
            Terminal.note(Style.question(Lines.wrapped(text)))
            drawn = (0, false)
        case .interrupt:
            leave()
            keep(field.text)
            throw Interruption.signal(SIGINT)
        case .endOfInput where field.text.isEmpty:
            leave()
            throw Interruption.end
        default: break
        }
        return nil
    }

    /// Where nothing can be drawn, a line is an answer.
    private func askPlainly() throws -> String {
        Terminal.note(Style.question(Lines.wrapped(text)))
        if !field.text.isEmpty { Terminal.note(shown(Story.indented(field.text))) }
        Terminal.write(Array("> ".utf8), to: 2)
        guard let line = readLine() else { throw Interruption.end }
        return line.isEmpty ? field.text : line
    }

    private static var width: Int { max(RawTerminal.size.columns - 2, 2) }

    /// Draws what stands there, over what was drawn before.
    private mutating func draw() {
        let layout = field.layout(width: Self.width)
        // Of a long text, those rows that fit with the one that the cursor is on.
        let height = max(RawTerminal.size.rows - 1, 1)
        let first = max(0, layout.cursor.row - height + 1)
        let last = min(layout.rows.count, first + height)
        var output = drawn.isThere && drawn.row > 0 ? "\u{1B}[\(drawn.row)A" : ""
        output += "\r\u{1B}[J"
        for index in first..<last {
            output += (index == first ? "" : "\r\n") + (index == 0 ? "> " : "  ") + layout.rows[index]
        }
        let up = last - 1 - layout.cursor.row
        if up > 0 { output += "\u{1B}[\(up)A" }
        output += "\r\u{1B}[\(min(layout.cursor.column, Self.width - 1) + 2)C"
        drawn = (layout.cursor.row - first, true)
        Terminal.write(Array(output.utf8), to: 2)
    }

    /// Leaves what was drawn standing, and goes on below it.
    private mutating func leave() {
        field.moveToEnd()
        draw()
        Terminal.write([0x0A], to: 2)
        drawn = (0, false)
    }
}

/// What stands out on a terminal that shows colours to someone who wants them.
enum Style {
    private static var isPlain: Bool {
        isatty(2) != 1 || Terminal.environment("TERM") == "dumb"
            || !(Terminal.environment("NO_COLOR") ?? "").isEmpty
    }

    static func question(_ text: String) -> String { isPlain ? text : "\u{1B}[1m\(text)\u{1B}[m" }

    static func aside(_ text: String) -> String { isPlain ? text : "\u{1B}[2m\(text)\u{1B}[m" }
}
