import Causality

/// Follows the runs of a file without storing any, to find out whether all of them can be before the first one is.
package struct Rehearsal: Sendable {
    /// Devices that are let in by events of the file itself.
    private var admitted: [DeviceID: Bundle] = [:]
    /// The ends of the runs so far.
    private var ends: Set<Place> = []

    private struct Place: Hashable {
        let log: LogID
        let sequence: UInt64
        let hash: Digest
    }

    /// Nothing was followed yet.
    package init() {}

    /// What a run would come to.
    package enum Outcome: Sendable {
        /// It can be stored, or is passed over as it would be in a sync.
        case fits
        /// It continues something that is neither here nor in the file.
        case gap
        /// Its head is not its device's.
        case refused
    }

    /// Follows one more run. Throws what reading throws.
    package mutating func follow<Storage>(_ prepared: PreparedRun, in replica: Replica<Storage>) throws
        -> Outcome
    {
        let run = prepared.run
        for header in prepared.headers {
            if let bundle = header.admission?.bundle ?? header.recovery?.bundle {
                admitted[bundle.device] = bundle
            }
        }
        // A run of an unknown device is no failure: it is passed over.
        guard let bundle = replica.membership.member(run.log.device)?.bundle ?? admitted[run.log.device]
        else {
            return .fits
        }
        guard run.closing.isSigned(by: bundle, journal: replica.journal) else { return .refused }
        let before = Place(log: run.log, sequence: run.from - 1, hash: run.previous)
        let continues =
            try run.from == 1 || ends.contains(before)
            || replica.position(of: run.previous, at: run.from - 1, in: run.log) != nil
        guard continues else { return .gap }
        ends.insert(Place(log: run.log, sequence: run.closing.sequence, hash: run.closing.hash))
        return .fits
    }
}
