import Glibc
import LocalAPI

/// The units by which systemd runs one person's daemon.
struct ServiceUnits {
    /// Whose service manager it is.
    enum Owner: String, CaseIterable, Encodable {
        /// The system's: for each person a user of its own, confined.
        case system
        /// That of the person's sessions.
        case user
    }

    let owner: Owner
    /// The person's name on this machine.
    let person: String

    var service: String { owner == .system ? "reconciled@\(person).service" : "reconciled.service" }

    var socket: String { owner == .system ? "reconciled@\(person).socket" : "reconciled.socket" }

    /// Where the daemon keeps the journal.
    var state: String {
        owner == .system ? "/var/lib/reconcile/\(person)" : Self.ownState
    }

    /// Whether they are installed.
    var isInstalled: Bool { Self.isInstalled(owner) }

    /// Whether the daemon is meant to run, or does.
    var isInUse: Bool {
        let states = properties(["ActiveState", "UnitFileState"], of: [socket, service])
        return states.contains { ["active", "activating", "reloading", "failed", "enabled"].contains($0) }
    }

    /// What systemd says of some units: the values of properties, in no order.
    func properties(_ names: [String], of units: [String]) -> [String] {
        let words = ["show", "--value"] + names.flatMap { ["--property", $0] } + ["--"] + units
        guard let answer = try? Program.output(systemctl(words)) else { return [] }
        return answer.text.split(separator: "\n").map(String.init)
    }

    func systemctl(_ words: [String]) -> [String] {
        (owner == .system ? ["systemctl"] : ["systemctl", "--user"]) + words
    }

    /// Where a person's daemon keeps the journal outside of the system's service.
    static var ownState: String {
        (Terminal.environment("HOME") ?? "/") + "/.local/state/reconcile"
    }

    /// Whether a journal lies in a person's own directory.
    static var hasOwnJournal: Bool { FileStatus(of: ownState + "/identity") != nil }

    /// Whether units of an owner are installed.
    static func isInstalled(_ owner: Owner) -> Bool {
        let name = owner == .system ? "reconciled@.service" : "reconciled.service"
        return directories(owner).contains { FileStatus(of: "\($0)/\(name)", followsLinks: true) != nil }
    }

    /// Where systemd looks for units that are installed.
    private static func directories(_ owner: Owner) -> [String] {
        guard owner == .user else {
            return ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"].map { $0 + "/systemd/system" }
        }
        let home = Terminal.environment("HOME") ?? "/"
        let own = [
            Terminal.environment("XDG_CONFIG_HOME") ?? home + "/.config",
            Terminal.environment("XDG_DATA_HOME") ?? home + "/.local/share",
        ]
        return (own + ["/etc", "/run", "/usr/local/lib", "/usr/lib"]).map { $0 + "/systemd/user" }
    }

    /// The units for a wish: of the owner that is named, else of the one in use, else of the one that fits best.
    static func choose(_ wanted: Owner?, for name: String?) throws -> ServiceUnits {
        let person = try name ?? Self.person()
        if let wanted { return ServiceUnits(owner: wanted, person: person) }
        let installed = Owner.allCases.map { ServiceUnits(owner: $0, person: person) }.filter(\.isInstalled)
        guard let first = installed.first else { throw CLIError.noUnits }
        if let used = installed.first(where: \.isInUse) { return used }
        // A journal that is there goes on; the system's service would begin another one.
        return hasOwnJournal && geteuid() != 0 ? installed.last ?? first : first
    }

    /// The name of whoever is at the keyboard, also behind `sudo`.
    private static func person() throws -> String {
        var name = ""
        if geteuid() == 0 {
            guard let user = Terminal.environment("SUDO_USER"), user != "root" else {
                throw CLIError.service(.whose)
            }
            name = user
        } else {
            // A static program asks no name service; this one does.
            name = try Program.output(["id", "-un"]).text
            while name.last?.isNewline == true { name.removeLast() }
        }
        let isPlain = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || [0x2D, 0x5F].contains(byte)
        }
        // With what the unit puts in front it has to be the name of a user, which has 31 characters at most.
        guard isPlain, !name.isEmpty, name.utf8.count <= 28 else { throw CLIError.noName }
        return name
    }
}

/// Why the service is not as it was wanted.
enum ServiceFailure: Sendable {
    /// The daemon does not start; why, if it said so.
    case cannotStart(String?)
    /// Only root may do that; what was to be done.
    case needsRoot(String)
    /// No service manager of this person's is running.
    case noSession
    /// systemd refused, and has said why.
    case refused
    /// Nobody has said whose journal it is about.
    case whose
    /// A journal lies elsewhere already.
    case other(String)
}
