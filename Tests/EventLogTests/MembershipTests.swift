import Causality
import EventLog
import Journal
import TestSupport
import Testing

/// Who takes part, by claims that a test makes up, in every order in which they can be read.
@Suite struct MembershipTests {
    private let couple: Couple
    private let persons: [PersonID]
    /// The founding devices, by person.
    private let founders: [DeviceKeys]

    init() throws {
        couple = try Couple()
        let genesis = couple.genesis
        persons = [genesis.first.person, genesis.second.person]
        let keys = couple.keys
        founders = [genesis.first, genesis.second].compactMap { bundle in
            keys.first { $0.device == bundle.device }
        }
    }

    /// Claims in the making: each device writes its own log, of which everything before a head is known to whoever names it.
    private struct Story {
        var claims: [Membership.Claim] = []
        var ends: [DeviceID: UInt64] = [:]

        mutating func add(_ content: Membership.Claim.Content, by writer: DeviceKeys, stamp: UInt64? = nil) {
            let end = (ends[writer.device] ?? 0) + 1
            ends[writer.device] = end
            let position = Position(log: LogID(device: writer.device, epoch: 1), sequence: end)
            claims.append(
                Membership.Claim(
                    id: EntryID(high: 1, low: UInt64(claims.count)), position: position,
                    precedence: Precedence(stamp: Stamp(stamp ?? UInt64(claims.count)), position: position),
                    content: content))
        }
    }

    private func admission(_ keys: DeviceKeys, of person: PersonID) throws -> EventHeader.Admission {
        let bundle = keys.bundle(of: person)
        let signature = try keys.sign(Membership.consent(of: bundle, journal: couple.genesis.journal))
        return .init(bundle: bundle, signature: signature, replaces: nil)
    }

    private func succession(
        _ keys: DeviceKeys, of person: PersonID, replaces: DeviceKeys
    ) throws -> Membership.Claim.Content {
        .succession(try admission(keys, of: person), replaces: replaces.device)
    }

    /// A retirement at a sequence number of the device's log; zero for none of it.
    private func retirement(_ keys: DeviceKeys, at sequence: UInt64) -> Membership.Claim.Content {
        let log = LogID(device: keys.device, epoch: 1)
        let heads = [Head(log: log, sequence: sequence, hash: .zero, signature: [])]
        return .retirement(.init(device: keys.device, heads: sequence == 0 ? [] : heads))
    }

    /// The membership, the same in every order.
    private func membership(_ story: Story) -> Membership {
        let made = permutations(story.claims).map { claims in
            Membership(genesis: couple.genesis, claims: claims) { _, heads in
                heads.reduce(into: VersionVector()) { $0.raise($1.log, to: $1.sequence) }
            }
        }
        for other in made.dropFirst() {
            #expect(other.members == made[0].members)
            #expect(other.cuts == made[0].cuts)
        }
        return made[0]
    }

    private func counts(_ membership: Membership, _ keys: DeviceKeys, _ sequence: UInt64) -> Bool {
        membership.counts(Position(log: LogID(device: keys.device, epoch: 1), sequence: sequence))
    }

    @Test func `a device is never listed before the one that let it in, whatever their clocks said`() throws {
        var story = Story()
        var writer = founders[0]
        for number in 0..<4 {
            let keys = DeviceKeys()
            story.add(
                .admission(try admission(keys, of: persons[0])), by: writer, stamp: UInt64(100 - number))
            writer = keys
        }
        let membership = membership(story)
        #expect(membership.members.dropFirst(2).map(\.admittedBy) == story.claims.map(\.id))
        #expect(membership.active.count == 6)
    }

    @Test func `only a device of the same person lets another one in, with the newcomer's consent`() throws {
        let (mine, theirs, unwilling) = (DeviceKeys(), DeviceKeys(), DeviceKeys())
        var story = Story()
        story.add(.admission(try admission(mine, of: persons[0])), by: founders[0])
        story.add(.admission(try admission(theirs, of: persons[1])), by: founders[0])
        let bundle = unwilling.bundle(of: persons[0])
        let consent = try admission(mine, of: persons[0]).signature
        story.add(.admission(.init(bundle: bundle, signature: consent, replaces: nil)), by: founders[0])
        let membership = membership(story)
        #expect(membership.isActive(mine.device))
        #expect(membership.member(theirs.device) == nil)
        #expect(membership.member(unwilling.device) == nil)
        #expect(!counts(membership, unwilling, 1))
    }

