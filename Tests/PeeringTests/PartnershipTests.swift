import Causality
import Peering
import Testing

/// Whether anything but their own person brings a device from apart to together.
@Suite struct PartnershipTests {
    private func id(_ number: UInt64) -> PartingID { PartingID(high: 1, low: number) }

    private func told(_ numbers: [UInt64], isApart: Bool = false) -> Partnership.Told {
        Partnership.Told(partings: numbers.map(id), isApart: isApart)
    }

    @Test func `a decision to be apart is taken over, whatever the other side is now`() {
        for isApart in [false, true] {
            #expect(Partnership.initial.learning(told([1], isApart: isApart)).isApart)
        }
        #expect(!Partnership.initial.learning(told([])).isApart)
    }

    @Test func `to be together is never taken over`() {
        let left = Partnership.initial.left(by: id(1))
        #expect(left.isApart)
        for known in [[], [1], [2], [1, 2]] as [[UInt64]] { #expect(left.learning(told(known)).isApart) }
    }

    @Test func `one's own person settles what is known, and hearing it again changes nothing`() {
        let again = Partnership.initial.left(by: id(1)).learning(told([2])).reunited()
        #expect(!again.isApart)
        #expect(again.learning(told([1, 2], isApart: true)) == again)
        #expect(again.learning(told([3])).isApart)
    }

    @Test func `whoever may not share is apart without any decision, and takes none for leave to`() {
        var copy = Partnership.initial
        copy.isPermitted = false
        #expect(copy.isApart && copy.told.isApart && copy.told.partings.isEmpty)
        #expect(copy.learning(told([])).isApart)
        #expect(!copy.reunited().isApart)
    }

    @Test func `a device that was just let in is as the one that let it in`() {
        let together = Partnership.new.learning(told([1, 2]))
        #expect(!together.isApart)
        #expect(together.learning(told([3])).isApart)
        #expect(Partnership.new.learning(told([1], isApart: true)).isApart)
        #expect(Partnership.new.learning(told([], isApart: true)).isApart)
        #expect(Partnership.new.learning(told([])).learning(told([1])).isApart)
    }

    /// All ways in which two devices of a person and a liar can tell each other in seven steps what they know.
    @Test func `in no order does a device come together but by its own person`() {
        var reached: Set<[Partnership]> = [[.initial, .initial]]
        for _ in 0..<7 {
            var next = reached
            for pair in reached {
                for side in 0...1 {
                    let (one, other) = (pair[side], pair[1 - side])
                    let heard = [
                        one.left(by: id(UInt64(side))), one.learning(other.told), one.learning(told([7])),
                        one.learning(told([])), one.learning(told([0, 1], isApart: true)),
                    ]
                    for became in heard {
                        #expect(became.isApart || !one.isApart)
                        next.insert(side == 0 ? [became, other] : [other, became])
                    }
                    let became = one.reunited()
                    next.insert(side == 0 ? [became, other] : [other, became])
                }
            }
            reached = next
        }
        #expect(reached.count > 20)
    }

    @Test func `however much another device tells, little is kept, and nothing unsettled is dropped`() {
        var device = Partnership.initial.left(by: id(0))
        for start in stride(from: 100 as UInt64, to: 20_000, by: 64) {
            device = device.learning(told(Array(start..<start + 64)))
            if start % 128 == 100 { device = device.reunited().left(by: id(start + 1_000_000)) }
            #expect(device.isApart && device.told.partings.count <= 64)
            #expect(device.encoded().count <= 1 + 17 * 512)
        }
        #expect(device.told.partings.contains { $0.low >= 1_000_000 })
    }

    @Test func `more unsettled decisions than are told can be read, and are told in part`() throws {
        // As only a file from elsewhere holds them.
        let bytes: [UInt8] = (0..<200).reduce(into: [0]) { $0 += [0] + id(UInt64($1)).bytes }
        let read = try #require(Partnership(bytes: bytes))
        #expect(read.isApart && read.told.partings.count == 64)
    }

    @Test func `what is kept reads back`() {
        for partnership in [
            .initial, .new, Partnership.initial.left(by: id(1)).reunited().left(by: id(2)),
            Partnership.initial.learning(told([5, 6, 7])),
        ] {
            var read = Partnership(bytes: partnership.encoded())
            read?.isPermitted = partnership.isPermitted
            #expect(read == partnership)
        }
        for bytes in [[], [2], [0, 0], [9, 1, 2, 3, 4, 5, 6, 7, 8, 16, 1]] as [[UInt8]] {
            #expect(Partnership(bytes: bytes) == nil)
        }
    }
}
