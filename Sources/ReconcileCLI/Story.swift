import LocalAPI
import Query

/// A rift told as a story, for a terminal: each hurt with what answers it below it, whenever that was written.
struct Story {
    private let width: Int
    private var lines: [String] = []
    private let rift: RiftPayload
    private var told: Set<String> = []

    /// The whole story.
    static func text(_ rift: RiftPayload, width: Int = Terminal.readingWidth) -> String {
        var story = Story(rift, width: width)
        story.tell()
        return story.lines.joined(separator: "\n")
    }

    /// One entry by itself.
    static func entry(_ entry: EntryPayload, width: Int = Terminal.readingWidth) -> String {
        var story = Story(RiftPayload(id: "", state: ""), width: width)
        story.tell(entry, depth: 0)
        return story.lines.dropFirst().joined(separator: "\n")
    }

    private init(_ rift: RiftPayload, width: Int) { (self.rift, self.width) = (rift, width) }

    private mutating func tell() {
        add("\(shownLine(rift.title?.text ?? "(no title yet)"))  [\(rift.state)]  \(short(rift.id))")
        for title in rift.titlesApart {
            add(
                "\(shownLine(title.author)) also called it \"\(shownLine(title.text))\", written apart (\(short(title.id)))",
                depth: 1)
        }
        for entry in rift.entries where entry.kind != "rift" && isTop(entry) { tell(entry, depth: 0) }
        // What answers something that isn't here, or answers in a circle, is told all the same.
        for entry in rift.entries where entry.kind != "rift" { tell(entry, depth: 0) }
        if let agreement = rift.agreement {
            add("")
            add("From here on, in \(shownLine(agreement.author))'s words:")
            addText(agreement.text, depth: 2)
        }
        for agreement in rift.agreementsApart {
            add("")
            add("\(shownLine(agreement.author)) wrote, apart (\(short(agreement.id))):")
            addText(agreement.text, depth: 2)
        }
        guard !rift.resting.isEmpty else { return }
        add("")
        add("Laid down by \(rift.resting.map(shownLine).joined(separator: " and ")).")
    }

    /// Whether an entry is about none that is told.
    private func isTop(_ entry: EntryPayload) -> Bool {
        !entry.about.contains { id in rift.entries.contains { $0.id == id && $0.kind != "rift" } }
    }

    private mutating func tell(_ entry: EntryPayload, depth: Int) {
        guard told.insert(entry.id).inserted else { return }
        add("")
        addHead(of: entry, depth: depth)
        if entry.takenBack {
            let when = entry.takenBackAt.map { ", " + Terminal.time($0) } ?? ""
            add(
                entry.isErased
                    ? "erased, with both your consent"
                    : "\(shownLine(entry.author)) took this back\(when)"
                        + (entry.fields.isEmpty ? "" : "; `reconcile log --all` unfolds it"),
                depth: depth + 2)
        } else {
            addWords(of: entry, depth: depth + 2)
        }
        if entry.isToBeErased {
            add(
                "\(shownLine(entry.author)) asks that this be erased; the other one agrees by: reconcile consent \(short(entry.id))",
                depth: depth + 2)
        }
        for answer in rift.entries where answer.about.contains(entry.id) { tell(answer, depth: depth + 1) }
        // Told under the first of the hurts that it is for.
        guard entry.kind == "hurt" else { return }
        for answer in rift.entries
        where answer.about.count > 1 && answer.about.dropFirst().contains(entry.id) && answer.kind == "amends"
        {
            add("")
            add(
                "\(shownLine(answer.author))'s amends (\(short(answer.id))) are for this too.",
                depth: depth + 1)
        }
    }

    private mutating func addHead(of entry: EntryPayload, depth: Int) {
        let kind = entry.kind.map { $0 == "_" ? " " : $0 }
        var head = "\(shownLine(entry.author)), \(Terminal.time(entry.at)): \(String(kind))"
        if let choice = entry.choice { head += " \(String(choice.map { $0 == "_" ? " " : $0 }))" }
        if let state = entry.state { head += " [\(state)]" }
        if let about = entry.about.first, !told.contains(about) { head += ", to \(short(about))" }
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
