import ArgumentParser
import LocalAPI

/// What is asked for, kind by kind and field by field, in the order in which it is asked.
///
/// A person may say it in other words or another language: a file of the same shape takes the place of single lines.
struct Prompts {
    /// One question.
    struct Prompt {
        let field: String
        let question: String
    }

    /// The questions as they are shipped; `reconcile prompts` prints them.
    static let shipped = """
        # What is asked when you write, as KIND.FIELD = QUESTION. To put it in your own words, or in your language:
        #   reconcile prompts > ~/.config/reconcile/prompts
        # and change what stands there. A question that is left empty is not asked.
        rift.title = What shall you call this?
        account.felt = What did you feel? (a few words, with commas)
        account.text = How was it, from where you stood?
        hurt.act = What is one thing they did, as a camera would have it?
        hurt.impact = What did it do to you?
        hurt.ask = What do you ask for?
        reflection.part = Which piece of this was yours? One piece is plenty.
        reflection.none-here = None of it was yours? That is a full answer.
        reflection.effect = What did your piece do?
        reflection.underneath = What old thing was in the room with you? (stays with you)
        reflection.kindness = What would you say to a friend who had done the same? (stays with you)
        recognition.heard = Tell it back: what you did, and what it was like for them.
        recognition.makes-sense = Why does it make sense that it was so for them?
        amends.own = What did you do?
        amends.remorse = How is it for you now?
        amends.repair = What will you put right?
        amends.by = By when?
        amends.change = What will be different?
        receipt.choice = Has this reached you? Not yet, partly, enough: each is an answer.
        receipt.text = Is there something you would like to say to it?
        receipt.still-need = What do you still need?
        let_be.text = Why, if you like?
        kept.text = What did you do?
        reply.text = What do you want to say?
        thanks.text = What for?
        note.text = For yourself; it stays on this device.
        title.title = What shall you call this?
        agreement.text = What will you do from here, in both your voices?
        rest.question = Lay this down together? It folds away; either of you can lift it out.
        """

    /// What a line of someone's own file says that can't be used.
    struct Mistake: Equatable {
        let line: Int
    }

    private var prompts: [(kind: String, prompt: Prompt)] = []

    /// The questions as they are shipped, with the lines of a person's own file in their places.
    init(own text: String = "", mistakes: inout [Mistake]) {
        var none: [Mistake] = []
        for (_, kind, prompt) in Self.lines(Self.shipped, &none) { prompts.append((kind, prompt)) }
        for (line, kind, prompt) in Self.lines(text, &mistakes) {
            guard
                let index = prompts.firstIndex(where: { $0.kind == kind && $0.prompt.field == prompt.field })
            else {
                mistakes.append(Mistake(line: line))
                continue
            }
            prompts[index].prompt = prompt
        }
    }

    /// The questions of a kind.
    func of(_ kind: String) -> [Prompt] { prompts.filter { $0.kind == kind }.map(\.prompt) }

    /// The question for a field; empty if it is not to be asked.
    func question(_ kind: String, _ field: String) -> String {
        of(kind).first { $0.field == field }?.question ?? ""
    }

    private static func lines(
        _ text: String, _ mistakes: inout [Mistake]
    ) -> [(line: Int, kind: String, prompt: Prompt)] {
        var found: [(line: Int, kind: String, prompt: Prompt)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let plain = line.trimmed
            if plain.isEmpty || plain.hasPrefix("#") { continue }
            let sides = plain.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = sides[0].trimmed.split(separator: ".", omittingEmptySubsequences: false)
            guard sides.count == 2, name.count == 2 else {
                mistakes.append(Mistake(line: index + 1))
                continue
            }
            let prompt = Prompt(field: String(name[1]), question: shownLine(String(sides[1].trimmed)))
            found.append((index + 1, String(name[0]), prompt))
        }
        return found
    }

    /// Where a person's own questions lie.
    static var path: String {
        (Terminal.environment("XDG_CONFIG_HOME") ?? (Terminal.environment("HOME") ?? "/") + "/.config")
            + "/reconcile/prompts"
    }

    /// The questions that this person wants to be asked. What their file says amiss is told, and passed over.
    static func current() -> Prompts {
        var mistakes: [Mistake] = []
        let bytes = PrivateFile.read(path) ?? []
        let prompts = Prompts(own: String(decoding: bytes, as: UTF8.self), mistakes: &mistakes)
        for mistake in mistakes {
            Terminal.note(
                "reconcile: \(path):\(mistake.line): no question is called that; see reconcile prompts")
        }
        return prompts
    }
}

extension Substring {
    /// Without blanks at either end.
    var trimmed: Substring {
        var rest = self
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}

struct PromptsCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "prompts",
        abstract: "Print what is asked when you write, to be put in your own words or language.",
        discussion: "Example: mkdir -p ~/.config/reconcile && reconcile prompts > ~/.config/reconcile/prompts"
    )

    func execute() throws { Terminal.print(Prompts.shipped) }
}
