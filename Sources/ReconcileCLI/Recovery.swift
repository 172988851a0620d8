import ArgumentParser
import LocalAPI

struct Recovery: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Words on paper, by which you come back if you lose your devices.",
        discussion: """
            Twelve words that you write down, once. If your last device is lost or broken, a new one takes its place by \
            them: `reconcile pair --recover`, on the new device and on any that has the journal, your partner's too. They \
            open no text by themselves, and this program keeps none of them: only the paper has them.

            Whoever finds the paper can speak as you until you notice: your devices tell you, and retiring the newcomer \
            undoes all that it did.

            Example: reconcile recovery create
            """,
        subcommands: [CreateRecovery.self, ListRecovery.self, WithdrawRecovery.self],
        defaultSubcommand: ListRecovery.self)
}

struct CreateRecovery: Command {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make new words, shown once, to be written down.",
        discussion: """
            Papers that you have already stay good. Three of the words are asked back, so that what stands on the paper \
            is right; until then nothing is changed.

            Example: reconcile recovery create
            """)
    @OptionGroup var socket: SocketOptions

    func execute() throws {
        try Arguments.check()
        guard Terminal.isInputTerminal else { throw CLIError.needsTerminal }
        try Self.run(socket)
    }

    /// Shows new words, asks three back, and lets them count.
    static func run(_ socket: SocketOptions) throws {
        let made = try socket.client.request("POST", "/recovery/new", as: WordsRequest.self)
        let words = made.words.split(separator: " ").map(String.init)
        Terminal.say("Write these down, in order, and keep the paper where only you will find it:\n")
        for start in stride(from: 0, to: words.count, by: 4) {
            let row = words.indices[start..<min(start + 4, words.count)].map { index in
                let number = "\(index + 1)"
                return String(repeating: " ", count: 3 - number.count) + number + " " + words[index]
                    + String(repeating: " ", count: max(10 - words[index].count, 1))
            }
            Terminal.say(row.joined())
        }
        Terminal.say("")
        for place in words.indices.shuffled().prefix(3).sorted() {
            while true {
                guard let answer = Terminal.ask("Word \(place + 1)? ") else {
                    Terminal.say("Nothing was changed: these words count for nothing.")
                    return
                }
                if isWord(answer, words[place]) { break }
                Terminal.say(
                    "That is not the word at place \(place + 1). Look at the paper, and at the list above.")
            }
        }
        _ = try socket.client.request("POST", "/recovery", body: made, as: [RecoveryPayload].self)
        Terminal.say("These words bring you back from now on. Clear this screen; they are not shown again.")
    }

    /// The first four letters tell the words apart.
    private static func isWord(_ answer: String, _ word: String) -> Bool {
        let typed = answer.lowercased().filter(\.isLetter)
        return typed.count >= min(4, word.count) && word.hasPrefix(typed)
    }
}

struct ListRecovery: Command {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Which papers count, without their words.",
        discussion: "Example: reconcile recovery list --json")
    @OptionGroup var socket: SocketOptions
    @Flag(help: "Print JSON.") var json = false

    func execute() throws {
        let papers = try socket.client.request("GET", "/recovery", as: [RecoveryPayload].self)
        if json { return Terminal.print(try encoded(papers)) }
        if papers.isEmpty {
            Terminal.print("You have no recovery words. `reconcile recovery create` makes some.")
        }
        for paper in papers {
            let day = paper.made.map { ", on \(Terminal.time($0))" } ?? ""
            Terminal.print(shownLine("\(short(paper.id))  made on \(paper.device)\(day)"))
        }
    }
}

struct WithdrawRecovery: Command {
    static let configuration = CommandConfiguration(
        commandName: "withdraw", abstract: "Let the words of a paper count no more.",
        discussion: """
            From the device on which they were made, from one that was let in before it, or from any with the words \
            themselves. A device that came back by them before stays.

            Examples:
              reconcile recovery withdraw 1a2b3c4d
              reconcile recovery withdraw --words
            """)
    @OptionGroup var socket: SocketOptions
    @Argument(help: "The paper, by the beginning of its id; not needed if there is only one.") var id: String?
    @Flag(help: "Ask for the words themselves.") var words = false

    func execute() throws {
        try Arguments.check()
        var text = ""
        if words {
            let typed =
                Terminal.isInputTerminal
                ? try Passphrase.typed("Your twelve recovery words (they don't show): ")
                : Array(try Terminal.readInput().utf8)
            text = String(decoding: typed, as: UTF8.self)
        }
        _ = try socket.client.request(
            "POST", "/recovery/withdraw" + (id.map { "?id=" + percentEncoded($0) } ?? ""),
            body: WordsRequest(words: text), as: [RecoveryPayload].self)
        Terminal.print("Those words bring nobody back any more.")
    }
}
