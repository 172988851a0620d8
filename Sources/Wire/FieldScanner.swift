/// Steps through the fields of a protobuf message without copying or decoding them.
///
/// For reading a few fields of very many messages; what is received from others is decoded by the generated code.
package struct FieldScanner {
    /// A field as it stands.
    package enum Value: Sendable {
        case varint(UInt64)
        /// The place of a string, of bytes or of a message.
        case bytes(Range<Int>)
        /// A number of four or eight bytes, which is passed over.
        case fixed
    }

    private let bytes: [UInt8]
    private var offset: Int
    private let end: Int

    /// A scanner of the message that lies at some place of the bytes.
    package init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        offset = range.lowerBound
        end = min(range.upperBound, bytes.count)
    }

    /// Whether all was read.
    package var isAtEnd: Bool { offset >= end }

    /// The next field; nil where there is none that can be read: then ``isAtEnd`` tells why.
    package mutating func next() -> (number: UInt64, value: Value)? {
        guard let tag = varint() else { return nil }
        switch tag & 7 {
        case 0: return varint().map { (tag >> 3, .varint($0)) }
        case 1: return skip(8).map { _ in (tag >> 3, .fixed) }
        case 2:
            return varint().flatMap { Int(exactly: $0) }.flatMap { skip($0) }.map { (tag >> 3, .bytes($0)) }
        case 5: return skip(4).map { _ in (tag >> 3, .fixed) }
        default:
            fail()
            return nil
        }
    }

    private mutating func varint() -> UInt64? {
        guard offset < end else { return nil }
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < end, shift < 64 {
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        fail()
        return nil
    }

    private mutating func skip(_ count: Int) -> Range<Int>? {
        guard count >= 0, count <= end - offset else {
            fail()
            return nil
        }
        defer { offset += count }
        return offset..<offset + count
    }

    /// Leaves something unread for good, so that what can't be read does not look like an end.
    private mutating func fail() { offset = min(offset, end - 1) }
}
