import Causality
import EventLog
import Journal
import LocalAPI
import Peering

/// Recovery words, as a pairing uses them.
extension Ledger {
    /// The papers by which someone can come back, the most senior first.
    func recoveries(of members: Membership) -> [PairingSession.Recovery] { [] }

    /// The event by which a new device comes back, the first of its log.
    func recover(
        _ keys: DeviceKeys, as person: PersonID, by recovery: EntryID, words: RecoveryWords, journal: Digest
    ) throws -> NewEvent { throw ErrorPayload("no_recovery") }
}
