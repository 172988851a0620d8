import ArgumentParser
import FoundationEssentials
import LocalAPI

struct Share: Command {
    static let configuration = CommandConfiguration(
        abstract: "Share a draft with your partner; from then on it is in both journals.",
        discussion:
            "At a terminal you see first what your partner will see. Example: reconcile share d3 --include kindness"
    )
    @OptionGroup var socket: SocketOptions
    @Argument(help: "The drafts, as `reconcile drafts` shows them: d3.") var drafts: [String]
    @Option(help: "A private field that is to go along: underneath or kindness.") var include: [String] = []
    @Flag(help: "Print the answer as JSON.") var json = false

    func execute() throws {
        for draft in drafts { try Sharing.share(draft, include: include, socket, json: json) }
    }
}

struct Drafts: Command {
    static let configuration = CommandConfiguration(
        abstract: "What you wrote and did not share.", discussion: "Example: reconcile drafts --json")
    @OptionGroup var socket: SocketOptions
    @Flag(help: "Print JSON.") var json = false

    func execute() throws {
        let drafts = try socket.client.request("GET", "/drafts", as: [DraftPayload].self)
        if json {
            Terminal.print(try encoded(drafts))
            return
        }
        if drafts.isEmpty { Terminal.print("No drafts.") }
        for draft in drafts {
            Terminal.print("\(draft.id)  \(draft.kind), \(Terminal.time(draft.written))")
            if let rift = draft.rift { Terminal.print("    in rift \(short(rift))") }
            if let about = draft.about.first { Terminal.print("    about \(short(about))") }
            if let was = draft.was { Terminal.print("    was \(shownLine(was))") }
            if let until = draft.heldUntil {
                Terminal.print(
                    "    will be shared on \(Terminal.time(until)); reconcile hold \(draft.id) --cancel takes it back"
                )
            }
            if let trouble = draft.trouble {
                let reason = Explanation.text(of: LocalClientError.refused(ErrorPayload(trouble, draft.kind)))
                Terminal.print("    could not be shared when it was due: \(reason)")
            }
            for field in draft.fields {
                Terminal.print(shown(Story.indented("\(field.name): \(field.text)")))
            }
        }
    }
}

struct Revise: Command {
    static let configuration = CommandConfiguration(
        abstract: "Reword an entry or a draft of yours.",
        discussion:
            "At a terminal it asks for each field, with what stands there. Example: reconcile revise 3f2a --set impact=\"I found the empty shelf first.\""
    )
    @OptionGroup var socket: SocketOptions
    @Argument(help: "The entry or draft.") var entry: String
    @Option(name: .customLong("set"), help: "FIELD=TEXT; all fields of a shared entry have to be given.")
    var fields: [String] = []
    @Flag(help: "Print the answer as JSON.") var json = false

    func execute() throws {
        try Arguments.check()
        var request = WriteRequest(kind: "revise")
        request.share = true
        request.about = [entry]
        if fields.isEmpty {
            guard Guide.isPossible, !json else {
                throw ValidationError("Say what changes, as in --set act=\"On Tuesday ...\"")
            }
            return Terminal.say(Writing.told(try Guide.revise(request, socket)))
        }
        request.fields = try fields.map { text in
            guard let equals = text.firstIndex(of: "=") else {
                throw ValidationError("Write --set FIELD=TEXT, as in --set act=\"On Tuesday ...\"")
            }
            return FieldPayload(
                name: String(text[..<equals]), text: String(text[text.index(after: equals)...]))
        }
        try Writing.send(request, socket, json: json)
    }
}

/// Sends a write that has no words.
private func send(
    _ kind: String, rift: String? = nil, about: [String] = [], isVote: Bool = false, _ socket: SocketOptions,
    json: Bool
) throws {
    var request = WriteRequest(kind: kind)
    request.share = true
    request.rift = rift
    request.about = about
    if isVote { request.asOf = [:] }
    try Writing.send(request, socket, json: json)
}

