/// The nonces of beacons that verified: one that comes again is a recording, and is not answered.
///
/// Bounded: the oldest are forgotten first. Only devices of the journal can make one that verifies, so nobody else can
/// push any out.
package struct SeenNonces: Equatable, Sendable {
    /// How many are remembered.
    package static let limit = 4_096

    private var nonces: [[UInt8]]
    private var known: Set<[UInt8]>
    /// Where the next one goes, once all places are taken.
    private var next = 0

    /// None.
    package init() { (nonces, known) = ([], []) }

    /// Those that were stored, the oldest first; what is not a whole one at the end is left out.
    package init(stored bytes: [UInt8]) {
        self.init()
        let length = Beacon.nonceLength
        for start in stride(from: 0, to: bytes.count - bytes.count % length, by: length) {
            insert(Array(bytes[start..<start + length]))
        }
    }

    /// The bytes to be stored.
    package var stored: [UInt8] { Array((nonces[next...] + nonces[..<next]).joined()) }

    /// Remembers the nonce of a beacon that verified; false if that one came before.
    @discardableResult
    package mutating func insert(of beacon: [UInt8]) -> Bool {
        insert(Array(beacon.dropFirst().prefix(Beacon.nonceLength)))
    }

    @discardableResult
    private mutating func insert(_ nonce: [UInt8]) -> Bool {
        guard known.insert(nonce).inserted else { return false }
        if nonces.count < Self.limit {
            nonces.append(nonce)
        } else {
            known.remove(nonces[next])
            nonces[next] = nonce
            next = (next + 1) % Self.limit
        }
        return true
    }
}
