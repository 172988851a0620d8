import ArgumentParser
import FoundationEssentials
import LocalAPI

struct Init: Command {
    static let configuration = CommandConfiguration(
        abstract: "Set this device up. Nothing leaves it before you pair and share.",
        discussion: "Example: reconcile init --name Mara --device laptop")
    @OptionGroup var socket: SocketOptions
    @Option(help: "What your partner calls you.") var name: String
    @Option(help: "What you call this device.") var device: String = "this device"

    func execute() throws {
        try Arguments.check()
        _ = try socket.client.request(
            "POST", "/init", body: InitRequest(person: name, device: device), as: StatusPayload.self)
        Terminal.print(
            "Set up for \(shownLine(name)). Write with `reconcile note`, or meet your partner with `reconcile pair`."
        )
    }
}

struct Pair: Command {
    static let configuration = CommandConfiguration(
        abstract: "Begin a journal with your partner: run it on both machines, and compare the codes.",
        discussion: """
            Example, on one machine:   reconcile pair
            and on the other:          reconcile pair --address 192.168.1.20:7747
            In a script, `reconcile pair --confirm CODE` gives the code that the other side printed.
            """)
    @OptionGroup var socket: SocketOptions
    @Option(help: "Where the other daemon listens: HOST:PORT.") var address: String?
    @Option(help: "The code that the other side shows; answers the pairing that is going on.") var confirm:
        String?
    @Flag(help: "Stop the pairing that is going on.") var cancel = false

    func execute() throws {
        try Arguments.check()
        if cancel {
            _ = try socket.client.request("POST", "/pair/cancel", as: StatusPayload.self)
            return
        }
        if let confirm {
            _ = try socket.client.request(
                "POST", "/pair/confirm", body: ConfirmRequest(code: confirm), as: StatusPayload.self)
            return
        }
        Terminal.print(
            "From now on, what either of you shares is in both journals. Drafts and notes stay here.")
        var buffer: [UInt8] = []
        let target = "/pair" + (address.map { "?address=" + percentEncoded($0) } ?? "")
        var result: Result<Void, any Error>?
        try socket.client.stream("POST", target) { piece in
            buffer += piece
            while let end = buffer.firstIndex(of: 0x0A) {
                let step = try JSONDecoder().decode(PairingStep.self, from: Data(buffer[..<end]))
                buffer.removeSubrange(...end)
                if let outcome = try show(step) { result = outcome }
            }
            return result == nil
        }
        guard let result else { throw LocalClientError.brokenOff }
        try result.get()
    }

    private func show(_ step: PairingStep) throws -> Result<Void, any Error>? {
        switch step.step {
        case "waiting":
            Terminal.print(
                address.map { "Looking for your partner at \($0) ..." }
                    ?? "Waiting for your partner on port \(step.port ?? 0), for five minutes ...")
        case "compare": try compare(step)
        case "paired":
            Terminal.print(
                "Paired with \(shownLine(step.partner ?? "?"))'s \(shownLine(step.device ?? "?")).")
            return .success(())
        case "failed": return .failure(CLIError.pairingFailed(step.failure ?? ""))
        default: break
        }
        return nil
    }

    private func compare(_ step: PairingStep) throws {
        Terminal.print("\nThis screen's code:  \(step.code ?? "")\n")
        guard Terminal.isInputTerminal else {
            Terminal.print(
                "Compare it, then run: reconcile pair --confirm CODE, with the other screen's code")
            return
        }
        let choices = step.choices ?? []
        for (index, choice) in choices.enumerated() { Terminal.print("  \(index + 1)  \(choice)") }
        while true {
            guard let answer = Terminal.ask("Which code does the OTHER screen show? [1-3, or n for none] ")
            else { break }
            if answer.lowercased().hasPrefix("n") { break }
            if let number = Int(answer), choices.indices.contains(number - 1) {
                _ = try socket.client.request(
                    "POST", "/pair/confirm", body: ConfirmRequest(code: choices[number - 1]),
                    as: StatusPayload.self)
                Terminal.print("Waiting for the other side to say the same ...")
                return
            }
        }
        _ = try socket.client.request(
            "POST", "/pair/confirm", body: ConfirmRequest(code: nil), as: StatusPayload.self)
    }
}

struct Devices: Command {
    static let configuration = CommandConfiguration(
        abstract: "All devices of the journal.", discussion: "Example: reconcile devices --json")
    @OptionGroup var socket: SocketOptions
    @Flag(help: "Print JSON.") var json = false

    func execute() throws {
        let status = try socket.client.request("GET", "/status", as: StatusPayload.self)
        if json {
            Terminal.print(try encoded(status.devices))
            return
        }
        guard status.initialised else { throw LocalClientError.refused(ErrorPayload("not_initialised")) }
        guard status.paired else { throw LocalClientError.refused(ErrorPayload("not_paired")) }
        for device in status.devices { Terminal.print(Self.line(device)) }
    }

    static func line(_ device: DevicePayload) -> String {
        var line = "\(short(device.id))  \(device.person)'s \(device.name)"
        line += device.isThisDevice ? ", this device" : device.connected ? ", connected" : ", not connected"
        if let skew = device.skew, skew.magnitude > 60_000 {
            line += ", its clock is \(skew.magnitude / 60_000) min \(skew > 0 ? "ahead" : "behind")"
        }
        return shownLine(line)
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
            "\(status.events) events, \(status.drafts) drafts"
                + (status.waiting > 0 ? ", \(status.waiting) whose words have not arrived" : ""))
        guard status.paired else {
            Terminal.print("Not paired. Run `reconcile pair` on both machines.")
            return
        }
        if !status.met {
            Terminal.print(
                "Paired here, and the other side has not been met yet. If it isn't paired, run `reconcile pair` again on both."
            )
        }
        for device in status.devices where !device.isThisDevice { Terminal.print(Devices.line(device)) }
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
