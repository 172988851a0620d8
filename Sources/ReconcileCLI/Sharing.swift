import FoundationEssentials
import LocalAPI
import Wording

/// Sharing a draft: at a terminal its author sees first just what the partner will see.
enum Sharing {
    /// Shares a draft; at a terminal only after its author has seen it and agreed. Otherwise it stays a draft.
    static func share(_ draft: String, include: [String], _ socket: SocketOptions, json: Bool) throws {
        if !json, Terminal.isInputTerminal, try !isAgreed(draft, include, socket) {
            Terminal.print("Not shared. It waits as \(draft): reconcile share \(draft)")
            return
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

    private static func isAgreed(_ id: String, _ include: [String], _ socket: SocketOptions) throws -> Bool {
        let drafts = try socket.client.request("GET", "/drafts", as: [DraftPayload].self)
        // What is no draft the daemon refuses with its reason.
        guard let draft = drafts.first(where: { $0.id == id }) else { return true }
        let status = try socket.client.request("GET", "/status", as: StatusPayload.self)
        let partner = status.devices.first { $0.person != status.person }?.person
        let rift = drafts.first { $0.id == draft.rift }
        let off = try Asides.off()
        Terminal.print(
            preview(draft, of: rift, include: include, partner: partner ?? "Your partner", without: off)
                .joined(separator: "\n"))
        // Sharing can't be undone: whatever else someone answers keeps it.
        let answer = Terminal.ask("Enter shares it as it is; n keeps it as a draft. ")
        return ["", "y", "yes"].contains(answer?.lowercased())
    }

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
        func stays(_ field: FieldPayload) -> Bool {
            Review.Field(field.name, field.text).isPrivate && !include.contains(field.name)
        }
        for field in draft.fields where !stays(field) {
            lines += ["    \(field.name):", shown(Story.indented(Story.indented(field.text)))]
        }
        lines.append("")
        let kept = Set(draft.fields.filter(stays).map(\.name)).sorted()
        if !kept.isEmpty {
            let names = kept.joined(separator: ", ")
            lines += ["Stays with you: \(names). --include NAME shares one too.", ""]
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
