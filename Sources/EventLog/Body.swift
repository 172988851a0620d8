package import Journal
import Wire

/// An entry's words, apart from its header so that they can be absent or erased without any state changing.
package struct Body: Sendable {
    /// The words.
    package let fields: [Field]
    /// The exact bytes, as stored and committed to.
    package let bytes: [UInt8]

    /// A new body. Throws if it is over the limit.
    ///
    /// - Parameter salt: 16 random bytes, so that nobody can guess short words from the commitment.
    package init(_ fields: [Field], salt: [UInt8]) throws(FormatError) {
        var wire = WireBody()
        wire.salt = salt.wireBytes
        wire.fields = fields.map { field in
            var words = WireWords()
            words.field = field.name.rawValue
            words.text = field.text
            return words
        }
        guard let bytes = try? wire.encodedBytes(), bytes.count <= Limits.body else {
            throw .bodyTooLong
        }
        self.fields = fields
        self.bytes = bytes
    }

    /// A stored body. Fields of later versions are left out; throws if these bytes are no body.
    package init(bytes: [UInt8]) throws(FormatError) {
        guard bytes.count <= Limits.body else { throw .bodyTooLong }
        guard let wire = try? WireBody(decoding: bytes) else { throw .undecodable }
        fields = wire.fields.compactMap { words in
            FieldName(rawValue: words.field).map { Field($0, words.text) }
        }
        self.bytes = bytes
    }

    /// What the header says of these words.
    package var commitment: Digest { Self.commitment(to: bytes) }

    /// The length that the header tells.
    package var paddedLength: UInt32 { Self.paddedLength(of: bytes.count) }

    /// Whether bytes are what a header committed to.
    package static func opens(_ header: EventHeader, with bytes: [UInt8]) -> Bool {
        paddedLength(of: bytes.count) == header.bodyLength && commitment(to: bytes) == header.commitment
    }

    private static func paddedLength(of count: Int) -> UInt32 {
        // Can't trap: no frame and no body is longer than some MiB.
        UInt32((count + Limits.padding - 1) / Limits.padding * Limits.padding)
    }

    private static func commitment(to bytes: [UInt8]) -> Digest {
        var transcript = Transcript(.body)
        transcript.append(bytes)
        return transcript.digest
    }
}

/// Why bytes are no event, body or head: the run that holds them is refused.
package enum FormatError: Error, Equatable, Sendable {
    case undecodable
    case headerTooLong
    case bodyTooLong
    case tooManySeen
    case tooManyReferences
    case malformed
}
