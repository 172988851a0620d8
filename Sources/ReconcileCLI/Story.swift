import LocalAPI

/// A rift told as a story, for a terminal.
enum Story {
    static func text(_ rift: RiftPayload) -> String {
        var lines = ["\(shownLine(rift.title?.text ?? "(no title yet)"))  [\(rift.state)]  \(short(rift.id))"]
        for title in rift.titlesApart {
            lines.append(
                "  \(shownLine(title.author)) also called it \"\(shownLine(title.text))\", written apart (\(short(title.id)))"
            )
        }
        if let agreement = rift.agreement {
            lines += [
                "", "From here on, in \(shownLine(agreement.author))'s words:", indented(agreement.text),
            ]
        }
        for agreement in rift.agreementsApart {
            lines += [
                "", "\(shownLine(agreement.author)) wrote, apart (\(short(agreement.id))):",
                indented(agreement.text),
            ]
        }
        for entry in rift.entries where entry.kind != "rift" { lines += ["", self.entry(entry)] }
        if !rift.resting.isEmpty {
            lines += ["", "Laid down by \(rift.resting.map(shownLine).joined(separator: " and "))."]
        }
        return shown(lines.joined(separator: "\n"))
    }

    static func entry(_ entry: EntryPayload) -> String {
        var head = "\(shownLine(entry.author)), \(Terminal.time(entry.at)): \(entry.kind)"
        if let choice = entry.choice { head += " \(choice)" }
        if let state = entry.state { head += " [\(state)]" }
        if let about = entry.about.first { head += ", to \(short(about))" }
        head += "  (\(short(entry.id)))"
        if entry.reworded { head += " reworded" }
        var lines = [head]
        if entry.takenBack {
            return shown(head + "\n    \(shownLine(entry.author)) took this back")
        }
        lines += entry.fields.map { field in
            indented(entry.fields.count == 1 ? field.text : "\(field.name): \(field.text)")
        }
        for other in entry.apart {
            lines.append(indented("written apart (\(short(other.id))): \(other.text)"))
        }
        switch entry.note {
        case nil: break
        case "waiting": lines.append("    answers something not here yet")
        case "cut_off": lines.append("    written after this device was retired, so it has no effect")
        case "newer": lines.append("    needs a newer version of Reconcile")
        default: lines.append("    has no effect (\(entry.note ?? ""))")
        }
        return shown(lines.joined(separator: "\n"))
    }

    static func indented(_ text: String) -> String {
        // By scalars: a carriage return and a newline are one character, and the line behind would stand unindented.
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map {
            "    " + String($0)
        }.joined(separator: "\n")
    }
}
