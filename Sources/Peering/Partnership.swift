package import Causality
import Wire

/// What a ``PartingID`` names.
package enum PartingSubject {}

/// A decision to be apart: 16 random bytes.
package typealias PartingID = Identifier<PartingSubject>

/// Whether a person goes on sharing with the other one, as one of that person's devices has it.
///
/// No event: the other person only sees that nobody is connected. Each decision to be apart has an id of its own, and
/// a device takes over every one that it does not know. To be together is decided on each device by its person's hand
/// and settles the decisions known there. So no message brings anyone from apart to together, in whatever order, how
/// often and how late it comes.
package struct Partnership: Hashable, Sendable {
    private struct Parting: Hashable, Sendable {
        let id: PartingID
        var isSettled: Bool
    }

    /// What one device tells another one of the same person.
    package struct Told: Hashable, Sendable {
        /// Decisions to be apart that it knows, settled ones too.
        package let partings: [PartingID]
        /// Whether it shares nothing with the other person now.
        package let isApart: Bool

        /// What is told, from its parts.
        package init(partings: [PartingID], isApart: Bool) {
            self.partings = partings
            self.isApart = isApart
        }

        init(_ wire: WirePartnership) throws(CloseReason) {
            guard wire.partings.count <= Partnership.toldLimit else { throw .protocolViolation }
            var partings: [PartingID] = []
            for bytes in wire.partings {
                guard let id = PartingID(Array(bytes)) else { throw .protocolViolation }
                partings.append(id)
            }
            self.init(partings: partings, isApart: wire.apart)
        }

        var wire: WirePartnership {
            var wire = WirePartnership()
            wire.partings = partings.map(\.bytes.wireBytes)
            wire.apart = isApart
            return wire
        }
    }

    /// At most so many decisions are told.
    static let toldLimit = 64
    /// At most so many are kept: what eight devices tell, so that none takes for new what another one dropped.
    static let limit = 8 * toldLimit
    /// At most so many unsettled ones are taken over: one is enough to be apart, and more would only push out others.
    static let unsettledLimit = 16

    /// Whether sharing is allowed on this device at all, by what lies outside of the database.
    package var isPermitted: Bool
    /// Whether this device was let in by another one of its person and has not heard from any since.
    ///
    /// What was settled before it was there needs no second answer on it.
    private var isNew: Bool
    /// The known decisions, the oldest first.
    private var partings: [Parting] = []

    /// Together, with no decision known.
    package static let initial = Partnership(isPermitted: true, isNew: false)
    /// Together, on a device that another one of its person has just let in.
    package static let new = Partnership(isPermitted: true, isNew: true)

    private init(isPermitted: Bool, isNew: Bool) {
        self.isPermitted = isPermitted
        self.isNew = isNew
    }

    /// Whether nothing goes to the partner's devices or comes from them.
    package var isApart: Bool { !isPermitted || hasUnsettled }

    /// Whether a decision to be apart is known that this device's person has not answered here.
    package var hasUnsettled: Bool { partings.contains { !$0.isSettled } }

    /// The decisions to be apart that this device's person has not answered here.
    package var unsettled: Set<PartingID> { Set(partings.filter { !$0.isSettled }.map(\.id)) }

    /// What other devices of this person are told: the unsettled decisions, and of the others the latest.
    package var told: Told {
        let settled = partings.filter(\.isSettled), unsettled = partings.filter { !$0.isSettled }
        return Told(
            partings: (settled.suffix(Self.toldLimit) + unsettled).suffix(Self.toldLimit).map(\.id),
            isApart: isApart)
    }

    /// This device's person stops sharing, here and wherever it is heard of.
    package func left(by id: PartingID) -> Self {
        var next = self
        next.isPermitted = false
        // Who is apart by a decision already is so everywhere.
        if !hasUnsettled, !partings.contains(where: { $0.id == id }) { next.add(id, isSettled: false) }
        return next
    }

    /// This device's person shares from this device again: what is known here is answered.
    package func reunited() -> Self {
        var next = self
        next.isPermitted = true
        for index in next.partings.indices { next.partings[index].isSettled = true }
        return next
    }

    /// What becomes of this by what another device of the same person tells: never from apart to together.
    package func learning(_ told: Told) -> Self {
        var next = self
        next.isNew = false
        // Let in by one that shares nothing, a new device doesn't either.
        if isNew, told.isApart { next.isPermitted = false }
        for id in told.partings where !next.partings.contains(where: { $0.id == id }) {
            next.add(id, isSettled: isNew && !told.isApart && !isApart)
        }
        if next.hasUnsettled { next.isPermitted = false }
        return next
    }

    private mutating func add(_ id: PartingID, isSettled: Bool) {
        guard isSettled || partings.count(where: { !$0.isSettled }) < Self.unsettledLimit else { return }
        partings.append(Parting(id: id, isSettled: isSettled))
        while partings.count > Self.limit, let oldest = partings.firstIndex(where: \.isSettled) {
            partings.remove(at: oldest)
        }
    }

    // MARK: Keeping

    /// What was kept; nil if the bytes are none. Whether sharing is permitted is not among it.
    package init?(bytes: [UInt8]) {
        guard let first = bytes.first, first <= 1, bytes.count % 17 == 1 else { return nil }
        self.init(isPermitted: true, isNew: first == 1)
        for start in stride(from: 1, to: bytes.count, by: 17) {
            guard bytes[start] <= 1, let id = PartingID(bytes[(start + 1)..<(start + 17)]) else { return nil }
            partings.append(Parting(id: id, isSettled: bytes[start] == 1))
        }
        guard partings.count <= Self.limit else { return nil }
    }

    /// The bytes to be kept: whether the device is new, then for each decision whether it is settled and its id.
    package func encoded() -> [UInt8] {
        partings.reduce([isNew ? 1 : 0]) { $0 + [$1.isSettled ? 1 : 0] + $1.id.bytes }
    }
}
