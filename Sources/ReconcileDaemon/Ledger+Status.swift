import Causality
import EventLog
import LocalAPI
import Store

extension Ledger {
    /// Fills in what the journal knows of itself.
    func fill(_ status: inout StatusPayload, connected: [DeviceID], meetings: [DeviceID: Meeting])
        throws
    {
        status.person = identity?.personName
        status.device = identity?.deviceName
        status.events = try store.count()
        status.drafts = Int64(try store.drafts().count)
        guard let replica else { return }
        status.waiting = try store.missingBodies(after: nil, limit: 1_000).count
        let names = try names()
        status.devices = replica.membership.members.map { member in
            let device = member.bundle.device
            let events = replica.forest.tips.filter { $0.log.device == device }.reduce(0) { $0 + $1.end }
            return DevicePayload(
                id: device.description, name: names.device(device),
                person: names.person(member.bundle.person),
                isThisDevice: device == replica.device, connected: connected.contains(device), events: events,
                address: meetings[device]?.addresses.first, skew: meetings[device]?.skew)
        }
    }
}
