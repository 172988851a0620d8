import Causality
import EventLog
import LocalAPI
import Peering
import Store

extension Ledger {
    /// What may be told of each device: all of one's own, and of the partner's whether they are connected.
    ///
    /// Whatever tells a person of devices asks here first.
    func visible(_ reports: [DeviceID: Links.Report]) -> [DeviceID: Links.Report] {
        guard let members = replica?.membership else { return [:] }
        let own = replica.flatMap { members.person(of: $0.device) }
        return Dictionary(
            // Can't trap: the keys are a dictionary's.
            uniqueKeysWithValues: reports.map { device, report in
                (device, own != nil && members.person(of: device) == own ? report : report.ofPartner)
            })
    }

    /// Fills in what the journal knows of itself.
    func fill(_ status: inout StatusPayload, reports: [DeviceID: Links.Report]) throws {
        // As the journal has it: a successor goes on under the name that its person had.
        let person = try identity.flatMap { try names()[$0.personID()] }
        status.person = person ?? identity?.personName
        status.device = identity?.deviceName
        status.events = try store.count()
        status.drafts = Int64(clamping: try store.draftCount())
        guard let replica else { return }
        let reports = visible(reports)
        let isMember = replica.membership.member(replica.device) != nil
        status.restoredWithoutKeys = try !isMember && introduced.isEmpty && store.meta(.restored) != nil
        status.apart = partnership.isApart && !status.restoredWithoutKeys
        if status.apart {
            status.isCopy = partnership.hasUnsettled ? nil : true
            let names = try names()
            status.sharedOn = sharers.filter(replica.membership.isActive).sorted().map(names.device)
        }
        status.waiting = try store.missingBodies(after: nil, limit: 1_000).count
        status.arrivals = try arrivals()
        status.erasuresAsked = try erasuresAsked().map(\.description)
        status.erasures = try erasures(settled: reports.compactMapValues { $0.meeting?.settled })
        status.devices = try replica.membership.members.map { try payload($0, replica, reports) }
    }

    private func payload(
        _ member: Membership.Member, _ replica: Replica<Store>, _ reports: [DeviceID: Links.Report]
    ) throws -> DevicePayload {
        let (device, names) = (member.bundle.device, try names())
        let report = reports[device]
        let ends = replica.forest.tips(of: device)
        let events = ends.reduce(UInt64(0)) { $0.addingClamped($1.end) }
        var payload = DevicePayload(
            id: device.description, name: names.device(device), person: names.person(member.bundle.person),
            isThisDevice: device == replica.device, connected: report?.isConnected ?? false, events: events,
            address: report?.meeting?.places.first?.address, skew: report?.meeting?.skew)
        let isOwn = member.bundle.person == replica.membership.person(of: replica.device)
        payload.isOwn = isOwn
        payload.retired = !replica.membership.isActive(device)
        payload.added = try member.admittedBy.flatMap { try store.header(of: $0)?.at }
        payload.voucher = member.voucher.map { voucher in
            let person = replica.membership.person(of: voucher).map { names.person($0) + "'s " } ?? ""
            return person + names.device(voucher)
        }
        payload.voucherID = member.voucher?.description
        payload.isByWords = member.recovery != nil
        payload.retiredByJunior = replica.membership.encounter(of: device) == .headers
        payload.retiredBy = replica.membership.retirements[device]?.first.map {
            names.device($0.position.log.device)
        }
        payload.hasManyLogs = ends.count > Limits.expectedEnds
        payload.paused = paused.contains(device)
        payload.seen = report?.meeting.flatMap { $0.seen > 0 ? $0.seen : nil }
        payload.toReceive = report?.expected ?? 0
        payload.trouble = (report?.fault ?? report?.trouble)?.rawValue
        // Nothing will go to one with whom nothing is shared.
        if !payload.retired, !payload.isThisDevice, isOwn || !partnership.isApart {
            payload.toSend = try store.count(after: report?.meeting?.settled ?? 0, exceptBy: device)
        }
        return payload
    }
}
