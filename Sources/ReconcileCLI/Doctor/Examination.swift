import ArgumentParser
import Glibc
import LocalAPI

/// What the command line can find out by itself, and what it has the daemon find out.
struct Examination {
    let socket: String?

    /// All findings.
    ///
    /// - Parameter isReport: whether names, paths and addresses are left out.
    func findings(isReport: Bool) -> [Finding] {
        let path = DaemonSocket.path(socket)
        let say = Diagnosis(isReport: isReport)
        var findings = places(say) + [say.command(Reconcile.configuration.version)]
        do {
            // Where nobody answers that is what is told.
            let found = try LocalClient(path: path, patience: 20).request(
                "POST", "/doctor", as: DoctorPayload.self)
            findings.append(say.daemon(found.version, at: path))
            let isConfined = DaemonSocket.origin(of: path) == .system
            findings += say.findings(
                found.probes, port: found.port, firewall: Firewall.active, isConfined: isConfined)
        } catch LocalClientError.silent {
            let process = LocalClient.process(at: path)
            findings.append(say.hanging(DaemonSocket.origin(of: path), process: process))
        } catch {
            findings.append(say.noDaemon(error, units: try? ServiceUnits.choose(nil, for: nil)))
        }
        findings.append(say.clock(isSynchronised: isSynchronised))
        return findings
    }

    /// Whether one daemon is meant by all that looks for one.
    private func places(_ say: Diagnosis) -> [Finding] {
        guard socket == nil, Terminal.environment("RECONCILE_SOCKET") == nil else { return [] }
        let listening = DaemonSocket.places.filter { LocalClient.probe(path: $0.path) == 0 }
        return listening.count > 1 ? [say.several(listening.map(\.path))] : []
    }

    /// Whether the clock follows others'; nil where nobody says.
    private var isSynchronised: Bool? {
        guard
            let answer = try? Program.output(
                ["timedatectl", "show", "--property=NTPSynchronized", "--value"]), answer.status == 0
        else { return nil }
        return answer.text.hasPrefix("yes")
    }
}

/// The firewall of this machine, as far as someone without root can tell.
enum Firewall: String {
    case ufw, firewalld, nftables

    /// The one that is on; nil if none is known to be.
    static var active: Firewall? {
        let isOn = PrivateFile.read("/etc/ufw/ufw.conf").map { String(decoding: $0, as: UTF8.self) }?
            .split(separator: "\n").contains { $0.lowercased() == "enabled=yes" }
        if isOn == true { return .ufw }
        for one in [Firewall.firewalld, .nftables] {
            if let answer = try? Program.output(["systemctl", "is-active", one.rawValue]), answer.status == 0
            {
                return one
            }
        }
        return nil
    }

    /// What lets other devices in.
    func opening(_ port: Int) -> String {
        switch self {
        case .ufw: "sudo ufw allow \(port)/tcp && sudo ufw allow 7747/udp"
        case .firewalld:
            "sudo firewall-cmd --permanent --add-port=\(port)/tcp --add-port=7747/udp && sudo firewall-cmd --reload"
        case .nftables:
            "sudo nft insert rule inet filter input tcp dport \(port) accept && sudo nft insert rule inet filter input udp dport 7747 accept"
        }
    }

    /// What is to be known of that.
    var remark: String {
        self == .nftables ? ", until the next start; for good, put it into /etc/nftables.conf" : ""
    }
}
