import Causality
import EventLog
import Journal
import LocalAPI
import Store

/// A person's own devices: taken out of the journal, and given other names.
extension Ledger {
    /// Takes a device of this person out of the journal for good, and what it let in with it: what they wrote that is
    /// not here counts for nothing.
    ///
    /// - Parameters:
    ///   - isAlone: leaves in what the device let in.
    ///   - settled: the arrival number up to which some other device is known to have what is here.
    func retire(_ text: String, isAlone: Bool, settled: Int64) throws {
        let (replica, device) = (try paired(), try self.device(text))
        guard device != replica.device else { throw ErrorPayload("retire_elsewhere") }
        try requireOwn(device, replica)
        let membership = replica.membership
        guard !isRetiredHere(device, replica),
            membership.isActive(device) || retiresOthers(device, membership)
        else { throw ErrorPayload("already_retired", device.short) }
        // What is cut is what this device's log has not named: it must have been told of all there is first.
        if let admission = membership.member(replica.device)?.admittedBy {
            guard try store.arrival(of: admission).map({ settled >= $0 }) ?? false else {
                throw ErrorPayload("retire_before_sync", device.short)
            }
        }
        let others = isAlone ? [] : letIn(by: device, replica).filter { membership.isActive($0) }
        let events = ([device] + others).map { NewEvent(.retire, retired: $0) }
        try commit(replica.append(events, at: Machine.now()))
    }

    /// Takes this device itself out of the journal, as one that is given away.
    func retireHere() throws {
        let replica = try paired()
        guard replica.membership.encounter(of: replica.device) != .none else { throw ErrorPayload("retired") }
        try commit(
            replica.append([NewEvent(.retire, retired: replica.device)], at: Machine.now()))
    }

    /// What a device let in, and what that let in, without this device and what it let in itself.
    func letIn(by device: DeviceID, _ replica: Replica<Store>) -> [DeviceID] {
        var (found, all) = ([DeviceID](), Set([device]))
        // Whoever let another one in stands before it.
        for member in replica.membership.members {
            guard let voucher = member.voucher, all.contains(voucher), member.bundle.device != replica.device
            else { continue }
            found.append(member.bundle.device)
            all.insert(member.bundle.device)
        }
        return found
    }

    private func isRetiredHere(_ device: DeviceID, _ replica: Replica<Store>) -> Bool {
        (replica.membership.retirements[device] ?? []).contains {
            $0.position.log.device == replica.device
        }
    }

    /// Whether a device that takes part no longer has retired others, so that these still have to be answered for.
    private func retiresOthers(_ device: DeviceID, _ membership: Membership) -> Bool {
        membership.retirements.contains { retired, claims in
            retired != device && claims.contains { $0.position.log.device == device }
        }
    }

    /// Gives a device of this person another name.
    func rename(_ text: String, to new: String) throws {
        let (replica, device) = (try paired(), try self.device(text))
        try requireOwn(device, replica)
        guard replica.membership.isActive(replica.device) else { throw ErrorPayload("retired") }
        try Self.checkName(new)
        try commit(replica.append([try name(.deviceName, of: device.bytes, new)], at: Machine.now()))
        guard device == replica.device, var identity else { return }
        identity.deviceName = new
        // The journal has the name, and the file follows at the next change.
        afterwards { try save(identity) }
        began(self.replica, identity: identity, introduced: introduced)
    }

    /// Refuses what only devices of the same person may do, and none that a senior has retired.
    private func requireOwn(_ device: DeviceID, _ replica: Replica<Store>) throws {
        guard replica.membership.encounter(of: replica.device) != .none else { throw ErrorPayload("retired") }
        guard replica.membership.person(of: device) == replica.membership.person(of: replica.device) else {
            throw ErrorPayload("not_your_device", device.short)
        }
    }

    /// A device by its name, or the beginning of its id.
    func device(_ text: String) throws -> DeviceID {
        let (members, names) = (try paired().membership.members.map(\.bundle.device), try names())
        let byName = members.filter { names.device($0) == text }
        let digits = text.lowercased()
        let byID = digits.utf8.count < 4 ? [] : members.filter { $0.description.hasPrefix(digits) }
        let found = byName.isEmpty ? byID : byName
        guard let device = found.first else { throw ErrorPayload("unknown_device", text) }
        guard found.count == 1 else { throw ErrorPayload("ambiguous_device", text) }
        return device
    }
}
