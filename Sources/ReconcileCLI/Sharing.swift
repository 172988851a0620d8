import FoundationEssentials
import LocalAPI
import Wording

/// Sharing a draft: at a terminal its author sees first just what the partner will see.
enum Sharing {
    /// Shares a draft; at a terminal only after its author has seen it and agreed. Otherwise it stays a draft.
    static func share(_ draft: String, include: [String], _ socket: SocketOptions, json: Bool) throws {
        var include = include
        if !json, Terminal.isInputTerminal {
            guard
                let chosen = try agreed(
                    draft, include, socket, question: "Enter shares it as it is; n keeps it as a draft.")
            else { return Terminal.say("Not shared. It waits as \(draft): reconcile share \(draft)") }
            include = chosen
        }
        let key = newKey()
        let response = try Writing.askingAboutNews(socket) { arrivals in
            try Writing.repeating {
                try socket.client.request(
                    "POST", "/drafts/\(percentEncoded(draft))/share",
                    body: ShareRequest(include: include, asOf: arrivals), key: key, as: WriteResponse.self)
            }
        }
        Terminal.print(json ? try encoded(response) : "\(short(response.id))  \(response.kind), shared")
    }

    /// Asks what is to become of a draft that was just written.
    static func offer(_ draft: WriteResponse, _ socket: SocketOptions) throws {
        let status = try socket.client.request("GET", "/status", as: StatusPayload.self)
        guard draft.isDraft, draft.kind != "note", status.met, !status.apart else {
            return Terminal.say(Writing.told(draft))
        }
        let question = Lines.wrapped(
            "Kept as \(draft.id). Share it now (s), hold it until later (h), or keep it private (Enter)?")
        switch Terminal.ask(question + " ")?.lowercased() {
        case "s", "share": try share(draft.id, include: [], socket, json: false)
        case "h", "hold": try Holding.ask(draft.id, socket)
        default: Terminal.say("It stays on this device. Whenever you like: reconcile share \(draft.id)")
        }
    }

    /// Shows what the partner will see, and asks; nil if it is to stay a draft, else the private fields that go along.
    static func agreed(
        _ id: String, _ include: [String], _ socket: SocketOptions, question: String
    ) throws -> [String]? {
        let drafts = try socket.client.request("GET", "/drafts", as: [DraftPayload].self)
        // What is no draft the daemon refuses with its reason.
        guard let draft = drafts.first(where: { $0.id == id }), draft.kind != "note" else { return include }
        let status = try socket.client.request("GET", "/status", as: StatusPayload.self)
        let partner = status.devices.first { $0.person != status.person }?.person ?? "Your partner"
        let rift = drafts.first { $0.id == draft.rift }
        var (include, off) = (include, try Asides.off())
        while true {
            let lines = preview(draft, of: rift, include: include, partner: partner, without: off)
            Terminal.print(Lines.wrapped(lines.joined(separator: "\n")))
            // Sharing can't be undone: whatever else someone answers keeps it.
            guard let answer = Terminal.askAnew(Lines.wrapped(question) + " ") else { return nil }
            if ["", "y", "yes"].contains(answer.lowercased()) { return include }
            let kept = draft.fields.map(\.name).filter { isPrivate($0) && !include.contains($0) }
            guard let chosen = kept.first(where: { $0 == answer.lowercased() }) else { return nil }
            // The asides were said once; what follows is the same with one more field.
            (include, off) = (include + [chosen], Set(Check.allCases))
        }
    }

    private static func isPrivate(_ name: String) -> Bool { Review.Field(name, "").isPrivate }

    /// What the partner will see, what stays, and what may be worth a second look, line by line.
    static func preview(
        _ draft: DraftPayload, of rift: DraftPayload?, include: [String], partner: String,
        without off: Set<Check>
    ) -> [String] {
        var lines = ["\(shownLine(partner)) will see:", ""]
        if let title = rift?.fields.first?.text {
            lines += ["  the rift \"\(shownLine(title))\", and in it", ""]
        }
        let about = draft.about.isEmpty ? "" : ", to " + draft.about.map(short).joined(separator: ", ")
        lines.append("  \(draft.kind)" + (draft.choice.map { ": \($0)" } ?? "") + about)
        func stays(_ field: FieldPayload) -> Bool { isPrivate(field.name) && !include.contains(field.name) }
        for field in draft.fields where !stays(field) {
            lines += ["    \(field.name):", shown(Story.indented(Story.indented(field.text)))]
        }
        lines.append("")
        let kept = Set(draft.fields.filter(stays).map(\.name)).sorted()
        if !kept.isEmpty {
            let names = kept.joined(separator: ", ")
            lines += ["Stays with you: \(names). The name of one shares it too.", ""]
        }
        let review = Review(
            kind: draft.kind, fields: draft.fields.map { Review.Field($0.name, $0.text) }, without: off)
        lines += review.asides.map { "  · \($0.aside)" }
        if review.suggestsFear {
            lines.append("They will read this. If you are afraid of what follows, don't share it here:")
            lines.append("where help is listed: reconcile help safety")
        }
        return lines
    }
}
