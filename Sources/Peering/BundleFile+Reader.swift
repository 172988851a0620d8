import enum Crypto.ChaChaPoly
import enum Crypto.HPKE
import struct Crypto.SymmetricKey
package import EventLog
package import Wire

extension BundleFile {
    /// Takes a bundle in, as its bytes come: ``receive(_:)``, then ``next()`` until there is nothing, and in the end
    /// ``finish()``. Only then is it known that the file is whole.
    package struct Reader {
        private enum Phase { case magic, envelope, chunks, over }

        private let keys: DeviceKeys
        private let journal: Digest
        private var phase = Phase.magic
        /// What came and was not looked at yet.
        private var sealed = ByteQueue()
        /// What was opened and not handed over yet.
        private var opened = ByteQueue()
        private var key: SymmetricKey?
        private var number: UInt64 = 0

        /// The beginning of a file, for a device and its journal.
        package init(keys: DeviceKeys, journal: Digest) {
            self.keys = keys
            self.journal = journal
        }

        /// Some more bytes of the file.
        package mutating func receive(_ bytes: some Collection<UInt8>) throws(Failure) {
            sealed.append(bytes)
            while try step() {}
        }

        /// The next message, if it is here as a whole.
        package mutating func next() throws(Failure) -> WireMessage? {
            guard let frame = try Self.cut(&opened, limit: Frame.limit) else { return nil }
            guard let type = frame.first,
                let message = try? WireMessage(type: type, payload: Array(frame.dropFirst()))
            else { throw .damaged }
            return message
        }

        /// The file is at its end.
        package func finish() throws(Failure) {
            switch phase {
            case .magic where sealed.count == 0: throw .notABundle
            case .magic, .envelope, .chunks: throw .truncated
            case .over: if opened.count > 0 { throw .damaged }
            }
        }

        /// Goes one step on; false where more bytes have to come.
        private mutating func step() throws(Failure) -> Bool {
            switch phase {
            case .magic:
                let begin = sealed.first(magic.count)
                guard begin.elementsEqual(magic.prefix(begin.count)) else {
                    throw begin.starts(with: name) ? .newerVersion : .notABundle
                }
                guard begin.count == magic.count else { return false }
                _ = sealed.take(magic.count)
                phase = .envelope
            case .envelope:
                guard let bytes = try Self.cut(&sealed, limit: envelopeLimit) else { return false }
                guard let envelope = try? WireEnvelope(decoding: bytes) else { throw .damaged }
                key = envelope.keys.lazy.compactMap(open).first
                if key == nil { throw .notForThisDevice }
                phase = .chunks
            case .chunks:
                guard let bytes = try Self.cut(&sealed, limit: chunkLimit), let key else { return false }
                if let chunk = open(bytes, key, isLast: false) {
                    opened.append(chunk)
                } else if let chunk = open(bytes, key, isLast: true) {
                    opened.append(chunk)
                    phase = .over
                } else {
                    throw .damaged
                }
                number += 1
            case .over:
                if sealed.count > 0 { throw .damaged }
                return false
            }
            return true
        }

        private func open(_ sealed: WireSealedKey) -> SymmetricKey? {
            guard
                var recipient = try? HPKE.Recipient(
                    privateKey: keys.meet, ciphersuite: .bundle, info: info(journal).wireBytes,
                    encapsulatedKey: sealed.encapsulated),
                let key = try? recipient.open(sealed.key), key.count == 32
            else { return nil }
            return SymmetricKey(data: key)
        }

        private func open(_ bytes: [UInt8], _ key: SymmetricKey, isLast: Bool) -> [UInt8]? {
            guard bytes.count >= 16, let nonce = try? nonce(number, isLast: isLast),
                let box = try? ChaChaPoly.SealedBox(
                    nonce: nonce, ciphertext: bytes.dropLast(16), tag: bytes.suffix(16)),
                let opened = try? ChaChaPoly.open(box, using: key)
            else { return nil }
            return Array(opened)
        }

        /// Cuts what stands behind its length off the bytes that came; nil where it is not here as a whole.
        private static func cut(_ queue: inout ByteQueue, limit: Int) throws(Failure) -> [UInt8]? {
            let prefix = queue.first(Frame.prefix)
            guard prefix.count == Frame.prefix else { return nil }
            let length = prefix.reduce(0) { $0 << 8 | Int($1) }
            guard length >= 1, length <= limit else { throw .damaged }
            guard queue.count >= Frame.prefix + length else { return nil }
            _ = queue.take(Frame.prefix)
            return queue.take(length)
        }
    }
}
