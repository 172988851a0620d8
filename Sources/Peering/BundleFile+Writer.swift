import enum Crypto.ChaChaPoly
import enum Crypto.Curve25519
import enum Crypto.HPKE
import struct Crypto.SymmetricKey
package import EventLog
package import Wire

extension BundleFile {
    /// Makes a bundle: ``begin()``, any number of messages, ``finish()``; the file is what they return, in this order.
    package struct Writer {
        private let envelope: WireEnvelope
        private let key: SymmetricKey
        private var number: UInt64 = 0
        private var buffer = ByteQueue()

        /// A bundle that some devices can open. Throws if one of them shows a key that is none.
        package init(for devices: [Bundle], journal: Digest) throws {
            let key = SymmetricKey(size: .bits256)
            var envelope = WireEnvelope()
            for device in devices {
                let meetKey = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: device.meetKey)
                envelope.keys.append(try Self.wrap(key, for: meetKey, journal))
            }
            // Sealed to keys that nobody has: how many devices there are is nobody's affair.
            while envelope.keys.isEmpty || !envelope.keys.count.isMultiple(of: recipients) {
                envelope.keys.append(try Self.wrap(key, for: DeviceKeys().meet.publicKey, journal))
            }
            self.envelope = envelope
            self.key = key
        }

        private static func wrap(
            _ key: SymmetricKey, for meetKey: Curve25519.KeyAgreement.PublicKey, _ journal: Digest
        ) throws -> WireSealedKey {
            var sender = try HPKE.Sender(
                recipientKey: meetKey, ciphersuite: .bundle, info: info(journal).wireBytes)
            var sealed = WireSealedKey()
            // Safe: the bytes are copied while the key lives.
            sealed.key = try sender.seal(unsafe key.withUnsafeBytes { unsafe Array($0) })
            sealed.encapsulated = sender.encapsulatedKey
            return sealed
        }

        /// The beginning of the file.
        package func begin() throws(EncodingError) -> [UInt8] { magic + counted(try envelope.encodedBytes()) }

        /// What a message adds to the file; perhaps nothing yet.
        package mutating func append(_ message: WireMessage) throws -> [UInt8] {
            buffer.append(try message.framed())
            var bytes: [UInt8] = []
            while buffer.count > chunk { bytes += try seal(buffer.take(chunk), isLast: false) }
            return bytes
        }

        /// The end of the file.
        package mutating func finish() throws -> [UInt8] { try seal(buffer.take(buffer.count), isLast: true) }

        private mutating func seal(_ bytes: [UInt8], isLast: Bool) throws -> [UInt8] {
            let box = try ChaChaPoly.seal(bytes, using: key, nonce: nonce(number, isLast: isLast))
            number += 1
            return counted(Array(box.ciphertext) + Array(box.tag))
        }

        private func counted(_ bytes: [UInt8]) -> [UInt8] {
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bytes.count >> $0) } + bytes
        }
    }
}
