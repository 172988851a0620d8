import Causality
import Peering
import Store

/// Together and apart: what allows sharing lies in a file, so that leaving needs no room, and what other devices of the
/// same person have to hear of it in the database.
extension Ledger {
    /// Whether this device's person shares with the other one, from here.
    var partnership: Partnership {
        var partnership = partings
        partnership.isPermitted = directory.isShared
        return partnership
    }

    /// What was kept of it, with a decision that could not be stored when it was taken.
    static func partings(in store: Store, _ directory: StateDirectory) throws -> Partnership {
        var partings = Partnership.initial
        if let bytes = try store.meta(.partnership) {
            if let kept = Partnership(bytes: bytes) {
                partings = kept
            } else {
                // What can't be read may have been a decision to be apart.
                try directory.withdraw()
            }
        }
        if let id = try directory.unstoredParting() {
            partings = partings.left(by: id)
            try keep(partings, in: store, directory)
        }
        return partings
    }

    /// Stores it and what follows from it; a full disk puts that off, since the file decides here in any case.
    private static func keep(
        _ partings: Partnership, in store: Store, _ directory: StateDirectory
    ) throws {
        do {
            if partings.isApart { try holdNothing(in: store, because: "apart") }
            try store.set(.partnership, to: partings.encoded())
        } catch StoreError.full {
            return
        }
        directory.forgetParting()
    }

    /// This device's person stops sharing with the other one, here at once and on further devices as they hear of it.
    ///
    /// - Parameter parting: what the file was given up with; nil if there was none.
    func leave(by parting: PartingID?) throws {
        _ = try paired()
        // Once more: until now someone may have begun to share again.
        let id = try directory.leave() ?? parting ?? PartingID(prefix: Machine.random(16))
        partings = partnership.left(by: id)
        // Whatever fails from here on, it has happened.
        changed()
        try Self.keep(partings, in: store, directory)
    }

    /// This device's person shares from this device again.
    func share() throws {
        // In this order: killed in between, it is apart. Who begins again shares nothing that was decided before.
        try Self.holdNothing(in: store, because: "apart")
        let next = partnership.reunited()
        try store.set(.partnership, to: next.encoded())
        partings = next
        sharers = []
        defer { changed() }
        try directory.share(by: PartingID(prefix: Machine.random(16)))
    }

    /// Takes over what another device of this person tells: never to share again.
    func learn(_ told: Partnership.Told, from device: DeviceID) throws {
        // A link of an archived journal, on its way out, must not write into the store of the next one.
        guard replica != nil else { return }
        let (before, sharing) = (partnership, sharers)
        if told.isApart { sharers.remove(device) } else { sharers.insert(device) }
        partings = before.learning(told)
        guard partings != before || sharers != sharing else { return }
        if partings.isApart { try directory.withdraw() }
        changed()
        if partings != before { try Self.keep(partings, in: store, directory) }
    }

    /// For whom this device listens on the network.
    var audience: PeerAccess.Audience {
        get throws {
            guard let known = try membership() else {
                // Who has closed a journal looks to its partner like one whose machine is off.
                return directory.archiveNames().isEmpty ? .anyone : .nobody
            }
            guard partnership.isApart else { return .anyone }
            return known.peers.isEmpty ? .nobody : .ownDevices
        }
    }
}
