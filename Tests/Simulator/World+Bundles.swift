import Causality
import EventLog
import Journal
import Peering
import Wire

/// Bundles on their way: made at any time, taken in late, twice, damaged, or by somebody whom they are not for.
extension World {
    /// A file that someone made.
    struct SavedBundle {
        let bytes: [UInt8]
        let recipients: Set<DeviceID>
        let journal: Digest
        /// What may be in it.
        let ids: Set<EntryID>
        let isForged: Bool
        /// Whether it begins at the beginning, so that nobody can lack what comes before.
        let isWhole: Bool
    }

    mutating func sendSome() throws {
        if generator.chance(40) || bundles.isEmpty { try makeBundle() } else { try takeBundle() }
    }

    /// A device puts what one of the partner's has not got into a file; or everything.
    private mutating func makeBundle() throws {
        guard
            let device = devices.filter({ !$0.isLost && !$0.partnership.isApart }).randomElement(
                using: &generator)
        else { return }
        let recipients = device.replica.membership.active.map(\.bundle).filter { $0.person != device.person }
        guard !recipients.isEmpty else { return }
        var known = PeerKnowledge()
        // What one of them has another one may lack, or itself by the time that its disk was put back: a gap.
        let someone = recipients.randomElement(using: &generator)?.device
        if generator.chance(70), let one = devices.first(where: { $0.keys.device == someone }) {
            known = PeerKnowledge(heads: one.replica.heads)
        }
        let isWhole = known.ends.isEmpty
        let journal = device.replica.journal
        let plan = try device.replica.plan(for: known)
        var writer = try BundleFile.Writer(for: recipients, journal: journal)
        var start = WireBundleStart()
        start.journal = journal.bytes.wireBytes
        start.device = device.keys.device.bytes.wireBytes
        start.events = plan.events
        var bytes = try writer.begin() + writer.append(.bundleStart(start))
        for outgoing in plan.sends {
            var rest: SyncPlan.Outgoing? = outgoing
            while let next = rest, let (run, remaining) = try device.replica.run(of: next) {
                if let mark = device.replica.markBefore(handingOut: run) {
                    device.mark = mark
                    device.replica.marked(mark)
                }
                let run = tampered(run, by: device)
                if Self.contains(Array((run.headers + run.bodies).joined()), Self.canary) {
                    throw failure("the canary of a draft is in a bundle")
                }
                bytes += try writer.append(.run(run.wire))
                rest = remaining
            }
        }
        bytes += try writer.finish()
        let (ids, isForged) = (device.ids, device.isByzantine)
        // What is in a file is on its way.
        for other in devices { other.keptBack.subtract(ids) }
        bundles.append(
            SavedBundle(
                bytes: bytes, recipients: Set(recipients.map(\.device)), journal: journal,
                ids: ids, isForged: isForged, isWhole: isWhole))
    }

    private mutating func takeBundle() throws {
        guard let bundle = bundles.randomElement(using: &generator) else { return }
        let isStray = generator.chance(10)
        let takers = devices.filter {
            !$0.isLost && !$0.partnership.isApart && (isStray || bundle.recipients.contains($0.keys.device))
        }
        guard let device = takers.randomElement(using: &generator) else { return }
        var bytes = bundle.bytes
        let isDamaged = generator.chance(25)
        if isDamaged {
            if generator.chance(50) {
                bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
            } else {
                // Behind the keys: those for nobody may change without harm.
                let place = Int.random(in: (bytes.count - 17)..<bytes.count, using: &generator)
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            }
        }
        let before = (device.replica.headsDigest, device.ids)
        do {
            let runs = try look(through: bytes, on: device)
            guard !isDamaged else { throw failure("a damaged bundle was taken for a whole one") }
            guard bundle.recipients.contains(device.keys.device) else {
                throw failure("device \(device.name) opened a bundle that is not for it")
            }
            var passedOver = false
            for run in runs {
                guard try take(run, on: device, &passedOver) else {
                    throw failure("a run of a bundle was refused that had been looked through")
                }
            }
        } catch let reason as BundleFile.Failure {
            guard (device.replica.headsDigest, device.ids) == before else {
                throw failure("a bundle that was not taken in changed something")
            }
            let isExpected =
                switch reason {
                case .gap: !bundle.isWhole
                case .refused: bundle.isForged
                case .notForThisDevice: !bundle.recipients.contains(device.keys.device) || isDamaged
                default: isDamaged
                }
            guard isExpected else { throw failure("a good bundle was not taken in: \(reason)") }
        }
    }

    /// Looks all of a file through, as a daemon does before it takes anything of it.
    private func look(through bytes: [UInt8], on device: Device) throws -> [Run] {
        var reader = BundleFile.Reader(keys: device.keys, journal: device.replica.journal)
        var (rehearsal, runs) = (Rehearsal(), [Run]())
        try reader.receive(bytes)
        while let message = try reader.next() {
            guard case .run(let wire) = message else { continue }
            guard let run = try? Run(wire),
                let prepared = try? PreparedRun(run, journal: device.replica.journal)
            else { throw BundleFile.Failure.refused }
            switch try rehearsal.follow(prepared, in: device.replica) {
            case .fits: runs.append(run)
            case .gap: throw BundleFile.Failure.gap
            case .refused: throw BundleFile.Failure.refused
            }
        }
        try reader.finish()
        return runs
    }

    private mutating func take(_ run: Run, on device: Device, _ passedOver: inout Bool) throws -> Bool {
        do {
            switch try device.replica.receive(run, wall: wall(of: device), freshEpoch: generator.next()) {
            // Or it continues what an earlier run took out here as seen by nobody, by a mark that was put back.
            case .gap: return passedOver || lostMark
            case .unknownDevice, .later:
                passedOver = true
                return true
            case .batch(let batch):
                if let mark = device.replica.markBefore(storing: run) {
                    device.mark = mark
                    device.replica.marked(mark)
                }
                try device.commit(batch)
                if !batch.events.isEmpty { try grew(device, except: nil) }
                leaveStrangers(device)
                return true
            }
        } catch is RunRejection {
            return false
        }
    }
}
