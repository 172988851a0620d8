import ArgumentParser
import LocalAPI

struct Devices: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "All devices of the journal, yours and your partner's.",
        discussion: "Example: reconcile devices --json",
        subcommands: [ListDevices.self, RenameDevice.self, RetireDevice.self, ResumeDevice.self],
        defaultSubcommand: ListDevices.self)
}

struct ListDevices: Command {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show them: connected or not, and whether each has all.")
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
        for line in Arrivals.lines(status) { Terminal.print(Lines.wrapped(line)) }
        for device in status.devices {
            Terminal.print(Self.line(device))
            if let origin = Self.origin(device) { Terminal.print("          " + origin) }
        }
        _ = try socket.client.request("POST", "/devices/looked", as: StatusPayload.self)
    }

    /// Whose it is, and how it is reached and how far it has got.
    static func line(_ device: DevicePayload) -> String {
        var parts = ["\(short(device.id))  \(device.person)'s \(device.name)"]
        if device.retired {
            parts.append(device.retiredBy.map { "retired by \($0)" } ?? "retired with what let it in")
        } else if device.hasManyLogs {
            parts.append("its keys may have been copied")
        } else if device.paused {
            parts.append("paused: it sent too much on one day (reconcile devices resume)")
        } else if device.isThisDevice {
            parts.append("this device")
        } else if device.connected {
            parts.append("connected")
        } else {
            // Of the partner's nobody is told more than this.
            let seen = device.seen.map { "not connected since \(Terminal.time($0))" }
            parts.append(device.isOwn ? seen ?? "never met" : "not connected")
            if let trouble = Explanation.trouble(of: device) { parts.append(trouble) }
        }
        if device.toSend > 0 { parts.append("\(device.toSend) to send") }
        if device.toReceive > 0 { parts.append("\(device.toReceive) to come") }
        if let skew = device.skew, skew.magnitude > 60_000 {
            let (minutes, side) = (skew.magnitude / 60_000, skew > 0 ? "ahead" : "behind")
            parts.append(
                "its clock is " + (device.isOwn ? "\(minutes) min" : "\(minutes / 60) h") + " \(side)")
        }
        return shownLine(parts.joined(separator: ", "))
    }

    private static func origin(_ device: DevicePayload) -> String? {
        guard let added = device.added else { return nil }
        let way = device.isByWords ? "with recovery words" : device.voucher.map { "by \($0)" }
        return way.map { shownLine("let in \($0) on \(Terminal.time(added))") }
    }
}

struct RenameDevice: Command {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Call a device of yours something else.",
        discussion: "Example: reconcile devices rename laptop \"old laptop\"")
    @OptionGroup var socket: SocketOptions
    @Argument(help: "The device, by its name or the beginning of its id.") var device: String
    @Argument(help: "What to call it.") var name: String

    func execute() throws {
        try Arguments.check()
        _ = try socket.client.request(
            "POST", "/devices/name?device=" + percentEncoded(device), body: RenameRequest(name: name),
            as: StatusPayload.self)
    }
}

struct RetireDevice: Command {
    static let configuration = CommandConfiguration(
        commandName: "retire", abstract: "Take a device of yours out of the journal, for good.",
        discussion: """
            For one that is sold, lost or stolen. Its connections end at once, and nobody meets it again. What it wrote \
            and this device doesn't have yet counts for nothing. It can't be undone: the device would have to be set up \
            anew. What the device let in is retired with it, unless you say --alone.

            Of two devices that retire each other, the one that was let in first stays. So if a device that you don't \
            know has retired this one, retire it from here, and all that it did is undone.

            Examples:
              reconcile devices retire phone
              reconcile devices retire --here      this machine, before it is given away
            """)
    @OptionGroup var socket: SocketOptions
    @Argument(help: "The device, by its name or the beginning of its id.") var device: String?
    @Flag(help: "This machine itself: it can read what is here, and takes part no longer.") var here = false
    @Flag(help: "Leave in what the device let in.") var alone = false
    @Flag(name: .shortAndLong, help: "Don't ask whether that is meant.") var yes = false

    func validate() throws {
        guard here != (device != nil) else { throw ValidationError("Name a device, or say --here.") }
    }

    func execute() throws {
        try Arguments.check()
        guard let device else { return try retireHere() }
        let status = try socket.client.request("GET", "/status", as: StatusPayload.self)
        let others = alone ? [] : Self.letIn(by: device, status.devices)
        for other in others {
            Terminal.print(
                shownLine("\(other.name) (\(short(other.id))) was let in by it, and goes with it."))
        }
        guard try isMeant("Retire \(shownLine(device)) for good? [y/N] ") else { return }
        _ = try socket.client.request(
            "POST", "/devices/retire?device=" + percentEncoded(device) + (alone ? "&alone=1" : ""),
            as: StatusPayload.self)
        Terminal.print(shownLine("\(device) takes part no longer."))
        for other in others { Terminal.print(shownLine("Nor does \(other.name).")) }
    }

    private func retireHere() throws {
        Terminal.print(
            "This machine will take part no longer. What is here stays until you delete it, and can be read.")
        guard try isMeant("Retire this machine for good? [y/N] ") else { return }
        let before = try socket.client.request("GET", "/status", as: StatusPayload.self)
        _ = try socket.client.request("POST", "/devices/retire?here=1", as: StatusPayload.self)
        Terminal.print("This machine takes part no longer.")
        guard !before.devices.contains(where: { !$0.isThisDevice && $0.connected }) else { return }
        Terminal.print(
            "No other device was connected, so none knows yet. If this one goes before any is, retire it there."
        )
    }

    private func isMeant(_ question: String) throws -> Bool {
        if yes { return true }
        guard Terminal.isInputTerminal else { throw CLIError.needsYes }
        guard Terminal.ask(question)?.lowercased().hasPrefix("y") == true else {
            Terminal.print("Nothing was changed.")
            return false
        }
        return true
    }

    /// The devices that take part by way of a device, as the daemon retires them with it.
    private static func letIn(by name: String, _ devices: [DevicePayload]) -> [DevicePayload] {
        let digits = name.lowercased()
        let named = devices.filter { $0.name == name }
        let found = named.isEmpty ? devices.filter { $0.id.hasPrefix(digits) } : named
        guard found.count == 1, let first = found.first else { return [] }
        var (others, all) = ([DevicePayload](), Set([first.id]))
        for device in devices {
            guard let voucher = device.voucherID, all.contains(voucher), !device.isThisDevice else {
                continue
            }
            all.insert(device.id)
            if !device.retired { others.append(device) }
        }
        return others
    }
}

struct ResumeDevice: Command {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Meet a device again that was paused because it sent too much on one day.",
        discussion: """
            A device that sends more than the setting daily-limit (64 MiB) on a day may be broken, or in wrong hands. \
            If you know why it did, as when a large journal was imported there, let it go on.

            Example: reconcile devices resume laptop
            """)
    @OptionGroup var socket: SocketOptions
    @Argument(help: "The device, by its name or the beginning of its id.") var device: String

    func execute() throws {
        try Arguments.check()
        _ = try socket.client.request(
            "POST", "/devices/resume?device=" + percentEncoded(device), as: StatusPayload.self)
    }
}
