package import FoundationEssentials
package import SwiftProtobuf

/// Why a message could not be turned into bytes or read from them.
package enum EncodingError: Error, Sendable {
    case undecodable
    case unencodable
}

extension Message {
    /// The message's bytes.
    package func encodedBytes() throws(EncodingError) -> [UInt8] {
        do { return try serializedBytes() } catch { throw .unencodable }
    }

    /// A message from bytes that came from anywhere.
    package init(decoding bytes: some Collection<UInt8>) throws(EncodingError) {
        do { try self.init(serializedBytes: Array(bytes)) } catch { throw .undecodable }
    }
}

extension Collection<UInt8> {
    /// These bytes as generated code holds them; only this target names Foundation's type.
    package var wireBytes: Data { Data(self) }
}
