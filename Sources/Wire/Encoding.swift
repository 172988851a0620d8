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
}

extension WireReadable {
    /// A message from bytes that came from anywhere; what is readable says ``WireFormat``, before the library looks.
    package init(decoding bytes: some Collection<UInt8>) throws(EncodingError) {
        let bytes = Array(bytes)
        guard WireFormat.isReadable(bytes, as: Self.shape) else { throw .undecodable }
        do { try self.init(serializedBytes: bytes) } catch { throw .undecodable }
    }
}

extension Collection<UInt8> {
    /// These bytes as generated code holds them; only this target names Foundation's type.
    package var wireBytes: Data { Data(self) }
}
