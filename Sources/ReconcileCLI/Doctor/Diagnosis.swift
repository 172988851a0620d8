import ArgumentParser
import LocalAPI

/// What findings mean, and what to do about each: all of doctor's text is made here.
struct Diagnosis {
    /// Whether names, paths and addresses are left out.
    let isReport: Bool

    private func hidden(_ text: String, _ kind: String) -> String { isReport ? "<\(kind)>" : text }

    private func find(
        _ check: String, _ state: Finding.State, _ text: String, fix: String? = nil, command: String? = nil
    ) -> Finding {
        Finding(check: check, state: state, text: text, fix: fix, command: command)
    }

    func command(_ version: String) -> Finding { find("command", .ok, version) }

    func daemon(_ version: String, at path: String) -> Finding {
        let place = hidden(path, "socket")
        let own = String(Reconcile.configuration.version.drop { $0 != " " }.dropFirst())
        guard version == own else {
            return find(
                "daemon", .warning, "The daemon at \(place) is of version \(version).",
                fix:
                    "Start it anew: sudo systemctl restart 'reconciled@*', or without root: systemctl --user restart reconciled"
            )
        }
        return find("daemon", .ok, "The daemon answers at \(place).")
    }

    func noDaemon(_ error: any Error, units: ServiceUnits?) -> Finding {
        let text =
            switch error {
            case LocalClientError.noDaemon(let path): "No daemon answers at \(hidden(path, "socket"))."
            case LocalClientError.notAllowed(let path):
                "The socket \(hidden(path, "socket")) is someone else's."
            case LocalClientError.refused(let refusal) where isReport: "The daemon refuses: \(refusal.error)."
            case _ where isReport: "The daemon doesn't answer as it should."
            default: "The daemon doesn't answer: \(Explanation.text(of: error))"
            }
        let fix =
            switch units {
            case nil: "Start it by hand: reconciled &. Or install it as a service, see the README."
            case let units? where units.isInUse: "See why: reconcile service status"
            case let units? where units.owner == .user: "Start it: reconcile service enable --user"
            default: "Start it: sudo reconcile service enable"
            }
        return find("daemon", .problem, text, fix: fix)
    }

    /// A daemon that listens and says nothing.
    ///
    /// - Parameter process: its number, where it can be told.
    func hanging(_ origin: DaemonSocket.Origin, process: Int32?) -> Finding {
        let command =
            switch origin {
            case .system: "sudo systemctl restart 'reconciled@*'"
            case .session: "systemctl --user restart reconciled"
            // Nothing milder reaches one whose loops stand still.
            case .hand: process.map { "kill -9 \($0); reconciled &" }
            }
        return find(
            "daemon", .problem, "The daemon says nothing: it hangs.",
            fix: "Start it anew" + (command == nil ? "." : ":"), command: command)
    }

    func several(_ paths: [String]) -> Finding {
        find(
            "socket", .warning,
            "Several daemons of yours run: \(paths.map { hidden($0, "socket") }.joined(separator: ", ")). The first is asked.",
            fix:
                "Keep the one that has your journal, and stop the others: reconcile service disable --user, or --system"
        )
    }

    func clock(isSynchronised: Bool?) -> Finding {
        switch isSynchronised {
        case true?: find("clock", .ok, "The clock follows others on the network.")
        case false?:
            find(
                "clock", .warning,
                "The clock is set by hand. Your dates may come out before what you answer.",
                fix: "sudo timedatectl set-ntp true")
        case nil: find("clock", .note, "Whether the clock is right can't be told here.")
        }
    }

    /// What the daemon's probes mean.
    func findings(
        _ probes: [ProbePayload], port: Int, firewall: Firewall?, isConfined: Bool
    ) -> [Finding] {
        probes.map { probe in
            if probe.name.hasPrefix("sandbox_") { return sandbox(probe, isConfined: isConfined) }
            switch probe.name {
            case "store", "space", "file_system", "patterns": return disk(probe)
            case "interfaces", "listening", "network", "multicast": return network(probe, port, firewall)
            default: return device(probe, port, firewall, isConfined: isConfined)
            }
        }
    }