    @Test func `a retired device counts up to what the retiring one had`() throws {
        let phone = DeviceKeys()
        var story = Story()
        story.add(.admission(try admission(phone, of: persons[0])), by: founders[0])
        story.add(retirement(phone, at: 7), by: founders[0])
        // Of the other person, of a stranger, and of itself: no retirements.
        story.add(retirement(founders[0], at: 0), by: founders[1])
        story.add(retirement(founders[0], at: 0), by: DeviceKeys())
        story.add(retirement(founders[0], at: 0), by: founders[0])
        let membership = membership(story)
        #expect(!membership.isActive(phone.device))
        #expect(membership.person(of: phone.device) == persons[0])
        #expect(counts(membership, phone, 7) && !counts(membership, phone, 8))
        #expect(membership.isActive(founders[0].device))
    }

    @Test func `of several retirements of a device the strictest holds`() throws {
        let (phone, tablet) = (DeviceKeys(), DeviceKeys())
        var story = Story()
        story.add(.admission(try admission(phone, of: persons[0])), by: founders[0])
        story.add(.admission(try admission(tablet, of: persons[0])), by: founders[0])
        story.add(retirement(phone, at: 7), by: founders[0])
        story.add(retirement(phone, at: 4), by: tablet)
        let membership = membership(story)
        #expect(counts(membership, phone, 4) && !counts(membership, phone, 5))
    }

    @Test func `two devices that retire each other are both retired`() throws {
        let phone = DeviceKeys()
        var story = Story()
        story.add(.admission(try admission(phone, of: persons[0])), by: founders[0])
        story.add(retirement(phone, at: 2), by: founders[0])
        story.add(retirement(founders[0], at: 1), by: phone)
        let membership = membership(story)
        #expect(!membership.isActive(phone.device) && !membership.isActive(founders[0].device))
        // It let the phone in before it was cut off.
        #expect(counts(membership, phone, 2) && !counts(membership, phone, 3))
        #expect(counts(membership, founders[0], 1) && !counts(membership, founders[0], 2))
    }

    @Test func `a retirement takes back what the device let in behind the cut, and all that came of it`()
        throws
    {
        let (phone, early, late, latest) = (DeviceKeys(), DeviceKeys(), DeviceKeys(), DeviceKeys())
        var story = Story()
        story.add(.admission(try admission(phone, of: persons[0])), by: founders[0])
        story.add(.admission(try admission(early, of: persons[0])), by: phone)
        story.add(.admission(try admission(late, of: persons[0])), by: phone)
        story.add(.admission(try admission(latest, of: persons[0])), by: late)
        story.add(retirement(phone, at: 1), by: founders[0])
        let membership = membership(story)
        #expect(membership.isActive(early.device))
        for keys in [late, latest] {
            #expect(!membership.isActive(keys.device))
            #expect(!counts(membership, keys, 1))
            // Its words can still be read, as this person's.
            #expect(membership.person(of: keys.device) == persons[0])
        }
    }

    @Test func `a lost only device has a successor for whom the other person vouches`() throws {
        let (successor, own) = (DeviceKeys(), DeviceKeys())
        var story = Story()
        story.add(try succession(successor, of: persons[1], replaces: founders[1]), by: founders[0])
        // Nobody succeeds a device of their own person: that is what admissions are for.
        story.add(try succession(own, of: persons[0], replaces: founders[0]), by: founders[0])
        let membership = membership(story)
        #expect(membership.isActive(successor.device))
        #expect(membership.person(of: successor.device) == persons[1])
        #expect(membership.member(successor.device)?.voucher == founders[0].device)
        // The lost one may turn up again: only its own person can retire it.
        #expect(membership.isActive(founders[1].device))
        #expect(membership.member(own.device) == nil)
    }

