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
    ///
    /// - Parameter name: whose journal it is about, where root says so.
    static func choose(_ wanted: Owner?, for name: String?) throws -> ServiceUnits {
        let isRoot = geteuid() == 0
        let sudoer = isRoot ? Terminal.environment("SUDO_USER").flatMap { $0 == "root" ? nil : $0 } : nil
        if wanted == .user {
            // The service manager that it would speak to is root's own.
            guard sudoer == nil, name == nil else { throw CLIError.service(.notAsRoot) }
            return ServiceUnits(owner: .user, person: try ownName())
        }
        let person = try name ?? sudoer ?? ownName()
        let system = fits(person) ? ServiceUnits(owner: .system, person: person) : nil
        if wanted == .system || isRoot {
            guard name != nil || !isRoot || sudoer != nil else { throw CLIError.service(.whose) }
            guard let system else { throw CLIError.noName }
            return system
        }
        let user = ServiceUnits(owner: .user, person: person)
        let installed = [system, user].compactMap(\.self).filter(\.isInstalled)
        guard let first = installed.first else { throw CLIError.noUnits }
        if let used = installed.first(where: \.isInUse) { return used }
        // A journal that is there goes on; the system's service would begin another one.
        return hasOwnJournal ? installed.last ?? first : first
    }

    /// What whoever is at the keyboard is called. A static program asks no name service; `id` does.
    private static func ownName() throws -> String {
        var name = try Program.output(["id", "-un"]).text
        while name.last?.isNewline == true { name.removeLast() }
        return name
    }

    /// Whether the system's unit can carry a name: with what it puts in front that is the name of a user, which has 31
    /// characters at most.
    private static func fits(_ name: String) -> Bool {
        let isPlain = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || [0x2D, 0x5F].contains(byte)
        }
        return isPlain && !name.isEmpty && name.utf8.count <= 28
    }

    /// A journal that this person keeps already, and that the system's service would know nothing of.
    var journalElsewhere: String? {
        guard owner == .system else { return nil }
        // Root has another home; the name service tells whose is where.
        let entry = try? Program.output(["getent", "passwd", person]).text.split(
            separator: ":", omittingEmptySubsequences: false)
        guard let home = entry.flatMap({ $0.count > 5 ? String($0[5]) : nil }) else { return nil }
        let state = home + "/.local/state/reconcile"
        let isKnown = FileStatus(of: "/var/lib/private/reconcile/\(person)/identity") != nil
        return FileStatus(of: state + "/identity") != nil && !isKnown ? state : nil
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
    /// A person's own service is theirs to enable.
    case notAsRoot
    /// A journal lies elsewhere already.
    case other(String)
}
