import ArgumentParser
import LocalAPI

struct Erase: Command {
    static let configuration = CommandConfiguration(
        abstract: "Delete an entry of yours for good, on every device; your partner has to agree.",
        discussion: """
            Example: reconcile erase 3f2a

            A draft, and what no other device has had yet, is deleted at once. What was exported or backed up is out of \
            reach. To take something back that may be unfolded again there is retract.
            """)
    @OptionGroup var socket: SocketOptions
    @Argument(help: "The entry or draft.") var entry: String
    @Flag(name: .shortAndLong, help: "Don't ask first.") var yes = false
    @Flag(help: "Print the answer as JSON.") var json = false

    func execute() throws {
        try Erasing.confirm(
            "Its words will be gone for good where nobody else has them, and else once your partner agrees. What was exported or backed up is out of reach.",
            of: entry, isSaid: yes, socket)
        let response = try Erasing.send("erase", entry, socket)
        if json { return Terminal.print(try encoded(response)) }
        if response.isDraft { return Terminal.say("\(response.id)  \(response.kind), deleted for good") }
        Terminal.say(
            response.isErased == true
                ? "Its words are deleted for good; no other device had them."
                : "Asked. Until your partner agrees it can still be read; reconcile status tells when it is gone."
        )
    }
}

struct Consent: Command {
    static let configuration = CommandConfiguration(
        abstract: "Agree that an entry of your partner's is deleted for good, on every device.",
        discussion: "Example: reconcile consent 3f2a")
    @OptionGroup var socket: SocketOptions
    @Argument(help: "The entry that your partner asks you to let go.") var entry: String
    @Flag(name: .shortAndLong, help: "Don't ask first.") var yes = false
    @Flag(help: "Print the answer as JSON.") var json = false

    func execute() throws {
        try Erasing.confirm(
            "Its words will be gone for good on your devices and theirs. What was exported or backed up is out of reach.",
            of: entry, isSaid: yes, socket)
        let response = try Erasing.send("consent", entry, socket)
        Terminal.say(
            json
                ? try encoded(response)
                : "Its words are deleted here, and on each other device when they meet.")
    }
}

/// What can't be undone.
enum Erasing {
    static func confirm(_ consequence: String, of id: String, isSaid: Bool, _ socket: SocketOptions) throws {
        if isSaid { return }
        guard Terminal.isInputTerminal else { throw CLIError.needsYes }
        let entry = try socket.client.request("GET", "/entry?id=" + percentEncoded(id), as: EntryPayload.self)
        Terminal.note(Story.entry(entry) + "\n")
        Terminal.note(Lines.wrapped(consequence))
        guard ["y", "yes"].contains(Terminal.askAnew("Do it? [y/N] ")?.lowercased()) else {
            throw Interruption.end
        }
    }

    static func send(_ kind: String, _ entry: String, _ socket: SocketOptions) throws -> WriteResponse {
        try Arguments.check()
        var request = WriteRequest(kind: kind)
        request.share = true
        request.about = [entry]
        return try Writing.write(Unfinished(request), socket)
    }
}
