import Foundation
import Testing
import Wire

/// Bytes that are a readable message, and bytes that no one may read whatever a library makes of them.
extension RejectVectorTests {
    struct MessageCase: Codable {
        let name: String
        /// By the name that `reconcile.proto` gives it.
        let message: String
        let bytes: Hex
        let isRefused: Bool

        init(_ name: String, _ message: String, _ bytes: [UInt8], isRefused: Bool = true) {
            self.name = name
            self.message = message
            self.bytes = Hex(bytes)
            self.isRefused = isRefused
        }
    }

    /// A number in base 128 of so many bytes, or of as few as it takes.
    private func varint(_ value: UInt64, bytes: Int = 1) -> [UInt8] {
        var (rest, result) = (value, [UInt8]())
        repeat {
            result.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        } while rest > 0 || result.count < bytes
        result[result.count - 1] &= 0x7F
        return result
    }

    private func tag(_ field: UInt64, _ type: UInt64) -> [UInt8] { varint(field << 3 | type) }

    private func sized(_ field: UInt64, _ content: [UInt8]) -> [UInt8] {
        tag(field, 2) + varint(UInt64(content.count)) + content
    }

    private func messages() -> [MessageCase] {
        let group = tag(100, 3) + tag(100, 4)
        let nested = (0..<101).flatMap { _ in tag(100, 3) } + (0..<101).flatMap { _ in tag(100, 4) }
        let overflow = Fixture.bytes(0xFF, 9) + [2]
        return [
            MessageCase("nothing", "Header", [], isRefused: false),
            MessageCase("a group", "Header", group),
            MessageCase("groups 101 deep", "Header", nested),
            MessageCase("the end of a group", "Header", tag(100, 4)),
            MessageCase("a group in a message within", "Header", sized(3, group)),
            MessageCase("a group within what is not known", "Header", sized(100, group), isRefused: false),
            MessageCase("wire type 6", "Header", tag(100, 6)),
            MessageCase("wire type 7", "Header", tag(100, 7)),
            MessageCase("field 0", "Header", [0x00, 0x00]),
            MessageCase("field 2^29 - 1", "Header", tag(536_870_911, 0) + [1], isRefused: false),
            MessageCase("field 2^29", "Header", tag(536_870_912, 0) + [1]),
            MessageCase("a tag of 5 bytes", "Header", varint(0x08, bytes: 5) + [1], isRefused: false),
            MessageCase("a tag of 6 bytes", "Header", varint(0x08, bytes: 6) + [1]),
            MessageCase(
                "a length of 5 bytes", "Header", tag(100, 2) + varint(1, bytes: 5) + [0], isRefused: false),
            MessageCase("a length of 6 bytes", "Header", tag(100, 2) + varint(1, bytes: 6) + [0]),
            MessageCase("a length of 10 bytes", "Header", tag(10, 2) + varint(1, bytes: 10) + [0]),
            MessageCase("a length beyond the end", "Header", tag(10, 2) + [2, 0]),
            MessageCase("a length of 2^32", "Header", tag(10, 2) + varint(1 << 32)),
            MessageCase("a length beyond the message around it", "Header", [0x1A, 2, 0x0A, 1, 0x08, 0]),
            MessageCase("a tag that is broken off", "Header", [0x80]),
            MessageCase("a number that is broken off", "Header", tag(1, 0) + [0x80]),
            MessageCase("a number that is left out", "Header", tag(1, 0)),
            MessageCase("8 bytes of which one is missing", "Header", tag(2, 1) + Fixture.bytes(0, 7)),
            MessageCase(
                "4 bytes of what is not known", "Header", tag(100, 5) + Fixture.bytes(0, 4), isRefused: false),
            MessageCase("4 bytes of which one is missing", "Header", tag(100, 5) + Fixture.bytes(0, 3)),
            MessageCase("uint64: 2^64 - 1", "Seen", tag(3, 0) + varint(.max), isRefused: false),
            MessageCase("uint64: 2^64", "Seen", tag(3, 0) + overflow),
            MessageCase("uint64: 1 in 10 bytes", "Seen", tag(3, 0) + varint(1, bytes: 10), isRefused: false),
            MessageCase("uint64: 1 in 11 bytes", "Seen", tag(3, 0) + varint(1, bytes: 11)),
            MessageCase("2^64 where nothing is known", "Header", tag(100, 0) + overflow),
            MessageCase("uint32: 2^32 - 1", "Header", tag(6, 0) + varint(1 << 32 - 1), isRefused: false),
            MessageCase("uint32: 2^32, which would be cut to 0", "Header", tag(6, 0) + varint(1 << 32)),
            MessageCase(
                "uint32: 1 in 10 bytes", "Header", tag(6, 0) + varint(1, bytes: 10), isRefused: false),
            MessageCase("sint32: the least", "Header", tag(5, 0) + varint(1 << 32 - 1), isRefused: false),
            MessageCase("sint32: one less", "Header", tag(5, 0) + varint(1 << 32 + 1)),
            MessageCase("bool: 1", "Genesis", tag(6, 0) + [1], isRefused: false),
            MessageCase("bool: 2", "Genesis", tag(6, 0) + [2]),
            MessageCase("enum: 2^31 - 1", "PairHello", tag(2, 0) + varint(1 << 31 - 1), isRefused: false),
            MessageCase("enum: -1", "PairHello", tag(2, 0) + varint(.max)),
            MessageCase("numbers, packed", "Hello", sized(2, [1, 2]), isRefused: false),
            MessageCase(
                "numbers, one by one and packed", "Hello", [0x10, 1] + sized(2, [2]), isRefused: false),
            MessageCase("packed numbers, broken off", "Hello", sized(2, [1, 0x80])),
            MessageCase("packed numbers, one of 2^32", "Hello", sized(2, varint(1 << 32))),
            MessageCase("a number where bytes belong", "Header", tag(7, 0) + [1]),
            MessageCase("bytes where a number belongs", "Header", sized(6, [1])),
            MessageCase("a varint where 8 bytes belong", "Header", tag(2, 0) + [1]),
            MessageCase("4 bytes where 8 belong", "Header", tag(2, 5) + Fixture.bytes(0, 4)),
            MessageCase(
                "a number twice: the last one counts", "Header", [0x08, 1, 0x08, 2], isRefused: false),
            MessageCase(
                "a message twice that may come once", "Admission", sized(1, []) + sized(1, sized(1, [1]))),
            MessageCase("two of many messages", "Header", sized(3, []) + sized(3, []), isRefused: false),
            MessageCase("a text", "Words", sized(2, Array("ä 小".utf8)), isRefused: false),
            MessageCase("a text that is not UTF-8", "Words", sized(2, [0xC3])),
            MessageCase("a text with half a surrogate pair", "Words", sized(2, [0xED, 0xA0, 0x80])),
            MessageCase("a text with an overlong letter", "Words", sized(2, [0xC1, 0xA1])),
            MessageCase("a text within that is not UTF-8", "Body", sized(2, sized(2, [0xFF]))),
            MessageCase("bytes that are not UTF-8", "Body", sized(1, [0xFF]), isRefused: false),
        ]
    }

