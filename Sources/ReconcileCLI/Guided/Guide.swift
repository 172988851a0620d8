import Glibc
import LocalAPI

/// Leads through an entry, question by question; what was answered is safe after each.
struct Guide {
    private let socket: SocketOptions
    private let prompts: Prompts
    private var unfinished: Unfinished
    /// What stood there before anything was typed.
    private var untouched: [FieldPayload] = []
    /// Where single keys are read, from the first question to the last.
    private var terminal: RawTerminal?

    /// Whether anyone can be led.
    static var isPossible: Bool { Terminal.isInputTerminal && isatty(2) == 1 }

    /// Leads through what an entry of that kind still lacks, or through one that was begun before, and hands it over.
    ///
    /// Returns what it became. Throws ``Interruption`` where someone stopped: it is kept then.
    static func write(
        _ request: WriteRequest, required: [String], _ socket: SocketOptions
    ) throws -> WriteResponse {
        var guide = Guide(
            socket: socket, prompts: .current(),
            unfinished: try begun(like: request) ?? Unfinished(request))
        if !guide.unfinished.content.isWhole {
            do { try guide.askEverything(required: required) } catch {
                guide.stop()
                throw error
            }
        }
        return try Writing.write(guide.unfinished, socket)
    }

    private mutating func askEverything(required: [String]) throws {
        Terminal.note(Style.aside(Lines.wrapped(Self.introduction)))
        var absence: LocalClientError?
        try RawTerminal.with { terminal in
            self.terminal = terminal
            defer { self.terminal = nil }
            do {
                try findPlace()
                try showWhatIsAnswered()
            } catch LocalClientError.noDaemon(let path) {
                // The words come first; what they belong to is asked when there is someone who knows.
                Terminal.note(Lines.wrapped("No daemon answers. What you write is kept until one does."))
                absence = .noDaemon(path: path)
            }
            try askAll(required: required)
        }
        guard let absence else { return }
        unfinished.content.isWhole = false
        throw absence
    }

    /// Nobody should have to answer from memory.
    private func showWhatIsAnswered() throws {
        for id in unfinished.content.request.about {
            let target = "/entry?id=" + percentEncoded(id)
            Terminal.note(
                "\n" + Story.entry(try socket.client.request("GET", target, as: EntryPayload.self)) + "\n")
        }
    }

    /// Leads through the fields of an entry or a draft of one's own, with what stands there, and hands the rewording over.
    static func revise(_ request: WriteRequest, _ socket: SocketOptions) throws -> WriteResponse {
        let target = "/entry?id=" + percentEncoded(request.about.first ?? "")
        let entry = try socket.client.request("GET", target, as: EntryPayload.self)
        var new = Unfinished(request)
        new.content.request.fields = entry.fields
        var guide = Guide(
            socket: socket, prompts: .current(), unfinished: try begun(like: request) ?? new,
            untouched: entry.fields)
        do {
            Terminal.note(Style.aside(Lines.wrapped(introduction)))
            try RawTerminal.with { terminal in
                guide.terminal = terminal
                defer { guide.terminal = nil }
                try guide.askAll(required: [], of: entry.kind)
            }
        } catch {
            guide.stop()
            throw error
        }
        return try Writing.write(guide.unfinished, socket)
    }

    private static let introduction =
        "Enter ends an answer; an empty one passes over the question. Ctrl-J begins a new line, Ctrl-X opens your editor, Ctrl-C keeps all of it for later."

    /// One that was begun before and that its author wants to go on with.
    private static func begun(like request: WriteRequest) throws -> Unfinished? {
        // Whoever says already what it is about begins another.
        guard request.fields.isEmpty else { return nil }
        for one in Unfinished.all() where one.isLike(request) {
            let excerpt = one.excerpt.isEmpty ? "" : ": \"\(one.excerpt)\""
            let day = Terminal.time(one.content.begun)
            Terminal.note(Lines.wrapped("You began one on \(day)\(excerpt)."))
            asking: while true {
                let question = "Go on with it? Enter does, n begins another, d throws it away:"
                guard let answer = Terminal.ask(Lines.wrapped(question) + " ") else { throw Interruption.end }
                switch answer.lowercased() {
                case "", "y", "yes": return one.taken()
                case "n", "no": return nil
                case "d":
                    one.forget()
                    break asking
                // Whatever else someone says throws nothing away.
                default: continue
                }
            }
        }
        return nil
    }

