package import Causality
import EventLog

/// What a network is told apart by: a hash of its router's link address and of the prefix that the router lies in.
///
/// All devices of a network work out the same one, and it never leaves a device but under a beacon's tag. A beacon that
/// was recorded on one network verifies on no other, and an address learnt on one is called on no other.
extension NetworkID {
    /// A network without a router, which can't be told from others like it.
    package static let none = NetworkID(high: 0, low: 0)

    /// The network behind a router.
    ///
    /// - Parameters:
    ///   - link: the router's address on the link, as of Ethernet.
    ///   - address: the router's address: 4 or 16 bytes.
    ///   - prefixLength: how many bits of that all addresses of the network have in common.
    package init(router link: [UInt8], address: [UInt8], prefixLength: Int) {
        let bits = min(max(prefixLength, 0), address.count * 8)
        var transcript = Transcript(.network)
        transcript.append(link)
        transcript.append(address.masked(to: bits))
        transcript.append(UInt64(clamping: bits))
        self = transcript.digest.identifier()
    }
}

extension [UInt8] {
    /// The bytes with all bits zero but so many of the first: an address's prefix.
    package func masked(to bits: Int) -> [UInt8] {
        enumerated().map { index, byte in byte & ~(UInt8.max >> Swift.min(Swift.max(bits - index * 8, 0), 8))
        }
    }
}
