import ArgumentParser
import LocalAPI

/// The first time: what this is, a name, and something to write. Every question can be passed over.
enum FirstRun {
    private static let welcome = """
        Reconcile is a journal for you and your partner, for when something went wrong.
        Your words lie on this machine, readable to your account alone.
        Nothing leaves it until you share it, one entry at a time.
        If you are afraid of your partner, read first: reconcile help safety
        """

    static func begin(_ client: LocalClient) throws {
        Terminal.say(welcome)
        let login = Terminal.environment("USER") ?? "me"
        guard Terminal.isInputTerminal,
            let answer = Terminal.ask("\nWhat does your partner call you? [\(shownLine(login))] ")
        else {
            Terminal.print("Set it up with: reconcile init --name YOU")
            return
        }
        let name = answer.isEmpty ? login : answer
        _ = try client.request(
            "POST", "/init", body: InitRequest(person: name, device: Terminal.machine), as: StatusPayload.self
        )
        Terminal.print("")
        try offerToWrite()
    }

    private static func offerToWrite() throws {
        let kinds: [(key: String, command: any EntryCommand.Type)] = [
            ("n", Note.self), ("h", Hurt.self), ("r", Reflect.self),
        ]
        let question = "Write something now? n a note, h a hurt, r your own part; Enter for later: "
        guard let answer = Terminal.ask(question)?.lowercased(),
            let chosen = kinds.first(where: { answer == $0.key })
        else {
            Terminal.say("Whenever you like: reconcile note")
            Terminal.say("To meet your partner, on both machines: reconcile pair")
            return
        }
        try chosen.command.parse([]).execute()
    }
}
