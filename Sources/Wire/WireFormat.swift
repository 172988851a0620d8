/// What a field holds, as far as its bytes are concerned.
package indirect enum FieldShape: Equatable, Sendable {
    case uint32, uint64, sint32, sint64, bool, enumeration, fixed64
    /// Any number of `uint32`, packed or one by one.
    case numbers
    case bytes, string
    /// One message, which may not come twice: libraries would merge the two.
    case message(MessageShape)
    /// Any number of messages.
    case messages(MessageShape)
}

/// Which fields a message has, by their numbers.
package struct MessageShape: Equatable, Sendable, ExpressibleByDictionaryLiteral {
    /// The fields, each at the index of its number; nil where there is none.
    package let fields: [FieldShape?]

    package init(dictionaryLiteral elements: (Int, FieldShape)...) { self.init(elements) }

    /// A shape of some fields with their numbers.
    package init(_ elements: [(Int, FieldShape)]) {
        var fields: [FieldShape?] = []
        for (number, shape) in elements {
            while fields.count <= number { fields.append(nil) }
            fields[number] = shape
        }
        self.fields = fields
    }

    fileprivate subscript(number: UInt64) -> FieldShape? {
        // Can't trap: below the count of an array.
        number < UInt64(fields.count) ? fields[Int(number)] : nil
    }
}

/// Which bytes are a readable message, said here and in Protocol.md and not by whichever library decodes them: two
/// programs that judged it differently could not agree on a log.
package enum WireFormat {
    /// Whether bytes are a readable message of some shape.
    package static func isReadable(_ bytes: [UInt8], as shape: MessageShape) -> Bool {
        var reader = FormatReader(bytes: bytes, offset: 0)
        return reader.readMessage(shape, end: bytes.count)
    }
}

/// Goes through a message's bytes once, and into the messages within it as deep as the schema has it.
private struct FormatReader {
    let bytes: [UInt8]
    var offset: Int

    /// Bytes that a tag or a length may take.
    private static let shortVarint = 5
    /// Bytes that any other number may take.
    private static let longVarint = 10

    mutating func readMessage(_ shape: MessageShape, end: Int) -> Bool {
        // Messages that may come once and have come; their numbers are small ones of the schema.
        var found: Set<UInt64> = []
        while offset < end {
            guard let tag = readVarint(Self.shortVarint, end: end), tag <= UInt32.max, tag >> 3 > 0 else {
                return false
            }
            let field = shape[tag >> 3]
            if case .message = field, !found.insert(tag >> 3).inserted { return false }
            switch tag & 7 {
            case 0:
                guard let value = readVarint(Self.longVarint, end: end), Self.fits(value, field) else {
                    return false
                }
            case 1: guard field == nil || field == .fixed64, skip(8, end: end) else { return false }
            case 2: guard readSized(field, end: end) else { return false }
            case 5: guard field == nil, skip(4, end: end) else { return false }
            // Groups, and what nobody has defined.
            default: return false
            }
        }
        return true
    }

    private static func fits(_ value: UInt64, _ field: FieldShape?) -> Bool {
        switch field {
        case nil, .uint64, .sint64: true
        case .uint32, .sint32, .numbers: value <= UInt32.max
        case .enumeration: value <= Int32.max
        case .bool: value <= 1
        case .fixed64, .bytes, .string, .message, .messages: false
        }
    }

    private mutating func readSized(_ field: FieldShape?, end: Int) -> Bool {
        guard let length = readVarint(Self.shortVarint, end: end), let count = Int(exactly: length),
            count <= end - offset
        else { return false }
        let end = offset + count
        switch field {
        case nil, .bytes:
            offset = end
            return true
        case .string:
            defer { offset = end }
            return String(validating: bytes[offset..<end], as: UTF8.self) != nil
        case .message(let shape), .messages(let shape): return readMessage(shape, end: end)
        case .numbers:
            while offset < end {
                guard let value = readVarint(Self.longVarint, end: end), value <= UInt32.max else {
                    return false
                }
            }
            return true
        case .uint32, .uint64, .sint32, .sint64, .bool, .enumeration, .fixed64: return false
        }
    }

    private mutating func skip(_ count: Int, end: Int) -> Bool {
        guard count <= end - offset else { return false }
        offset += count
        return true
    }

    /// A number in base 128, low digits first; nil if it is longer than allowed, broken off, or over 64 bits.
    private mutating func readVarint(_ limit: Int, end: Int) -> UInt64? {
        var value: UInt64 = 0
        for index in 0..<limit {
            guard offset < end else { return nil }
            let byte = bytes[offset]
            offset += 1
            // The tenth byte has room for one bit.
            guard index < 9 || byte <= 1 else { return nil }
            value |= UInt64(byte & 0x7F) << (7 * index)
            if byte < 0x80 { return value }
        }
        return nil
    }
}
