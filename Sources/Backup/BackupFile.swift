import Crypto
import CryptoExtras

/// The file of a backup: a header, then chunks, each sealed for itself, of which the last is marked as such.
///
///     magic ‖ seal: u8 ‖ cost: u8 ‖ salt: 16 bytes, then for each chunk: last: u8 ‖ length: u32 ‖ sealed bytes
///
/// With a passphrase a chunk is AES-256-GCM under the key that scrypt derives from it; the nonce is the chunk's number,
/// and what is authenticated beside it is the header, the number and whether it is the last: chunks can be neither
/// changed nor moved, repeated or left away (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015).
/// Without one, a chunk has a SHA-256 of the same behind it, which finds damage and keeps nobody out.
///
/// What is sealed are items: kind: u8 ‖ length: u64 ‖ bytes.
package enum BackupFile {
    static let magic = Array("reconcile backup 1\n".utf8)
    static let saltLength = 16
    static let headerLength = magic.count + 2 + saltLength
    /// Bytes of content in each chunk but the last.
    static let chunkLength = 65_536
    static let tagLength = 16
    static let digestLength = 32
    /// scrypt's cost as a power of two: 128 MiB of memory, and half a second of work, for each passphrase tried.
    static let cost: UInt8 = 17
    /// What is not tried, whatever a file says: a gigabyte of memory.
    static let highestCost: UInt8 = 20

    /// What stands in a backup.
    package enum Item: UInt8, Sendable {
        /// What it is a backup of, as JSON; the first.
        case manifest = 1
        /// Who the device is, with its secret keys, as JSON.
        case identity = 2
        /// The database.
        case database = 3
    }

    /// Why a file can't be read.
    package enum Failure: Error, Equatable, Sendable {
        /// It is something else.
        case notABackup
        /// Its layout is a newer one.
        case newerVersion
        /// It can't be opened without its passphrase.
        case needsPassphrase
        /// It has no passphrase: whoever has one means another file.
        case needsNone
        /// The passphrase is another one, or the file was damaged at its beginning.
        case wrongPassphrase
        /// It is not as it was written.
        case damaged
        /// Its end is missing.
        case truncated
    }
}

/// Seals chunks one after the other, or opens them.
struct ChunkSeal {
    private let key: SymmetricKey?
    private let header: [UInt8]
    private var number: UInt64 = 0

    /// - Parameter passphrase: nil where chunks are readable for everyone.
    init(header: [UInt8], passphrase: [UInt8]?, cost: UInt8, salt: [UInt8]) throws {
        self.header = header
        key = try passphrase.map {
            try KDF.Scrypt.deriveKey(
                // Can't trap: a byte; the reader has refused what is above `highestCost`.
                from: $0, salt: salt, outputByteCount: 32, rounds: 1 << Int(cost), blockSize: 8,
                parallelism: 1,
                // Can't trap: the same.
                maxMemory: (128 * 8 << Int(cost)) + (1 << 20))
        }
    }

    mutating func seal(_ bytes: [UInt8], isLast: Bool) throws -> [UInt8] {
        let beside = try next(isLast)
        guard let key else { return bytes + Array(SHA256.hash(data: beside.authenticated + bytes)) }
        let box = try AES.GCM.seal(
            bytes, using: key, nonce: beside.nonce, authenticating: beside.authenticated)
        return Array(box.ciphertext) + Array(box.tag)
    }

    /// Throws ``BackupFile/Failure``.
    mutating func open(_ bytes: [UInt8], isLast: Bool) throws -> [UInt8] {
        let isFirst = number == 0
        let beside = try next(isLast)
        let length = bytes.count - (key == nil ? BackupFile.digestLength : BackupFile.tagLength)
        guard length >= 0 else { throw BackupFile.Failure.damaged }
        let (content, tag) = (bytes[..<length], bytes[length...])
        guard let key else {
            guard Array(SHA256.hash(data: beside.authenticated + content)) == Array(tag) else {
                throw BackupFile.Failure.damaged
            }
            return Array(content)
        }
        guard let box = try? AES.GCM.SealedBox(nonce: beside.nonce, ciphertext: content, tag: tag),
            let opened = try? AES.GCM.open(box, using: key, authenticating: beside.authenticated)
        else { throw isFirst ? BackupFile.Failure.wrongPassphrase : .damaged }
        return Array(opened)
    }

    private mutating func next(_ isLast: Bool) throws -> (nonce: AES.GCM.Nonce, authenticated: [UInt8]) {
        let bytes = BackupFile.bytes(of: number)
        number += 1
        return (try AES.GCM.Nonce(data: [0, 0, 0, 0] + bytes), header + bytes + [isLast ? 1 : 0])
    }
}

extension BackupFile {
    /// A number in big-endian order.
    static func bytes<Number: FixedWidthInteger>(of number: Number) -> [UInt8] {
        (0..<Number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    static func number<Number: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>, as type: Number.Type) -> Number
    {
        bytes.reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }
}
