import FoundationEssentials
import Journal
import Peering
import Testing
import Wire

@Suite struct DailyAllowanceTests {
    private typealias Cost = DailyAllowance.Cost
    private let limit: UInt64 = 64 << 20

    private func run(_ kinds: [Kind?]) -> Cost {
        Cost(of: .run(WireRun()), bytes: kinds.count * 40, kinds: kinds)
    }

    @Test func `bytes are counted up to the limit, and a new day begins anew`() {
        var allowance = DailyAllowance()
        let half = Cost(of: .ping(WirePing()), bytes: 32 << 20, kinds: nil)
        let answers = [1, 1, 1, 2].map { allowance.spend(half, day: $0, limit: limit) }
        #expect(answers == [true, true, false, true])
        // One run is taken however low the limit is, or nobody could be let go on.
        var low = DailyAllowance()
        let run = Cost(of: .run(WireRun()), bytes: 1_100_000, kinds: [.account])
        let word = Cost(of: .live(WireLive()), bytes: 5, kinds: nil)
        let taken = [run, word, run].map { low.spend($0, day: 1, limit: 1 << 20) }
        #expect(taken == [true, true, false])
    }

    @Test func `each class has a number of its own, far below what fits into the bytes`() {
        let kinds: [(DailyAllowance.Class, Kind?)] = [
            (.content, .hurt), (.content, nil), (.votes, .rest), (.votes, .tag), (.membership, .deviceName),
        ]
        for (one, kind) in kinds {
            var allowance = DailyAllowance()
            var sent: UInt64 = 0
            while allowance.spend(run(Array(repeating: kind, count: 1_000)), day: 1, limit: limit) {
                sent += 1_000
            }
            #expect(sent == one.limit(with: limit))
        }
    }

    @Test func `an honest year fits into a day`() {
        var allowance = DailyAllowance()
        let day: [Kind?] = Array(repeating: .account, count: 40) + Array(repeating: .receipt, count: 20)
        let answers = (0..<365).map { _ in allowance.spend(run(day + [.deviceName]), day: 1, limit: limit) }
        #expect(!answers.contains(false))
    }

    @Test func `questions and empty bodies count, too`() {
        for message in [
            WireMessage.ping(WirePing()), .summary(WireSummary()), .fork(WireFork()), .want(WireWant()),
            .bodies(WireBodies()), .unknown(99),
        ] {
            var allowance = DailyAllowance()
            var sent = 0
            while allowance.spend(Cost(of: message, bytes: 5, kinds: nil), day: 1, limit: limit) { sent += 1 }
            #expect(sent <= 400_000)
        }
        var want = WireWant()
        want.ids = Array(repeating: Data(), count: 1_000)
        var allowance = DailyAllowance()
        var sent = 0
        while allowance.spend(Cost(of: .want(want), bytes: 5, kinds: nil), day: 1, limit: limit) { sent += 1 }
        #expect(sent == 50)
    }

    @Test func `what is kept says as much as was spent or a little more, and is kept seldom`() throws {
        var allowance = DailyAllowance()
        var kept: Set<[UInt8]> = []
        while allowance.spend(run([.rest]), day: 7, limit: limit) {
            let rounded = allowance.rounded(limit: limit)
            kept.insert(rounded.encoded())
            #expect(DailyAllowance(bytes: rounded.encoded()) == rounded)
            #expect(rounded.rounded(limit: limit) == rounded)
        }
        #expect(kept.count < 100)
        #expect(DailyAllowance(bytes: [1, 2, 3]) == nil)
        var restarted = allowance.rounded(limit: limit)
        let isMore = restarted.spend(run([.rest]), day: 7, limit: limit)
        #expect(!isMore)
    }
}
