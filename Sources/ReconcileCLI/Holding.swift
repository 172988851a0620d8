import ArgumentParser
import LocalAPI

struct Hold: Command {
    static let configuration = CommandConfiguration(
        abstract: "Share a draft by itself later, unless you take it back until then.",
        discussion:
            "Example: reconcile hold d3 --until \"tomorrow 9:00\". The daemon shares it; a machine that is off does so when it is on again."
    )
    @OptionGroup var socket: SocketOptions
    @Argument(help: "The draft, as `reconcile drafts` shows it: d3.") var draft: String
    @Option(name: .shortAndLong, help: "When: \"tomorrow 9:00\", \"sunday 18:00\", 2h, \"2025-03-10 18:20\".")
    var until: String?
    @Option(help: "A private field that is to go along: underneath or kindness.") var include: [String] = []
    @Flag(help: "Take it back: it stays a draft.") var cancel = false
    @Flag(help: "Print the answer as JSON.") var json = false

    func validate() throws {
        guard until == nil || !cancel else { throw ValidationError("Say --until or --cancel, not both.") }
    }

    func execute() throws {
        if cancel {
            let held = try Holding.send(draft, HoldRequest(), socket)
            return Terminal.print(
                json ? try encoded(held) : "\(draft) is not held any more. It stays a draft on this device.")
        }
        guard let until else {
            guard Guide.isPossible, !json else {
                throw ValidationError("Say until when, as in --until \"tomorrow 9:00\"")
            }
            return try Holding.ask(draft, include: include, socket)
        }
        try Holding.hold(draft, until: until, include: include, socket, json: json)
    }
}

/// Holding a draft: what the partner will see is shown at once, as nobody will be asked when the time has come.
enum Holding {
    /// Asks until when, and holds it.
    static func ask(_ draft: String, include: [String] = [], _ socket: SocketOptions) throws {
        while true {
            let until = try Question.ask("Until when? As in: tomorrow 9:00, sunday 18:00, 2h.")
            if until.isEmpty { return Terminal.say("It stays on this device: \(draft)") }
            do {
                return try hold(draft, until: until, include: include, socket, json: false)
            } catch LocalClientError.refused(let refusal)
                where ["no_time_to_come", "past"].contains(refusal.error)
            {
                Terminal.note("reconcile: " + Explanation.text(of: LocalClientError.refused(refusal)))
            }
        }
    }

    static func hold(
        _ draft: String, until: String, include: [String], _ socket: SocketOptions, json: Bool
    ) throws {
        var request = HoldRequest(until: until, zone: Terminal.environment("TZ"), include: include)
        guard !json, Terminal.isInputTerminal else {
            request.asOf = Shown.arrivals(socket: socket.path)
            let held = try send(draft, request, socket)
            return Terminal.say(json ? try encoded(held) : told(held))
        }
        // What is wrong with the time is said before anything is read in vain.
        request.isTrial = true
        let time = try send(draft, request, socket)
        guard let chosen = try Sharing.agreed(draft, include, socket, question: held(time)) else {
            return Terminal.say("It stays on this device: \(draft)")
        }
        (request.isTrial, request.include) = (false, chosen)
        request.asOf = Shown.arrivals(socket: socket.path)
        Terminal.say(told(try send(draft, request, socket)))
    }

    static func send(_ draft: String, _ request: HoldRequest, _ socket: SocketOptions) throws -> DraftPayload
    {
        try socket.client.request(
            "POST", "/drafts/\(percentEncoded(draft))/hold", body: request, as: DraftPayload.self)
    }

    private static func held(_ draft: DraftPayload) -> String {
        "Enter lets it be shared on \(Terminal.time(draft.heldUntil ?? 0)); n keeps it as a draft."
    }

    private static func told(_ draft: DraftPayload) -> String {
        "\(draft.id) will be shared on \(Terminal.time(draft.heldUntil ?? 0)). To take it back: reconcile hold \(draft.id) --cancel"
    }
}
