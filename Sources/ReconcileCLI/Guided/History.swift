import LocalAPI

/// One note, once an account, that words in arguments lie in the shell's history.
enum History {
    private static var path: String { PrivateFile.directory + "/history-noted" }

    static func warn(_ request: WriteRequest) {
        guard Terminal.isInputTerminal, request.fields.contains(where: { $0.name != "none-here" }),
            PrivateFile.read(path) == nil
        else { return }
        let command = Unfinished.command(request.kind)
        Terminal.note(
            "Words in arguments stay in your shell's history. Without them, reconcile \(command) asks.")
        // Where it can't be noted it is said again.
        _ = PrivateFile.write([], to: path)
    }
}
