package import EventLog

/// Lets a test follow what one device of a simulated world goes through, with its own store.
extension World {
    /// Hands what a device has and each batch that it commits on; its disk is then never put back to an old copy.
    package func mirror(_ index: Int, _ commit: @escaping (EventBatch) -> Void) {
        let disk = devices[index].disk
        var batch = EventBatch()
        batch.events = disk.all
        batch.heads = disk.content.heads.flatMap { log, heads in heads.values.map { (log, $0) } }
        batch.clock = disk.content.clock
        batch.epoch = devices[index].replica.epoch
        commit(batch)
        disk.mirror = commit
    }

    /// Where the world's journal began.
    package var genesis: Genesis { devices[0].genesis }

    /// A device's keys.
    package func keys(of index: Int) -> DeviceKeys { devices[index].keys }

    /// What a device came to: its digest over all heads.
    package func headsDigest(of index: Int) -> Digest { devices[index].replica.headsDigest }
}
