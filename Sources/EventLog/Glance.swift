import Causality
package import Journal
import Wire

/// What a reader of the log needs of an event, read from the stored bytes in place.
///
/// Decoding a header and a body takes some microseconds, which is long where a million of them pass by. Whatever isn't
/// as this device writes it, a carried event for one, is decoded as always.
package struct Glance: Sendable {
    /// What it refers to.
    package private(set) var references: [EntryID] = []
    /// A receipt's or vote's choice.
    package private(set) var value: UInt32 = 0
    /// Whether there are words, here or not.
    package private(set) var hasCommitment = false
    /// The words by the number of their field, as places in the bytes; nil where they can't be read.
    package private(set) var words: [(field: UInt32, range: Range<Int>)]? = []

    /// An empty glance, to be read into.
    package init() {}

    /// Reads a stored event. Throws ``FormatError`` for a header that is none.
    ///
    /// - Parameters:
    ///   - bytes: holds both, among other events'. Words that have to be decoded are added at its end.
    ///   - header: nil where nobody asks for what stands in it.
    ///   - body: nil where the body is absent.
    package mutating func read(
        header: Range<Int>?, body: Range<Int>?, in bytes: inout [UInt8]
    ) throws(FormatError) {
        references.removeAll(keepingCapacity: true)
        (value, hasCommitment) = (0, body != nil)
        if let header, !readHeader(header, in: bytes) {
            let stored = try EventHeader(bytes: Array(bytes[header]))
            let inner = try stored.carried.map { carried throws(FormatError) in
                try EventHeader(bytes: carried.header)
            }
            references = (inner ?? stored).references.map(\.entry)
            (value, hasCommitment) = ((inner ?? stored).value, (inner ?? stored).commitment != nil)
        }
        readBody(body, in: &bytes)
    }

    private mutating func readHeader(_ range: Range<Int>, in bytes: [UInt8]) -> Bool {
        var scanner = FieldScanner(bytes, in: range)
        while let (number, value) = scanner.next() {
            switch (number, value) {
            case (8, .bytes(let range)):
                guard let reference = Self.entry(of: range, in: bytes) else { return false }
                references.append(reference)
            case (9, .varint(let number)): self.value = UInt32(truncatingIfNeeded: number)
            case (11, .bytes(let range)): hasCommitment = !range.isEmpty
            case (8, _), (9, _), (11, _), (13, _): return false
            default: break
            }
        }
        return scanner.isAtEnd
    }

    private static func entry(of reference: Range<Int>, in bytes: [UInt8]) -> EntryID? {
        var scanner = FieldScanner(bytes, in: reference)
        var entry: EntryID?
        while let (number, value) = scanner.next() {
            guard number == 1 else { continue }
            guard case .bytes(let range) = value, range.count == 16 else { return nil }
            var (high, low): (UInt64, UInt64) = (0, 0)
            for index in range.prefix(8) { high = high << 8 | UInt64(bytes[index]) }
            for index in range.suffix(8) { low = low << 8 | UInt64(bytes[index]) }
            entry = EntryID(high: high, low: low)
        }
        return scanner.isAtEnd ? entry : nil
    }

    private mutating func readBody(_ body: Range<Int>?, in bytes: inout [UInt8]) {
        guard let body else {
            words = nil
            return
        }
        if words == nil { words = [] }
        words?.removeAll(keepingCapacity: true)
        var scanner = FieldScanner(bytes, in: body)
        while let (number, value) = scanner.next() {
            guard number == 2 else { continue }
            guard case .bytes(let range) = value, let word = Self.word(in: range, of: bytes) else {
                decodeBody(body, in: &bytes)
                return
            }
            words?.append(word)
        }
        if !scanner.isAtEnd { decodeBody(body, in: &bytes) }
    }

    private static func word(in range: Range<Int>, of bytes: [UInt8]) -> (field: UInt32, range: Range<Int>)? {
        var scanner = FieldScanner(bytes, in: range)
        var (field, text): (UInt32, Range<Int>) = (0, range.upperBound..<range.upperBound)
        while let (number, value) = scanner.next() {
            switch (number, value) {
            case (1, .varint(let number)): field = UInt32(truncatingIfNeeded: number)
            case (2, .bytes(let range)): text = range
            case (1, _), (2, _): return nil
            default: break
            }
        }
        guard scanner.isAtEnd, isText(bytes, text) else { return nil }
        return (field, text)
    }

    private static func isText(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        (try? UTF8Span(validating: bytes.span.extracting(range))) != nil
    }

    private mutating func decodeBody(_ body: Range<Int>, in bytes: inout [UInt8]) {
        words = (try? Body(bytes: Array(bytes[body])))?.fields.map { field in
            let start = bytes.count
            bytes.append(contentsOf: field.text.utf8)
            return (field.name.rawValue, start..<bytes.count)
        }
    }
}
