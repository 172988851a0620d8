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
        /// Its number in its log.
        package var sequence: UInt64 = 0
        /// Its arrival number here, never reused.
        package var arrival: Int64 = 0
        /// The hash of its header, over everything before it too; zero where none is stored.
        package var hash = Digest.zero
        /// Its header's exact bytes.
        package var header: [UInt8] = []
        /// The id by which others refer to it.
        package var id = EntryID(high: 0, low: 0)
        /// The number of its kind; of a `carry`, that of the event inside.
        package var kind: UInt32 = 0
        /// The rift that it belongs to, for a rift itself its own id; nil outside of any.
        package var rift: EntryID?
        /// Milliseconds since 1970.
        package var at: Int64 = 0
        /// The hybrid clock's moment at which it was written.
        package var stamp = Stamp(0)
        /// Whether its words are said to be absent: still to come, or erased.
        package var lacksBody = false
        /// The body's exact bytes; nil where it is absent.
        package var body: [UInt8]?

        /// An event to be filled in.
        package init() {}
    }

    private let journal: Digest
    private let log: LogID
    private var sequence: UInt64
    private var previous: Digest

    /// A walk that begins behind some event, as its hash is stored; behind zero at the log's beginning.
    package init(journal: Digest, log: LogID, after sequence: UInt64, hash: Digest) {
        (self.journal, self.log, self.sequence, previous) = (journal, log, sequence, hash)
    }

    /// What came of looking at an event.
    package struct Outcome: Sendable {
        /// What is wrong with it.
        package var faults: [Fault] = []
        /// What its header says; nil where it can't be read.
        package var said: (header: EventHeader, effective: EffectiveEvent)?
    }

    /// Goes on to the next stored event.
    package mutating func check(_ event: Stored) -> Outcome {
        var outcome = Outcome()
        checkChain(event, &outcome.faults)
        let isAsSigned = !outcome.faults.contains(.header)
        guard let header = try? EventHeader(bytes: event.header),
            let effective = try? EffectiveEvent(
                header: header, hash: event.hash, device: log.device, journal: journal)
        else {
            if isAsSigned { outcome.faults.append(.header) }
            return outcome
        }
        outcome.said = (header, effective)
        // By a header that isn't the signed one nothing can be said of the rest.
        guard isAsSigned else { return outcome }
        var agree = isKept(effective, event)
        if let body = event.body, !Body.opens(effective.header, with: body) {
            outcome.faults.append(.body)
        } else {
            let lacksWords = event.body == nil && effective.header.commitment != nil
            agree = agree && event.lacksBody == lacksWords
        }
        if !agree { outcome.faults.append(.columns) }
        return outcome
    }

    private mutating func checkChain(_ event: Stored, _ faults: inout [Fault]) {
        // Behind a gap the chain can't be followed to this event; from here on it can.
        if event.sequence == sequence + 1 {
            let hash = EventHeader.hash(
                of: event.header, journal: journal, log: log.trunk, sequence: event.sequence,
                previous: previous)
            if hash != event.hash { faults.append(.header) }
        } else {
            faults.append(.missing(event.sequence > sequence ? event.sequence - sequence - 1 : 0))
        }
        (sequence, previous) = (event.sequence, event.hash)
    }

    private func isKept(_ effective: EffectiveEvent, _ event: Stored) -> Bool {
        let header = effective.header
        return effective.id == event.id && header.kindNumber == event.kind && header.at == event.at
            && header.stamp == event.stamp
            && (header.kind == .rift ? effective.id : header.rift) == event.rift
    }
}
