import Peering
import Testing

@Suite struct SeenNoncesTests {
    private static func beacon(_ number: Int) -> [UInt8] {
        let nonce = (0..<16).map { UInt8(truncatingIfNeeded: number >> ($0 * 8 % 32)) }
        return [1] + nonce + [UInt8](repeating: 0, count: Beacon.length - 17)
    }

    /// Which of some beacons are new, each remembered as it comes.
    private static func new(_ numbers: [Int], _ seen: inout SeenNonces) -> [Int] {
        numbers.filter { seen.insert(of: beacon($0)) }
    }

    @Test func `a beacon that came before is known, also after a restart`() {
        var seen = SeenNonces()
        let first = Self.new([1, 2, 1], &seen)
        #expect(first == [1, 2])
        seen = SeenNonces(stored: seen.stored)
        let again = Self.new([2, 1, 3], &seen)
        #expect(again == [3])
    }

    @Test func `the oldest are forgotten first, and the order survives a restart`() {
        var seen = SeenNonces()
        let count = SeenNonces.limit + 10
        let all = Self.new(Array(0..<count), &seen)
        #expect(all.count == count && seen.stored.count == SeenNonces.limit * Beacon.nonceLength)
        seen = SeenNonces(stored: seen.stored)
        // What is taken in anew takes the place of the oldest, which is new from then on.
        let new = Self.new([10, 9, 10], &seen)
        #expect(new == [9, 10])
    }

    @Test(arguments: [0, 15, 17])
    func `a file that was cut off is read as far as it goes`(count: Int) {
        let seen = SeenNonces(stored: [UInt8](repeating: 7, count: count))
        #expect(seen.stored.count == count / 16 * 16)
    }
}
