import Glibc
import Typing

/// The terminal while single keys are read from it, and the signals that matter meanwhile.
///
/// What stands on a line that is not ended yet is in the kernel otherwise, and gone with a closed terminal; and no line
/// there is longer than 4,095 bytes.
final class RawTerminal {
    /// What happened at the terminal.
    enum Event {
        case key(Key)
        /// Its size has changed.
        case resized
        /// Nothing for a second.
        case pause
        /// It is gone.
        case closed
        /// The process is to end, by a signal.
        case told(CInt)
    }

    private static let brackets = (on: "\u{1B}[?2004h", off: "\u{1B}[?2004l")
    private let before: termios
    private var decoder = KeyDecoder()
    /// What was typed and has not been looked at: an answer may end in the middle of what was read.
    private var keys: [Key] = []

    /// Whether there is nothing to be looked at for now.
    var isIdle: Bool { keys.isEmpty }

    /// Whether single keys can be read and something be drawn.
    static var isThere: Bool {
        Terminal.isInputTerminal && isatty(2) == 1 && Terminal.environment("TERM") != "dumb"
    }

    /// Begins; nil where that terminal can't do it.
    init?() {
        var settings = termios()
        guard unsafe tcgetattr(0, &settings) == 0 else { return nil }
        before = settings
        Signals.catchThem()
        begin()
    }

    /// Does something with one; without one where there can be none.
    static func with<Answer>(_ work: (RawTerminal?) throws -> Answer) rethrows -> Answer {
        let terminal = isThere ? RawTerminal() : nil
        defer {
            terminal?.end()
            if terminal != nil { Signals.release() }
        }
        return try work(terminal)
    }

    private func begin() {
        // Whoever types faster than they are asked ended lines in the other way until now.
        while Self.isReady(0), let bytes = Terminal.read(0), !bytes.isEmpty {
            unsafe TypedAhead.bytes += bytes.map { $0 == 0x0A ? 0x0D : $0 }
        }
        var raw = before
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
        raw.c_iflag &= ~tcflag_t(ICRNL | INLCR | IGNCR | IXON)
        _ = unsafe tcsetattr(0, TCSADRAIN, &raw)
        Terminal.write(Array(Self.brackets.on.utf8), to: 2)
    }

    private func end() {
        while Self.isReady(0), let bytes = Terminal.read(0), !bytes.isEmpty {
            unsafe TypedAhead.bytes += bytes
        }
        // Keys that were not looked at are for whoever asks next.
        let typed = keys.reduce(into: [UInt8]()) { bytes, key in
            switch key {
            case .text(let text): bytes += Array(text.utf8)
            case .enter: bytes.append(0x0D)
            default: break
            }
        }
        keys = []
        unsafe TypedAhead.bytes.insert(contentsOf: typed, at: 0)
        Terminal.write(Array(Self.brackets.off.utf8), to: 2)
        var settings = before
        _ = unsafe tcsetattr(0, TCSADRAIN, &settings)
    }

    /// Does something with the terminal as it was before.
    func outside<Answer>(_ work: () throws -> Answer) rethrows -> Answer {
        end()
        defer { begin() }
        return try work()
    }

    /// Lets the shell take over until it comes back.
    func suspend() {
        outside {
            // Only what stops this process can end that.
            _ = raise(SIGTSTP)
        }
    }

    /// Waits for the next event.
    func next() -> Event {
        while true {
            let number = Signals.told
            if number != 0 { return .told(number) }
            if Signals.takeResize() { return .resized }
            if unsafe !TypedAhead.bytes.isEmpty { keys += decoder.keys(TypedAhead.take()) }
            if !keys.isEmpty { return .key(keys.removeFirst()) }
            var wanted = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&wanted, 1, 1_000)
            if ready == 0 {
                decoder.pause()
                return .pause
            }
            if ready < 0 { continue }
            guard let bytes = Terminal.read(0), !bytes.isEmpty else {
                // A closed terminal is told of by its signal too.
                return .closed
            }
            keys += decoder.keys(bytes)
        }
    }

    private static func isReady(_ milliseconds: CInt) -> Bool {
        var wanted = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&wanted, 1, milliseconds) > 0 && wanted.revents & Int16(POLLIN) != 0
    }

    /// The rows and columns there are.
    static var size: (rows: Int, columns: Int) {
        var size = winsize()
        guard unsafe ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (24, Terminal.width)
        }
        return (Int(size.ws_row), Int(size.ws_col))
    }
}

/// What was typed before it was asked for, with the terminal in another mode.
enum TypedAhead {
    // Safe: one thread reads the terminal.
    nonisolated(unsafe) fileprivate(set) static var bytes: [UInt8] = []

    fileprivate static func take() -> [UInt8] {
        defer { unsafe bytes = [] }
        return unsafe bytes
    }

    /// Forgets it, and what the terminal has ready: it was no answer to what is asked next.
    static func forget() {
        unsafe bytes = []
        _ = tcflush(0, TCIFLUSH)
    }

    /// The beginning of a line of it, without its end.
    static func beginning() -> String { String(decoding: take(), as: UTF8.self) }

    /// A whole line of it; nil if there is none.
    static func line() -> String? {
        guard let end = unsafe bytes.firstIndex(where: { $0 == 0x0D || $0 == 0x0A }) else { return nil }
        defer { unsafe bytes.removeFirst(end + 1) }
        return unsafe String(decoding: bytes[..<end], as: UTF8.self)
    }
}

/// Signals as flags: a handler can do no more than that.
private enum Signals {
    // Safe: written by handlers as one machine word, and read by one thread.
    nonisolated(unsafe) private static var number: sig_atomic_t = 0
    // Safe, as above.
    nonisolated(unsafe) private static var isResized: sig_atomic_t = 0
    // Safe: only the thread that reads the terminal ever touches it.
    nonisolated(unsafe) private static var before: [(number: CInt, action: sigaction)] = []

    static var told: CInt { unsafe number }

    static func takeResize() -> Bool {
        defer { unsafe isResized = 0 }
        return unsafe isResized != 0
    }

    static func catchThem() {
        for signal in [SIGHUP, SIGTERM, SIGINT] {
            install(signal) { unsafe Signals.number = $0 }
        }
        install(SIGWINCH) { _ in unsafe Signals.isResized = 1 }
    }

    /// Lets them do again what they did before, as nobody asks for the flags any more.
    static func release() {
        for index in unsafe before.indices {
            _ = unsafe sigaction(before[index].number, &before[index].action, nil)
        }
        unsafe before = []
    }

    private static func install(_ number: CInt, _ handler: @escaping @convention(c) (CInt) -> Void) {
        var (action, old) = (sigaction(), sigaction())
        unsafe action.__sigaction_handler.sa_handler = handler
        _ = unsafe sigaction(number, &action, &old)
        unsafe before.append((number, old))
    }
}
