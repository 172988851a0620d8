package import Causality

/// The shape of all logs that are here: for each device and epoch a tree of branches, nearly always a single trunk.
///
/// Naming is the same on every device whatever order events came in: what all continuations share keeps its name,
/// and each continuation behind a fork is named by its first header.
package struct LogForest: Sendable {
    /// A stretch of events without a fork in it.
    package struct Segment: Equatable, Sendable {
        /// The log that these events have in common.
        package let log: LogID
        /// The last event of the stretch that this one continues; nil at the beginning of a log.
        package let parent: Position?
        /// The last event's sequence number.
        package internal(set) var end: UInt64
        /// That event's header hash.
        package internal(set) var hash: Digest
        /// The latest signed head within the stretch; at its end, if nothing continues it.
        package internal(set) var head: Head?

        /// A stretch from its parts, as stored.
        package init(log: LogID, parent: Position?, end: UInt64, hash: Digest, head: Head?) {
            self.log = log
            self.parent = parent
            self.end = end
            self.hash = hash
            self.head = head
        }
    }

    private var segments: [LogID: Segment] = [:]
    /// The names of the stretches of each log, in order.
    private var names: [LogID: [LogID]] = [:]
    /// The logs, without their branches, in order.
    package private(set) var trunks: [LogID] = []

    /// The shape as stored.
    package init(_ segments: [Segment] = []) {
        for segment in segments { self.segments[segment.log] = segment }
        names = Dictionary(grouping: self.segments.keys, by: \.trunk).mapValues { $0.sorted() }
        trunks = names.keys.sorted()
    }

    /// The stretch of a log or branch.
    package subscript(log: LogID) -> Segment? { segments[log] }

    /// All stretches of a device and epoch, in order.
    package func segments(of trunk: LogID) -> [Segment] {
        names[trunk.trunk]?.compactMap { segments[$0] } ?? []
    }

    /// All stretches, in order.
    package var all: [Segment] { trunks.flatMap(segments(of:)) }

    /// The logs of one device, without their branches, in order.
    package func trunks(of device: DeviceID) -> ArraySlice<LogID> {
        let start = trunks.partitioningIndex { $0.device >= device }
        return trunks[start...].prefix { $0.device == device }
    }

    /// The ends of all logs of one device, in order.
    package func tips(of device: DeviceID) -> [Segment] { trunks(of: device).flatMap(tips(of:)) }

    /// The ends: the stretches that nothing continues, in order.
    package var tips: [Segment] {
        let continued = Set(segments.values.compactMap { $0.parent?.log })
        return all.filter { !continued.contains($0.log) }
    }

    /// The ends of one log.
    package func tips(of trunk: LogID) -> [Segment] {
        let all = segments(of: trunk)
        let continued = Set(all.compactMap { $0.parent?.log })
        return all.filter { !continued.contains($0.log) }
    }

    /// The places to which a place's own log goes back, itself first: one for each stretch on the way.
    package func path(to position: Position) -> [Position] {
        var path = [position]
        while let last = path.last, let parent = segments[last.log]?.parent { path.append(parent) }
        return path
    }

    /// The place at a sequence number on the way to a place; nil beyond it.
    package func position(at sequence: UInt64, onPathTo end: Position) -> Position? {
        guard sequence <= end.sequence else { return nil }
        for place in path(to: end) {
            let start = segments[place.log]?.parent?.sequence ?? 0
            if sequence > start { return Position(log: place.log, sequence: sequence) }
        }
        return nil
    }

    private func children(of log: LogID) -> [Segment] {
        segments(of: log.trunk).filter { $0.parent?.log == log }
    }

    private mutating func set(_ log: LogID, _ segment: Segment?) {
        let isNew = segments[log] == nil
        segments[log] = segment
        guard isNew != (segment == nil) else { return }
        var all = names[log.trunk] ?? []
        let place = all.partitioningIndex { $0 >= log }
        if segment == nil { all.remove(at: place) } else { all.insert(log, at: place) }
        let first = trunks.partitioningIndex { $0 >= log.trunk }
        if names[log.trunk] == nil { trunks.insert(log.trunk, at: first) }
        if all.isEmpty { trunks.remove(at: first) }
        names[log.trunk] = all.isEmpty ? nil : all
    }

    // MARK: Changing the shape

    /// Adds events at the end of a stretch, or begins one.
    mutating func extend(_ log: LogID, to end: UInt64, hash: Digest, parent: Position?) {
        if segments[log] == nil {
            set(log, Segment(log: log, parent: parent, end: end, hash: hash, head: nil))
        }
        segments[log]?.end = end
        segments[log]?.hash = hash
    }

    /// Remembers a signed head.
    mutating func sign(_ log: LogID, _ head: Head) { segments[log]?.head = head }

    /// Cuts a stretch in two behind an event; what follows gets a name of its own.
    ///
    /// - Parameter head: the last signed head before the cut.
    mutating func split(
        _ log: LogID, after sequence: UInt64, hash: Digest, head: Head?, continuation: LogID
    ) {
        guard let whole = segments[log] else { return }
        for child in children(of: log) where (child.parent?.sequence ?? 0) > sequence {
            segments[child.log] = Segment(
                log: child.log, parent: Position(log: continuation, sequence: whole.end), end: child.end,
                hash: child.hash, head: child.head)
        }
        // With nothing in common before it the continuation begins the log itself, and nothing keeps the old name.
        let isWhole = sequence == 0
        set(
            continuation,
            Segment(
                log: continuation, parent: isWhole ? nil : Position(log: log, sequence: sequence),
                end: whole.end, hash: whole.hash,
                head: whole.head.flatMap { $0.sequence > sequence ? $0 : nil }))
        set(
            log,
            isWhole
                ? nil : Segment(log: log, parent: whole.parent, end: sequence, hash: hash, head: head))
    }

    /// Takes the events behind a place away again; everything if nothing is left before it.
    mutating func truncate(_ log: LogID, after sequence: UInt64, hash: Digest, head: Head?) {
        if sequence == 0 {
            set(log, nil)
        } else {
            segments[log]?.end = sequence
            segments[log]?.hash = hash
            segments[log]?.head = head
        }
    }
}
