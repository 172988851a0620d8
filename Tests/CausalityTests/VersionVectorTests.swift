import Causality
import Testing

@Suite struct VersionVectorTests {
    /// All vectors over three logs with numbers 0 to 2, one of the logs being a branch of another.
    private static let small: [VersionVector] = {
        let device = DeviceID(high: 0, low: 1)
        let logs = [
            LogID(device: device, epoch: 1),
            LogID(device: device, epoch: 1, branch: .init(high: 0, low: 9)),
            LogID(device: DeviceID(high: 0, low: 2), epoch: 1),
        ]
        var vectors: [VersionVector] = []
        for first in 0..<3 as Range<UInt64> {
            for second in 0..<3 as Range<UInt64> {
                for third in 0..<3 as Range<UInt64> {
                    vectors.append(VersionVector([logs[0]: first, logs[1]: second, logs[2]: third]))
                }
            }
        }
        return vectors
    }()

    /// The definition, spelled out over all places: everything in the left vector is in the right one.
    private static func contains(_ right: VersionVector, _ left: VersionVector) -> Bool {
        left.logs.allSatisfy { log in left[log] <= right[log] }
    }

    @Test func `order is containment, for every pair of small vectors`() {
        for left in Self.small {
            for right in Self.small {
                let expected: CausalOrder =
                    switch (Self.contains(right, left), Self.contains(left, right)) {
                    case (true, true): .equal
                    case (true, false): .before
                    case (false, true): .after
                    case (false, false): .concurrent
                    }
                #expect(left.causalOrder(comparedTo: right) == expected)
                #expect((left == right) == (expected == .equal))
            }
        }
    }

    @Test func `merging is commutative, associative, idempotent and the least upper bound`() {
        for a in Self.small {
            #expect(a.merged(with: a) == a)
            for b in Self.small {
                let join = a.merged(with: b)
                #expect(join == b.merged(with: a))
                #expect(Self.contains(join, a) && Self.contains(join, b))
                for c in Self.small {
                    #expect(join.merged(with: c) == a.merged(with: b.merged(with: c)))
                    if Self.contains(c, a), Self.contains(c, b) { #expect(Self.contains(c, join)) }
                }
            }
        }
    }

    @Test func `absent is zero`() {
        let log = LogID(device: DeviceID(high: 1, low: 1), epoch: 7)
        var vector = VersionVector([log: 0])
        #expect(vector == VersionVector())
        vector[log] = 3
        #expect(vector.includes(Position(log: log, sequence: 3)))
        #expect(!vector.includes(Position(log: log, sequence: 4)))
        vector.raise(log, to: 2)
        #expect(vector[log] == 3)
        vector[log] = 0
        #expect(vector.causalOrder(comparedTo: VersionVector()) == .equal)
    }
}