    private func disk(_ probe: ProbePayload) -> Finding {
        let (subject, number) = (hidden(probe.subject ?? "?", "path"), probe.number ?? 0)
        return switch (probe.name, probe.outcome) {
        case ("store", "ok"):
            find("store", .ok, "The journal is read, and the disk written durably, in \(number) ms.")
        case ("store", _):
            find(
                "store", .problem, "The journal in \(subject) can't be used.",
                fix: "Look at what the daemon says: reconcile service logs. Then: reconcile log --verify")
        case ("space", "ok"): find("space", .ok, "\(Progress.size(Int(clamping: number))) are free.")
        case ("space", "unknown"):
            find("space", .warning, "How much room is left can't be told.", fix: "Look yourself: df -h")
        case ("space", "low"):
            find(
                "space", .warning, "Only \(Progress.size(Int(clamping: number))) are free.",
                fix: "Make room soon.")
        case ("space", _):
            find(
                "space", .problem,
                "Only \(Progress.size(Int(clamping: number))) are free, so nothing is taken from others.",
                fix: "Make room on the disk.")
        case ("file_system", "local"): find("file_system", .ok, "It lies on a disk of this machine.")
        case ("file_system", "memory"):
            find(
                "file_system", .problem,
                "The journal in \(subject) lies in memory, and is gone when the machine is.",
                fix: "Make a backup (reconcile backup create), and restore it with a --state on a disk.")
        case ("file_system", "unknown"):
            find(
                "file_system", .warning, "On what kind of disk it lies can't be told.",
                fix: "Prefer a disk of this machine.")
        case ("file_system", _):
            find(
                "file_system", .problem, "The journal lies in a place that \(probe.subject ?? "?") shares.",
                fix:
                    "Make a backup (reconcile backup create), and restore it with a --state on a disk of this machine."
            )
        case ("patterns", "ok"): find("patterns", .ok, "Patterns can be searched for.")
        case (_, _):
            find(
                "patterns", .warning, "`log -g` can't search: PCRE2 is missing.",
                fix: "sudo apt-get install libpcre2-8-0")
        }
    }

    private func network(_ probe: ProbePayload, _ port: Int, _ firewall: Firewall?) -> Finding {
        let number = UInt64(clamping: probe.number ?? 0)
        let opening = firewall.map { "Open it\($0.remark):" }
        return switch (probe.name, probe.outcome) {
        case ("interfaces", "ok"):
            find("interfaces", .ok, "\(counted(number, "network interface")) with an address.")
        case ("interfaces", _):
            find(
                "interfaces", .warning, "There is no network.",
                fix: "Join the one that your partner's machine is on.")
        case ("listening", "ok"): find("listening", .ok, "It listens on port \(port).")
        case ("listening", "closed"):
            find("listening", .ok, "It listens nowhere, as nothing is shared.")
        case ("listening", let outcome):
            find(
                "listening", .problem, "Its own port \(port) is not reached from this machine (\(outcome)).",
                fix: opening ?? "Look for a firewall that drops what is for port \(port).",
                command: firewall?.opening(port))
        case ("network", "elsewhere"):
            // Of this machine only: the same whatever the others do.
            find(
                "network", .note,
                "This is another network than where devices were met, so the addresses from there are not called.",
                fix: """
                    At home that means a new router: devices find each other again by beacons. Where these don't get \
                    through, name the other machine: `peers` in reconciled.yaml
                    """)
        case ("multicast", "ok"):
            find("multicast", .ok, "Beacons go out and are heard, on \(counted(number, "address")).")
        case ("multicast", "off"):
            find("multicast", .note, "Beacons are switched off; devices are met by address only.")
        case ("multicast", "none"):
            find(
                "multicast", .warning, "No interface can carry beacons.",
                fix:
                    "Name the other machine: reconcile pair --address HOST:PORT, or `peers` in reconciled.yaml"
            )
        case ("multicast", _):
            find(
                "multicast", .warning,
                "Beacons are \(probe.outcome == "refused" ? "not let out" : "not heard, not even here").",
                fix: opening
                    ?? "Look for a firewall that drops UDP port 7747, or name the other machine with --address.",
                command: firewall?.opening(port)
            )
        default: find(probe.name, .note, probe.outcome)
        }
    }

