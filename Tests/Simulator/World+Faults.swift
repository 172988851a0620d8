import Causality
import EventLog

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
