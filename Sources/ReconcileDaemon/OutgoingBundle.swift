import Causality
import EventLog
import Journal
import Peering
import Wire

/// A stretch of a log that was planned can't be closed by a head: what is stored is damaged.
struct NoSignedHead: Error {}

/// A bundle on its way into a file, piece by piece: no more of it is held at a time than a run.
struct OutgoingBundle {
    private enum Phase { case begin, runs, over }

    private let ledger: Ledger
    private let order: Ledger.BundleOrder
    private let recipients: [DeviceID]
    private var writer: BundleFile.Writer
    private var phase = Phase.begin
    private var queue: ArraySlice<SyncPlan.Outgoing>

    init(_ order: Ledger.BundleOrder, ledger: Ledger) throws {
        self.ledger = ledger
        self.order = order
        recipients = order.recipients.map(\.device)
        writer = try BundleFile.Writer(for: order.recipients, journal: order.journal)
        queue = order.plan.sends[...]
    }

    /// The next bytes of the file, perhaps none yet; nil at its end.
    mutating func next() async throws -> [UInt8]? {
        switch phase {
        case .begin:
            phase = .runs
            var start = WireBundleStart()
            start.journal = order.journal.bytes.wireBytes
            start.device = order.device.bytes.wireBytes
            start.events = order.plan.events
            return try writer.begin() + writer.append(.bundleStart(start))
        case .runs:
            guard let outgoing = queue.popFirst() else {
                phase = .over
                return try writer.finish()
            }
            // The mark is durable before anything of a run is handed out.
            guard let (run, rest) = try await ledger.run(of: outgoing, in: .all, for: recipients) else {
                throw NoSignedHead()
            }
            if let rest { queue = [rest] + queue }
            return try writer.append(.run(run.wire)) + (await bodies(leftOutOf: run))
        case .over: return nil
        }
    }

    /// The bodies for which there was no room in a run.
    private mutating func bodies(leftOutOf run: Run) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for id in try PreparedRun(run, journal: order.journal).bodiless {
            guard let body = try await ledger.body(of: id, for: recipients) else { continue }
            var message = WireBodies()
            message.ids = [id.bytes.wireBytes]
            message.bodies = [body.wireBytes]
            bytes += try writer.append(.bodies(message))
        }
        return bytes
    }
}
