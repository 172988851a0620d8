import Glibc

/// The person's editor, on a private file in memory that is gone afterwards.
enum Editor {
    private static let scissors = "# ----- What stands below this line is left out. -----"

    /// Lets a text be written, or one that was begun. Throws ``CLIError``; what was typed is kept then.
    static func write(_ prompt: String, begun: String = "") throws -> String {
        let editor = Terminal.environment("VISUAL") ?? Terminal.environment("EDITOR") ?? "editor"
        let directory = Terminal.environment("XDG_RUNTIME_DIR") ?? "/dev/shm"
        // A directory of its own: editors leave copies beside a file.
        let own = directory + "/reconcile-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        guard unsafe mkdir(own, 0o700) == 0 else { throw CLIError.unwritable(own, errno) }
        defer { remove(own) }
        let path = own + "/words.txt"
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CLIError.unwritable(path, errno) }
        let hint = Array("\(begun)\n\(scissors)\n# \(prompt)\n# An empty text writes nothing.\n".utf8)
        let isWritten = Terminal.write(hint, to: descriptor)
        _ = close(descriptor)
        guard isWritten else { throw CLIError.unwritable(path, errno) }
        let status = unsafe system("\(editor) '\(path)'")
        let bytes = PrivateFile.read(path) ?? []
        guard status == 0 else {
            if bytes != hint { Unfinished.keep(bytes, as: "editor.txt") }
            throw CLIError.editor(editor)
        }
        let lines = try Terminal.text(bytes).split(separator: "\n", omittingEmptySubsequences: false)
        let end = lines.firstIndex { $0 == scissors } ?? lines.endIndex
        var text = lines[..<end].joined(separator: "\n")[...]
        while text.last?.isNewline == true { text.removeLast() }
        guard !text.isEmpty else { throw CLIError.nothingWritten }
        return String(text)
    }

    private static func remove(_ directory: String) {
        for name in PrivateFile.names(in: directory, beginningWith: "") where name != "." && name != ".." {
            _ = unsafe unlink(directory + "/" + name)
        }
        _ = unsafe rmdir(directory)
    }
}
