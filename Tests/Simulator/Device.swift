import Causality
import EventLog
import Journal
import Peering

/// One simulated device: the real replica on a virtual disk, with a clock that may be wrong.
final class Device {
    let name: Int
    let keys: DeviceKeys
    let genesis: Genesis
    let disk = VirtualDisk()
    /// Outside of the disk's content, as the real mark is outside of the database.
    var mark: Mark? = Mark()
    var replica: Replica<VirtualDisk>
    /// What its clock shows less the true time, in milliseconds.
    var skew: Int64 = 0
    /// Devices whose codes were compared here, and whose admission may not have arrived yet.
    var introduced: [Bundle] = []
    /// Whether its person shares with the other one.
    var partnership = Partnership.initial
    /// Whether it was apart since its person last said otherwise on it: what no message may change.
    var isHeldApart = false
    /// The events that only this device had when it was decided to share no more.
    var keptBack: Set<EntryID> = []
    /// Whether its person lost it: it meets nobody any more.
    var isLost = false
    /// Whether it sends runs without their bodies now and then, and lies about what it saw.
    var isByzantine = false
    /// Whether it is the attacker's: it says of who takes part whatever it can.
    var isHostile = false

    init(
        name: Int, keys: DeviceKeys, of person: PersonID, genesis: Genesis, generator: inout SeededGenerator
    ) throws {
        self.name = name
        self.person = person
        self.keys = keys
        self.genesis = genesis
        disk.content.drafts = [World.canary]
        replica = try Self.load(keys, genesis, disk, mark, &generator)
        settleEpoch()
    }

    /// The epoch first, then the mark that names it: as the daemon does at each start.
    private func settleEpoch() {
        disk.content.epoch = replica.epoch
        mark = replica.currentMark
        replica.marked(replica.currentMark)
    }

    private static func load(
        _ keys: DeviceKeys, _ genesis: Genesis, _ disk: VirtualDisk, _ mark: Mark?,
        _ generator: inout SeededGenerator
    ) throws -> Replica<VirtualDisk> {
        try Replica(
            keys: keys, genesis: genesis, storage: disk, segments: disk.segments,
            clock: HybridClock(last: disk.content.clock), epoch: disk.content.epoch, mark: mark,
            door: disk.content.door, freshEpoch: generator.next())
    }

    /// Starts again from what is on the disk.
    func restart(_ generator: inout SeededGenerator) throws {
        replica = try Self.load(keys, genesis, disk, mark, &generator)
        settleEpoch()
    }

    func commit(_ batch: EventBatch) throws {
        disk.commit(batch)
        try replica.applied(batch)
        // A new epoch is named by the mark before anything is written in it.
        if mark?.epoch != replica.epoch { settleEpoch() }
    }

    /// Whose it is.
    let person: PersonID

    /// The devices that it may meet.
    var peers: [Bundle] {
        let membership = replica.membership
        let met = membership.members.map(\.bundle).filter { membership.encounter(of: $0.device) != .none }
        let known = Set(membership.members.map(\.bundle))
        return (met + introduced.filter { !known.contains($0) }).filter {
            $0.device != keys.device && (!partnership.isApart || $0.person == person)
        }
    }

    /// Those that only devices junior to them have retired.
    var limited: Set<DeviceID> {
        let membership = replica.membership
        return Set(
            membership.members.map(\.bundle.device).filter { membership.encounter(of: $0) == .headers })
    }

    /// All events here, by their effective ids.
    var ids: Set<EntryID> { Set(disk.all.map(\.effective.id)) }

    /// Those of them that count.
    var counting: Set<EntryID> {
        Set(disk.all.filter { replica.membership.counts($0.position) }.map(\.effective.id))
    }
}