    @Test func `nobody is succeeded who has another device left`() throws {
        let (second, successor) = (DeviceKeys(), DeviceKeys())
        var story = Story()
        story.add(.admission(try admission(second, of: persons[1])), by: founders[1])
        story.add(try succession(successor, of: persons[1], replaces: founders[1]), by: founders[0])
        #expect(membership(story).member(successor.device) == nil)
        // Once that one was retired, the succession holds.
        story.add(retirement(second, at: 3), by: founders[1])
        #expect(membership(story).isActive(successor.device))
    }

    @Test func `an older device disowns a successor, and nothing of it counts`() throws {
        let (successor, friend) = (DeviceKeys(), DeviceKeys())
        var story = Story()
        story.add(try succession(successor, of: persons[1], replaces: founders[1]), by: founders[0])
        story.add(.admission(try admission(friend, of: persons[1])), by: successor)
        story.add(retirement(successor, at: 5), by: founders[1])
        let membership = membership(story)
        #expect(!counts(membership, successor, 1) && !counts(membership, friend, 1))
        #expect(!membership.isActive(friend.device))
    }

    @Test func `a successor may be lost and succeeded in its turn`() throws {
        let (first, second) = (DeviceKeys(), DeviceKeys())
        var story = Story()
        story.add(try succession(first, of: persons[1], replaces: founders[1]), by: founders[0])
        story.add(try succession(second, of: persons[1], replaces: first), by: founders[0])
        let membership = membership(story)
        #expect(membership.isActive(second.device))
        #expect(membership.active.count == 4)
    }

    @Test func `the last device of a person is the one that nobody has retired or succeeded`() throws {
        let (first, second) = (DeviceKeys(), DeviceKeys())
        var story = Story()
        #expect(membership(story).lastDevice(of: persons[1]) == founders[1].device)
        story.add(try succession(first, of: persons[1], replaces: founders[1]), by: founders[0])
        #expect(membership(story).lastDevice(of: persons[1]) == first.device)
        story.add(.admission(try admission(second, of: persons[1])), by: first)
        #expect(membership(story).lastDevice(of: persons[1]) == nil)
        story.add(retirement(first, at: 9), by: second)
        #expect(membership(story).lastDevice(of: persons[1]) == second.device)
    }

    @Test func `a device that was let in behind a cut stands in no successor's way`() throws {
        let (second, late, successor) = (DeviceKeys(), DeviceKeys(), DeviceKeys())
        var story = Story()
        story.add(.admission(try admission(second, of: persons[1])), by: founders[1])
        story.add(retirement(second, at: 0), by: founders[1])
        story.add(.admission(try admission(late, of: persons[1])), by: second)
        #expect(membership(story).lastDevice(of: persons[1]) == founders[1].device)
        story.add(try succession(successor, of: persons[1], replaces: founders[1]), by: founders[0])
        let membership = membership(story)
        #expect(membership.isActive(successor.device) && !membership.isActive(late.device))
    }

    @Test func `a person has so many devices and no more, whatever order their admissions came in`() throws {
        let newcomers = (0..<Limits.devices).map { _ in DeviceKeys() }
        var story = Story()
        for keys in newcomers { story.add(.admission(try admission(keys, of: persons[0])), by: founders[0]) }
        for claims in [story.claims, story.claims.reversed(), story.claims.shuffled()] {
            let membership = Membership(genesis: couple.genesis, claims: claims) { _, _ in VersionVector() }
            // The founder is one of them; the last by precedence finds no place.
            #expect(membership.active.count == Limits.devices + 1)
            #expect(membership.member(newcomers[Limits.devices - 2].device) != nil)
            #expect(membership.member(newcomers[Limits.devices - 1].device) == nil)
        }
    }

    private func permutations<Item>(_ items: [Item]) -> [[Item]] {
        if items.count < 2 { return [items] }
        return items.indices.flatMap { index in
            var rest = items
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }
}
