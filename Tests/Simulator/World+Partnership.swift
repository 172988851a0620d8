import Causality
import EventLog
import Journal
import Peering

/// A person stops sharing with the other one, on one of its devices, and perhaps begins again.
extension World {
    mutating func partOrReunite() throws {
        guard let device = devices.filter({ !$0.isLost }).randomElement(using: &generator) else { return }
        try decide(next(on: device, isApart: !device.partnership.isApart), on: device)
    }

    private func next(on device: Device, isApart: Bool) -> Partnership {
        Partnership(stamp: Stamp(device.partnership.stamp.rawValue + 1), isApart: isApart)
    }

    /// A device takes a decision over, its own or another one's of its person: durable first, then at once.
    mutating func decide(_ partnership: Partnership, on device: Device) throws {
        device.partnership = partnership
        device.keptBack = partnership.isApart ? onlyHere(device) : []
        leaveStrangers(device)
        for index in connections.indices {
            for side in 0...1 where connections[index].isOpen && connections[index].device(side) === device {
                try perform(connections[index].sessions[side].decided(partnership), index, side)
            }
        }
    }

    /// What a device has that is nowhere else, nor on its way.
    private func onlyHere(_ device: Device) -> Set<EntryID> {
        let isSending = connections.contains { connection in
            (0...1).contains {
                connection.isOpen && connection.device($0) === device && !connection.underWay[$0].isEmpty
            }
        }
        guard !isSending else { return [] }
        let elsewhere = devices.filter { $0 !== device }.map(\.ids) + bundles.map(\.ids)
        return elsewhere.reduce(device.ids) { $0.subtracting($1) }
    }

    /// Checks that nothing went out by way of other devices, and then lets everyone share again.
    mutating func reuniteAll() throws {
        for device in devices where device.partnership.isApart {
            // Unless the person has decided otherwise on another device meanwhile.
            guard device.partnership == latest(of: device.person) else { continue }
            for other in devices where other.person != device.person {
                guard other.ids.isDisjoint(with: device.keptBack) else {
                    throw failure("what device \(device.name) kept back reached device \(other.name)")
                }
            }
        }
        for person in Set(devices.map(\.person)) {
            let latest = latest(of: person)
            guard latest.isApart,
                let device = devices.first(where: {
                    $0.person == person && $0.partnership == latest && !$0.isLost
                })
            else { continue }
            try decide(next(on: device, isApart: false), on: device)
        }
    }

    private func latest(of person: PersonID) -> Partnership {
        devices.filter { $0.person == person }.map(\.partnership).reduce(Partnership.initial) {
            $0.merged(with: $1)
        }
    }
}
