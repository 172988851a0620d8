package import Causality
package import Journal
package import Wire

/// Consecutive events of one log, closed by a signed head: the unit of transfer.
package struct Run: Sendable {
    /// The device and epoch.
    package let log: LogID
    /// The first event's sequence number.
    package let from: UInt64
    /// The header hash of the event before it; zero at the beginning.
    package let previous: Digest
    /// The headers' exact bytes.
    package let headers: [[UInt8]]
    /// The bodies' exact bytes, one for each header; empty where absent.
    package let bodies: [[UInt8]]
    /// The head of the last event.
    package let closing: Head

    /// A run from its parts.
    package init(
        log: LogID, from: UInt64, previous: Digest, headers: [[UInt8]], bodies: [[UInt8]], closing: Head
    ) {
        self.log = log.trunk
        self.from = from
        self.previous = previous
        self.headers = headers
        self.bodies = bodies
        self.closing = closing
    }

    /// A run as it came. Throws if its parts do not fit together.
    package init(_ wire: WireRun) throws(RunRejection) {
        guard let device = DeviceID(wire.device), let previous = Digest(wire.previous),
            let closing = Head(wire.closing), wire.from > 0, !wire.headers.isEmpty
        else { throw .malformed }
        guard wire.headers.count <= Limits.runEvents, wire.bodies.count == wire.headers.count else {
            throw .malformed
        }
        // Can't trap: there are headers, as was just looked.
        let (last, overflow) = wire.from.addingReportingOverflow(UInt64(wire.headers.count - 1))
        guard !overflow, closing.sequence == last, closing.log == LogID(device: device, epoch: wire.epoch),
            (wire.from == 1) == (previous == .zero)
        else { throw .malformed }
        self.init(
            log: closing.log, from: wire.from, previous: previous, headers: wire.headers.map(Array.init),
            bodies: wire.bodies.map(Array.init), closing: closing)
        // Whoever relays it has to fit it into a run too: there may be no other head in it.
        guard length <= Limits.runBytes else { throw .tooLong }
    }

    /// Its bytes as they are counted against ``Limits/runBytes``.
    package var length: Int {
        zip(headers, bodies).reduce(0) { $0 + EventBytes(header: $1.0, body: $1.1).runLength }
    }

    /// The same headers alone.
    package var withoutBodies: Run {
        Run(
            log: log, from: from, previous: previous, headers: headers, bodies: bodies.map { _ in [] },
            closing: closing)
    }

    /// The run as it travels.
    package var wire: WireRun {
        var wire = WireRun()
        wire.device = log.device.bytes.wireBytes
        wire.epoch = log.epoch
        wire.from = from
        wire.previous = previous.bytes.wireBytes
        wire.headers = headers.map(\.wireBytes)
        wire.bodies = bodies.map(\.wireBytes)
        wire.closing = closing.wire
        return wire
    }

    /// The header hashes, one after the other.
    func hashes(journal: Digest) -> [Digest] {
        var previous = previous
        return headers.enumerated().map { index, bytes in
            previous = EventHeader.hash(
                // Can't trap: the end was looked at when the run was read.
                of: bytes, journal: journal, log: log, sequence: from + UInt64(index), previous: previous)
            return previous
        }
    }
}

/// A run with everything worked out that needs no journal on the disk: its hashes and what its headers say.
///
/// That is most of the work of receiving one, and can be done before it is its turn.
package struct PreparedRun: Sendable {
    /// The run.
    package let run: Run
    let hashes: [Digest]
    let headers: [EventHeader]
    let events: [EffectiveEvent]

    /// The kinds of its events; nil for one that this program doesn't know.
    package var kinds: [Kind?] { events.map(\.header.kind) }

    /// The bodies that came along, by the ids of their events.
    package var bodies: [(id: EntryID, bytes: [UInt8])] {
        zip(events, run.bodies).filter { !$1.isEmpty }.map { ($0.id, $1) }
    }

    /// The events that have a body which did not come along.
    package var bodiless: [EntryID] {
        zip(events, run.bodies).filter { $1.isEmpty && $0.header.commitment != nil }.map(\.0.id)
    }

    /// Works a run out. Throws if one of its headers is none, or over a limit.
    package init(_ run: Run, journal: Digest) throws(RunRejection) {
        self.run = run
        let hashes = run.hashes(journal: journal)
        guard hashes.last == run.closing.hash else { throw .brokenChain }
        var headers: [EventHeader] = []
        var events: [EffectiveEvent] = []
        headers.reserveCapacity(hashes.count)
        events.reserveCapacity(hashes.count)
        do throws(FormatError) {
            for (bytes, hash) in zip(run.headers, hashes) {
                let header = try EventHeader(bytes: bytes)
                headers.append(header)
                events.append(
                    try EffectiveEvent(header: header, hash: hash, device: run.log.device, journal: journal))
            }
        } catch {
            throw .format(error)
        }
        self.hashes = hashes
        self.headers = headers
        self.events = events
    }
}

/// Why a run is refused as a whole.
package enum RunRejection: Error, Equatable, Sendable {
    case malformed
    /// More bytes than anyone can relay in one run.
    case tooLong
    case format(FormatError)
    /// The hashes do not lead to the head.
    case brokenChain
    /// The head is not the device's.
    case badSignature
}
