import Causality
import EventLog
import Journal

/// What goes wrong with devices as a whole: crashes, old copies, lost marks, cloned disks, wrong clocks.
extension World {
    mutating func jumpClock() {
        let device = devices[Int.random(in: devices.indices, using: &generator)]
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: device.skew = -time
        case 1: device.skew = 4_070_908_800_000 - time
        case 2: device.skew -= Int64.random(in: 0...7_200_000, using: &generator)
        case 3: device.skew += Int64.random(in: 0...7_200_000, using: &generator)
        default: device.skew = 0
        }
    }

    mutating func crash() throws {
        let device = devices[Int.random(in: devices.indices, using: &generator)]
        disconnect(device)
        try device.restart(&generator)
    }

    /// Puts a device's database back to an old copy, with or without its mark, or loses the mark alone.
    mutating func rollBack() throws {
        let device = devices[Int.random(in: devices.indices, using: &generator)]
        guard device.disk.mirror == nil else { return }
        let trunks = device.replica.forest.trunks
        // Every copy may cost an epoch and a branch, of which there are only so many.
        guard trunks.filter({ $0.device == device.replica.device }).count < 6,
            device.replica.forest.tips.filter({ $0.log.device == device.replica.device }).count < 3,
            !isTwin(device)
        else { return }
        if generator.chance(20) {
            disconnect(device)
            device.mark = nil
            try device.restart(&generator)
        } else if let backup = backups[device.name], generator.chance(60) {
            disconnect(device)
            device.disk.content = backup.content
            if generator.chance(50) {
                device.mark = backup.mark
                lostMark = true
            }
            backups[device.name] = nil
            try device.restart(&generator)
        } else {
            backups[device.name] = (device.disk.content, device.mark)
        }
    }

    /// Whoever copied the keys of the lying device writes with them, in a log of their own or in one of the device's,
    /// and shows it to whom they meet: far more logs and branches than are taken on a day.
    mutating func abuseKeys() throws {
        guard let original = devices.first(where: \.isByzantine) else { return }
        if generator.chance(50) { time += Door.length }
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let thief = try Device(
                name: devices.count, keys: original.keys, of: original.person, genesis: original.genesis,
                generator: &generator)
            thief.disk.content = original.disk.content
            thief.mark = original.mark
            // Whoever copies a disk has what lies on it.
            for device in devices { device.keptBack.subtract(thief.ids) }
            if generator.chance(60) { thief.mark = nil }
            try thief.restart(&generator)
            thief.isByzantine = true
            lostMark = true
            try write([NewEvent(.account)], on: thief)
            let others = devices.filter { !$0.isLost && $0.keys.device != thief.keys.device }
            guard let met = others.randomElement(using: &generator) else { continue }
            try connect(met, thief)
            let wasFaulty = isFaulty
            isFaulty = false
            defer { isFaulty = wasFaulty }
            for _ in 0..<200 {
                guard let index = connections.lastIndex(where: { $0.second === thief && $0.isOpen }),
                    !connections[index].isQuiet
                else { break }
                for isFirst in [true, false] { try deliver(index, fromFirst: isFirst) }
            }
            disconnect(thief)
        }
    }

    /// Lets the lying device live twice from here on: two machines with the same keys and the same epoch, as a cloned
    /// disk makes them. Whatever both write from now on forks their log.
    mutating func clone() throws {
        guard let original = devices.first(where: \.isByzantine), !isTwin(original) else { return }
        disconnect(original)
        let twin = try Device(
            name: devices.count, keys: original.keys, of: original.person, genesis: original.genesis,
            generator: &generator)
        twin.disk.content = original.disk.content
        twin.mark = original.mark
        twin.isByzantine = true
        twin.introduced = original.introduced
        (twin.partnership, twin.isHeldApart) = (original.partnership, original.isHeldApart)
        try twin.restart(&generator)
        devices.append(twin)
        // Their log forks by design, as if its mark had been put back.
        lostMark = true
        backups[original.name] = nil
    }
}
