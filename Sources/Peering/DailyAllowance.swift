import Causality
package import Journal
package import Wire

/// What one that is met may send on a day, by bytes and by number: small events cost more work than their bytes tell.
///
/// Everything that comes counts, read or not. The numbers are far above what two people and their devices come to, also
/// where a device catches up on a year; they bound what someone can make this device work.
package struct DailyAllowance: Equatable, Sendable {
    /// What costs work of its own.
    package enum Class: Int, CaseIterable, Sendable {
        /// Entries, and what changes them.
        case content
        /// Votes and writes of registers.
        case votes
        /// What says who takes part.
        case membership
        /// Words that come apart from their events.
        case bodies
        /// Messages that are answered by looking something up, and all others.
        case questions

        /// How many a day, where so many bytes a day are allowed: 400,000 entries with 64 MiB.
        package func limit(with bytes: UInt64) -> UInt64 {
            let usual: UInt64 =
                switch self {
                case .content, .bodies: 400_000
                case .votes, .questions: 50_000
                case .membership: 2_000
                }
            // A person who raises the limit, as for a large journal that was imported, means all of it.
            return usual * max(min(bytes >> 26, 1 << 20), 1)
        }

        /// The class of an event's kind; one that is not known counts as an entry.
        package init(of kind: Kind?) {
            switch kind {
            case .receipt, .letBe, .rest, .reopen, .sameAs, .title, .agreement, .tag: self = .votes
            case let kind? where kind.isMembership: self = .membership
            default: self = .content
            }
        }
    }

    /// What a message costs.
    package struct Cost: Equatable, Sendable {
        fileprivate var bytes: UInt64
        fileprivate var counts: [UInt64]

        /// Whether it is no more than a word, such as an ACK behind the run that used the last bytes up: only the number
        /// of those is limited.
        fileprivate var isSmallQuestion: Bool {
            bytes <= 1_024 && counts.indices.allSatisfy { $0 == Class.questions.rawValue || counts[$0] == 0 }
        }

        /// The cost of a message.
        ///
        /// - Parameters:
        ///   - bytes: all of its frame.
        ///   - kinds: the kinds of its events if it is a run that could be read.
        package init(of message: WireMessage, bytes: Int, kinds: [Kind?]?) {
            self.bytes = UInt64(clamping: bytes)
            counts = Class.allCases.map { _ in 0 }
            func count(_ one: Class, _ number: Int = 1) { counts[one.rawValue] += UInt64(clamping: number) }
            switch message {
            case .run(let run):
                // One that can't be read ends the connection.
                for kind in kinds ?? [] { count(Class(of: kind)) }
                if kinds == nil { count(.content, max(run.headers.count, 1)) }
            case .bodies(let bodies): count(.bodies, max(bodies.bodies.count, 1))
            case .want(let want): count(.questions, max(want.ids.count, 1))
            default: count(.questions)
            }
        }
    }

    /// In days since 1970.
    private var day: Int64 = 0
    private var bytes: UInt64 = 0
    private var counts = Class.allCases.map { _ in UInt64(0) }

    /// A day on which nothing came.
    package init() {}

    /// Counts what came; false if as much as a day's had come before. So one message is always taken, of any length.
    ///
    /// - Parameters:
    ///   - day: today, in days since 1970; another one than before begins anew.
    ///   - limit: how many bytes a day.
    package mutating func spend(_ cost: Cost, day: Int64, limit: UInt64) -> Bool {
        if day != self.day { (self, self.day) = (Self(), day) }
        let isWithin =
            (bytes < limit || cost.isSmallQuestion)
            && zip(Class.allCases, counts).allSatisfy { $1 < $0.limit(with: limit) }
        bytes = bytes.addingClamped(cost.bytes)
        for index in counts.indices { counts[index] = counts[index].addingClamped(cost.counts[index]) }
        return isWithin
    }

    /// The same with every number rounded up to a step, of which a limit has a few: written down at each step, it is
    /// written seldom and never says less than was spent.
    ///
    /// - Parameter limit: how many bytes a day.
    package func rounded(limit: UInt64) -> DailyAllowance {
        var rounded = self
        rounded.bytes = Self.roundUp(bytes, limit)
        for one in Class.allCases {
            rounded.counts[one.rawValue] = Self.roundUp(counts[one.rawValue], one.limit(with: limit))
        }
        return rounded
    }

    private static func roundUp(_ number: UInt64, _ limit: UInt64) -> UInt64 {
        let step = max(limit / steps, 1)
        let (product, overflow) = (number / step + (number % step == 0 ? 0 : 1))
            .multipliedReportingOverflow(by: step)
        return overflow ? .max : product
    }

    private static let steps: UInt64 = 64

    /// An allowance as it is kept; nil for anything else.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 8 * (2 + Class.allCases.count) else { return nil }
        let numbers = stride(from: 0, to: bytes.count, by: 8).map { start in
            bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        (day, self.bytes) = (Int64(bitPattern: numbers[0]), numbers[1])
        counts = Array(numbers.dropFirst(2))
    }

    /// The allowance as it is kept.
    package func encoded() -> [UInt8] {
        ([UInt64(bitPattern: day), bytes] + counts).flatMap { number in
            (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
        }
    }
}
