import FoundationEssentials

/// Reads JSON objects, one a line, whose values are strings or arrays of strings.
package struct JSONReader: Sendable {
    private var lines = LineReader()

    /// A reader at the beginning of a file.
    package init() {}

    /// Takes some bytes, and returns the entries that are whole now.
    package mutating func receive(_ bytes: some Collection<UInt8>) -> [FileItem] {
        lines.receive(bytes).compactMap { Self.item($0.number, $0.bytes) }
    }

    /// The end of the file.
    package mutating func finish() -> [FileItem] {
        lines.finish().compactMap { Self.item($0.number, $0.bytes) }
    }

    private enum Value: Decodable {
        case none
        case some([String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .none
            } else if let text = try? container.decode(String.self) {
                self = .some([text])
            } else {
                self = .some(try container.decode([String].self))
            }
        }
    }

    private static func item(_ number: Int, _ bytes: [UInt8]?) -> FileItem? {
        guard let bytes else { return .failure(line: number, .tooLong) }
        guard bytes.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { return nil }
        guard let object = try? JSONDecoder().decode([String: Value].self, from: Data(bytes)) else {
            return .failure(line: number, .notAnObject)
        }
        var record = FileRecord(line: number)
        // A dictionary has no order: the names' own is as good as any, and always the same.
        for (name, value) in object.sorted(by: { $0.key < $1.key }) {
            guard case .some(let texts) = value else { continue }
            for text in texts {
                guard text.utf8.count <= longestField else { return .failure(line: number, .tooLong) }
                record.add(name, text)
            }
        }
        return .record(record)
    }
}
