import Causality
import EventLog
import Peering
import Wire

/// Two sessions and the bytes under way between them.
struct Connection {
    let first: Device
    let second: Device
    var sessions: [SyncSession]
    /// Frames on their way, by the side that sent them.
    var underWay: [[[UInt8]]] = [[], []]
    var isOpen = true

    var isQuiet: Bool { !isOpen || underWay.allSatisfy(\.isEmpty) }

    func device(_ side: Int) -> Device { side == 0 ? first : second }
}

extension World {
    mutating func connectSome() throws {
        guard let first = devices.randomElement(using: &generator),
            let second = devices.randomElement(using: &generator), first !== second
        else { return }
        try connect(first, second)
    }

    mutating func connect(_ first: Device, _ second: Device) throws {
        guard !first.isLost, !second.isLost else { return }
        connections.removeAll {
            ($0.first === first && $0.second === second) || ($0.first === second && $0.second === first)
                || !$0.isOpen
        }
        let binding = Binding(
            dialler: Digest(generator.bytes(32)) ?? .zero, listener: Digest(generator.bytes(32)) ?? .zero)
        let sessions = [(first, Role.dialler), (second, .listener)].map { device, role in
            SyncSession(
                keys: device.keys, journal: device.replica.journal, peers: device.peers,
                limited: device.limited, role: role,
                binding: binding, challenge: generator.bytes(32),
                padding: (0..<8).map { _ in generator.bytes(16) }, person: device.person,
                partnership: device.partnership)
        }
        connections.append(Connection(first: first, second: second, sessions: sessions))
        let index = connections.count - 1
        for side in 0...1 { try perform(connections[index].sessions[side].connected(), index, side) }
    }

    mutating func disconnect(_ device: Device) {
        for index in connections.indices
        where connections[index].first === device || connections[index].second === device {
            connections[index].isOpen = false
        }
    }

    mutating func cutSome() {
        guard let device = devices.randomElement(using: &generator) else { return }
        disconnect(device)
    }

    mutating func deliverSome() throws {
        guard !connections.isEmpty else { return }
        let index = Int.random(in: connections.indices, using: &generator)
        try deliver(index, fromFirst: generator.chance(50))
    }

    /// Brings a frame to the other side; while there are faults it may be lost, come twice, or overtake another.
    mutating func deliver(_ index: Int, fromFirst: Bool) throws {
        let side = fromFirst ? 0 : 1
        guard connections[index].isOpen, !connections[index].underWay[side].isEmpty else { return }
        var place = 0
        let isAuthenticated = connections[index].sessions.allSatisfy { $0.authenticatedPeer != nil }
        if isFaulty, isAuthenticated {
            place =
                generator.chance(20)
                ? Int.random(in: connections[index].underWay[side].indices, using: &generator) : 0
            if generator.chance(lossPercent) {
                connections[index].underWay[side].remove(at: place)
                return
            }
        }
        let frame = connections[index].underWay[side][place]
        if !(isFaulty && isAuthenticated && generator.chance(replayPercent)) {
            connections[index].underWay[side].remove(at: place)
        }
        guard let message = try? WireMessage(type: frame[4], payload: Array(frame[5...])) else {
            throw failure("a frame can't be read back")
        }
        try perform(connections[index].sessions[1 - side].receive(message), index, 1 - side)
    }

    mutating func grew(_ device: Device, except: Int?) throws {
        for index in connections.indices where index != except && connections[index].isOpen {
            for side in 0...1 where connections[index].device(side) === device {
                let members = device.replica.membership.members.count
                try perform(connections[index].sessions[side].grew(members: members), index, side)
            }
        }
    }

    private mutating func bodiesCame(to device: Device) throws {
        for index in connections.indices where connections[index].isOpen {
            for side in 0...1 where connections[index].device(side) === device {
                try perform(connections[index].sessions[side].bodiesCame(), index, side)
            }
        }
    }

    // MARK: Doing what a session asks

    mutating func perform(_ actions: [SyncSession.Action], _ index: Int, _ side: Int) throws {
        var queue = actions[...]
        while let action = queue.popFirst(), connections[index].isOpen {
            if isFaulty, generator.chance(1), generator.chance(30) {
                // Between any two steps.
                let device = connections[index].device(side)
                disconnect(device)
                try device.restart(&generator)
                return
            }
            queue = (try perform(action, index, side) + queue)[...]
        }
    }

