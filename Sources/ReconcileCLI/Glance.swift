import LocalAPI

/// `reconcile` alone: the open rifts with where they stand and the one thing that might come next, what waits on this
/// device, and in one line whether the other has it all.
enum Glance {
    static func show() throws {
        let client = LocalClient(path: DaemonSocket.path(nil))
        let status = try client.request("GET", "/status", as: StatusPayload.self)
        guard status.initialised else { return try FirstRun.begin(client) }
        let rifts = try client.request("GET", "/rifts", as: [RiftPayload].self)
        let open = try rifts.filter { $0.state != "resting" }.map { rift in
            // A draft of a rift has no story yet.
            guard rift.state != "draft" else { return rift }
            return try client.rift(rift.id) { !$0.takenBack }
        }
        let resting = UInt64(clamping: rifts.count - open.count)
        for line in Arrivals.lines(status) { Terminal.print(Lines.wrapped(line) + "\n") }
        Terminal.print(Lines.wrapped(text(open, resting: resting, status).joined(separator: "\n")))
        for one in Unfinished.all() {
            Terminal.say("Begun and not finished: reconcile \(one.resumption) goes on with it.")
        }
    }

    /// The lines of a glance.
    static func text(_ open: [RiftPayload], resting: UInt64, _ status: StatusPayload) -> [String] {
        var lines: [String] = []
        for rift in open {
            lines.append(
                "\(shownLine(rift.title?.text ?? "(no title yet)"))  [\(rift.state)]  \(short(rift.id))")
            if let next = next(in: rift, for: status.person ?? "") { lines.append("    \(next)") }
        }
        if open.isEmpty {
            lines.append("Nothing is open. Begin with: reconcile rift open \"...\", or reconcile note")
        }
        if resting > 0 {
            lines.append("At rest: \(counted(resting, "rift")). `reconcile rift list --all` shows them.")
        }
        lines.append("")
        for device in status.devices where device.hasManyLogs && !device.retired {
            let name = "\(shownLine(device.name))\" of \(shownLine(device.person))"
            lines.append(
                "\"\(name) has begun more logs than being restored explains: its keys may have been copied. If it "
                    + "was not restored from old copies that often, its person retires it:  "
                    + "reconcile devices retire \(shownLine(device.name))")
        }
        for entry in status.erasuresAsked {
            lines.append(
                "You are asked to let an entry be erased. If you agree:  reconcile consent \(short(entry))")
            lines.append(
                "    You never have to. So that nobody asks again:  reconcile consent \(short(entry)) --decline"
            )
        }
        if status.drafts > 0 {
            lines.append(
                "\(counted(UInt64(clamping: status.drafts), "draft")) on this device: reconcile drafts")
        }
        return lines + [sync(status)]
    }

    /// What might come next, if something might: at most one thing, and never that a person should be done with it.
    private static func next(in rift: RiftPayload, for person: String) -> String? {
        let entries = rift.entries.filter { !$0.takenBack }
        let hurts = entries.filter { $0.kind == "hurt" }
        if let hurt = hurts.last(where: { $0.author != person && $0.state == "told" }) {
            return
                "\(shownLine(hurt.author)) told you a hurt. Tell it back:  reconcile recognize \(short(hurt.id))"
        }
        if let hurt = hurts.last(where: { $0.author != person && $0.state == "heard" }) {
            return "To make good for it, if you can:  reconcile amends \(short(hurt.id))"
        }
        for hurt in hurts.reversed()
        where hurt.author == person && ["heard", "answered"].contains(hurt.state) {
            let answer = entries.last {
                ["recognition", "amends"].contains($0.kind) && $0.about.contains(hurt.id)
            }
            guard let answer,
                !entries.contains(where: { $0.kind == "receipt" && $0.about.first == answer.id })
            else { continue }
            let id = short(answer.id)
            return "\(shownLine(answer.author)) answered you. Has it reached you?  reconcile receive \(id)"
        }
        return switch rift.state {
        case "begun": "How was it, from where you stood?  reconcile account --rift \(short(rift.id))"
        case "gathering": "One thing that hurt, if one did:  reconcile hurt --rift \(short(rift.id))"
        default: nil
        }
    }

    private static func sync(_ status: StatusPayload) -> String {
        guard status.paired else {
            return "All of it is on this device only. To share: reconcile pair, on both machines."
        }
        if status.restoredWithoutKeys { return Explanation.newDevice }
        if status.apart { return Explanation.apart(status) }
        let others = status.devices.filter { !$0.isThisDevice && !$0.retired }
        guard let partner = others.first(where: { $0.person != status.person }) ?? others.first else {
            return "There is no other device yet."
        }
        let waiting = UInt64(clamping: others.map(\.toSend).max() ?? 0)
        let name = shownLine(partner.person)
        if waiting > 0 {
            return "\(counted(waiting, "event")) not at \(name)'s yet; they go when the machines meet."
        }
        return others.contains { $0.connected && $0.toReceive > 0 }
            ? "New things are arriving." : "\(name) has all that you shared."
    }
}
