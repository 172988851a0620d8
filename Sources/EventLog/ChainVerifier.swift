package import Causality
package import Journal

/// Walks one log from its beginning and compares each stored event with what it has to be.
package struct ChainVerifier: Sendable {
    /// What is not as it has to be.
    package enum Fault: Equatable, Sendable {
        /// So many events are not there.
        case missing(UInt64)
        /// The header is none, or not the one that its hash stands for.
        case header
        /// What is kept beside the header says something else.
        case columns
        /// The words are not those that the header committed to.
        case body
    }

    /// An event as it is stored, with what is kept beside its header.
    package struct Stored: Sendable {
        package var sequence: UInt64 = 0
        package var arrival: Int64 = 0
        package var hash = Digest.zero
        package var header: [UInt8] = []
        package var id = EntryID(high: 0, low: 0)
        package var kind: UInt32 = 0
        package var rift: EntryID?
        package var at: Int64 = 0
        package var stamp = Stamp(0)
        package var lacksBody = false
        package var body: [UInt8]?

        /// An event to be filled in.
        package init() {}
    }

    private let journal: Digest
    private let log: LogID
    private var sequence: UInt64
    private var previous: Digest

    /// A walk that begins behind some event; behind zero at the log's beginning.
    package init(journal: Digest, log: LogID, after sequence: UInt64, hash: Digest) {
        (self.journal, self.log, self.sequence, previous) = (journal, log, sequence, hash)
    }

    /// Goes on to the next stored event.
    package mutating func check(_ event: Stored) -> [Fault] {
        var faults: [Fault] = []
        let isNext = event.sequence == sequence + 1
        if !isNext { faults.append(.missing(event.sequence > sequence ? event.sequence - sequence - 1 : 0)) }
        // Behind a gap the chain can't be followed to this event; from here on it can.
        if isNext {
            let hash = EventHeader.hash(
                of: event.header, journal: journal, log: log.trunk, sequence: event.sequence,
                previous: previous)
            if hash != event.hash { faults.append(.header) }
        }
        (sequence, previous) = (event.sequence, event.hash)
        guard let header = try? EventHeader(bytes: event.header),
            let effective = try? EffectiveEvent(
                header: header, hash: event.hash, device: log.device, journal: journal)
        else { return faults.contains(.header) ? faults : faults + [.header] }
        if !faults.contains(.header), !isKept(effective, event) { faults.append(.columns) }
        // By a header that isn't the signed one nothing can be said of the words.
        guard !faults.contains(.header) else { return faults }
        let inner = effective.header
        if let body = event.body {
            if !Body.opens(inner, with: body) {
                faults.append(.body)
            } else if event.lacksBody, !faults.contains(.columns) {
                faults.append(.columns)
            }
        } else if inner.commitment != nil, !event.lacksBody {
            if !faults.contains(.columns) { faults.append(.columns) }
        }
        return faults
    }

    private func isKept(_ effective: EffectiveEvent, _ event: Stored) -> Bool {
        let header = effective.header
        return effective.id == event.id && header.kindNumber == event.kind && header.at == event.at
            && header.stamp == event.stamp
            && (header.kind == .rift ? effective.id : header.rift) == event.rift
    }
}
