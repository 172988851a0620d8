import Causality
import EventLog
import Logging
import NIOCore
import Store
import Transport
import Peering

/// Which devices are connected, and what is remembered of the others.
package actor Links {
    private struct Link {
        let number: Int
        let connection: PeerConnection
        /// Whether it leads to another device of this person.
        let isOwn: Bool
        /// What both sides know this connection by.
        let mark: [UInt8]
        let since: ContinuousClock.Instant
        /// Whether it carries no more than the headers of one person's logs.
        let isLimited: Bool
        /// Asks whether the other side is still there; the link ends if it says nothing.
        let probe: @Sendable () -> Void
        /// The arrival number up to which both sides are known to have the same.
        var settled: Int64 = -1
        /// Events that the other side has announced and not sent yet.
        var expected: UInt64 = 0
    }

    /// Why a device could not be met, for people.
    enum Trouble: String, Sendable {
        case noAnswer = "no_answer"
        case notProved = "not_proved"
        /// It sent what can't be verified.
        case refusedRun = "refused_run"
        /// It sent what has no place there, or says that this device did.
        case violation
        /// There is no room left on its disk.
        case diskFull = "disk_full"
        /// There is no room left on this one.
        case noRoom = "no_room"
        /// What is stored here can't be sent on: it is damaged.
        case cannotSend = "cannot_send"

        /// What the end of a connection tells a person; nil if nothing.
        init?(_ reason: CloseReason, byPeer: Bool) {
            switch reason {
            case .refusedRun: self = byPeer ? .violation : .refusedRun
            case .protocolViolation, .version: self = .violation
            case .storage: self = byPeer ? .diskFull : .noRoom
            case .goingAway, .notAuthenticated, .replaced: return nil
            }
        }

        /// Whether it is this device's affair: what happened on it, or what was sent to it.
        var concernsThisDevice: Bool { self == .refusedRun || self == .noRoom }
    }

    private let ledger: Ledger
    private let logger: Logger
    private let port: PeerPort
    /// How many bytes a device of one's own, or all of the partner's, may send on a day.
    private var dailyLimit: Int64
    /// What was spent of that, by ``Ledger/allowanceKey(of:)``, and as it was kept last.
    private var allowances: [[UInt8]: (spent: DailyAllowance, kept: DailyAllowance)] = [:]
    private let expect: @Sendable (String) -> Void
    private let networks: Networks
    private var links: [DeviceID: Link] = [:]
    private var lastLink = 0
    private(set) var meetings: [DeviceID: Meeting] = [:]
    private var troubles: [DeviceID: Trouble] = [:]
    /// Faults of this device, or in what it was sent. They stay until the next connection: an attempt to connect that
    /// took their place would tell whether there was one.
    private var faults: [DeviceID: Trouble] = [:]
    /// Whether a device met since the start has a clock within an hour of this one's.
    private(set) var hasMetAgreeingClock = false
    private var observers: [@Sendable (DeviceID) async -> Void] = []
    private let changed: @Sendable () -> Void

    /// - Parameters:
    ///   - port: where this device listens, for those that it called.
    ///   - networks: tells where an address is learnt, and whether this device is there again.
    ///   - dailyLimit: how many bytes of events a device may send on a day.
    ///   - expect: told each host at which a device of the journal may be.
    ///   - changed: told whenever someone comes or goes, or is known to have more than before.
    init(
        ledger: Ledger, port: PeerPort, networks: Networks, dailyLimit: Int64, logger: Logger,
        expect: @escaping @Sendable (String) -> Void, changed: @escaping @Sendable () -> Void
    ) async throws {
        self.ledger = ledger
        self.dailyLimit = dailyLimit
        self.port = port
        self.networks = networks
        self.logger = logger
        self.expect = expect
        self.changed = changed
        try await reload()
    }

    /// Takes over what the journal remembers: at the start, and where another has taken the place of an empty one.
    func reload() async throws {
        meetings = try await ledger.meetings()
        allowances = try await ledger.allowances().mapValues { ($0, $0) }
        for place in meetings.values.flatMap(\.places) { HostPort(place.address).map { expect($0.host) } }
    }

    /// Takes another limit for what a device may send on a day.
    func limit(to bytes: Int64) { dailyLimit = bytes }

    /// Calls a closure whenever a device is no longer connected.
    func observeEnds(_ observer: @escaping @Sendable (DeviceID) async -> Void) { observers.append(observer) }

    /// What there is to say of a device for a person who asks.
    struct Report: Sendable {
        let meeting: Meeting?
        let isConnected: Bool
        let expected: UInt64
        /// Why a device of one's own could not be met.
        let trouble: Trouble?
        /// What is wrong here, or was with what a device sent.
        let fault: Trouble?

        /// What anyone may see of a device of the partner's: whether it is connected, and whether all has arrived.
        ///
        /// Nothing here may differ between a device that is off, one that is elsewhere, and one whose person has left.
        var ofPartner: Report {
            var known: Meeting?
            if let meeting {
                var seen = Meeting()
                (seen.settled, seen.isPaused) = (meeting.settled, meeting.isPaused)
                seen.skew = meeting.skew.flatMap(Self.coarse)
                known = seen
            }
            return Report(
                meeting: known, isConnected: isConnected, expected: expected, trouble: nil, fault: fault)
        }

        /// A difference between two clocks in whole hours, as one of them is wrong: nil below one.
        ///
        /// The exact one is another after each meeting.
        private static func coarse(_ skew: Int64) -> Int64? {
            let hour: Int64 = 3_600_000
            return skew.magnitude < hour ? nil : skew / hour * hour
        }
    }

    /// What there is to say of all devices that were ever met or tried.
    var reports: [DeviceID: Report] {
        let devices = Set(meetings.keys).union(links.keys).union(troubles.keys).union(faults.keys)
        return devices.reduce(into: [:]) { reports, device in
            reports[device] = Report(
                meeting: meetings[device], isConnected: links[device] != nil,
                expected: links[device]?.expected ?? 0, trouble: troubles[device], fault: faults[device])
        }
    }

    /// The devices connected now.
    var connected: [DeviceID] { links.keys.sorted() }

    /// Whether a device is connected.
    func isConnected(_ device: DeviceID) -> Bool { links[device] != nil }

    /// Whether every connected device, and at least one of some, has all that was here up to an arrival number, durably.
    func isInSync(through arrival: Int64, with wanted: Set<DeviceID>) -> Bool {
        links.contains { wanted.contains($0.key) } && links.values.allSatisfy { $0.settled >= arrival }
    }

    /// Takes a proved connection in and gives it a number; nil if another one to the same device stays instead.
    ///
    /// - Parameters:
    ///   - mark: what both sides know the connection by.
    ///   - isLimited: whether it carries no more than the headers of one person's logs.
    func register(
        _ device: DeviceID, _ connection: PeerConnection, mark: [UInt8],
        isLimited: Bool,
        probe: @escaping @Sendable () -> Void
    ) async -> Int? {
        // Between the handshake and now the device may have been retired.
        guard let known = try? await ledger.membership(),
            known.peers.contains(where: { $0.device == device }),
            known.isLimited(device) == isLimited
        else { return nil }
        let own = known.own.device
        if let old = links[device] {
            let isRace = old.since.duration(to: .now) < .seconds(5)
            if isRace, !Self.wins((connection.role, mark), over: (old.connection.role, old.mark), own, device)
            {
                return nil
            }
            // It may lead where nobody is any more.
            old.connection.drop()
        }
        // Whether or not it says where it listens: strangers must not take its place when it comes again.
        expect(connection.host)
        lastLink += 1
        let isOwn = known.peers.contains { $0.device == device && $0.person == known.own.person }
        links[device] = Link(
            number: lastLink, connection: connection, isOwn: isOwn, mark: mark, since: .now,
            isLimited: isLimited, probe: probe)
        (troubles[device], faults[device]) = (nil, nil)
        let number = lastLink
        await remember(device) { $0.seen = Machine.now().milliseconds }
        if connection.role == .dialler {
            await learn(
                HostPort(host: connection.host, port: connection.port), on: connection.network, of: device)
        }
        changed()
        // At no higher level, here and at the end: a log must not tell when the partner's machine was on.
        logger.debug("peer connected", metadata: ["device": "\(device.short)"])
        return number
    }

    /// Of two connections that came about at once both sides keep the same: the one that the lower device id dialled,
    /// and of two that the same one dialled the one with the lower mark.
    private static func wins(
        _ new: (role: Role, mark: [UInt8]), over old: (role: Role, mark: [UInt8]), _ own: DeviceID,
        _ device: DeviceID
    ) -> Bool {
        guard new.role == old.role else { return (new.role == .dialler ? own : device) == min(own, device) }
        return new.mark.lexicographicallyPrecedes(old.mark)
    }

    /// A link has nothing under way: both sides have the same up to an arrival number.
    func settled(_ number: Int, through arrival: Int64) {
        guard let device = device(of: number) else { return }
        links[device]?.settled = arrival
        links[device]?.expected = 0
        meetings[device]?.settled = arrival
        changed()
        // A device that came back by recovery words may now say what was lost. Where that fails it is tried again.
        Task { [ledger, logger] in
            do { try await ledger.retireLost() } catch {
                logger.error("what was lost can't be retired", metadata: ["error": "\(type(of: error))"])
            }
        }
    }

    /// A connected device announced events, or sent some.
    func expect(_ number: Int, _ change: (UInt64) -> UInt64) {
        guard let device = device(of: number), let expected = links[device]?.expected else { return }
        links[device]?.expected = change(expected)
        changed()
    }

    /// Counts what a device sends; false once that is more than any honest one does, and it is paused. Throws what writing
    /// throws.
    func receive(_ number: Int, _ cost: DailyAllowance.Cost) async throws -> Bool {
        guard let device = device(of: number) else { return false }
        let key = await ledger.allowanceKey(of: device)
        var (spent, kept) = allowances[key] ?? (DailyAllowance(), DailyAllowance())
        let limit = UInt64(clamping: dailyLimit)
        let isWithin = spent.spend(cost, day: Machine.now().milliseconds / 86_400_000, limit: limit)
        // Rounded up, so that it is written seldom and a restart gives nothing back.
        let rounded = spent.rounded(limit: limit)
        let isNews = rounded != kept
        if isNews { kept = rounded }
        allowances[key] = (spent, kept)
        if isNews { try await ledger.keep(rounded, of: key) }
        guard !isWithin else { return true }
        logger.warning("peer paused, it sent too much", metadata: ["device": "\(device.short)"])
        await remember(device) { $0.isPaused = true }
        return false
    }

    /// Meets a device again that was paused, and with it all that have their allowance in common.
    func resume(_ device: DeviceID) async throws {
        let key = await ledger.allowanceKey(of: device)
        allowances[key] = nil
        try await ledger.keep(DailyAllowance(), of: key)
        for other in meetings.filter(\.value.isPaused).keys where await ledger.allowanceKey(of: other) == key
        {
            await remember(other) { $0.isPaused = false }
        }
    }

    /// Notes a peer's clock, which may say anything.
    func note(_ device: DeviceID, clock: Int64) {
        let skew = clock.subtractingClamped(Machine.now().milliseconds)
        if skew.magnitude <= HoldingClock.tolerance { hasMetAgreeingClock = true }
        meetings[device, default: Meeting()].skew = skew
    }

    /// Notes the port on which a device listens that called from somewhere.
    func note(_ number: Int, port: UInt16) async {
        guard let device = device(of: number), let link = links[device], port > 0,
            link.connection.role == .listener
        else { return }
        await learn(
            HostPort(host: link.connection.host, port: Int(port)), on: link.connection.network, of: device)
    }

    /// Notes that something can't be sent to a connected device; it stands until the next connection.
    func noteCannotSend(to device: DeviceID) { troubles[device] = .cannotSend }

    /// Notes that a device could not be met.
    func note(_ device: DeviceID, trouble: Trouble) { if links[device] == nil { troubles[device] = trouble } }

    /// At most so many places of a device are remembered on a network, and in all.
    private static let (places, allPlaces) = (4, 32)

    /// Remembers where a device listens that was just found there.
    func learn(_ address: HostPort, of device: DeviceID) async {
        await learn(address, on: networks.network(towards: address.host), of: device)
    }

    /// - Parameter network: that on which it was met; where that is unknown, nothing is remembered.
    private func learn(_ address: HostPort, on network: NetworkID?, of device: DeviceID) async {
        // A link-local address without its interface leads nowhere.
        guard !address.host.hasPrefix("fe80:") || address.host.contains("%") else { return }
        expect(address.host)
        guard let network else { return }
        await remember(device) { meeting in
            let place = Meeting.Place(address: address.description, network: network)
            let others = meeting.places.filter { $0 != place }
            let here = others.filter { $0.network == network }.prefix(Self.places - 1)
            meeting.places = Array(
                ([place] + here + others.filter { $0.network != network }).prefix(Self.allPlaces))
        }
    }

    /// Where a device may be called that was met at a place: nil if that is on another network than leads there now.
    ///
    /// Whoever listens on another network must not learn from this device's calls who it is.
    func address(of place: Meeting.Place) async -> HostPort? {
        guard let address = HostPort(place.address) else { return nil }
        return await networks.network(towards: address.host) == place.network ? address : nil
    }

    /// Where a device may be called from here.
    func whereabouts(of device: DeviceID) async -> [HostPort] {
        var here: [HostPort] = []
        for place in meetings[device]?.places ?? [] {
            if let address = await address(of: place) { here.append(address) }
        }
        return here
    }

    /// Whether devices were met, and none of them where this device is now.
    var isElsewhere: Bool {
        get async {
            guard links.isEmpty, meetings.values.contains(where: { !$0.places.isEmpty }) else { return false }
            for device in meetings.keys where await !whereabouts(of: device).isEmpty { return false }
            return true
        }
    }

    private func remember(_ device: DeviceID, _ change: (inout Meeting) -> Void) async {
        var meeting = meetings[device] ?? Meeting()
        change(&meeting)
        meetings[device] = meeting
        do { try await ledger.keep(meeting, of: device) } catch {
            // It is known until the daemon stops, and learnt again after that.
            logger.error("a meeting can't be remembered", metadata: ["error": "\(type(of: error))"])
        }
    }

    /// Forgets a link that ended, unless another one took its place.
    ///
    /// - Parameter trouble: why, if a person should know.
    func ended(_ number: Int, trouble: Trouble?) async {
        guard let device = device(of: number) else { return }
        links[device] = nil
        if trouble?.concernsThisDevice == true {
            faults[device] = trouble
        } else {
            troubles[device] = trouble
        }
        await remember(device) { $0.seen = Machine.now().milliseconds }
        changed()
        logger.debug("peer disconnected", metadata: ["device": "\(device.short)"])
        for observer in observers { await observer(device) }
    }

    private func device(of number: Int) -> DeviceID? { links.first { $0.value.number == number }?.key }

    /// Ends all connections and forgets who was met: another journal begins.
    func beginAgain() async throws {
        closeAll()
        // Before they end by themselves: what they leave behind is remembered of nobody.
        (links, troubles, faults) = ([:], [:], [:])
        try await reload()
        changed()
    }

    /// Closes all connections.
    func closeAll() { for link in links.values { link.connection.close() } }

    /// Closes the connections to the partner's devices, without asking the ledger.
    func leavePartner() { for link in links.values where !link.isOwn { link.connection.close() } }

    /// Closes the connections to devices that may not be met any more, or for more or less than until now.
    func leaveStrangers() async {
        guard let known = try? await ledger.membership() else { return }
        let peers = Set(known.peers.map(\.device))
        for (device, link) in links
        where !peers.contains(device) || known.isLimited(device) != link.isLimited {
            link.connection.close()
            // At once: one that holds its end open would count as connected until it is noticed.
            await ended(link.number, trouble: nil)
        }
    }

    /// Asks a connected device, or all, whether they are still there.
    func probe(_ device: DeviceID? = nil) {
        for (other, link) in links where device == nil || other == device { link.probe() }
    }

    /// Runs a connection until it ends; returns the device met, if it proved itself.
    ///
    /// - Parameter expected: who was called, where that is known.
    @discardableResult
    func serve(
        _ connection: PeerConnection, expecting expected: DeviceID? = nil,
        proved: @escaping @Sendable () -> Void
    ) async -> DeviceID? {
        await SyncLink(
            connection: connection, expected: expected, ledger: ledger, links: self, port: port.told,
            logger: logger, proved: proved
        ).run()
    }
}