    private func stop() {
        guard unfinished.content.request.fields != untouched else { return unfinished.forget() }
        unfinished.keepAloud()
    }

    // MARK: What it belongs to

    /// Finds out what it is about, where that isn't said.
    private mutating func findPlace() throws {
        let request = unfinished.content.request
        switch request.kind {
        case "recognition", "amends":
            if request.about.isEmpty {
                unfinished.content.request.about = [try choose(.hurtsOfPartner, "Which hurt is it about?")]
            }
        case "let_be":
            if request.about.isEmpty {
                unfinished.content.request.about = [try choose(.ownHurts, "Which hurt of yours?")]
            }
        case "kept":
            if request.about.isEmpty {
                unfinished.content.request.about = [try choose(.ownAmends, "Which promise of yours?")]
            }
        case "receipt":
            if request.about.isEmpty {
                unfinished.content.request.about = try chooseAnswer()
            }
            if request.choice == nil { unfinished.content.request.choice = try askHowFar() }
        case "account", "hurt", "reflection":
            if request.rift == nil { unfinished.content.request.rift = try chooseRift() }
        default: break
        }
    }

    private func chooseRift() throws -> String {
        let rifts = try socket.client.request("GET", "/rifts", as: [RiftPayload].self)
            .filter { $0.state != "resting" }.reversed()
        let lines = rifts.map { "\(shownLine($0.title?.text ?? "(no title yet)"))  [\($0.state)]" }
        if rifts.isEmpty { return try openRift(try ask(prompts.question("rift", "title"))) }
        for (number, line) in lines.enumerated() { Terminal.note("  \(number + 1)  \(line)") }
        while true {
            let answer = try ask(
                "Which rift does it belong to? Its number, Enter for the first, or a name for a new one.")
            if answer.isEmpty { return Array(rifts)[0].id }
            guard let number = Int(answer) else { return try openRift(answer) }
            if (1...lines.count).contains(number) { return Array(rifts)[number - 1].id }
        }
    }

    /// A draft of a rift; its number.
    private func openRift(_ title: String) throws -> String {
        guard !title.isEmpty else { throw CLIError.nothingWritten }
        var request = WriteRequest(kind: "rift")
        request.fields = [FieldPayload(name: "title", text: title)]
        return try Writing.write(Unfinished(request), socket).id
    }

    private enum Wanted { case hurtsOfPartner, ownHurts, ownAmends }

    private func entries() throws -> (person: String, entries: [(rift: String, entry: EntryPayload)]) {
        let status = try socket.client.request("GET", "/status", as: StatusPayload.self)
        let rifts = try socket.client.request("GET", "/rifts", as: [RiftPayload].self)
            .filter { $0.state != "resting" && $0.state != "draft" }
        var found: [(rift: String, entry: EntryPayload)] = []
        for rift in rifts {
            let story = try socket.client.rift(rift.id) { !$0.takenBack }
            let title = shownLine(story.title?.text ?? "(no title yet)")
            found += story.entries.map { (title, $0) }
        }
        return (status.person ?? "", found)
    }

    private func choose(_ wanted: Wanted, _ question: String) throws -> String {
        let (person, all) = try entries()
        let found = all.filter { _, entry in
            switch wanted {
            case .hurtsOfPartner: entry.kind == "hurt" && entry.author != person
            case .ownHurts: entry.kind == "hurt" && entry.author == person
            case .ownAmends: entry.kind == "amends" && entry.author == person
            }
        }
        return try choose(found.reversed(), question)
    }

