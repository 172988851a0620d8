import Causality
import EventLog
import Journal
import Peering

/// Who comes and goes: devices that join, are retired, are lost, and are succeeded.
extension World {
    /// At most so many devices, twins apart.
    private static let crowd = 7

    /// A device lets another one of its person in, whose person compares codes with it.
    mutating func join() throws {
        guard devices.count < Self.crowd, let voucher = present.randomElement(using: &generator),
            let own = voucher.replica.membership.member(voucher.keys.device)?.bundle
        else { return }
        try letIn(by: voucher, as: own.person, kind: .admit, replacing: nil)
    }

    /// A device retires another one of its person; now and then the two do it to each other.
    mutating func retire() throws {
        guard let device = present.filter({ !isTwin($0) }).randomElement(using: &generator),
            let own = device.replica.membership.member(device.keys.device)?.bundle
        else { return }
        let others = device.replica.membership.active.map(\.bundle).filter {
            $0.person == own.person && $0.device != own.device
        }
        guard let other = others.randomElement(using: &generator) else { return }
        let retirement = device.replica.retirement(of: other.device)
        try write([NewEvent(.retire, retirement: retirement)], on: device)
        leaveStrangers(device)
    }

    /// A person has lost the last device: the other one vouches for a new one.
    mutating func succeed() throws {
        guard devices.count < Self.crowd, let voucher = present.randomElement(using: &generator),
            let own = voucher.replica.membership.member(voucher.keys.device)?.bundle
        else { return }
        let membership = voucher.replica.membership
        guard let partner = membership.persons.first(where: { $0 != own.person }),
            let last = membership.lastDevice(of: partner),
            let lost = devices.first(where: { $0.keys.device == last }), !isTwin(lost)
        else { return }
        // It may turn up again.
        lost.isLost = generator.chance(60)
        disconnect(lost)
        try letIn(by: voucher, as: partner, kind: .succeed, replacing: last)
    }

    private mutating func letIn(
        by voucher: Device, as person: PersonID, kind: Kind, replacing lost: DeviceID?
    ) throws {
        let keys = try DeviceKeys(event: generator.bytes(32), meet: generator.bytes(32))
        let bundle = keys.bundle(of: person)
        let consent = try keys.sign(Membership.consent(of: bundle, journal: voucher.genesis.journal))
        let admission = EventHeader.Admission(bundle: bundle, signature: consent, replaces: lost)
        try write([NewEvent(kind, admission: admission)], on: voucher)
        let device = try Device(
            name: devices.count, keys: keys, of: person, genesis: voucher.genesis, generator: &generator)
        // Whoever pairs tells in whose hands the journal is.
        if voucher.person == person { device.partnership = voucher.partnership }
        if let introducer = voucher.replica.membership.member(voucher.keys.device)?.bundle {
            device.introduced = [introducer]
        }
        devices.append(device)
    }

    /// The devices whose persons have them and that take part, as far as they know themselves.
    private var present: [Device] {
        devices.filter { !$0.isLost && $0.replica.membership.isActive($0.keys.device) }
    }

    /// A device ends its connections with those that it may not meet any more.
    mutating func leaveStrangers(_ device: Device) {
        let peers = Set(device.peers.map(\.device))
        for index in connections.indices where connections[index].isOpen {
            let (first, second) = (connections[index].first, connections[index].second)
            guard first === device || second === device else { continue }
            let other = first === device ? second : first
            // A twin is who it is a twin of.
            if !peers.contains(other.keys.device), other.keys.device != device.keys.device {
                connections[index].isOpen = false
            }
        }
    }

    /// The devices that have to hold the same in the end: the most that know of each other that they take part.
    ///
    /// A device may be on its own for good, as when the only one that let it in was lost before it told anyone.
    var circle: [Device] {
        func accepts(_ left: Device, _ right: Device) -> Bool {
            left.replica.membership.isActive(right.keys.device)
                && (left.person == right.person || !left.partnership.isApart)
        }
        let circles = devices.filter { !$0.isLost && accepts($0, $0) }.map { center in
            devices.filter { device in
                !device.isLost && accepts(device, device) && accepts(center, device)
                    && accepts(device, center)
            }
        }
        let largest = circles.max { $0.count < $1.count } ?? []
        let circle = largest.filter { device in
            largest.allSatisfy { accepts($0, device) && accepts(device, $0) }
        }
        // Twins learn from each other through others only.
        return Set(circle.map(\.keys.device)).count > 1 ? circle : Array(circle.prefix(1))
    }

    func isTwin(_ device: Device) -> Bool {
        devices.contains { $0 !== device && $0.keys.device == device.keys.device }
    }
}
