/// What someone did at the keyboard.
package enum Key: Equatable, Sendable {
    /// Typed or pasted; a pasted text may have several lines.
    case text(String)
    /// The end of the answer.
    case enter
    case newline
    case backspace
    case delete
    case left
    case right
    case up
    case down
    case home
    case end
    case wordLeft
    case wordRight
    case deleteWord
    case deleteToStart
    case deleteToEnd
    /// The person's own editor is wanted.
    case editor
    case redraw
    case suspend
    /// Ctrl-C.
    case interrupt
    /// Ctrl-D.
    case endOfInput
}
