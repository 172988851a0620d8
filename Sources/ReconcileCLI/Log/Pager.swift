import Glibc

/// The program in which long output is read.
///
/// Safe: the stream belongs to this object alone, and is closed with it.
@safe final class Pager {
    private let stream: UnsafeMutablePointer<FILE>
    /// Where its input is written.
    let descriptor: CInt

    /// Starts it; nil where none is wanted or none can be started.
    ///
    /// - Parameter atEnd: whether it begins with the last page.
    init?(atEnd: Bool) {
        let wish = Terminal.environment("RECONCILE_PAGER") ?? Terminal.environment("PAGER")
        if let wish, wish.isEmpty || wish == "cat" { return nil }
        // It wraps and never chops, shows colours, and leaves at once what fits on the screen.
        let usual = "command -v less > /dev/null 2>&1 && exec less -FRX\(atEnd ? " +G" : ""); exec cat"
        guard let stream = unsafe popen(wish ?? usual, "w") else { return nil }
        unsafe self.stream = unsafe stream
        descriptor = unsafe fileno(stream)
        // Ctrl-C is for the pager: it stops what it is doing there, and reading goes on.
        signal(SIGINT, SIG_IGN)
    }

    /// Waits until its person has seen enough.
    func finish() { _ = unsafe pclose(stream) }
}
