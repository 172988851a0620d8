import ArgumentParser
import LocalAPI

/// What all commands that write an entry share.
struct WriteOptions: ParsableArguments {
    @OptionGroup var socket: SocketOptions
    @Option(
        name: .shortAndLong,
        help: "The rift it belongs to: its title, its id or the beginning of it, or a draft.")
    var rift: String?
    @Flag(name: .shortAndLong, help: "Share it at once instead of keeping a draft.")
    var share = false
    @Option(help: "With --share, a private field that is to go along: underneath or kindness.")
    var include: [String] = []
    @Flag(help: "Print the answer as JSON.")
    var json = false
}

/// A command that writes one kind of entry.
protocol EntryCommand: Command {
    static var kind: String { get }
    /// The fields that the kind makes no sense without; the first one is read from stdin where nothing gives it.
    static var required: [String] { get }
    var options: WriteOptions { get }
    var fields: [(String, [String])] { get }
    var about: [String] { get }
    var choice: String? { get }
    /// Whether it is said what it is about, where it has to be about something.
    var isPlaced: Bool { get }
}

extension EntryCommand {
    var about: [String] { [] }
    var choice: String? { nil }
    var isPlaced: Bool { true }

    func execute() throws {
        try Arguments.check()
        var request = WriteRequest(kind: Self.kind)
        request.rift = options.rift
        request.about = about
        request.choice = choice
        request.fields = fields.flatMap { name, texts in texts.map { FieldPayload(name: name, text: $0) } }
        let lacking = Self.required.filter { name in !request.fields.contains { $0.name == name } }
        let lacksWords = !lacking.isEmpty && !request.fields.contains { $0.name == "none-here" }
        if Guide.isPossible, !options.json, lacksWords || !isPlaced {
            return try finish(try Guide.write(request, required: Self.required, options.socket))
        }
        guard isPlaced else {
            Unfinished(request).keepAloud()
            throw CLIError.unplaced(Self.kind)
        }
        History.warn(request)
        if lacksWords { try complete(&request, lacking) }
        if options.share, !options.json, Terminal.isInputTerminal {
            // First it is safe as a draft, whatever becomes of the question.
            return try finish(try Writing.write(Unfinished(request), options.socket))
        }
        request.share = options.share
        request.include = options.include
        if Self.kind == "receipt" || Self.kind == "let_be", options.share { request.asOf = [:] }
        try Writing.send(request, options.socket, json: options.json)
    }

    /// Reads the main text from standard input, where nobody can be asked for it.
    private func complete(_ request: inout WriteRequest, _ lacking: [String]) throws {
        // Said before anyone has typed a long text in vain.
        if let other = lacking.first(where: { $0 != Self.required.first }) {
            Unfinished(request).keepAloud()
            throw LocalClientError.refused(ErrorPayload("missing_field", other))
        }
        guard let main = lacking.first else { return }
        let text = try Terminal.readInput()
        if !text.isEmpty { request.fields.append(FieldPayload(name: main, text: text)) }
    }

    /// What becomes of a draft, by the one who wrote it.
    private func finish(_ draft: WriteResponse) throws {
        do {
            if options.share {
                try Sharing.share(draft.id, include: options.include, options.socket, json: false)
            } else {
                try Sharing.offer(draft, options.socket)
            }
        } catch {
            Terminal.note("It is not lost: it waits as a draft, \(draft.id).")
            throw error
        }
    }
}

func given(_ name: String, _ text: String?) -> (String, [String]) { (name, text.map { [$0] } ?? []) }

struct Account: EntryCommand {
    static let configuration = CommandConfiguration(
        abstract: "How it was, from where you stood.",
        discussion: "Example: reconcile account --rift toolbox --felt tired -m \"I came home and ...\"")
    static let kind = "account"
    static let required = ["text"]
    @OptionGroup var options: WriteOptions
    @Option(help: "What you felt; may stand several times.") var felt: [String] = []
    @Option(name: [.customShort("m"), .long], help: "The text; else from stdin or $EDITOR.") var text: String?
    var fields: [(String, [String])] { [("felt", felt), given("text", text)] }
}

