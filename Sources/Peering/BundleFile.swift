import enum Crypto.ChaChaPoly
import enum Crypto.HPKE
import EventLog
import Wire

/// A bundle: the runs that a person's devices lack, in a file that only these can open.
///
/// The layout stands in `reconcile.proto`. A file proves nothing about who made it, and need not: what is in it is signed
/// by those who wrote it. ``Writer`` makes one piece by piece, ``Reader`` takes one in; neither holds more than a chunk
/// and a frame of it.
package enum BundleFile {
    /// Why a file can't be taken in. Nothing of it may be used then.
    package enum Failure: Error, Equatable, Sendable {
        /// It is something else.
        case notABundle
        /// It was made by a later version of this program.
        case newerVersion
        /// It was made for other devices, or for another journal.
        case notForThisDevice
        /// It ends too early.
        case truncated
        /// Not the bytes that were written.
        case damaged
        /// What is in it can't be verified.
        case refused
        /// It continues something that is not here.
        case gap
    }

    static let name = Array("reconcile bundle ".utf8)
    static let magic = Array("reconcile bundle 1\n".utf8)
    /// Bytes of an envelope.
    static let envelopeLimit = 65_536
    /// Bytes of a chunk, sealed.
    static let chunkLimit = 1_048_576
    /// Bytes that a writer puts into a chunk.
    static let chunk = 262_144
    /// The number of devices for which a file is sealed is rounded up to a multiple of this, so that it tells nothing.
    static let recipients = 8

    static func info(_ journal: Digest) -> [UInt8] {
        var transcript = Transcript(.bundle)
        transcript.append(journal)
        return transcript.bytes
    }

    /// Eleven bytes of the chunk's number and one that tells the last: chunks can't be swapped, left out or cut off.
    static func nonce(_ number: UInt64, isLast: Bool) throws -> ChaChaPoly.Nonce {
        let bigEndian = (0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        return try ChaChaPoly.Nonce(data: [0, 0, 0] + bigEndian + [isLast ? 1 : 0])
    }
}

extension HPKE.Ciphersuite {
    static var bundle: Self { .Curve25519_SHA256_ChachaPoly }
}