struct Retract: Command {
    static let configuration = CommandConfiguration(
        abstract: "Take an entry of yours back: it folds away, and can be unfolded. A draft is thrown away.",
        discussion: "Example: reconcile retract 3f2a")
    @OptionGroup var socket: SocketOptions
    @Argument(help: "The entry or draft.") var entry: String
    @Flag(help: "Print the answer as JSON.") var json = false
    func execute() throws { try send("retract", about: [entry], socket, json: json) }
}

struct Rest: Command {
    static let configuration = CommandConfiguration(
        abstract: "Lay a rift down. It folds away once both have; either can lift it out.",
        discussion: "Example: reconcile rest toolbox")
    @OptionGroup var socket: SocketOptions
    @Argument(help: "The rift.") var rift: String
    @Flag(help: "Print the answer as JSON.") var json = false

    func execute() throws {
        if Guide.isPossible, !json {
            let question = Prompts.current().question("rest", "question")
            let answer = Terminal.ask(Lines.wrapped(question + " Enter does, n leaves it:") + " ")
            guard let answer, ["", "y", "yes"].contains(answer.lowercased()) else { throw Interruption.end }
        }
        try send("rest", rift: rift, isVote: true, socket, json: json)
    }
}

struct Reopen: Command {
    static let configuration = CommandConfiguration(
        abstract: "Lift a rift out again, without a reason.",
        discussion: "Example: reconcile reopen toolbox")
    @OptionGroup var socket: SocketOptions
    @Argument(help: "The rift.") var rift: String
    @Flag(help: "Print the answer as JSON.") var json = false
    func execute() throws { try send("reopen", rift: rift, isVote: true, socket, json: json) }
}

