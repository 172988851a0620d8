import Causality
import EventLog
import NIOCore
import Peering
import ServiceLifecycle
import Store

/// Tells the service manager in a line how things stand, whenever that changes: `systemctl status` shows it.
///
/// Everyone on the machine may read it, so it holds numbers only; and no times, by which someone's absence could be
/// looked up.
struct StatusLine: Service {
    let ledger: Ledger
    let links: Links
    let supervisor: Supervisor
    /// Raised when something may have changed.
    let wake: Wake

    func run() async throws {
        guard supervisor.isListening else { return try await gracefulShutdown() }
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { for await _ in await ledger.changes() { wake.raise() } }
                var last = ""
                while !Task.isCancelled {
                    let state = await ledger.serviceState(reports: await links.reports)
                    let line = Self.line(for: state)
                    if line != last { supervisor.note(line) }
                    last = line
                    await wake.rest()
                    // What changes comes in bursts.
                    try? await pause(for: .milliseconds(500))
                }
                group.cancelAll()
            }
        }
    }

    /// What is said of a state.
    static func line(for state: ServiceState) -> String {
        switch state {
        case .unreadable: return "The journal can't be read"
        case .new: return "Not set up yet"
        case .alone: return "Not paired yet"
        case .shared(let shared):
            guard shared.devices > 0 else { return "Unpaired, nothing is shared" }
            var line = "\(shared.connected) of \(counted(shared.devices, "device")) connected"
            if shared.toSend > 0 { line += ", \(shared.toSend) to send" }
            if shared.toReceive > 0 { line += ", \(shared.toReceive) to receive" }
            if shared.connected > 0, shared.toSend == 0, shared.toReceive == 0 { line += ", in sync" }
            return line
        }
    }

    private static func counted(_ number: Int, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }
}

/// How things stand with the journal, in numbers.
enum ServiceState: Sendable {
    struct Shared: Sendable {
        /// The other devices that are met, and how many of them are connected.
        var (devices, connected) = (0, 0)
        /// How many events a device lacks that lacks most, and how many are announced.
        var (toSend, toReceive) = (Int64(0), UInt64(0))
    }

    case unreadable
    /// Nobody has said yet whose it is.
    case new
    /// Nobody else has it.
    case alone
    case shared(Shared)
}

extension Ledger {
    /// How things stand, in numbers.
    func serviceState(reports: [DeviceID: Links.Report]) -> ServiceState {
        guard identity != nil else { return .new }
        do {
            guard let known = try membership() else { return .alone }
            var shared = ServiceState.Shared()
            shared.devices = known.peers.count
            for peer in known.peers {
                let (device, report) = (peer.device, reports[peer.device])
                shared.toSend = max(
                    shared.toSend, try store.count(after: report?.meeting?.settled ?? 0, exceptBy: device))
                guard report?.isConnected == true else { continue }
                shared.connected += 1
                // What a peer announces may be anything.
                shared.toReceive = shared.toReceive.addingClamped(report?.expected ?? 0)
            }
            return .shared(shared)
        } catch {
            return .unreadable
        }
    }
}
