import Causality
import EventLog
import Journal
import Peering
import Wire

/// A person stops sharing with the other one, on one of its devices, and perhaps begins again.
extension World {
    mutating func partOrReunite() throws {
        guard let device = devices.filter({ !$0.isLost }).randomElement(using: &generator) else { return }
        if generator.chance(30) { try lieAboutPartnership() }
        if device.partnership.isApart {
            try reunite(device)
        } else {
            try decide(device.partnership.left(by: PartingID(prefix: generator.bytes(16))), on: device)
        }
    }

    /// A device's person says on it that it shares again.
    private mutating func reunite(_ device: Device) throws {
        device.isHeldApart = false
        // What is on it, or on its way to it, is given now, whichever device had kept it back.
        let given = devices.filter {
            $0.person == device.person && ($0 === device || isConnected($0, device))
        }
        .map(\.ids)
        for other in devices where other.person == device.person {
            for ids in given { other.keptBack.subtract(ids) }
        }
        try decide(device.partnership.reunited(), on: device)
    }

    private func isConnected(_ left: Device, _ right: Device) -> Bool {
        connections.contains { connection in
            connection.isOpen
                && (connection.first === left && connection.second === right
                    || connection.first === right && connection.second === left)
        }
    }

    /// A device that lies tells another one of its person whatever it likes: that it is together, decisions that nobody
    /// took, and ones that it heard long ago.
    private mutating func lieAboutPartnership() throws {
        guard isFaulty, let index = connections.indices.randomElement(using: &generator),
            connections[index].isOpen,
            let side = (0...1).first(where: { connections[index].device($0).isByzantine }),
            connections[index].sessions.allSatisfy({ $0.authenticatedPeer != nil }),
            connections[index].first.person == connections[index].second.person
        else { return }
        var wire = WirePartnership()
        let heard = devices.flatMap { $0.partnership.told.partings }.shuffled(using: &generator)
        let forged = (0..<Int.random(in: 0...20, using: &generator)).map { _ in generator.bytes(16) }
        wire.partings = (heard.prefix(20).map(\.bytes) + forged).map(\.wireBytes)
        wire.apart = generator.chance(30)
        connections[index].underWay[side].append(try WireMessage.partnership(wire).framed())
    }

    /// A device takes over what it has become, by its own person or by another device: durable first, then at once.
    mutating func decide(_ partnership: Partnership, on device: Device) throws {
        if partnership.isApart, !device.partnership.isApart { device.keptBack = onlyHere(device) }
        if partnership.isApart { device.isHeldApart = true } else { device.keptBack = [] }
        device.partnership = partnership
        guard partnership.isApart || !device.isHeldApart else {
            throw failure("apart is final until its own person says otherwise: device \(device.name)")
        }
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
            for other in devices where other.person != device.person {
                guard other.ids.isDisjoint(with: device.keptBack) else {
                    throw failure("what device \(device.name) kept back reached device \(other.name)")
                }
            }
        }
        for device in devices { disconnect(device) }
        // Each person says so on each of their devices, once it has heard what the others know.
        for device in devices where !device.isLost {
            for other in devices where other.person == device.person && other !== device {
                var learnt = device.partnership.learning(other.partnership.told)
                while learnt.isApart {
                    try decide(learnt, on: device)
                    try reunite(device)
                    learnt = device.partnership.learning(other.partnership.told)
                }
            }
            if device.partnership.isApart { try reunite(device) }
        }
    }
}
