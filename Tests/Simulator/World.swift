import Causality
import EventLog
import Journal
import Peering
import Wire

/// What a seed came to, if it failed.
package struct SimulationFailure: Error, CustomStringConvertible {
    let seed: UInt64
    let what: String

    package var description: String { "seed \(seed): \(what); again with: scripts/simulate --seed \(seed)" }
}

/// Two to five devices, their networks, clocks and disks, and everything that can go wrong with them.
package struct World {
    /// Lies in every device's drafts; must never be sent.
    static let canary = Array("CANARY-that-must-not-sing".utf8)

    let seed: UInt64
    var generator: SeededGenerator
    var devices: [Device] = []
    var connections: [Connection] = []
    var time: Int64 = 1_741_380_000_000
    var isFaulty = true
    var lossPercent: Int
    var replayPercent: Int
    /// What each event's device had when it wrote, by the ids of events: the truth that no vector was asked for.
    var had: [EntryID: Set<EntryID>] = [:]
    /// The log in which each event was first written.
    var logs: [EntryID: LogID] = [:]
    /// How many messages beyond the handshake were sent since it was last set to zero.
    var spoken = 0
    let isByzantine: Bool
    /// What attacks the journal, in every third world.
    let attack: Attack?
    /// Recovery words that someone wrote down.
    var papers: [Paper] = []
    /// Whether someone has copied the keys of the device that lies, and writes with them all the time.
    let isCopied: Bool

    /// A world from a seed; every fifth one has a device that lies, and every tenth one whose keys were copied too.
    package init(seed: UInt64) throws {
        self.seed = seed
        generator = SeededGenerator(seed: seed)
        isByzantine = seed % 5 == 0
        attack = seed % 3 == 0 ? Attack.allCases[Int(seed / 3 % 3)] : nil
        isCopied = seed % 10 == 0
        lossPercent = Int.random(in: 0...30, using: &generator)
        replayPercent = Int.random(in: 0...50, using: &generator)
        try populate()
    }

    /// Runs the seed to its end. Throws ``SimulationFailure``.
    package mutating func run() throws {
        for _ in 0..<Int.random(in: 60...160, using: &generator) { try step() }
        isFaulty = false
        for device in devices { device.skew = 0 }
        var rounds = 0
        try meetAll(devices)
        try reuniteAll()
        if attack != nil {
            // What is heard of the attacker only now is answered too.
            for _ in 0..<3 {
                try meetAll(devices)
                try answerAttack()
            }
        }
        while try !areEqual() {
            rounds += 1
            // Of each device no more than so many logs are taken on a day; a day later the next ones are.
            let days = (devices.map { $0.replica.forest.tips.count }.max() ?? 0) / Limits.dailyLogs
            guard rounds <= 3 + days else { throw failure("not converged after \(rounds) rounds") }
            time += Door.length
            try meetAll(devices)
        }
        time += Door.length
        try stayTogether()
        spoken = 0
        try meetAll(circle)
        guard spoken == 0 else { throw failure("\(spoken) messages exchanged although all is equal") }
        try check()
    }

    func failure(_ what: String) -> SimulationFailure { SimulationFailure(seed: seed, what: what) }

    // MARK: Beginning

    private mutating func populate() throws {
        let persons = [PersonID(prefix: generator.bytes(16)), PersonID(prefix: generator.bytes(16))]
        let keys = try (0..<Int.random(in: 2...5, using: &generator)).map { _ in
            try DeviceKeys(event: generator.bytes(32), meet: generator.bytes(32))
        }
        let transcript = Digest(generator.bytes(32)) ?? .zero
        let bundles = keys.enumerated().map { index, keys in keys.bundle(of: persons[index % 2]) }
        guard
            let genesis = Genesis(
                host: bundles[0],
                hostConfirmation: try keys[0].sign(Genesis.confirmation(of: transcript, isHost: true)),
                joiner: bundles[1],
                joinerConfirmation: try keys[1].sign(Genesis.confirmation(of: transcript, isHost: false)),
                transcript: transcript)
        else { throw failure("no genesis") }
        for (index, keys) in keys.enumerated() {
            devices.append(
                try Device(
                    name: index, keys: keys, of: persons[index % 2], genesis: genesis, generator: &generator))
        }
        for index in keys.indices.dropFirst(2) {
            let signature = try keys[index].sign(
                Membership.consent(of: bundles[index], journal: genesis.journal))
            let admission = EventHeader.Admission(bundle: bundles[index], signature: signature)
            try write([NewEvent(.admit, admission: admission)], on: devices[index % 2])
        }
        if isByzantine { devices[devices.count - 1].isByzantine = true }
        try beginAttack()
    }

    // MARK: Steps

    private mutating func step() throws {
        time += Int64.random(in: 0...60_000, using: &generator)
        if isCopied, generator.chance(20) { try abuseKeys() }
        switch Int.random(in: 0..<(attack == nil ? 112 : 130), using: &generator) {
        case 0..<35:
            let device = devices[Int.random(in: devices.indices, using: &generator)]
            // Who is apart writes drafts.
            if !device.partnership.isApart, let event = try invent(on: device) {
                try write([event], on: device)
            }
        case 35..<50: try connectSome()
        case 50..<90: for _ in 0..<8 { try deliverSome() }
        case 90..<93: try crash()
        case 93..<95: try rollBack()
        case 95..<98: jumpClock()
        case 98: try clone()
        case 112...: try lie()
        case 99..<103: try gather()
        case 103..<111: try sendSome()
        default: cutSome()
        }
    }

    /// Someone comes or goes.
    private mutating func gather() throws {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0...1: try join()
        case 2...3: try retire()
        case 4...5: try partOrReunite()
        case 6: try writeWords()
        default: try comeBack()
        }
    }

    /// The files that were made.
    var bundles: [SavedBundle] = []
    /// Whether a mark was ever put back too: only then may a log have forked.
    var lostMark = false
    var backups: [Int: (content: VirtualDisk.Content, mark: Mark?)] = [:]

    mutating func write(_ events: [NewEvent], on device: Device) throws {
        let before = device.ids
        var batch = try device.replica.append(events, at: wall(of: device))
        if device.isByzantine, isFaulty { batch = try forged(batch, by: device) }
        device.disk.commit(batch)
        for event in batch.events {
            had[event.effective.id] = before.union([event.effective.id])
            logs[event.effective.id] = event.position.log.trunk
        }
        if generator.chance(3), isFaulty {
            // Between the commit and what follows it: durable, and nobody was told.
            disconnect(device)
            try device.restart(&generator)
        } else {
            try device.replica.applied(batch)
            try grew(device, except: nil)
        }
    }

    func wall(of device: Device) -> WallTime { WallTime(milliseconds: time + device.skew) }

    /// Whether all devices that are still together hold the same.
    private func areEqual() throws -> Bool {
        // A body that a liar held back and then lost is nowhere: then all have to miss it.
        let circle = circle
        let missing = try circle.map { try $0.replica.missingBodies(after: nil, limit: .max) }
        return Set(circle.map { $0.replica.headsDigest }).count <= 1 && Set(missing).count <= 1
    }

    private mutating func meetAll(_ devices: [Device]) throws {
        for device in self.devices { disconnect(device) }
        for left in devices.indices {
            for right in devices.indices where left < right {
                try connect(devices[left], devices[right])
                try settle()
                disconnect(devices[left])
            }
        }
    }

    /// All are connected with each other, and write, some of them while they are still greeting each other: what was
    /// written has to be everywhere without anyone connecting again.
    private mutating func stayTogether() throws {
        let devices = circle
        for left in devices.indices {
            for right in devices.indices where left < right {
                try connect(devices[left], devices[right])
                for _ in 0..<Int.random(in: 0...4, using: &generator) {
                    try deliver(connections.count - 1, fromFirst: generator.chance(50))
                }
                if generator.chance(30) { try write([NewEvent(.account)], on: devices[left]) }
            }
        }
        for device in devices where generator.chance(60) { try write([NewEvent(.account)], on: device) }
        try settle()
        guard try areEqual() else { throw failure("what was written while connected did not come through") }
        guard connections.allSatisfy({ !$0.isOpen || $0.sessions.allSatisfy(\.isSettled) }) else {
            throw failure("a connection over which all was sent does not know it")
        }
    }

    /// Delivers until nothing is under way.
    private mutating func settle() throws {
        var rounds = 0
        while connections.contains(where: { !$0.isQuiet }) {
            for index in connections.indices { try deliver(index, fromFirst: true) }
            for index in connections.indices { try deliver(index, fromFirst: false) }
            rounds += 1
            guard rounds < 20_000 else { throw failure("messages without end") }
        }
    }

    // MARK: The end

    private func check() throws {
        for device in devices where device.replica.forest.all != LogForest(device.disk.segments).all {
            throw failure("device \(device.name) remembers other logs than lie on its disk")
        }
        try checkVoices()
        let devices = circle
        guard let first = devices.first else { return }
        let expected = try standings(of: first)
        for device in devices.dropFirst() {
            guard device.counting == first.counting else {
                throw failure("devices \(first.name) and \(device.name) hold different events")
            }
            let others = try standings(of: device)
            for (rift, standing) in expected where others[rift] != standing {
                throw failure("rift \(rift.short) stands differently on \(first.name) and \(device.name)")
            }
        }
        if !lostMark, let fork = first.replica.forest.all.first(where: { $0.log != $0.log.trunk }) {
            throw failure("a log of device \(fork.log.device.short) forked although its mark was there")
        }
        guard !isByzantine else { return }
        let membership = first.replica.membership
        let oracle = Oracle(
            events: Telling.all(first.disk.all, membership, had: provable(to: first)),
            persons: membership.persons)
        for (rift, standing) in expected {
            let (derived, expected) = (standing.story, oracle.story(of: rift))
            for name in Set(derived.keys).union(expected.keys).sorted() where derived[name] != expected[name]
            {
                throw failure(
                    "rift \(rift.short): \(name) is \(derived[name] ?? "nothing"), should be \(expected[name] ?? "nothing")"
                )
            }
        }
    }

    /// What each event's device had, as far as anyone can still tell.
    ///
    /// A vector names the last event of a log. If both its author and all who had it were put back to old copies, that
    /// event is gone from the world, and with it the proof that the ones before it in that log were seen.
    private func provable(to device: Device) -> [EntryID: Set<EntryID>] {
        let here = device.ids
        return had.reduce(into: [:]) { result, entry in
            let lost = Set(entry.value.subtracting(here).compactMap { logs[$0] }).subtracting(
                [logs[entry.key]].compactMap { $0 })
            result[entry.key] =
                lost.isEmpty
                ? entry.value : entry.value.filter { id in logs[id].map { !lost.contains($0) } ?? true }
        }
    }

    private func standings(of device: Device) throws -> [EntryID: Standing] {
        let joins = try device.replica.joins()
        let counting = device.counting
        let rifts = device.disk.all.filter { $0.effective.header.kind == .rift }.map(\.effective.id).filter(
            counting.contains)
        return try Dictionary(
            uniqueKeysWithValues: Set(rifts).map {
                ($0, try device.replica.standing(ofRift: $0, joins: joins))
            })
    }
}
