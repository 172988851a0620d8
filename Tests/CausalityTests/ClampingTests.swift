import Causality
import Testing

@Suite struct ClampingTests {
    private static let corners: [Int64] = [.min, .min + 1, -2, -1, 0, 1, 2, .max - 1, .max]

    @Test(arguments: corners, corners)
    func `signed arithmetic ends where the range ends`(one: Int64, other: Int64) {
        func clamped(_ exact: Int128) -> Int64 { Int64(clamping: exact) }
        #expect(one.addingClamped(other) == clamped(Int128(one) + Int128(other)))
        #expect(one.subtractingClamped(other) == clamped(Int128(one) - Int128(other)))
        #expect(one.multipliedClamped(by: other) == clamped(Int128(one) * Int128(other)))
    }

    @Test(arguments: [0, 1, 2, UInt64.max - 1, .max], [0, 1, 2, UInt64.max - 1, .max])
    func `unsigned arithmetic ends where the range ends`(one: UInt64, other: UInt64) {
        func clamped(_ exact: Int128) -> UInt64 { UInt64(clamping: exact) }
        #expect(one.addingClamped(other) == clamped(Int128(one) + Int128(other)))
        #expect(one.subtractingClamped(other) == clamped(Int128(one) - Int128(other)))
        #expect(one.multipliedClamped(by: other) == UInt64(clamping: UInt128(one) * UInt128(other)))
    }
}
