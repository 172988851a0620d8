import EventLog
import Glibc
import LocalAPI
import Probes
import Store

/// The state directory and the database, tried.
extension Ledger {
    /// What came of using them.
    func storeProbes() -> [ProbePayload] {
        var probes: [ProbePayload] = []
        do {
            let start = SystemClock.uptime()
            try answer()
            // What an acknowledged write costs here: one that is durable.
            try directory.probe()
            probes.append(ProbePayload("store", "ok", number: (SystemClock.uptime() - start) / 1_000))
        } catch {
            probes.append(ProbePayload("store", "failed", subject: directory.path))
        }
        if let free = try? directory.freeBytes() {
            let outcome = free < Self.reserve ? "short" : free < 8 * Self.reserve ? "low" : "ok"
            probes.append(ProbePayload("space", outcome, number: Int64(clamping: free)))
        } else {
            probes.append(ProbePayload("space", "unknown"))
        }
        switch FileSystemKind(of: directory.path) {
        case .local: probes.append(ProbePayload("file_system", "local", subject: directory.path))
        case .memory: probes.append(ProbePayload("file_system", "memory", subject: directory.path))
        case .network(let kind): probes.append(ProbePayload("file_system", "network", subject: kind))
        case .synced(let program): probes.append(ProbePayload("file_system", "synced", subject: program))
        case .unknown, nil: probes.append(ProbePayload("file_system", "unknown", subject: directory.path))
        }
        let hasPattern = (try? Pattern("a", isCaseless: false)) != nil
        probes.append(ProbePayload("patterns", hasPattern ? "ok" : "missing"))
        return probes
    }
}