struct Hurt: EntryCommand {
    static let configuration = CommandConfiguration(
        abstract: "One thing they did, and what it did to you.",
        discussion:
            "Example: reconcile hurt --rift toolbox --act \"On Tuesday you ...\" --impact \"I found ...\"")
    static let kind = "hurt"
    static let required = ["act", "impact"]
    @OptionGroup var options: WriteOptions
    @Option(help: "One thing they did, as a camera would have it.") var act: String?
    @Option(help: "What it did to you.") var impact: String?
    @Option(help: "What you ask for.") var ask: String?
    var fields: [(String, [String])] { [given("act", act), given("impact", impact), given("ask", ask)] }
}

struct Reflect: EntryCommand {
    static let configuration = CommandConfiguration(
        abstract: "Which piece of this was yours. One piece is plenty.",
        discussion: "Underneath and kindness stay with you unless you choose them when sharing.")
    static let kind = "reflection"
    static let required = ["part"]
    @OptionGroup var options: WriteOptions
    @Option(name: [.customShort("m"), .long], help: "Which piece was yours.") var part: String?
    @Flag(help: "None of it was yours; a full answer.") var noneHere = false
    @Option(help: "What your piece did.") var effect: String?
    @Option(help: "What old thing was in the room with you; stays with you.") var underneath: String?
    @Option(help: "What you would say to a friend; stays with you.") var kindness: String?
    var fields: [(String, [String])] {
        [
            given("part", part), given("none-here", noneHere ? "yes" : nil), given("effect", effect),
            given("underneath", underneath), given("kindness", kindness),
        ]
    }
}

struct Recognize: EntryCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell a hurt back: what you did, and what it was like for them.",
        discussion: "Example: reconcile recognize 3f2a -m \"It was how you still worked beside him ...\"")
    static let kind = "recognition"
    static let required = ["heard"]
    @OptionGroup var options: WriteOptions
    @Argument(help: "The hurt.") var hurt: String?
    @Option(name: [.customShort("m"), .long], help: "What you heard.") var heard: String?
    @Option(help: "Why it makes sense.") var makesSense: String?
    var fields: [(String, [String])] { [given("heard", heard), given("makes-sense", makesSense)] }
    var about: [String] { hurt.map { [$0] } ?? [] }
    var isPlaced: Bool { hurt != nil }
}

struct Amends: EntryCommand {
    static let configuration = CommandConfiguration(
        abstract: "What you did, and what you will put right.",
        discussion:
            "Example: reconcile amends 3f2a --own \"I decided ...\" --repair \"I'll fetch them\" --by \"10 Mar\""
    )
    static let kind = "amends"
    static let required = ["own"]
    @OptionGroup var options: WriteOptions
    @Argument(help: "The hurt, or several.") var hurts: [String] = []
    @Option(name: [.customShort("m"), .long], help: "What you did.") var own: String?
    @Option(help: "What you feel about it.") var remorse: String?
    @Option(help: "What you will put right.") var repair: String?
    @Option(help: "By when.") var by: String?
    @Option(help: "What will be different.") var change: String?
    var fields: [(String, [String])] {
        [
            given("own", own), given("remorse", remorse), given("repair", repair), given("by", by),
            given("change", change),
        ]
    }
    var about: [String] { hurts }
    var isPlaced: Bool { !hurts.isEmpty }
}

