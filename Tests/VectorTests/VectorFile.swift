import Foundation
import Testing

/// The files in Tests/Vectors: what any implementation has to come to, and what it has to refuse.
///
/// They are made anew by `RECONCILE_WRITE_VECTORS=1 swift test --filter VectorTests`, and otherwise only compared: a change
/// in one of them is a change of the protocol.
enum VectorFile {
    /// The repository.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let folder = root.appending(path: "Tests/Vectors")
    private static let isWriting = ProcessInfo.processInfo.environment["RECONCILE_WRITE_VECTORS"] != nil

    /// Checks that a file holds exactly this.
    static func check(_ name: String, _ value: some Codable & Equatable) throws {
        if isWriting { try write(name, value) }
        let stored = try read(name, as: type(of: value))
        #expect(stored == value, "\(name) has changed")
    }

    /// What a file holds; made first if files are being made.
    static func cases<Case: Codable>(_ name: String, _ make: () throws -> [Case]) throws -> [Case] {
        if isWriting { try write(name, make()) }
        let cases = try read(name, as: [Case].self)
        #expect(!cases.isEmpty)
        return cases
    }

    static func read<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: name)))
    }

    private static func write(_ name: String, _ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try (encoder.encode(value) + Data("\n".utf8)).write(to: folder.appending(path: name))
    }
}

/// Bytes as vectors write them.
struct Hex: Codable, Equatable, CustomStringConvertible {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    init(from decoder: any Decoder) throws {
        let digits = Array(try decoder.singleValueContainer().decode(String.self).utf8)
        bytes = try stride(from: 0, to: digits.count, by: 2).map { index in
            let pair = String(decoding: digits[index..<min(index + 2, digits.count)], as: UTF8.self)
            guard pair.utf8.count == 2, let byte = UInt8(pair, radix: 16) else { throw NotHexadecimal() }
            return byte
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private struct NotHexadecimal: Error {}
}
