import Causality
import EventLog
import Journal
import LocalAPI
import Store

/// The copy on which the journal is checked; one at a time.
extension Ledger {
    /// Begins a copy, and what will check it.
    func beginCheck() throws -> JournalCheck {
        let replica = try paired()
        guard let identity else { throw ErrorPayload("not_initialised") }
        return JournalCheck(
            of: try beginCopy(), genesis: replica.genesis, identity: identity, membership: replica.membership,
            names: try names())
    }

    /// Begins a copy, and tells where it will lie.
    func beginCopy() throws -> String {
        guard
            try directory.freeBytes()
                > UInt64(clamping: try directory.usedBytes()).addingClamped(Self.reserve)
        else {
            throw StoreError.full
        }
        guard snapshot == nil else { throw ErrorPayload("check_busy") }
        let path = directory.newCopy()
        snapshot = try Snapshot(of: store, at: path)
        return path
    }

    /// Copies some pages; nil once all are.
    func copyOn() throws -> (done: Int, all: Int)? {
        let progress = try snapshot?.next()
        if progress == nil { snapshot = nil }
        return progress ?? nil
    }

    /// Gives a copy up that nobody waits for any more.
    func stopCopy() { snapshot = nil }

    /// Lets others' devices give words again, and where things stand be derived anew; how many of the words.
    func mend(bodies: [EntryID], rifts: [EntryID]) throws -> Int {
        // Looked at once more, as it is now; and what nobody else can have is kept, damaged as it is.
        let lost = try bodies.filter { id in
            guard let event = try store.logged(id), let body = event.body else { return false }
            let (header, place) = (event.placed.effective.header, event.placed.position)
            let isOwn = place.log.device == replica?.device
            let isHandedOut = replica.map { place.sequence <= $0.mark[place.log.epoch] } ?? false
            return !Body.opens(header, with: body) && (!isOwn || isHandedOut)
        }
        try store.mend(bodies: lost, rifts: rifts)
        lateBodies += 1
        changed()
        return lost.count
    }
}