    private func device(
        _ probe: ProbePayload, _ port: Int, _ firewall: Firewall?, isConfined: Bool
    ) -> Finding {
        let name = hidden(probe.subject ?? "?", "device")
        let opening = firewall.map { "Open the firewall there or here\($0.remark):" }
        return switch probe.outcome {
        case "unpaired": find("partner", .note, "Not paired yet.", fix: "On both machines: reconcile pair")
        case "apart" where probe.name == "partner":
            find(
                "partner", .note, "Nothing is shared with anyone.",
                fix: "To begin again, on both: reconcile pair")
        case "connected": find(probe.name, .ok, "\(name) is connected.")
        case "not_connected":
            // The same words whatever the cause: off, elsewhere, or no longer sharing.
            find(
                "partner", .note, "\(name) is not connected.",
                fix: """
                    The usual causes: one of the machines is off or asleep; they are on different networks, or on one \
                    that keeps its guests apart; a firewall or a VPN is in the way; the two Reconciles are of different \
                    versions; the sharing has ended. The lines above tell what can be mended here.
                    """)
        case "answers":
            find(
                "device", .warning, "\(name) is reached, and not connected.",
                fix: "Ask for it: reconcile sync --wait")
        case "no_address":
            find(
                "device", .warning, "Where \(name) is isn't known.",
                fix: "Bring both onto one network, or name it: `peers` in reconciled.yaml")
        case "elsewhere":
            find(
                "device", .warning,
                "\(name) was met on another network, and is not looked for by address here.",
                fix: "Bring both onto one network, or name it: `peers` in reconciled.yaml")
        case "refused":
            find(
                "device", .warning, "The machine of \(name) answers, but no daemon runs there.",
                fix: "There: reconcile service enable")
        case "forbidden" where !isConfined:
            find(
                "device", .problem, "This machine's firewall lets nothing out to \(name).",
                fix: "Look for the rule that drops or rejects what goes out.")
        case "forbidden":
            find(
                "device", .problem,
                "The service may not call the address of \(name): its confinement allows private networks only.",
                fix:
                    "Allow others by the drop-in /usr/share/doc/reconcile/examples/any-address.conf, as it says in it."
            )
        case "silent":
            find(
                "device", .warning, "\(name) doesn't answer where it was last.",
                fix: opening ?? "Is it on, and on this network? A guest network may keep machines apart.",
                command: firewall?.opening(port))
        case "apart":
            find(
                "clock", .warning,
                "This machine's clock and another one's are \((probe.number ?? 0).magnitude / 3_600_000) hours apart.",
                fix: "If this one is wrong: sudo timedatectl set-ntp true")
        case "far":
            find(
                "clock", .warning,
                "The clock of \(name) is \((probe.number ?? 0) / 60_000) minutes from this one.",
                fix: "On the one that is wrong: sudo timedatectl set-ntp true")
        default: find(probe.name, .note, probe.outcome)
        }
    }

    private func sandbox(_ probe: ProbePayload, isConfined: Bool) -> Finding {
        let (held, open) =
            switch probe.name {
            case "sandbox_homes": ("It sees no home.", "It can list the homes of people.")
            case "sandbox_root_home": ("It doesn't see root's files.", "It can list root's files.")
            case "sandbox_write_etc": ("It can't write in /etc.", "It can write in /etc.")
            case "sandbox_other_processes": ("It sees no other processes.", "It sees other processes.")
            case "sandbox_programs": ("It can start no programs.", "It can start programs.")
            case "sandbox_executable_memory": ("It can make no code.", "It can make code while it runs.")
            default: ("It calls private networks only.", "It can call any address.")
            }
        if probe.outcome == "held" { return find(probe.name, .ok, held) }
        guard probe.outcome == "open" else {
            return find(probe.name, .note, "That could not be tried: \"\(held)\"")
        }
        // Without the system's service nothing is promised; with it, something has been left out.
        return isConfined
            ? find(
                probe.name, .warning, open,
                fix:
                    "This system leaves a part of the unit out: compare `systemctl cat` with the drop-ins that you have."
            )
            : find(
                probe.name, .note, open,
                fix: "The system's service is confined: sudo reconcile service enable")
    }
}
