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
        let (replica, device) = (try paired(), try ownDevice(text))
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
        let (replica, device) = (try paired(), try ownDevice(text))
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

    /// A device by its id, the beginning of that, or its name.
    func device(_ text: String) throws -> DeviceID {
        try device(text, among: try paired().membership.members.map(\.bundle.device))
    }

    /// The same among this person's own, whatever the other one calls theirs; the other one's where none of these is meant.
    private func ownDevice(_ text: String) throws -> DeviceID {
        let membership = try paired().membership
        let own = membership.person(of: try paired().device)
        let devices = membership.members.map(\.bundle.device).filter { membership.person(of: $0) == own }
        do { return try device(text, among: devices) } catch let refusal as ErrorPayload
            where refusal.error == "unknown_device"
        { return try device(text) }
    }

    private func device(_ text: String, among members: [DeviceID]) throws -> DeviceID {
        let (digits, names) = (text.lowercased(), try names())
        if let exact = members.first(where: { $0.description == digits }) { return exact }
        let byID = digits.utf8.count < 4 ? [] : members.filter { $0.description.hasPrefix(digits) }
        let found = byID.isEmpty ? members.filter { names[$0] == text || names.device($0) == text } : byID
        guard let device = found.first else { throw ErrorPayload("unknown_device", text) }
        guard found.count == 1 else { throw ErrorPayload("ambiguous_device", text) }
        return device
    }
}
