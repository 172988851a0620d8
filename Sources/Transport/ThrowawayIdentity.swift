import enum Crypto.P256
import struct Crypto.SHA256
package import EventLog
import FoundationEssentials
import NIOSSL
import SwiftASN1
import Synchronization
import X509

/// A certificate made for one start and one network and then thrown away: TLS hides with it, and it names nobody.
///
/// A lasting one would let anyone on a café's network recognise the device.
package struct ThrowawayIdentity: Sendable {
    let certificate: NIOSSLCertificate
    let key: NIOSSLPrivateKey
    /// SHA-256 of the certificate's subject public key info, to which AUTH and pairing bind themselves.
    package let digest: Digest

    /// A new certificate and key.
    package init() throws {
        let secret = P256.Signing.PrivateKey()
        let nobody = DistinguishedName()
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(secret.publicKey),
            // Dates tell when a device started, so all certificates have the same ones.
            notValidBefore: Date(timeIntervalSince1970: 0),
            notValidAfter: Date(timeIntervalSince1970: 4_102_444_800),
            issuer: nobody, subject: nobody, signatureAlgorithm: .ecdsaWithSHA256, extensions: .init(),
            issuerPrivateKey: .init(secret))
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        self.certificate = try NIOSSLCertificate(bytes: serializer.serializedBytes, format: .der)
        self.key = try NIOSSLPrivateKey(bytes: Array(secret.derRepresentation), format: .der)
        self.digest = try Self.digest(of: self.certificate)
    }

    static func digest(of certificate: NIOSSLCertificate) throws -> Digest {
        Digest(SHA256.hash(data: try certificate.extractPublicKey().toSPKIBytes()))
    }
}

/// The certificate that is shown now; a new one takes its place when the device moves to another network.
package final class CurrentIdentity: Sendable {
    private let current: Mutex<ThrowawayIdentity>

    /// Begins with a new certificate. Throws if none can be made.
    package init() throws { current = Mutex(try ThrowawayIdentity()) }

    /// The certificate to be shown by the next connection.
    package var shown: ThrowawayIdentity { current.withLock { $0 } }

    /// Shows a new certificate from the next connection on. Throws if none can be made.
    package func renew() throws {
        let identity = try ThrowawayIdentity()
        current.withLock { $0 = identity }
    }
}
