import ArgumentParser
import FoundationEssentials
import LocalAPI

struct Init: Command {
    static let configuration = CommandConfiguration(
        abstract: "Set this device up. Nothing leaves it before you pair and share.",
        discussion: "Example: reconcile init --name Mara --device laptop")
    @OptionGroup var socket: SocketOptions
    @Option(help: "What your partner calls you.") var name: String
    @Option(help: "What you and your partner call this device; the machine's name if you don't say.")
    var device: String = Terminal.machine

    func execute() throws {
        try Arguments.check()
        _ = try socket.client.request(
            "POST", "/init", body: InitRequest(person: name, device: device), as: StatusPayload.self)
        Terminal.print(
            "Set up for \(shownLine(name)). Write with `reconcile note`, or meet your partner with `reconcile pair`."
        )
    }
}

struct Status: Command {
    static let configuration = CommandConfiguration(
        abstract: "How things are.", discussion: "Example: reconcile status --json")
    @OptionGroup var socket: SocketOptions
    @Flag(help: "Print JSON.") var json = false

    func execute() throws {
        let status = try socket.client.request("GET", "/status", as: StatusPayload.self)
        if json {
            Terminal.print(try encoded(status))
            return
        }
        Terminal.print("reconciled \(status.version), listening on \(status.listening ?? "nothing")")
        guard status.initialised else {
            Terminal.print("Not set up yet. Run: reconcile init --name YOU")
            return
        }
        Terminal.print(shownLine("\(status.person ?? "?"), on \(status.device ?? "?")"))
        Terminal.print(
            "\(counted(UInt64(clamping: status.events), "event")), \(counted(UInt64(clamping: status.drafts), "draft"))"
                + (status.waiting > 0 ? ", \(status.waiting) whose words have not arrived" : ""))
        guard status.paired else {
            Terminal.print("Not paired. Run `reconcile pair` on both machines.")
            return
        }
        if status.restoredWithoutKeys {
            Terminal.print(Explanation.newDevice)
        } else if !status.met {
            Terminal.print(
                "Paired here, and the other side has not been met yet. If it isn't paired, run `reconcile pair` again on both."
            )
        }
        if status.apart { Terminal.print(Explanation.apart(status)) }
        for line in Arrivals.lines(status) { Terminal.print(Lines.wrapped(line)) }
        for device in status.devices where !device.isThisDevice && !device.retired {
            Terminal.print(ListDevices.line(device))
        }
        for erasure in status.erasures {
            Terminal.print(shownLine(Erasing.told(erasure)))
        }
    }
}

struct Sync: Command {
    static let configuration = CommandConfiguration(
        abstract: "Meet the partner now instead of soon.",
        discussion: "Example, before shutting down: reconcile sync --wait")
    @OptionGroup var socket: SocketOptions
    @Flag(help: "Wait until both have all, 10 seconds at most; status 1 if they haven't.") var wait = false

    func execute() throws {
        let result = try socket.client.request(
            "POST", "/sync" + (wait ? "?wait=1" : ""), as: SyncPayload.self)
        if wait, !result.inSync { throw CLIError.notInSync }
        Terminal.print(result.inSync ? "In sync." : "Asked; `reconcile sync --wait` waits for it.")
    }
}
