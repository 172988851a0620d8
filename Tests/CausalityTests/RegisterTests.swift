import Causality
import Testing

@Suite struct RegisterTests {
    private struct Write: Hashable { let name: Int; let precedence: Precedence; let seen: Set<Int> }

    private func write(_ name: Int, stamp: UInt64, seen: Set<Int> = []) -> Write {
        let log = LogID(device: DeviceID(high: 0, low: UInt64(name)), epoch: 1)
        return Write(
            name: name,
            precedence: Precedence(stamp: Stamp(stamp), position: Position(log: log, sequence: 1)),
            seen: seen)
    }

    private func resolve(_ writes: [Write]) -> Register<Write> {
        Register(
            writes, places: { [$0.precedence.position] }, precedence: \.precedence,
            isSuperseded: { $1.seen.contains($0.name) })
    }

    @Test func `a later edit wins by having seen the earlier one, whatever its clock`() {
        let result = resolve([write(1, stamp: 900), write(2, stamp: 5, seen: [1])])
        #expect(result.winner?.name == 2)
        #expect(result.apart.isEmpty)
    }

    @Test func `writes that had not seen each other: the greatest wins, the rest is written apart`() {
        let result = resolve([write(1, stamp: 5), write(2, stamp: 7), write(3, stamp: 7), write(4, stamp: 1)])
        #expect(result.winner?.name == 3)
        #expect(result.apart.map(\.name) == [2, 1, 4])
    }

    /// Every history of up to four writes, each of which may have seen any of the ones before it.
    @Test func `every order of arrival gives the same register, for all small histories`() {
        for mask in 0..<(1 << 6) {
            var seen: [Set<Int>] = [[], [], [], []]
            var bit = 0
            for later in 0..<4 {
                for earlier in 0..<later {
                    if mask & 1 << bit != 0 { seen[later].insert(earlier) }
                    bit += 1
                }
            }
            // Stamps against the order of writing, so that only having seen can let the later one win.
            let writes = (0..<4).map { write($0, stamp: UInt64(10 - $0 % 2), seen: seen[$0]) }
            let expected = resolve(writes)
            let seenBySomeone = Set(seen.joined())
            let standing = [expected.winner].compactMap(\.self) + expected.apart
            #expect(Set(standing.map(\.name)) == Set(0..<4).subtracting(seenBySomeone))
            for order in permutations(writes) { #expect(resolve(order) == expected) }
        }
    }

    private func write(_ name: Int, at places: [(log: UInt64, sequence: UInt64)]) -> (Int, [Position]) {
        let positions = places.map { place in
            Position(
                log: LogID(device: DeviceID(high: 0, low: place.log), epoch: 1), sequence: place.sequence)
        }
        return (name, positions)
    }

    @Test func `of each log only the last write is compared, however many there are`() {
        let writes = (1...20_000).map { write($0, at: [(UInt64($0 % 3), UInt64($0))]) }
        var comparisons = 0
        let result = Register(
            writes, places: \.1, precedence: { Precedence(stamp: Stamp(1), position: $0.1[0]) },
            isSuperseded: { _, _ in
                comparisons += 1
                return false
            })
        #expect(result.winner?.0 == 20_000)
        #expect(Set(result.apart.map(\.0)) == [19_999, 19_998])
        #expect(comparisons == 6)
    }

    @Test func `a write that was carried stands only where it is the last of both logs`() {
        let writes = [write(1, at: [(1, 4), (2, 1)]), write(2, at: [(2, 2)])]
        let result = Register(
            writes, places: \.1, precedence: { Precedence(stamp: Stamp(1), position: $0.1[0]) },
            isSuperseded: { _, _ in false })
        #expect(result.winner?.0 == 2 && result.apart.isEmpty)
    }

    @Test func `two logs that have writes in opposite orders leave one of them`() {
        let writes = [write(1, at: [(1, 1), (2, 2)]), write(2, at: [(1, 2), (2, 1)])]
        let result = Register(
            writes, places: \.1, precedence: { Precedence(stamp: Stamp(1), position: $0.1[0]) },
            isSuperseded: { _, _ in false })
        #expect(result.winner?.0 == 2 && result.apart.isEmpty)
    }

    private func permutations(_ items: [Write]) -> [[Write]] {
        if items.count < 2 { return [items] }
        return items.indices.flatMap { index in
            var rest = items
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }
}
