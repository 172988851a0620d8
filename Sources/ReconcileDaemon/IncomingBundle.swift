import Causality
import EventLog
import Journal
import LocalAPI
import NIOCore
import Peering
import Wire

/// Whoever sent a file went away in the middle of it.
struct UploadBrokenOff: Error {}

/// A bundle that came: looked through as a whole while it comes, and only then taken in, run by run.
struct IncomingBundle {
    private let ledger: Ledger
    private let spool: Spool
    /// The second time that the file is read.
    private var reader: BundleFile.Reader
    private var offset = 0
    private var step: BundleStep

    /// Looks all of a file through. Throws ``BundleFile/Failure``, and nothing has changed.
    init<Body: AsyncSequence>(_ body: Body, ledger: Ledger) async throws where Body.Element == ByteBuffer {
        self.ledger = ledger
        spool = try Spool(in: ledger.directory, on: ledger.executor)
        var reader = try await ledger.bundleReader()
        var start: WireBundleStart?
        var rehearsal = Rehearsal()
        var events: UInt64 = 0
        var pieces = body.makeAsyncIterator()
        while true {
            let piece: ByteBuffer?
            do { piece = try await pieces.next(isolation: #isolation) } catch { throw UploadBrokenOff() }
            guard let buffer = piece else { break }
            let bytes = Array(buffer.readableBytesView)
            try await spool.append(bytes)
            try reader.receive(bytes)
            while let message = try reader.next() {
                guard start != nil else {
                    guard case .bundleStart(let first) = message else { throw BundleFile.Failure.damaged }
                    start = first
                    continue
                }
                switch message {
                case .run(let wire):
                    guard let run = try? Run(wire) else { throw BundleFile.Failure.refused }
                    rehearsal = try await ledger.rehearse(run, rehearsal)
                    // Can't trap: each event takes bytes of a file.
                    events += UInt64(run.headers.count)
                case .bodies(let bodies): _ = try Self.pairs(bodies)
                case .unknown: break
                default: throw BundleFile.Failure.damaged
                }
            }
        }
        try reader.finish()
        guard let start, start.events == events else { throw BundleFile.Failure.damaged }
        self.reader = try await ledger.bundleReader()
        step = BundleStep(step: "applying", events: events)
        if let device = DeviceID(start.device) { step.origin = try await ledger.origin(device) }
    }

    private static func pairs(_ message: WireBodies) throws -> [(id: EntryID, bytes: [UInt8])] {
        guard message.ids.count == message.bodies.count else { throw BundleFile.Failure.damaged }
        return try zip(message.ids, message.bodies).map { id, bytes in
            guard let id = EntryID(id) else { throw BundleFile.Failure.damaged }
            return (id, Array(bytes))
        }
    }

    /// Takes the next run in; how far it is, or nil at the end.
    ///
    /// What was taken stays if this ends early, and does no harm when the file is taken in again.
    mutating func next() async throws -> BundleStep? {
        guard step.step != "applied" else { return nil }
        while true {
            while let message = try reader.next() {
                switch message {
                case .run(let wire):
                    let run = try Run(wire)
                    // Can't trap: each event takes bytes of a file; the next line too.
                    step.new += UInt64(try await ledger.take(run))
                    step.done += UInt64(run.headers.count)
                    return step
                case .bodies(let bodies): try await ledger.store(bodies: Self.pairs(bodies))
                default: break
                }
            }
            let bytes = try await spool.read(at: offset)
            guard !bytes.isEmpty else {
                step.step = "applied"
                return step
            }
            offset += bytes.count
            try reader.receive(bytes)
        }
    }
}
