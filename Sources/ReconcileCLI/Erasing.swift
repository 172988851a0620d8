import ArgumentParser
import LocalAPI

struct Erase: Command {
    static let configuration = CommandConfiguration(
        abstract: "Delete an entry of yours for good; your partner has to agree.",
        discussion: """
            Example: reconcile erase 3f2a

            A draft, and what no other device has had yet, is deleted at once. Of the rest the words go from the device \
            on which you ask, and from the one on which your partner agrees; nobody is shown or given them any more. On \
            each further device they are kept, unseen, until its person has them deleted there: \
            reconcile erase --here 3f2a. What was exported or backed up is out of reach. To take something back that may \
            be unfolded again there is retract.
            """)
    @OptionGroup var socket: SocketOptions
    @Argument(help: "The entry or draft.") var entry: String
    @Flag(help: "Delete the words of an entry on this device that is erased already.") var here = false
    @Flag(name: .shortAndLong, help: "Don't ask first.") var yes = false
    @Flag(help: "Print the answer as JSON.") var json = false

    func execute() throws {
        if here { return try eraseHere() }
        try Erasing.confirm(
            "Its words will be gone for good where nobody else has them, and else once your partner agrees. They may be the only record of it. What was exported or backed up is out of reach.",
            of: entry, isSaid: yes, socket)
        let response = try Erasing.send("erase", entry, socket)
        if json { return Terminal.print(try encoded(response)) }
        if response.isDraft { return Terminal.say("\(response.id)  \(response.kind), deleted for good") }
        Terminal.say(
            response.isErased == true
                ? "Its words are deleted for good; no other device had them."
                : "Asked. Until your partner agrees it can still be read; reconcile status tells where it is gone."
        )
    }

    private func eraseHere() throws {
        try Erasing.confirm(
            "Its words will be gone from this device for good. They may be the only copy.",
            of: entry, isSaid: yes, socket)
        let status = try Erasing.decide("here", entry, socket)
        if json { return Terminal.print(try encoded(status.erasures)) }
        Terminal.say("Its words are deleted on this device.")
    }
}

struct Consent: Command {
    static let configuration = CommandConfiguration(
        abstract: "Agree that an entry of your partner's is deleted for good, or decline it.",
        discussion: """
            Example: reconcile consent 3f2a
            Example, for "no, and don't ask again": reconcile consent 3f2a --decline

            Nobody ever has to agree. To decline is this device's affair: your partner is not told, and you can still \
            agree later.
            """)
    @OptionGroup var socket: SocketOptions
    @Argument(help: "The entry that your partner asks you to let go.") var entry: String
    @Flag(help: "Say no for good: it is not asked about again on this device.") var decline = false
    @Flag(name: .shortAndLong, help: "Don't ask first.") var yes = false
    @Flag(help: "Print the answer as JSON.") var json = false

    func execute() throws {
        if decline {
            let status = try Erasing.decide("decline", entry, socket)
            if json { return Terminal.print(try encoded(status.erasuresAsked)) }
            return Terminal.say(
                "It stays, and you aren't asked about it again on this device. Your partner is not told.")
        }
        try Erasing.confirm(
            "Its words will be gone for good, and they may be the only record of it. You never have to agree. What was exported or backed up is out of reach.",
            of: entry, isSaid: yes, socket)
        let response = try Erasing.send("consent", entry, socket)
        Terminal.say(
            json
                ? try encoded(response)
                : "Its words are deleted here, and on the device that asked when they meet. Further devices keep them, unseen, until someone says there: reconcile erase --here \(shownLine(entry))"
        )
    }
}

/// What can't be undone.
enum Erasing {
    static func confirm(_ consequence: String, of id: String, isSaid: Bool, _ socket: SocketOptions) throws {
        if isSaid { return }
        guard Terminal.isInputTerminal else { throw CLIError.needsYes }
        let entry = try socket.client.request("GET", "/entry?id=" + percentEncoded(id), as: EntryPayload.self)
        Terminal.note(Story.entry(entry) + "\n")
        Terminal.note(Lines.wrapped(consequence))
        guard ["y", "yes"].contains(Terminal.askAnew("Do it? [y/N] ")?.lowercased()) else {
            throw Interruption.end
        }
    }

    /// Decides something that concerns this device only.
    static func decide(_ what: String, _ entry: String, _ socket: SocketOptions) throws -> StatusPayload {
        try Arguments.check()
        return try socket.client.request(
            "POST", "/erasures/\(what)?entry=" + percentEncoded(entry), as: StatusPayload.self)
    }

    /// Where the words of an entry are gone that both agreed to erase.
    static func told(_ erasure: ErasurePayload) -> String {
        let id = short(erasure.entry)
        let here =
            erasure.isKeptHere
            ? "\(id) is erased. Its words are on this device still, shown to nobody; to delete them: reconcile erase --here \(id)"
            : "\(id) is erased, and its words are gone from this device"
        guard !erasure.open.isEmpty else { return erasure.isKeptHere ? here : here + " and all others." }
        return here + ". Not known to have deleted them: "
            + erasure.open.joined(separator: ", ") + "."
    }

    static func send(_ kind: String, _ entry: String, _ socket: SocketOptions) throws -> WriteResponse {
        try Arguments.check()
        var request = WriteRequest(kind: kind)
        request.share = true
        request.about = [entry]
        return try Writing.write(Unfinished(request), socket)
    }
}