    @Test func `bytes that are no message`() throws {
        let cases = try VectorFile.cases("reject/messages.json", messages)
        for one in cases {
            let shape = try #require(WireFormat.shapes[one.message], "\(one.message)")
            #expect(WireFormat.isReadable(one.bytes.bytes, as: shape) != one.isRefused, "\(one.name)")
        }
    }

    /// The library reads all that is readable; that it reads more doesn't matter.
    @Test func `what is readable the library reads`() throws {
        var generator = SystemRandomNumberGenerator()
        let seeds = messages().filter { !$0.isRefused && $0.message == "Header" }.map(\.bytes.bytes)
        var readable = 0
        for _ in 0..<20_000 {
            var bytes = (0..<3).flatMap { _ in seeds.randomElement(using: &generator) ?? [] }
            for _ in 0..<2 where !bytes.isEmpty {
                bytes[Int.random(in: bytes.indices, using: &generator)] = .random(in: 0...255)
            }
            guard WireFormat.isReadable(bytes, as: WireHeader.shape) else { continue }
            readable += 1
            #expect(throws: Never.self) { try WireHeader(decoding: bytes) }
        }
        #expect(readable > 1_000)
    }

    /// The shapes are those of `reconcile.proto`.
    @Test func `every message has the fields of its schema`() throws {
        let proto = try String(
            contentsOf: VectorFile.root.appending(path: "Sources/Wire/reconcile.proto"), encoding: .utf8
        ).replacing(/\/\/.*/, with: "")
        let enums = Set(proto.matches(of: /enum (\w+)/).map { String($0.1) })
        var bodies: [String: Substring] = [:]
        for match in proto.matches(of: /message (\w+) \{([^}]*)\}/) { bodies[String(match.1)] = match.2 }
        func shape(_ name: String) throws -> MessageShape {
            var fields: [(Int, FieldShape)] = []
            let body = try #require(bodies[name], "\(name)")
            for field in body.matches(of: /(repeated )?(\w+) \w+ = (\d+)/) {
                let (type, isMany) = (String(field.2), field.1 != nil)
                let held: FieldShape =
                    switch type {
                    case "uint32": isMany ? .numbers : .uint32
                    case "uint64": .uint64
                    case "sint32": .sint32
                    case "sint64": .sint64
                    case "bool": .bool
                    case "fixed64": .fixed64
                    case "bytes": .bytes
                    case "string": .string
                    case _ where enums.contains(type): .enumeration
                    default: isMany ? .messages(try shape(type)) : .message(try shape(type))
                    }
                fields.append((try #require(Int(field.3)), held))
            }
            return MessageShape(fields)
        }
        #expect(Set(bodies.keys) == Set(WireFormat.shapes.keys))
        for (name, known) in WireFormat.shapes { #expect(try shape(name) == known, "\(name)") }
    }
}