struct Receive: EntryCommand {
    static let configuration = CommandConfiguration(
        abstract: "Whether an answer has reached you. Not yet, partly, enough: each is an answer.",
        discussion: "Example: reconcile receive 77ab partly -m \"Let me come.\"")
    static let kind = "receipt"
    static let required: [String] = []
    @OptionGroup var options: WriteOptions
    @Argument(help: "The recognition or amends.") var answer: String?
    @Argument(help: "not-yet, partly or enough.") var reached: String?
    @Option(help: "The hurt, where the answer is to several.") var hurt: String?
    @Option(name: [.customShort("m"), .long], help: "What you would like to say to it.") var text: String?
    @Option(help: "What you still need.") var stillNeed: String?
    var fields: [(String, [String])] { [given("text", text), given("still-need", stillNeed)] }
    var about: [String] { [answer, answer == nil ? nil : hurt].compactMap(\.self) }
    var choice: String? { reached }
    var isPlaced: Bool { answer != nil && reached != nil }
}

struct LetBe: EntryCommand {
    static let configuration = CommandConfiguration(
        abstract: "Leave a hurt of yours as it is.",
        discussion: "Example: reconcile let-be 3f2a")
    static let kind = "let_be"
    static let required: [String] = []
    @OptionGroup var options: WriteOptions
    @Argument(help: "The hurt.") var hurt: String?
    @Option(name: [.customShort("m"), .long], help: "Why, if you like.") var text: String?
    var fields: [(String, [String])] { [given("text", text)] }
    var about: [String] { hurt.map { [$0] } ?? [] }
    var isPlaced: Bool { hurt != nil }
}

struct Kept: EntryCommand {
    static let configuration = CommandConfiguration(
        abstract: "A promise of yours that you kept.",
        discussion: "Example: reconcile kept 77ab -m \"We went together.\"")
    static let kind = "kept"
    static let required = ["text"]
    @OptionGroup var options: WriteOptions
    @Argument(help: "The amends.") var amends: String?
    @Option(name: [.customShort("m"), .long], help: "What you did.") var text: String?
    var fields: [(String, [String])] { [given("text", text)] }
    var about: [String] { amends.map { [$0] } ?? [] }
    var isPlaced: Bool { amends != nil }
}

struct Reply: EntryCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say something, to an entry or to a rift.",
        discussion: "Example: reconcile reply 3f2a -m \"I heard you.\"")
    static let kind = "reply"
    static let required = ["text"]
    @OptionGroup var options: WriteOptions
    @Argument(help: "The entry, if it is to one.") var entry: String?
    @Option(name: [.customShort("m"), .long], help: "The text.") var text: String?
    var fields: [(String, [String])] { [given("text", text)] }
    var about: [String] { entry.map { [$0] } ?? [] }
}

struct Thanks: EntryCommand {
    static let configuration = CommandConfiguration(
        abstract: "Thank, for an entry or just so.",
        discussion: "Example: reconcile thanks --share -m \"For the soup.\"")
    static let kind = "thanks"
    static let required = ["text"]
    @OptionGroup var options: WriteOptions
    @Argument(help: "The entry, if it is for one.") var entry: String?
    @Option(name: [.customShort("m"), .long], help: "The text.") var text: String?
    var fields: [(String, [String])] { [given("text", text)] }
    var about: [String] { entry.map { [$0] } ?? [] }
}

struct Note: EntryCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write for yourself; it never leaves this device.",
        discussion: "Example: reconcile note -m \"Why did that sting?\"")
    static let kind = "note"
    static let required = ["text"]
    @OptionGroup var options: WriteOptions
    @Option(name: [.customShort("m"), .long], help: "The text.") var text: String?
    var fields: [(String, [String])] { [given("text", text)] }
}

/// The command line as bytes: Swift would mend what is not UTF-8, and a journal must not.
enum Arguments {
    static func check() throws {
        // Can't trap: the system's count.
        for index in 0..<Int(CommandLine.argc) {
            guard let argument = unsafe CommandLine.unsafeArgv[index] else { continue }
            guard unsafe String(validatingCString: argument) != nil else { throw CLIError.invalidUTF8 }
        }
    }
}
