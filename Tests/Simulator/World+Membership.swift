import Causality
import Crypto
import EventLog
import Journal
import Peering

/// Who comes and goes: devices that join, are retired, are lost, and come back by recovery words.
extension World {
    /// At most so many devices, twins and the attacker's apart.
    private static let crowd = 7

    /// Recovery words that someone wrote down.
    struct Paper {
        let recovery: EntryID
        let person: PersonID
        let key: Curve25519.Signing.PrivateKey
    }

    /// A device lets another one of its person in, whose person compares codes with it.
    mutating func join() throws {
        guard devices.count < Self.crowd, let voucher = present.randomElement(using: &generator),
            let own = voucher.replica.membership.member(voucher.keys.device)?.bundle
        else { return }
        try letIn(by: voucher, as: own.person)
    }

    /// A device retires another one of its person; now and then the two do it to each other.
    mutating func retire() throws {
        guard let device = answerable.filter({ !isTwin($0) }).randomElement(using: &generator) else {
            return
        }
        let others = device.replica.membership.active.map(\.bundle).filter {
            $0.person == device.person && $0.device != device.keys.device
        }
        guard let other = others.randomElement(using: &generator) else { return }
        try write([NewEvent(.retire, retired: other.device)], on: device)
        leaveStrangers(device)
    }

    /// A person has recovery words made on one of the devices.
    mutating func writeWords() throws {
        guard let device = present.filter({ !$0.isHostile }).randomElement(using: &generator) else { return }
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: generator.bytes(32))
        let announcement = Membership.announcement(of: device.person, journal: device.genesis.journal)
        let recovery = EventHeader.Recovery(
            key: Array(key.publicKey.rawRepresentation),
            signature: Array(try key.signature(for: announcement.bytes)))
        try write([NewEvent(.recovery, recovery: recovery)], on: device)
        guard let id = device.disk.all.last(where: { $0.effective.header.kind == .recovery })?.effective.id
        else { return }
        papers.append(Paper(recovery: id, person: device.person, key: key))
    }

    /// A person comes back on a new device by words on paper, and the other one only compares codes with it.
    mutating func comeBack() throws {
        guard devices.count < Self.crowd, let paper = papers.randomElement(using: &generator),
            let introducer = present.filter({ !$0.isHostile }).randomElement(using: &generator),
            introducer.replica.membership.recoveries.contains(where: { $0.id == paper.recovery })
        else { return }
        // What it comes back from may turn up again.
        for lost in devices where lost.person == paper.person && !isTwin(lost) && !lost.isHostile {
            guard lost !== introducer, generator.chance(60) else { continue }
            lost.isLost = true
            disconnect(lost)
        }
        let device = try newDevice(of: paper.person, like: introducer)
        try write([comeback(of: device, by: paper)], on: device)
        if let bundle = introducer.replica.membership.member(introducer.keys.device)?.bundle {
            device.introduced = [bundle]
        }
        introducer.introduced.append(device.keys.bundle(of: paper.person))
    }

    func comeback(of device: Device, by paper: Paper) throws -> NewEvent {
        let bundle = device.keys.bundle(of: paper.person)
        let transcript = Membership.comeback(
            of: bundle, by: paper.recovery, journal: device.genesis.journal)
        return NewEvent(
            .recover,
            recovery: .init(
                announced: paper.recovery, bundle: bundle,
                signature: Array(try paper.key.signature(for: transcript.bytes))))
    }

    mutating func newDevice(of person: PersonID, like other: Device) throws -> Device {
        let keys = try DeviceKeys(event: generator.bytes(32), meet: generator.bytes(32))
        let device = try Device(
            name: devices.count, keys: keys, of: person, genesis: other.genesis, generator: &generator)
        devices.append(device)
        return device
    }

    /// What lets a device in, with its consent.
    func admission(of keys: DeviceKeys, as person: PersonID) throws -> EventHeader.Admission {
        let bundle = keys.bundle(of: person)
        let consent = Membership.consent(of: bundle, journal: devices[0].genesis.journal)
        return .init(bundle: bundle, signature: try keys.sign(consent))
    }

    @discardableResult
    mutating func letIn(by voucher: Device, as person: PersonID) throws -> Device {
        let device = try newDevice(of: person, like: voucher)
        try write(
            [NewEvent(.admit, admission: try admission(of: device.keys, as: person))], on: voucher)
        if voucher.person == person { device.partnership = .new }
        if let introducer = voucher.replica.membership.member(voucher.keys.device)?.bundle {
            device.introduced = [introducer]
        }
        return device
    }

    /// The devices whose persons have them and that take part, as far as they know themselves.
    var present: [Device] {
        devices.filter { !$0.isLost && $0.replica.membership.isActive($0.keys.device) }
    }

    /// Those that may say who takes part: also those that only a junior has retired.
    private var answerable: [Device] {
        devices.filter { !$0.isLost && $0.replica.membership.encounter(of: $0.keys.device) != .none }
    }

    /// A device ends its connections with those that it may not meet any more, or for more or less than before.
    mutating func leaveStrangers(_ device: Device) {
        let peers = Set(device.peers.map(\.device))
        for index in connections.indices where connections[index].isOpen {
            let (first, second) = (connections[index].first, connections[index].second)
            guard first === device || second === device else { continue }
            let (other, side) = first === device ? (second, 0) : (first, 1)
            let isLimited =
                device.limited.contains(other.keys.device) || device.limited.contains(device.keys.device)
            let session = connections[index].sessions[side]
            // A twin is who it is a twin of.
            if !peers.contains(other.keys.device),
                other.keys.device != device.keys.device
                    || session.authenticatedPeer != nil && session.isLimited != isLimited
            {
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
        let honest = devices.filter { !$0.isLost && !$0.isHostile }
        let circles = honest.filter { accepts($0, $0) }.map { center in
            honest.filter { device in
                accepts(device, device) && accepts(center, device) && accepts(device, center)
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
