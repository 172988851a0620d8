/// A log: one device's events under one epoch, on one branch.
///
/// An honest device writes one log an epoch. Where a device was restored from an old copy and went on writing, or
/// lies, its log has branches: what all of them share keeps `branch` zero, and each continuation is named by the
/// first 16 bytes of its first header's hash, so that every device gives it the same name.
package struct LogID: Hashable, Sendable {
    /// The device that writes the log.
    package let device: DeviceID
    /// A random number, new at each start that cannot be sure of the last sequence number.
    package let epoch: UInt64
    /// Zero for the trunk, else the name of the branch.
    package let branch: Identifier<BranchSubject>

    /// A log by its three parts; the trunk unless a branch is named.
    package init(device: DeviceID, epoch: UInt64, branch: Identifier<BranchSubject> = .init(high: 0, low: 0))
    {
        self.device = device
        self.epoch = epoch
        self.branch = branch
    }

    /// The trunk of this log.
    package var trunk: LogID { LogID(device: device, epoch: epoch) }
}

extension LogID: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.device, left.epoch, left.branch) < (right.device, right.epoch, right.branch)
    }
}

/// What a branch's name names.
package enum BranchSubject {}

/// A place in a log: its sequence number there runs from 1 without gaps.
package struct Position: Hashable, Sendable {
    /// The log, branch included.
    package let log: LogID
    /// The sequence number, from 1.
    package let sequence: UInt64

    /// A place by its log and number.
    package init(log: LogID, sequence: UInt64) {
        self.log = log
        self.sequence = sequence
    }
}
