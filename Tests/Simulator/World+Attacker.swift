import Causality
import Crypto
import EventLog
import Journal

/// The attacker: a device that says of who takes part whatever it can, at any time.
///
/// It is one of two. A partner gone bad has the keys of devices of its own person alone. An intruder was let in on one
/// of a person's own devices, by two minutes at the keyboard, or found that person's words.
extension World {
    /// What the attacker may use besides its own keys.
    enum Attack: CaseIterable {
        /// Its person's own devices, and nothing of the other's.
        case partner
        /// A device let in as one of the person's whom it attacks.
        case intruder
        /// Words that the person attacked wrote down.
        case finder
    }

    /// Lets the attacker in, once.
    mutating func beginAttack() throws {
        guard let attack, !devices.contains(where: \.isHostile) else { return }
        switch attack {
        case .partner: devices[1].isHostile = true
        case .intruder:
            try letIn(by: devices[0], as: devices[0].person).isHostile = true
        case .finder:
            try writeWords()
            guard let paper = papers.first(where: { $0.person == devices[0].person }) else { return }
            let device = try newDevice(of: paper.person, like: devices[0])
            device.isHostile = true
            try write([comeback(of: device, by: paper)], on: device)
            device.introduced = devices.filter { !$0.isHostile }.map { $0.keys.bundle(of: $0.person) }
            devices[1].introduced.append(device.keys.bundle(of: paper.person))
        }
    }

    /// One more lie about who takes part, by any device of the attacker's.
    mutating func lie() throws {
        guard let liar = devices.filter({ $0.isHostile && !$0.isLost }).randomElement(using: &generator),
            let victim = devices.randomElement(using: &generator)
        else { return }
        let event: NewEvent
        switch Int.random(in: 0..<8, using: &generator) {
        case 0...1: event = NewEvent(.retire, retired: victim.keys.device)
        case 2:
            // A device of its own, as whoever's it likes.
            let keys = try DeviceKeys(event: generator.bytes(32), meet: generator.bytes(32))
            event = NewEvent(.admit, admission: try admission(of: keys, as: victim.person))
            guard devices.count(where: \.isHostile) < 4 else { break }
            let device = try Device(
                name: devices.count, keys: keys, of: victim.person, genesis: liar.genesis,
                generator: &generator)
            device.isHostile = true
            device.introduced = devices.map { $0.keys.bundle(of: $0.person) }
            devices.append(device)
        case 3:
            // Another's consent, under a writer of its own.
            let admissions = liar.disk.all.compactMap(\.effective.header.admission)
            guard let copied = admissions.randomElement(using: &generator) else { return }
            event = NewEvent(.admit, admission: copied)
        case 4:
            // Words of its own, or those of a paper that it has only read of.
            let key = try Curve25519.Signing.PrivateKey(rawRepresentation: generator.bytes(32))
            let announcement = Membership.announcement(of: liar.person, journal: liar.genesis.journal)
            var recovery = EventHeader.Recovery(
                key: Array(key.publicKey.rawRepresentation),
                signature: Array(try key.signature(for: announcement.bytes)))
            if Bool.random(using: &generator), let paper = papers.randomElement(using: &generator) {
                recovery.key = Array(paper.key.publicKey.rawRepresentation)
            }
            event = NewEvent(.recovery, recovery: recovery)
        case 5:
            guard let paper = papers.randomElement(using: &generator) else { return }
            event = NewEvent(.withdraw, recovery: .init(announced: paper.recovery))
        case 6:
            guard let paper = papers.randomElement(using: &generator) else { return }
            let bundle = liar.keys.bundle(of: paper.person)
            event = NewEvent(
                .recover,
                recovery: .init(
                    announced: paper.recovery, bundle: bundle, signature: generator.bytes(64)))
        default: event = NewEvent(.retire, retired: liar.keys.device)
        }
        try write([event], on: liar)
    }

    /// At the end the founding device of the person attacked answers: it retires all that is not its person's.
    mutating func answerAttack() throws {
        guard attack == .intruder || attack == .finder, let founder = answering else { return }
        for _ in 0..<2 {
            let own = founder.replica.membership.members.map(\.bundle).filter {
                $0.person == founder.person && $0.device != founder.keys.device
            }
            let honest = Set(
                devices.filter { !$0.isHostile }.map(\.keys.device))
            let foes = own.map(\.device).filter { device in
                let membership = founder.replica.membership
                // One that is gone is answered too, if it has retired the founding device before.
                return membership.encounter(of: device) != .none && !honest.contains(device)
                    || membership.retirements[founder.keys.device]?.contains {
                        $0.position.log.device == device && device != founder.keys.device
                    } == true
            }
            for foe in foes { try write([NewEvent(.retire, retired: foe)], on: founder) }
        }
        leaveStrangers(founder)
    }

    /// The founding device of the person attacked, if that person still has it.
    private var answering: Device? {
        let founder = devices[0]
        return founder.isLost || founder.isByzantine || isTwin(founder) ? nil : founder
    }

    /// Invariants by name: no voice but one's own; and what a senior retired is without effect for good.
    func checkVoices() throws {
        guard let attack else { return }
        let honest = Set(devices.filter { !$0.isHostile }.map(\.keys.device))
        for device in circle {
            let membership = device.replica.membership
            let others = membership.members.filter { !honest.contains($0.bundle.device) }
            switch attack {
            case .partner:
                if let fake = others.first(where: { $0.bundle.person == devices[0].person }) {
                    throw failure("no voice but one's own: \(fake.bundle.device.short) was let in")
                }
                let cut = membership.retirements.filter { entry in
                    membership.person(of: entry.key) == devices[0].person
                        && entry.value.contains { !honest.contains($0.position.log.device) }
                }
                guard cut.isEmpty else {
                    throw failure("no voice but one's own: the partner retired a device")
                }
            case .intruder, .finder:
                guard let founder = answering else { return }
                guard device.counting.isSuperset(of: founder.counting) || device !== founder,
                    membership.isActive(founder.keys.device)
                        || membership.retirements[founder.keys.device]?.allSatisfy({
                            $0.position.log.device == founder.keys.device
                        }) == true
                else { throw failure("the founding device answered and is not whole") }
                if let fake = others.first(where: {
                    $0.bundle.person == founder.person && membership.encounter(of: $0.bundle.device) != .none
                }) {
                    throw failure("no voice but one's own: \(fake.bundle.device.short) is still met")
                }
            }
        }
    }
}