    /// An answer to a hurt of one's own, and that hurt.
    private func chooseAnswer() throws -> [String] {
        let (person, all) = try entries()
        let own = Set(all.filter { $0.entry.kind == "hurt" && $0.entry.author == person }.map(\.entry.id))
        let answers = all.filter { _, entry in
            (entry.kind == "recognition" || entry.kind == "amends") && entry.author != person
                && entry.about.contains(where: own.contains)
        }
        let answer = try choose(answers.reversed(), "Which answer is it about?")
        let about = all.first { $0.entry.id == answer }?.entry.about.filter(own.contains) ?? []
        guard about.count > 1 else { return [answer] }
        let hurts = all.filter { about.contains($0.entry.id) }
        return [answer, try choose(hurts, "It answers several hurts. Which one do you speak of?")]
    }

    private func ask(_ question: String) throws -> String { try Question.ask(question, at: terminal) }

    private func choose(
        _ found: [(rift: String, entry: EntryPayload)], _ question: String
    ) throws -> String {
        guard !found.isEmpty else { throw CLIError.nothingToChoose }
        for (number, one) in found.enumerated() {
            let words = one.entry.fields.first?.text ?? ""
            let line = shownLine(String(words.prefix { !$0.isNewline }))
            Terminal.note("  \(number + 1)  \(Lines.fitting(line, to: RawTerminal.size.columns - 6))")
            Terminal.note(Style.aside("     \(shownLine(one.entry.author)), in \(one.rift)"))
        }
        if found.count == 1 {
            let answer = try ask(question + " Enter for this one.")
            if answer.isEmpty { return found[0].entry.id }
        }
        while true {
            let answer = try ask(question + " Its number.")
            if let number = Int(answer), (1...found.count).contains(number) {
                return found[number - 1].entry.id
            }
        }
    }

    private func askHowFar() throws -> String {
        while true {
            Terminal.note("  1  not yet\n  2  partly\n  3  enough")
            switch try ask(prompts.question("receipt", "choice")).lowercased().first {
            case "1", "n": return "not-yet"
            case "2", "p": return "partly"
            case "3", "e": return "enough"
            default: continue
            }
        }
    }

    // MARK: Its words

    /// - Parameter worded: the kind whose fields are asked for, where that is another one than is written.
    private mutating func askAll(required: [String], of worded: String? = nil) throws {
        let kind = worded ?? unfinished.content.request.kind
        for prompt in prompts.of(kind) where prompt.field != "choice" && !prompt.question.isEmpty {
            if prompt.field == "none-here" {
                try askWhetherNone(prompt.question)
                continue
            }
            try ask(prompt, isRequired: required.contains(prompt.field))
        }
        let missing = required.filter { name in text(of: name).isEmpty }
        guard missing.isEmpty || kind == "reflection" && !text(of: "none-here").isEmpty else {
            throw CLIError.unanswered(missing)
        }
        unfinished.content.isWhole = true
        unfinished.keep()
    }

    private mutating func ask(_ prompt: Prompts.Prompt, isRequired: Bool) throws {
        let begun =
            prompt.field == "felt" ? texts(of: "felt").joined(separator: ", ") : text(of: prompt.field)
        var latest = unfinished
        // Whatever ends this, what was typed until then is taken over.
        defer { unfinished = latest }
        let answer = try Question.ask(prompt.question, begun: begun, at: terminal) { text in
            latest.set(prompt.field, to: text)
            latest.keep()
        }
        latest.set(prompt.field, to: answer)
        latest.keep()
    }

    private mutating func askWhetherNone(_ question: String) throws {
        guard text(of: "part").isEmpty else { return }
        let answer = try ask(question + " y, or Enter to leave it open.")
        unfinished.set("none-here", to: answer.lowercased().hasPrefix("y") ? "yes" : "")
    }

    private func texts(of name: String) -> [String] {
        unfinished.content.request.fields.filter { $0.name == name }.map(\.text)
    }

    private func text(of name: String) -> String { texts(of: name).first ?? "" }
}

extension Unfinished {
    /// Takes an answer; an empty one is none.
    fileprivate mutating func set(_ name: String, to text: String) {
        content.request.fields.removeAll { $0.name == name }
        let plain = text[...].trimmed
        guard !plain.isEmpty else { return }
        let texts = name == "felt" ? plain.split(separator: ",").map(\.trimmed) : [plain]
        content.request.fields += texts.filter { !$0.isEmpty }.map {
            FieldPayload(name: name, text: String($0))
        }
    }
}
