import Causality
import Testing

@Suite struct IdentifierTests {
    @Test func `bytes and digits go there and back`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let id = DeviceID(bytes)
            #expect(id?.bytes == bytes)
            #expect(id.flatMap { DeviceID(hexadecimal: $0.description) } == id)
        }
    }

    @Test(arguments: [
        "", "12", "g0000000000000000000000000000000", "+0000000000000000000000000000000",
        "0000000000000000+000000000000000", "000000000000000000000000000000000",
    ])
    func `other texts are no identifiers`(text: String) {
        #expect(DeviceID(hexadecimal: text) == nil)
    }

    @Test func `other lengths are no identifiers`() {
        for count in [0, 1, 15, 17, 32] { #expect(DeviceID([UInt8](repeating: 1, count: count)) == nil) }
    }

    @Test func `the order is that of the bytes`() {
        let low = DeviceID(high: 1, low: .max)
        let high = DeviceID(high: 2, low: 0)
        #expect(low < high && low.bytes.lexicographicallyPrecedes(high.bytes))
    }
}
