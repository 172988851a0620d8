import Causality
import EventLog
import Journal

/// What a device with valid keys can do that an honest program never does.
extension World {
    /// The batch with lies in it: stamps at the end of time, sights of what was never seen or doesn't exist.
    mutating func forged(_ batch: EventBatch, by device: Device) throws -> EventBatch {
        guard generator.chance(50), batch.events.count == 1, let event = batch.events.first,
            event.effective.carriedSeen == nil
        else { return batch }
        var header = event.effective.header
        if generator.chance(40) { header.stamp = Stamp(.max) }
        if generator.chance(30) { header.vocabulary = UInt32.random(in: 0...9, using: &generator) }
        if generator.chance(20) { header.kindNumber = UInt32.random(in: 60...99, using: &generator) }
        if generator.chance(60) { header.seen += lies(for: device) }
        let bytes = try header.encoded()
        let place = event.position
        let previous =
            place.sequence == 1
            ? Digest.zero
            : device.disk.hash(at: Position(log: place.log, sequence: place.sequence - 1)) ?? .zero
        let hash = EventHeader.hash(
            of: bytes, journal: device.replica.journal, log: place.log, sequence: place.sequence,
            previous: previous)
        var result = batch
        result.events = [
            StoredEvent(
                position: place, hash: hash, headerBytes: bytes, body: event.body,
                effective: EffectiveEvent(id: hash.identifier(), header: header))
        ]
        result.heads = [
            (
                place.log,
                try Head.sign(
                    log: place.log, sequence: place.sequence, hash: hash, journal: device.replica.journal,
                    by: device.keys)
            )
        ]
        return result
    }

    /// Mentions of events that the device may never have had, or that nobody has.
    private mutating func lies(for device: Device) -> [Mention] {
        var lies: [Mention] = []
        for other in devices where other !== device && generator.chance(60) {
            let all = other.disk.all
            if let event = all.randomElement(using: &generator), generator.chance(70) {
                lies.append(
                    Mention(
                        log: event.position.log, sequence: event.position.sequence, prefix: event.hash.prefix)
                )
            } else {
                lies.append(
                    Mention(
                        log: other.replica.ownLog, sequence: UInt64.random(in: 1 ... .max, using: &generator),
                        prefix: generator.next()))
            }
        }
        return lies
    }
}
