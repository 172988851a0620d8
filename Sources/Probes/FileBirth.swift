import CStatFS

/// What a file is told by from any copy of it: its number, and when it was made where the file system knows that.
package struct FileBirth: Equatable, Sendable, CustomStringConvertible {
    /// Number, seconds and nanoseconds, as text.
    package let description: String

    /// That of the file that a descriptor leads to; nil if it can't be told, by `errno`.
    package init?(descriptor: CInt) {
        var birth = file_birth()
        guard unsafe file_birth(descriptor, &birth) == 0 else { return nil }
        description = "\(birth.number) \(birth.seconds) \(birth.nanoseconds)"
    }
}
