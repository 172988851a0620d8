import Causality
import EventLog
import Journal
import Peering
import Wire

/// Someone on the network who runs a pairing with each of two people that mean each other.
///
/// He has the codes of one side before he begins with the other, and takes every role that the certificates give him. All
/// that is left to him is chance: his nonce is fixed before he knows what it is hashed with.
package struct ManInTheMiddle {
    /// What many runs came to.
    package struct Tally: Sendable {
        /// How many runs there were.
        package var runs = 0
        /// In how many a person saw the code that the other side's person was to find.
        package var matches = 0
        /// The same of the lowest 16 bits of the codes; two comparisons a run.
        package var shortMatches = 0
        /// In how many something went wrong before codes were shown.
        package var failures = 0

        /// No runs.
        package init() {}

        /// Both tallies together.
        package func adding(_ other: Tally) -> Tally {
            var sum = self
            sum.runs += other.runs
            sum.matches += other.matches
            sum.shortMatches += other.shortMatches
            sum.failures += other.failures
            return sum
        }
    }

    private var generator: SeededGenerator
    private let keys: [DeviceKeys]
    private let bundles: [Bundle]

    /// A man in the middle of two devices, whose tries follow from a seed. Throws if keys can't be made.
    package init(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        keys = try (0..<3).map { _ in
            try DeviceKeys(event: generator.bytes(32), meet: generator.bytes(32))
        }
        bundles = keys.map { $0.bundle(of: PersonID(prefix: generator.bytes(16))) }
        self.generator = generator
    }

    /// Tries many times.
    package mutating func attack(times: Int) -> Tally {
        var tally = Tally()
        for _ in 0..<times {
            tally.runs += 1
            guard let codes = attackOnce() else {
                tally.failures += 1
                continue
            }
            let pairs = [(codes.left.own, codes.right.other), (codes.right.own, codes.left.other)]
            if pairs.contains(where: { $0 == $1 }) { tally.matches += 1 }
            tally.shortMatches += pairs.count { $0.number & 0xFFFF == $1.number & 0xFFFF }
        }
        return tally
    }

    private typealias Codes = (own: PairingCode, other: PairingCode)

    private mutating func attackOnce() -> (left: Codes, right: Codes)? {
        let certificates = (0..<3).map { _ in Digest(generator.bytes(32)) ?? .zero }
        func side(_ device: Int, _ own: Digest, _ other: Digest, _ generator: inout SeededGenerator)
            -> PairingSession
        {
            PairingSession(
                offer: .init(
                    keys: keys[device], bundle: bundles[device], person: "P", device: "D",
                    intent: .newJournal,
                    salt: generator.bytes(16), nonce: generator.bytes(32)),
                own: own, other: other)
        }
        var left = [
            side(0, certificates[0], certificates[2], &generator),
            side(2, certificates[2], certificates[0], &generator),
        ]
        var right = [
            side(1, certificates[1], certificates[2], &generator),
            side(2, certificates[2], certificates[1], &generator),
        ]
        guard let first = Self.run(&left), let second = Self.run(&right) else { return nil }
        return (first, second)
    }

    /// Lets two sessions talk until codes are shown; those of the first one.
    private static func run(_ sessions: inout [PairingSession]) -> Codes? {
        var queue: [(Int, PairingSession.Action)] = []
        for side in 0...1 { queue += sessions[side].connected().map { (side, $0) } }
        var codes: Codes?
        while !queue.isEmpty {
            let (side, action) = queue.removeFirst()
            switch action {
            case .send(let message): queue += sessions[1 - side].receive(message).map { (1 - side, $0) }
            case .use: queue += sessions[side].granted(true).map { (side, $0) }
            case .compare(let own, let other): if side == 0 { codes = (own, other) }
            default: return nil
            }
        }
        return codes
    }
}