struct Rift: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What came between you: open, look at and name rifts.",
        subcommands: [Open.self, List.self, Show.self, Title.self, Agree.self, Tag.self, Join.self])

    struct Open: EntryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open a rift.", discussion: "Example: reconcile rift open \"Dad's toolbox\"")
        static let kind = "rift"
        static let required = ["title"]
        @OptionGroup var options: WriteOptions
        @Argument(help: "What you call it.") var title: String?
        var fields: [(String, [String])] { [given("title", title)] }
    }

    struct List: Command {
        static let configuration = CommandConfiguration(
            abstract: "All rifts and where they stand.",
            discussion: "Example: reconcile rift list --json")
        @OptionGroup var socket: SocketOptions
        @Flag(name: .shortAndLong, help: "Also those at rest.") var all = false
        @Flag(help: "Print JSON, of all of them.") var json = false

        func execute() throws {
            let rifts = try socket.client.request("GET", "/rifts", as: [RiftPayload].self)
            if json {
                Terminal.print(try encoded(rifts))
                return
            }
            if rifts.isEmpty { Terminal.print("No rifts.") }
            let resting = rifts.filter { $0.state == "resting" }
            for rift in rifts where all || rift.state != "resting" {
                let state = rift.state + String(repeating: " ", count: max(0, 10 - rift.state.count))
                Terminal.print(
                    "\(short(rift.id))  \(state) \(shownLine(rift.title?.text ?? "(no title yet)"))")
            }
            if !all, !resting.isEmpty {
                Terminal.print(
                    "At rest: \(counted(UInt64(clamping: resting.count), "rift")). --all shows them too.")
            }
        }
    }

    struct Show: Command {
        static let configuration = CommandConfiguration(
            abstract: "One rift, as a story.",
            discussion: "Example: reconcile rift show toolbox")
        @OptionGroup var socket: SocketOptions
        @Argument(help: "The rift.") var rift: String
        @Flag(help: "Print JSON, of 5,000 entries at the most; \"next\" says where more begin.")
        var json = false
        @Option(help: ArgumentHelp("Begin where an earlier answer says in \"next\".", valueName: "cursor"))
        var from: String?

        func execute() throws {
            if json {
                let story = try socket.client.rift(rift, from: from)
                Terminal.print(try encoded(story))
                return Shown.record(story.arrival, of: story.id, socket: socket.path)
            }
            var isFirst = true
            try socket.client.pages(ofRift: rift, from: from) { page in
                var parts = [Story.page(page)]
                if isFirst { parts.insert(Story.beginning(of: page), at: 0) }
                if page.next == nil { parts.append(Story.end(of: page)) }
                let text = parts.filter { !$0.isEmpty }.joined(separator: "\n")
                if !text.isEmpty { Terminal.print(text) }
                isFirst = false
                Shown.record(page.arrival, of: page.id, socket: socket.path)
                return true
            }
        }
    }

    struct Title: Command {
        static let configuration = CommandConfiguration(
            abstract: "Call a rift something else, or take a title that was written apart.",
            discussion: "Example: reconcile rift title toolbox --take 5c1e")
        @OptionGroup var socket: SocketOptions
        @Argument(help: "The rift.") var rift: String
        @Argument(help: "The new title.") var title: String?
        @Option(help: "The title written apart that you take, by its id.") var take: String?
        @Flag(help: "Print the answer as JSON.") var json = false
        func execute() throws {
            try write("title", field: "title", rift, title, take: take, socket, json: json)
        }
    }

    struct Agree: Command {
        static let configuration = CommandConfiguration(
            abstract: "Write what you will do from here, in both voices, or take a version written apart.",
            discussion: "Example: reconcile rift agree toolbox \"We ask before anything leaves the house.\"")
        @OptionGroup var socket: SocketOptions
        @Argument(help: "The rift.") var rift: String
        @Argument(help: "The agreement; else from stdin or $EDITOR.") var text: String?
        @Option(help: "The version written apart that you take, by its id.") var take: String?
        @Flag(help: "Print the answer as JSON.") var json = false
        func execute() throws {
            try write("agreement", field: "text", rift, text, take: take, socket, json: json)
        }
    }

    struct Tag: Command {
        static let configuration = CommandConfiguration(
            abstract: "Put a word on a rift by which it can be found, or take it off again.",
            discussion: "Example: reconcile rift tag toolbox money")
        @OptionGroup var socket: SocketOptions
        @Argument(help: "The rift.") var rift: String
        @Argument(help: "The tag.") var tag: String
        @Flag(help: "Take it off.") var remove = false
        @Flag(help: "Print the answer as JSON.") var json = false
        func execute() throws {
            try Arguments.check()
            var request = WriteRequest(kind: "tag")
            request.rift = rift
            request.share = true
            request.choice = remove ? "remove" : nil
            request.fields = [FieldPayload(name: "text", text: tag)]
            try Writing.send(request, socket, json: json)
        }
    }

    struct Join: Command {
        static let configuration = CommandConfiguration(
            abstract: "Say that two rifts are one; they are once both of you have said so.",
            discussion: "Example: reconcile rift join toolbox 5c1e")
        @OptionGroup var socket: SocketOptions
        @Argument(help: "A rift.") var rift: String
        @Argument(help: "The other one, by its id.") var other: String
        @Flag(help: "Print the answer as JSON.") var json = false
        func execute() throws { try send("same_as", rift: rift, about: [other], socket, json: json) }
    }

    /// Writes a shared wording: a new one, or one that lost.
    private static func write(
        _ kind: String, field: String, _ rift: String, _ text: String?, take: String?,
        _ socket: SocketOptions,
        json: Bool
    ) throws {
        try Arguments.check()
        var request = WriteRequest(kind: kind)
        request.rift = rift
        request.share = true
        request.asOf = [:]
        var words = text
        if let take {
            let story = try socket.client.request(
                "GET", "/rift?name=" + percentEncoded(rift), as: RiftPayload.self)
            let apart = kind == "title" ? story.titlesApart : story.agreementsApart
            guard let chosen = apart.first(where: { $0.id.hasPrefix(take.lowercased()) }) else {
                throw LocalClientError.refused(ErrorPayload("unknown_id", take))
            }
            words = chosen.text
        }
        if words == nil, Guide.isPossible, !json {
            return Terminal.say(Writing.told(try Guide.write(request, required: [field], socket)))
        }
        if words == nil { words = try Terminal.readInput() }
        request.fields = [FieldPayload(name: field, text: words ?? "")]
        try Writing.send(request, socket, json: json)
    }
}
