package import NIOCore
import Synchronization
import Wire

/// A frame as it came: its type and its payload.
package struct ReceivedFrame: Sendable {
    /// The message's type.
    package let type: UInt8
    /// The message's bytes.
    package let payload: [UInt8]

    /// Takes the next frame; nil where it is not here as a whole. Throws for one that is too long, or empty.
    package static func next(in buffer: inout ByteBuffer, limit: Int) throws -> ReceivedFrame? {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return nil }
        guard length >= 1, length <= limit else { throw FrameLengthError() }
        // Can't trap: no longer than the limit.
        let count = Int(length)
        guard buffer.readableBytes >= Frame.prefix + count else { return nil }
        buffer.moveReaderIndex(forwardBy: Frame.prefix)
        guard let type = buffer.readInteger(as: UInt8.self), let payload = buffer.readBytes(length: count - 1)
        else { return nil }
        return ReceivedFrame(type: type, payload: payload)
    }
}

/// How long a frame may be; set once it is known what for, and once the peer has proved who it is.
final class FrameLimit: Sendable {
    private let value: Atomic<Int>

    init(_ limit: Int) { value = Atomic(limit) }

    var limit: Int { value.load(ordering: .relaxed) }

    func set(to limit: Int) { value.store(limit, ordering: .relaxed) }
}

/// The other side announced a frame that is too long, or empty.
struct FrameLengthError: Error {}

/// Cuts the stream into frames; a length is checked before anything is allocated for it.
struct FrameDecoder: NIOSingleStepByteToMessageDecoder {
    typealias InboundOut = ReceivedFrame

    let limit: FrameLimit

    mutating func decode(buffer: inout ByteBuffer) throws -> ReceivedFrame? {
        try ReceivedFrame.next(in: &buffer, limit: limit.limit)
    }

    mutating func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> ReceivedFrame? {
        try decode(buffer: &buffer)
    }
}
