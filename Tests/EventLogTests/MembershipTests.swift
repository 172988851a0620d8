import Causality
import enum Crypto.Curve25519
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
        /// What the log of each claim had named of each device's log.
        var named: [EntryID: [DeviceID: UInt64]] = [:]

        mutating func add(
            _ content: Membership.Claim.Content, by writer: DeviceKeys, stamp: UInt64? = nil,
            having named: [DeviceID: UInt64] = [:]
        ) {
            self.named[EntryID(high: 1, low: UInt64(claims.count))] = named
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
        return .init(bundle: bundle, signature: signature)
    }

    private func retirement(_ keys: DeviceKeys) -> Membership.Claim.Content { .retirement(keys.device) }

    /// The membership, the same in every order.
    private func membership(_ story: Story) throws -> Membership {
        var verdicts = SignatureVerdicts()
        let sight = Membership.Sight { claim, device in
            story.named[claim.id]?[device].map { VersionVector([LogID(device: device, epoch: 1): $0]) }
        }
        let made = try permutations(story.claims).map { claims in
            try Membership(
                genesis: couple.genesis, claims: claims, verdicts: &verdicts, sight: sight)
        }
        for other in made.dropFirst() {
            #expect(other.members == made[0].members)
            #expect(other.cuts == made[0].cuts)
            #expect(other.recoveries == made[0].recoveries)
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
        let membership = try membership(story)
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
        story.add(.admission(.init(bundle: bundle, signature: consent)), by: founders[0])
        let membership = try membership(story)
        #expect(membership.isActive(mine.device))
        #expect(membership.member(theirs.device) == nil)
        #expect(membership.member(unwilling.device) == nil)
        #expect(!counts(membership, unwilling, 1))
    }

    @Test func `a retired device counts up to what the retiring log had named`() throws {
        let phone = DeviceKeys()
        var story = Story()
        story.add(.admission(try admission(phone, of: persons[0])), by: founders[0])
        story.add(retirement(phone), by: founders[0], having: [phone.device: 7])
        // Of the other person, and of a stranger: no retirements.
        story.add(retirement(founders[0]), by: founders[1], having: [founders[0].device: 1])
        story.add(retirement(founders[0]), by: DeviceKeys(), having: [founders[0].device: 1])
        let membership = try membership(story)
        #expect(!membership.isActive(phone.device))
        #expect(membership.person(of: phone.device) == persons[0])
        #expect(counts(membership, phone, 7) && !counts(membership, phone, 8))
        #expect(membership.isActive(founders[0].device))
        #expect(membership.encounter(of: phone.device) == .none)
    }

    @Test func `naming nothing, a senior cuts to nothing and a junior does nothing`() throws {
        let phone = DeviceKeys()
        var story = Story()
        story.add(.admission(try admission(phone, of: persons[0])), by: founders[0])
        story.add(retirement(founders[0]), by: phone)
        #expect(try membership(story).isActive(founders[0].device))
        story.add(retirement(phone), by: founders[0])
        #expect(!counts(try membership(story), phone, 1))
    }

    @Test func `of several retirements of a device the strictest holds`() throws {
        let (phone, tablet) = (DeviceKeys(), DeviceKeys())
        var story = Story()
        story.add(.admission(try admission(phone, of: persons[0])), by: founders[0])
        story.add(.admission(try admission(tablet, of: persons[0])), by: founders[0])
        story.add(retirement(phone), by: founders[0], having: [phone.device: 7])
        story.add(retirement(phone), by: tablet, having: [phone.device: 4])
        let membership = try membership(story)
        #expect(counts(membership, phone, 4) && !counts(membership, phone, 5))
    }

    @Test func `of two that retire each other the senior's counts, whoever was first`() throws {
        let phone = DeviceKeys()
        var story = Story()
        story.add(.admission(try admission(phone, of: persons[0])), by: founders[0])
        story.add(retirement(founders[0]), by: phone, having: [founders[0].device: 1])
        let before = try membership(story)
        // Only a junior has retired it: it is met for the headers of its person's logs, and can answer.
        #expect(before.encounter(of: founders[0].device) == .headers)
        #expect(counts(before, founders[0], 1) && !counts(before, founders[0], 2))
        story.add(retirement(phone), by: founders[0], having: [phone.device: 1])
        let after = try membership(story)
        #expect(after.isActive(founders[0].device) && counts(after, founders[0], 99))
        #expect(after.encounter(of: phone.device) == .none)
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
        story.add(retirement(phone), by: founders[0], having: [phone.device: 1])
        let membership = try membership(story)
        #expect(membership.isActive(early.device))
        for keys in [late, latest] {
            #expect(membership.isVoid(keys.device) && membership.encounter(of: keys.device) == .none)
            #expect(!counts(membership, keys, 1))
            // Its words can still be read, as this person's.
            #expect(membership.person(of: keys.device) == persons[0])
        }
    }

    @Test func `a junior's cut never takes a senior's admission away`() throws {
        let (hub, old, young) = (DeviceKeys(), DeviceKeys(), DeviceKeys())
        var story = Story()
        story.add(.admission(try admission(hub, of: persons[0])), by: founders[0])
        story.add(.admission(try admission(young, of: persons[0])), by: hub, stamp: 900)
        story.add(.admission(try admission(old, of: persons[0])), by: hub, stamp: 100)
        // It names the hub's log up to its own admission, as if it had not seen the other's.
        story.add(retirement(hub), by: young, having: [hub.device: 1])
        let membership = try membership(story)
        #expect(membership.isActive(old.device) && membership.isActive(young.device))
        #expect(membership.encounter(of: hub.device) == .headers)
    }

    @Test func `another's consent, copied into a log that is cut, does not pull its device down`() throws {
        let (thief, phone) = (DeviceKeys(), DeviceKeys())
        var story = Story()
        story.add(.admission(try admission(thief, of: persons[0])), by: founders[0])
        story.add(.admission(try admission(phone, of: persons[0])), by: founders[0])
        story.add(.admission(try admission(phone, of: persons[0])), by: thief, stamp: 0)
        story.add(retirement(thief), by: founders[0])
        #expect(try membership(story).isActive(phone.device))
    }

    @Test func `who retires itself is gone, and nothing behind that counts`() throws {
        let (phone, tablet) = (DeviceKeys(), DeviceKeys())
        var story = Story()
        story.add(.admission(try admission(phone, of: persons[0])), by: founders[0])
        story.add(.admission(try admission(tablet, of: persons[0])), by: founders[0])
        story.add(retirement(phone), by: phone)
        story.add(retirement(tablet), by: phone, having: [tablet.device: 1])
        let membership = try membership(story)
        #expect(membership.encounter(of: phone.device) == .none)
        #expect(counts(membership, phone, 1) && !counts(membership, phone, 2))
        #expect(membership.isActive(tablet.device))
    }

    // MARK: Recovery words

    /// Words on paper, and what they sign.
    private struct Words {
        var key = Curve25519.Signing.PrivateKey()
        let announced: EntryID
        let journal: Digest

        func announcement(of person: PersonID) throws -> Membership.Claim.Content {
            let transcript = Membership.announcement(of: person, journal: journal)
            return .recovery(
                .init(
                    key: Array(key.publicKey.rawRepresentation),
                    signature: Array(try key.signature(for: transcript.bytes))))
        }

        func comeback(_ keys: DeviceKeys, of person: PersonID) throws -> Membership.Claim.Content {
            let bundle = keys.bundle(of: person)
            let transcript = Membership.comeback(of: bundle, by: announced, journal: journal)
            let signature = try key.signature(for: transcript.bytes)
            return .comeback(.init(bundle: bundle, recovery: announced, signature: Array(signature)))
        }

        func withdrawal() throws -> Membership.Claim.Content {
            let transcript = Membership.withdrawal(of: announced, journal: journal)
            return .withdrawal(
                .init(recovery: announced, signature: Array(try key.signature(for: transcript.bytes))))
        }
    }

    /// Words announced by the next claim of a story.
    private func announce(
        in story: inout Story, by writer: DeviceKeys, of person: PersonID? = nil
    ) throws -> Words {
        let id = EntryID(high: 1, low: UInt64(story.claims.count))
        let words = Words(announced: id, journal: couple.genesis.journal)
        story.add(try words.announcement(of: person ?? persons[0]), by: writer)
        return words
    }

    @Test func `words let a device in that is junior to all let in otherwise`() throws {
        let (back, phone) = (DeviceKeys(), DeviceKeys())
        var story = Story()
        let words = try announce(in: &story, by: founders[0])
        story.add(try words.comeback(back, of: persons[0]), by: back)
        story.add(.admission(try admission(phone, of: persons[0])), by: founders[0])
        // Whose they are not, and of whom they say nothing.
        let (stranger, other) = (DeviceKeys(), DeviceKeys())
        story.add(try words.comeback(stranger, of: persons[1]), by: stranger)
        story.add(try words.comeback(other, of: persons[0]), by: founders[1])
        let membership = try membership(story)
        #expect(membership.members.map(\.bundle.device).suffix(2) == [phone.device, back.device])
        #expect(
            membership.isActive(back.device) && membership.member(back.device)?.recovery == words.announced)
        #expect(membership.member(stranger.device) == nil && membership.member(other.device) == nil)
        #expect(membership.recoveries.map(\.id) == [words.announced])
    }

    @Test func `retiring what was lost leaves the paper, retiring an intruder takes the intruder's`() throws {
        let (lost, intruder) = (DeviceKeys(), DeviceKeys())
        var story = Story()
        story.add(.admission(try admission(lost, of: persons[0])), by: founders[0])
        story.add(.admission(try admission(intruder, of: persons[0])), by: lost)
        let (paper, forged) = (
            try announce(in: &story, by: lost), try announce(in: &story, by: intruder)
        )
        let (back, spy) = (DeviceKeys(), DeviceKeys())
        story.add(try paper.comeback(back, of: persons[0]), by: back)
        story.add(try forged.comeback(spy, of: persons[0]), by: spy)
        // The one that came back is junior to the lost one; that is senior to the intruder.
        story.add(retirement(lost), by: back, having: [lost.device: 2])
        var now = try membership(story)
        #expect(now.recoveries.map(\.id).sorted() == [paper.announced, forged.announced].sorted())
        #expect(now.isActive(back.device) && now.isActive(spy.device))
        story.add(retirement(intruder), by: founders[0], having: [intruder.device: 9])
        now = try membership(story)
        #expect(now.isActive(back.device) && now.isVoid(spy.device))
        #expect(now.recoveries.map(\.id) == [paper.announced])
    }

    @Test func `nobody announces another one's words as their own`() throws {
        let back = DeviceKeys()
        var story = Story()
        let words = try announce(in: &story, by: founders[0])
        // Her key is there for all to read, and so is what she signed.
        guard case .recovery(let said) = story.claims[0].content else { return #expect(Bool(false)) }
        story.add(.recovery(said), by: founders[1])
        let stolen = Words(
            key: words.key, announced: EntryID(high: 1, low: 1), journal: couple.genesis.journal)
        story.add(try stolen.comeback(back, of: persons[1]), by: back)
        let membership = try membership(story)
        #expect(membership.recoveries.map(\.id) == [words.announced])
        #expect(membership.member(back.device) == nil)
    }

    @Test func `words announced behind the retirement of one's own device let nobody in`() throws {
        let (given, back, spy) = (DeviceKeys(), DeviceKeys(), DeviceKeys())
        var story = Story()
        story.add(.admission(try admission(given, of: persons[0])), by: founders[0])
        let paper = try announce(in: &story, by: given)
        story.add(retirement(given), by: given)
        let forged = try announce(in: &story, by: given)
        story.add(try paper.comeback(back, of: persons[0]), by: back)
        story.add(try forged.comeback(spy, of: persons[0]), by: spy)
        let membership = try membership(story)
        #expect(membership.isActive(back.device) && membership.isVoid(spy.device))
        #expect(membership.recoveries.map(\.id) == [paper.announced])
    }

    @Test func `a withdrawal undoes what its writer had not seen, and only from where it may come`() throws {
        let (early, late, junior) = (DeviceKeys(), DeviceKeys(), DeviceKeys())
        var story = Story()
        story.add(.admission(try admission(junior, of: persons[0])), by: founders[0])
        let words = try announce(in: &story, by: founders[0])
        story.add(try words.comeback(early, of: persons[0]), by: early)
        story.add(try words.comeback(late, of: persons[0]), by: late)
        let bare = Membership.Claim.Content.withdrawal(.init(recovery: words.announced, signature: nil))
        for writer in [junior, founders[1]] { story.add(bare, by: writer) }
        #expect(try membership(story).recoveries.count == 1)
        var own = story
        own.add(bare, by: founders[0], having: [early.device: 1])
        var now = try membership(own)
        #expect(now.recoveries.isEmpty && now.isActive(early.device) && now.isVoid(late.device))
        story.add(try words.withdrawal(), by: junior)
        now = try membership(story)
        #expect(now.recoveries.isEmpty && now.isVoid(early.device) && now.isVoid(late.device))
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
