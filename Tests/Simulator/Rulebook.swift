import Causality
import Crypto
import EventLog
import Journal

/// The rules of who takes part once more, as a page would say them: recursive, and from short histories alone.
///
/// It shares no line with ``Membership``, which goes from the most senior device down.
package struct Rulebook {
    /// One thing that a device of one person says of another; devices are numbered, and 0 is the founding one.
    package enum Saying: Hashable, Sendable {
        case admits(Int)
        /// - Parameter knows: whether its log names all that there is of the other's logs, or nothing.
        case retires(Int, knows: Bool)
    }

    /// One thing said, in the order in which they were.
    package struct Step: Hashable, Sendable {
        package let writer: Int
        package let saying: Saying
    }

    private let steps: [Step]
    /// The number of each step in its writer's log.
    private let numbers: [Int]
    private let order: [Int]
    private let admittedBy: [Int: Int]

    package init(_ steps: [Step]) {
        self.steps = steps
        numbers = steps.indices.map { step in
            steps[...step].count { $0.writer == steps[step].writer }
        }
        // Generations: everyone let in by those of the last one, the earlier step first.
        var (order, admittedBy) = ([0], [Int: Int]())
        var generation = [0]
        while !generation.isEmpty {
            var next: [Int] = []
            for (index, step) in steps.enumerated() where generation.contains(step.writer) {
                guard case .admits(let device) = step.saying, !order.contains(device), !next.contains(device)
                else { continue }
                next.append(device)
                admittedBy[device] = index
            }
            order += next
            generation = next
        }
        (self.order, self.admittedBy) = (order, admittedBy)
    }

    private func isSenior(_ one: Int, to other: Int) -> Bool {
        guard let one = order.firstIndex(of: one), let other = order.firstIndex(of: other) else {
            return false
        }
        return one < other
    }

    /// What a retirement leaves of its subject; nil for no effect as far as its own words go.
    private func reach(_ index: Int) -> Int? {
        guard case .retires(let device, let knows) = steps[index].saying else { return nil }
        let writer = steps[index].writer
        if device == writer { return numbers[index] }
        let before = steps[..<index]
        let named = knows ? before.count { $0.writer == device } : 0
        if named == 0, isSenior(device, to: writer) { return nil }
        let own = admittedBy[writer].flatMap { steps[$0].writer == device ? numbers[$0] : nil }
        return max(named, own ?? 0)
    }

    /// Whether a step lies behind a cut by a device senior to another one, or by its own writer.
    private func isCut(_ index: Int, bySeniorsOf device: Int) -> Bool {
        let writer = steps[index].writer
        return steps.indices.contains { other in
            guard case .retires(writer, _) = steps[other].saying, let reach = reach(other),
                steps[other].writer == writer || isSenior(steps[other].writer, to: device)
            else { return false }
            return numbers[index] > reach && hasEffect(other)
        }
    }

    /// Whether nothing counts by which a device was let in.
    package func isVoid(_ device: Int) -> Bool {
        device != 0
            && !steps.indices.contains { index in
                guard case .admits(device) = steps[index].saying, isSenior(steps[index].writer, to: device)
                else { return false }
                return !isVoid(steps[index].writer) && !isCut(index, bySeniorsOf: device)
            }
    }

    /// Whether a retirement has an effect.
    package func hasEffect(_ index: Int) -> Bool {
        guard case .retires(let device, _) = steps[index].saying, order.contains(device),
            order.contains(steps[index].writer), reach(index) != nil
        else { return false }
        let writer = steps[index].writer
        if isVoid(writer) { return false }
        if device == writer {
            // The first time is the last.
            return !steps.indices.contains { other in
                guard other != index, case .retires(writer, _) = steps[other].saying,
                    let reach = reach(other)
                else { return false }
                return
                    (steps[other].writer == writer
                    ? other < index : isSenior(steps[other].writer, to: writer))
                    && numbers[index] > reach && hasEffect(other)
            }
        }
        let isAnswered =
            isSenior(device, to: writer)
            && steps.indices.contains { other in
                steps[other].writer == device && hasEffect(other)
                    && { if case .retires(writer, _) = steps[other].saying { true } else { false } }()
            }
        return !isAnswered && !isCut(index, bySeniorsOf: writer)
    }

    /// How much of a device's log counts; nil for all of it.
    package func cut(_ device: Int) -> Int? {
        if isVoid(device) { return 0 }
        return steps.indices.compactMap { index in
            guard case .retires(device, _) = steps[index].saying, hasEffect(index) else { return nil }
            return reach(index)
        }.min()
    }

    /// The devices in order of seniority.
    package var seniority: [Int] { order }

    // MARK: Against the other implementation

    /// The devices of a history, and who they are.
    package struct Cast {
        fileprivate let keys: [DeviceKeys]
        fileprivate let genesis: Genesis
        private let admissions: [EventHeader.Admission]

        /// Four devices of one person, of which the first is a founding one, and one of the other person.
        package init() throws {
            var generator = SeededGenerator(seed: 1)
            let persons = [PersonID(prefix: generator.bytes(16)), PersonID(prefix: generator.bytes(16))]
            keys = try (0..<5).map { _ in
                try DeviceKeys(event: generator.bytes(32), meet: generator.bytes(32))
            }
            let (host, joiner, transcript) = (keys[0], keys[4], Digest(generator.bytes(32)) ?? .zero)
            guard
                let genesis = Genesis(
                    host: host.bundle(of: persons[0]),
                    hostConfirmation: try host.sign(Genesis.confirmation(of: transcript, isHost: true)),
                    joiner: joiner.bundle(of: persons[1]),
                    joinerConfirmation: try joiner.sign(Genesis.confirmation(of: transcript, isHost: false)),
                    transcript: transcript)
            else { throw SimulationFailure(seed: 0, what: "no genesis") }
            self.genesis = genesis
            let keys = keys
            admissions = try (0..<4).map { device in
                let bundle = keys[device].bundle(of: persons[0])
                let consent = Membership.consent(of: bundle, journal: genesis.journal)
                return .init(bundle: bundle, signature: try keys[device].sign(consent))
            }
        }

        fileprivate func log(_ device: Int) -> LogID { LogID(device: keys[device].device, epoch: 1) }

        fileprivate func claims(_ steps: [Step]) -> [Membership.Claim] {
            var ends: [Int: UInt64] = [:]
            return steps.enumerated().map { index, step in
                ends[step.writer, default: 0] += 1
                let position = Position(log: log(step.writer), sequence: ends[step.writer] ?? 0)
                let content: Membership.Claim.Content =
                    switch step.saying {
                    case .admits(let device): .admission(admissions[device])
                    case .retires(let device, _): .retirement(keys[device].device)
                    }
                return Membership.Claim(
                    id: EntryID(high: 1, low: UInt64(index)), position: position,
                    precedence: Precedence(stamp: Stamp(UInt64(index)), position: position),
                    content: content)
            }
        }
    }

    /// What the other implementation comes to otherwise, by any order of arrival that is asked for; nil if nothing.
    package static func difference(
        _ steps: [Step], in cast: Cast, orders: [[Int]]
    ) throws -> String? {
        let (book, claims) = (Rulebook(steps), cast.claims(steps))
        // Signatures are those of whole admissions, so they are checked once for all orders.
        var verdicts = SignatureVerdicts()
        let sight = Membership.Sight { claim, device in
            let index = Int(claim.id.low)
            guard case .retires(let other, let knows) = steps[index].saying, knows,
                cast.keys[other].device == device, other != steps[index].writer
            else { return nil }
            let end = steps[..<index].count { $0.writer == other }
            return end == 0 ? nil : VersionVector([cast.log(other): UInt64(end)])
        }
        for order in orders {
            let membership = try Membership(
                genesis: cast.genesis, claims: order.map { claims[$0] }, verdicts: &verdicts, sight: sight)
            let seniority = membership.members.map(\.bundle.device).filter { $0 != cast.keys[4].device }
            guard seniority == book.seniority.map({ cast.keys[$0].device }) else { return "seniority" }
            for device in book.seniority {
                let cut = membership.cuts[cast.keys[device].device].map { Int($0[cast.log(device)]) }
                guard cut == book.cut(device) else {
                    return "device \(device) is cut at \(cut.map(String.init) ?? "-"), "
                        + "should be at \(book.cut(device).map(String.init) ?? "-")"
                }
            }
        }
        return nil
    }

    /// Each order in which the steps of a history can arrive: those of one writer come as they stand in its log.
    package static func arrivals(of steps: [Step]) -> [[Int]] {
        let logs = Dictionary(grouping: steps.indices, by: { steps[$0].writer })
        var orders: [[Int]] = []
        func extend(_ order: [Int], _ taken: [Int: Int]) {
            if order.count == steps.count { orders.append(order) }
            for (writer, log) in logs {
                let next = taken[writer, default: 0]
                guard next < log.count else { continue }
                extend(order + [log[next]], taken.merging([writer: next + 1]) { $1 })
            }
        }
        extend([], [:])
        return orders
    }

    /// All histories of four devices in which so many are let in and so many retirements are written, in every order.
    package static func histories(
        admissions: Int, retirements: Int, _ visit: ([Step]) throws -> Void
    ) rethrows {
        func extend(_ steps: [Step], _ known: Int, _ admissions: Int, _ retirements: Int) throws {
            if admissions == 0, retirements == 0 { return try visit(steps) }
            for writer in 0..<known {
                if admissions > 0 {
                    let step = Step(writer: writer, saying: .admits(known))
                    try extend(steps + [step], known + 1, admissions - 1, retirements)
                }
                guard retirements > 0 else { continue }
                for device in 0..<known {
                    for knows in [true, false] where knows || device != writer {
                        let step = Step(writer: writer, saying: .retires(device, knows: knows))
                        try extend(steps + [step], known, admissions, retirements - 1)
                    }
                }
            }
        }
        try extend([], 1, admissions, retirements)
    }
}
