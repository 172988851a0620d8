import LocalAPI
import Query

/// A rift told as a story, for a terminal: each hurt with what answers it below it, whenever that was written.
///
/// It is told page by page, so that one of any length takes as much memory as a page: what answers something of an
/// earlier page is told by itself, and says to what. Answers to answers are indented to a depth, and walked without
/// recursion, since a partner can make them as deep as they like.
struct Story {
    /// Answers below it stand as deep as those at it.
    private static let depth = 4

    private let width: Int
    private var lines: [String] = []
    private var entries: [EntryPayload] = []
    /// The entries of a page by what they are about.
    private var answers: [String: [Int]] = [:]
    private var told: Set<String> = []

    /// The whole story.
    static func text(_ rift: RiftPayload, width: Int = Terminal.readingWidth) -> String {
        [beginning(of: rift, width: width), page(rift, width: width), end(of: rift, width: width)]
            .filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// What stands above the entries.
    static func beginning(of rift: RiftPayload, width: Int = Terminal.readingWidth) -> String {
        var story = Story(width)
        story.add("\(shownLine(rift.title?.text ?? "(no title yet)"))  [\(rift.state)]  \(short(rift.id))")
        for title in rift.titlesApart {
            story.add(
                "\(shownLine(title.author)) also called it \"\(shownLine(title.text))\", written apart (\(short(title.id)))",
                depth: 1)
        }
        return story.text
    }

    /// The entries of one page.
    static func page(_ rift: RiftPayload, width: Int = Terminal.readingWidth) -> String {
        var story = Story(width)
        story.tell(rift.entries.filter { $0.kind != "rift" })
        return story.text
    }

    /// What stands below the entries.
    static func end(of rift: RiftPayload, width: Int = Terminal.readingWidth) -> String {
        var story = Story(width)
        if let agreement = rift.agreement {
            story.add("")
            story.add("From here on, in \(shownLine(agreement.author))'s words:")
            story.addText(agreement.text, depth: 2)
        }
        for agreement in rift.agreementsApart {
            story.add("")
            story.add("\(shownLine(agreement.author)) wrote, apart (\(short(agreement.id))):")
            story.addText(agreement.text, depth: 2)
        }
        guard !rift.resting.isEmpty else { return story.text }
        story.add("")
        story.add("Laid down by \(rift.resting.map(shownLine).joined(separator: " and ")).")
        return story.text
    }

    /// One entry by itself.
    static func entry(_ entry: EntryPayload, width: Int = Terminal.readingWidth) -> String {
        var story = Story(width)
        story.tell([entry])
        return story.lines.dropFirst().joined(separator: "\n")
    }

    private init(_ width: Int) { self.width = width }

    private var text: String { lines.joined(separator: "\n") }

    /// What is told next.
    private enum Step {
        /// An entry, by its number.
        case entry(Int, depth: Int)
        /// The amends that are told under another hurt, and are for this one too.
        case shared(Int, depth: Int)
    }

    private mutating func tell(_ entries: [EntryPayload]) {
        self.entries = entries
        let ids = Set(entries.map(\.id))
        for (number, entry) in entries.enumerated() {
            for id in Set(entry.about) { answers[id, default: []].append(number) }
        }
        // What answers something that isn't here, or answers in a circle, is told all the same.
        let tops = entries.indices.filter { ids.isDisjoint(with: entries[$0].about) }
        for top in tops + entries.indices {
            var steps = [Step.entry(top, depth: 0)]
            while let step = steps.popLast() { steps += tell(step).reversed() }
        }
    }

    /// Tells one thing, and returns what follows it.
    private mutating func tell(_ step: Step) -> [Step] {
        switch step {
        case .entry(let number, let depth):
            let entry = entries[number]
            guard told.insert(entry.id).inserted else { return [] }
            tell(entry, depth: min(depth, Self.depth), isBelow: depth > 0 && depth <= Self.depth)
            let below = (answers[entry.id] ?? []).map { Step.entry($0, depth: depth + 1) }
            return entry.kind == "hurt" ? below + [.shared(number, depth: depth)] : below
        case .shared(let number, let depth):
            // Told under the first of the hurts that it is for.
            let id = entries[number].id
            for answer in (answers[id] ?? []).map({ entries[$0] })
            where answer.kind == "amends" && answer.about.count > 1 && answer.about.dropFirst().contains(id) {
                add("")
                add(
                    "\(shownLine(answer.author))'s amends (\(short(answer.id))) are for this too.",
                    depth: min(depth, Self.depth) + 1)
            }
            return []
        }
    }

    /// - Parameter isBelow: whether it stands right below what it is about.
    private mutating func tell(_ entry: EntryPayload, depth: Int, isBelow: Bool) {
        add("")
        addHead(of: entry, depth: depth, isBelow: isBelow)
        if entry.takenBack {
            let when = entry.takenBackAt.map { ", " + Terminal.time($0) } ?? ""
            add(
                entry.isErased
                    ? entry.isKept
                        ? "erased, with both your consent. Its words are on this device still, shown to nobody; to delete them here too: reconcile erase --here \(short(entry.id))"
                        : "erased, with both your consent"
                    : "\(shownLine(entry.author)) took this back\(when)"
                        + (entry.fields.isEmpty ? "" : "; `reconcile log --all` unfolds it"),
                depth: depth + 2)
        } else {
            addWords(of: entry, depth: depth + 2)
        }
        if entry.isToBeErased {
            add(
                entry.isDeclined
                    ? "\(shownLine(entry.author)) asked that this be erased, and you said no. To agree after all: reconcile consent \(short(entry.id))"
                    : "\(shownLine(entry.author)) asks that this be erased; the other one agrees by: reconcile consent \(short(entry.id))",
                depth: depth + 2)
        }
    }

    private mutating func addHead(of entry: EntryPayload, depth: Int, isBelow: Bool) {
        let kind = entry.kind.map { $0 == "_" ? " " : $0 }
        var head = "\(shownLine(entry.author)), \(Terminal.time(entry.at)): \(String(kind))"
        if let choice = entry.choice { head += " \(String(choice.map { $0 == "_" ? " " : $0 }))" }
        if let state = entry.state { head += " [\(state)]" }
        if let about = entry.about.first, !isBelow || !told.contains(about) { head += ", to \(short(about))" }
        head += "  (\(short(entry.id)))"
        if entry.reworded { head += " reworded since" }
        add(head, depth: depth)
    }

    private mutating func addWords(of entry: EntryPayload, depth: Int) {
        for pinned in entry.pinned {
            add("to its earlier wording, \"\(shownLine(pinned.text))\"", depth: depth)
        }
        addFields(entry.fields, depth: depth)
        for other in entry.apart {
            add("written apart (\(short(other.id))):", depth: depth)
            addFields(other.fields, depth: depth + 1)
        }
        switch entry.note {
        case nil: break
        case "waiting": add("answers something not here yet", depth: depth)
        case "cut_off": add("written after this device was retired, so it has no effect", depth: depth)
        case "newer": add("needs a newer version of Reconcile", depth: depth)
        default: add("has no effect (\(entry.note ?? ""))", depth: depth)
        }
        if entry.wasTakenBack {
            add("to something \(shownLine(entry.aboutAuthor ?? "its author")) took back", depth: depth)
        }
    }

    private mutating func addFields(_ fields: [FieldPayload], depth: Int) {
        let felt = fields.filter { $0.name == "felt" }.map(\.text)
        if !felt.isEmpty { addText("felt: " + felt.joined(separator: ", "), depth: depth) }
        for (number, field) in fields.filter({ $0.name != "felt" }).enumerated() {
            if field.name == "none-here" {
                add("None of it was mine.", depth: depth)
                continue
            }
            if number == 0 || fields.count == 1 {
                addText(field.text, depth: depth)
            } else {
                add(Printer.label(of: field.name) + ":", depth: depth)
                addText(field.text, depth: depth + 1)
            }
        }
    }

    private mutating func addText(_ text: String, depth: Int) { add(shown(text), depth: depth) }

    private mutating func add(_ text: String, depth: Int = 0) {
        lines.append(Lines.wrapped(text, to: width, indent: String(repeating: "  ", count: depth)))
    }

    static func indented(_ text: String) -> String {
        // By scalars: a carriage return and a newline are one character, and the line behind would stand unindented.
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map {
            "    " + String($0)
        }.joined(separator: "\n")
    }
}
