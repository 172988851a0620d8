import ArgumentParser
import Glibc
import LocalAPI

struct ServiceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service",
        abstract: "Let the daemon run by itself: start it with the machine, stop it, look at it.",
        discussion: """
            The system's service runs as a user of its own, confined, and needs root to be enabled. With --user it runs \
            as you, for as long as you are logged in; that needs no root. The one that you use already is meant where you \
            name none. Each command shows what it has systemd do.

            Example: sudo reconcile service enable
            """,
        subcommands: [
            EnableService.self, DisableService.self, ServiceStatus.self, ServiceLogs.self,
        ])
}

/// Whose service is meant.
struct ServiceOptions: ParsableArguments {
    @Flag(help: "The service of your own sessions; it needs no root.") var user = false
    @Flag(help: "The system's service.") var system = false
    @Option(name: .customLong("for"), help: ArgumentHelp("Whose journal, for root.", valueName: "name"))
    var person: String?

    func validate() throws {
        if user, system { throw ValidationError("Give --user or --system, not both.") }
    }

    func units() throws -> ServiceUnits {
        try ServiceUnits.choose(user ? .user : system ? .system : nil, for: person)
    }
}

struct EnableService: Command {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Start the daemon now, and from now on by itself.",
        discussion: "Example: sudo reconcile service enable\nWithout root: reconcile service enable --user")
    @OptionGroup var options: ServiceOptions

    func execute() throws {
        try Arguments.check()
        let units = try options.units()
        guard units.isInstalled else { throw CLIError.noUnits }
        if let other = units.journalElsewhere { throw CLIError.service(.other(other)) }
        try units.perform(["enable", "--now", units.socket, units.service], as: "enable")
        let end = units.owner == .system ? "with the machine" : "when you log in"
        Terminal.say("The journal of \(units.person) is served by \(units.service), which starts \(end).")
        if units.owner == .user, !units.lingers {
            Terminal.say("To let it run also while you are not logged in: loginctl enable-linger")
        }
        Terminal.say("Begin with: reconcile")
    }
}

struct DisableService: Command {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Stop the daemon, now and for good; the journal stays.",
        discussion: "Example: sudo reconcile service disable")
    @OptionGroup var options: ServiceOptions

    func execute() throws {
        try Arguments.check()
        let units = try options.units()
        guard units.isInstalled else { throw CLIError.noUnits }
        try units.perform(["disable", "--now", units.socket, units.service], as: "disable")
        Terminal.say(
            "\(units.service) is stopped. The journal stays where it is, in \(units.state), and `reconcile service enable` goes on with it."
        )
    }
}

struct ServiceStatus: Command {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "What systemd says of the daemon.",
        discussion:
            "Ends with systemctl's status: 0 where it runs, 3 where not.\n\nExample: reconcile service status"
    )
    @OptionGroup var options: ServiceOptions
    @Flag(help: "Print JSON.") var json = false

    func execute() throws {
        try Arguments.check()
        let units = try options.units()
        guard json else {
            let words = units.systemctl(["status", "--no-pager", units.socket, units.service])
            throw ExitCode(try Program.run(words))
        }
        let states = [units.socket, units.service].map { unit in
            let found = ["ActiveState", "SubState", "UnitFileState", "StatusText"].map {
                units.properties([$0], of: [unit]).first ?? ""
            }
            return Unit(unit: unit, active: found[0], sub: found[1], enabled: found[2], status: found[3])
        }
        Terminal.print(
            try encoded(
                Report(
                    owner: units.owner, installed: units.isInstalled, state: units.state, units: states)))
    }

    private struct Report: Encodable {
        let owner: ServiceUnits.Owner
        let installed: Bool
        let state: String
        let units: [Unit]
    }

    private struct Unit: Encodable {
        let unit: String
        let active: String
        let sub: String
        let enabled: String
        let status: String
    }
}

struct ServiceLogs: Command {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "What the daemon has logged; no word of the journal is ever in it.",
        discussion: "What stands behind -- goes to journalctl.\n\nExample: reconcile service logs -- -n 50 -f"
    )
    @OptionGroup var options: ServiceOptions
    @Argument(help: ArgumentHelp("Options of journalctl.", valueName: "options")) var rest: [String] = []

    func execute() throws {
        let units = try options.units()
        let scope = units.owner == .system ? ["--unit", units.service] : ["--user", "--unit", units.service]
        throw ExitCode(try Program.run(["journalctl"] + scope + rest))
    }
}

extension ServiceUnits {
    /// Whether this person's service manager runs while they are not logged in.
    fileprivate var lingers: Bool { FileStatus(of: "/var/lib/systemd/linger/\(person)") != nil }

    /// Has systemd do something, and shows what. Throws ``CLIError/service(_:)``.
    fileprivate func perform(_ words: [String], as action: String) throws {
        let words = systemctl(words)
        Terminal.note("+ " + words.joined(separator: " "))
        let status = try Program.run(words)
        guard status != 0 else { return }
        if owner == .user, properties(["Version"], of: []).isEmpty { throw CLIError.service(.noSession) }
        if owner == .system, geteuid() != 0 { throw CLIError.service(.needsRoot(action)) }
        // One that may start later is started again and again meanwhile.
        if properties(["ActiveState"], of: [service]).first == "failed"
            || properties(["SubState"], of: [service]).first == "auto-restart"
        {
            throw CLIError.service(.cannotStart(properties(["StatusText"], of: [service]).first))
        }
        throw CLIError.service(.refused)
    }
}
