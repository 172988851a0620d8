import Glibc

/// Patterns with `*`, `?` and `[...]`, as the shell has them.
enum Glob {
    /// Whether a text means something as a pattern.
    static func isPattern(_ text: String) -> Bool { text.contains { "*?[".contains($0) } }

    /// Whether a text as a whole fits a pattern.
    static func matches(_ pattern: String, _ text: String) -> Bool {
        // Safe: both strings live until the call returns.
        unsafe fnmatch(pattern, text, 0) == 0
    }
}