    private mutating func perform(
        _ action: SyncSession.Action, _ index: Int, _ side: Int
    ) throws -> [SyncSession.Action] {
        let device = connections[index].device(side)
        switch action {
        case .send(let message): try send(message, index, side)
        case .digest(let scope):
            return connections[index].sessions[side].digests(
                heads: device.replica.headsDigest(in: scope),
                missing: try device.replica.missingDigest(in: scope), ends: device.replica.heads(in: scope))
        case .summarise(let scope):
            return connections[index].sessions[side].summarise(
                device.replica.heads(in: scope),
                deferred: device.replica.door.closed(on: Door.day(of: wall(of: device).milliseconds)),
                wall: wall(of: device).milliseconds)
        case .plan(let knowledge, let scope):
            return connections[index].sessions[side].planned(
                try device.replica.plan(for: knowledge, in: scope))
        case .read(let outgoing, let scope):
            let next = try device.replica.run(of: outgoing, in: scope)
            if let run = next?.run, let mark = device.replica.markBefore(handingOut: run) {
                device.mark = mark
                device.replica.marked(mark)
            }
            return connections[index].sessions[side].ran(
                next.map { tampered($0.run, by: device) }, rest: next?.rest)
        case .store(let run, let scope):
            return connections[index].sessions[side].stored(
                try store(run, in: scope, on: device, from: index))
        case .check(let heads):
            if try device.replica.wasRolledBack(by: heads) {
                try device.commit(device.replica.openingEpoch(generator.next()))
            }
        case .sample(let log):
            return connections[index].sessions[side].sampled(try device.replica.samples(of: log), of: log)
        case .compare(let samples, let log, let isAnswer):
            let place = try device.replica.common(of: samples, in: log)
            return connections[index].sessions[side].common(place, of: log, isAnswer: isAnswer)
        case .listMissing(let after):
            return connections[index].sessions[side].missing(
                device.disk.missingBodies(after: after, limit: 256))
        case .fetch(let id):
            return connections[index].sessions[side].fetched(id, device.disk.bodies(of: [id])[id])
        case .storeBodies(let bodies):
            let batch = try device.replica.receive(bodies: bodies)
            try device.commit(batch)
            if !batch.isEmpty { try bodiesCame(to: device) }
        case .learn(let told):
            try decide(device.partnership.learning(told), on: device)
        case .cannotSend: throw failure("device \(device.name) has events that it can't send on")
        case .authenticated, .waitForTomorrow, .peerClock, .peerPort, .expect, .live: break
        case .close: connections[index].isOpen = false
        }
        return []
    }

    private mutating func store(
        _ run: Run, in scope: SyncScope, on device: Device, from index: Int
    ) throws -> SyncSession.Stored {
        if case .headers(of: let person) = scope,
            let writer = device.replica.membership.person(of: run.log.device), writer != person
        {
            return .outOfScope
        }
        do {
            switch try device.replica.receive(run, wall: wall(of: device), freshEpoch: generator.next()) {
            case .unknownDevice: return .unknownDevice
            case .gap: return .gap(run.log)
            case .later: return .later(run.log)
            case .batch(let batch):
                if let mark = device.replica.markBefore(storing: run) {
                    device.mark = mark
                    device.replica.marked(mark)
                }
                try device.commit(batch)
                if !batch.events.isEmpty { try grew(device, except: index) }
                leaveStrangers(device)
                return .committed(run, members: device.replica.membership.members.count)
            }
        } catch let rejection as RunRejection {
            let sides = [connections[index].first, connections[index].second]
            guard let sender = sides.first(where: { $0 !== device }), sender.isByzantine else {
                throw failure("an honest run was refused: \(rejection)")
            }
            return .refused
        }
    }

    private mutating func send(_ message: WireMessage, _ index: Int, _ side: Int) throws {
        let (device, other) = (connections[index].device(side), connections[index].device(1 - side))
        switch message {
        case .hello, .auth, .authOK: break
        case .run, .bodies:
            guard !device.isHeldApart || other.person == device.person else {
                throw failure("device \(device.name) gave something to the partner while apart")
            }
            spoken += 1
        default: spoken += 1
        }
        let frame = try message.framed()
        if Self.contains(frame, Self.canary) { throw failure("the canary of a draft was sent") }
        connections[index].underWay[side].append(frame)
    }

    static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard bytes.count >= part.count else { return false }
        return (0...(bytes.count - part.count)).contains {
            bytes[$0] == part[0] && Array(bytes[$0..<($0 + part.count)]) == part
        }
    }

    /// A device that lies holds bodies back now and then, or changes what others have written.
    mutating func tampered(_ run: Run, by device: Device) -> Run {
        guard device.isByzantine, isFaulty, generator.chance(50) else { return run }
        if generator.chance(10), var header = run.headers.last {
            header[Int.random(in: header.indices, using: &generator)] ^=
                1 << UInt8.random(in: 0..<8, using: &generator)
            return Run(
                log: run.log, from: run.from, previous: run.previous,
                headers: run.headers.dropLast() + [header],
                bodies: run.bodies, closing: run.closing)
        }
        return Run(
            log: run.log, from: run.from, previous: run.previous, headers: run.headers,
            bodies: run.bodies.map { _ in [] }, closing: run.closing)
    }
}
