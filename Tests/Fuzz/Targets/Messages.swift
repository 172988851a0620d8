import EventLog
import NIOCore
import Peering
import Transport
import Wire

/// A connection's bytes: the input is what comes, cut into frames as they are on the wire, then read.
///
/// - What is read and said again is read as the same.
package func fuzzFrames(_ bytes: [UInt8]) {
    for frame in frames(in: bytes, limit: Frame.limitBeforeAuth) {
        guard let message = try? WireMessage(type: frame.type, payload: frame.payload) else { continue }
        guard let framed = try? message.framed() else { fatalError("violated: what was read can't be said") }
        let again = frames(in: framed, limit: Frame.limit)
        require(again.count == 1 && again[0].type == frame.type, "a frame is framed as \(again)")
        if let other = try? WireMessage(type: again[0].type, payload: again[0].payload) {
            require((try? other.framed()) == framed, "a message changes as it is said again")
        }
    }
}

/// All frames that are there as a whole, before the first that is too long.
func frames(in bytes: [UInt8], limit: Int) -> [ReceivedFrame] {
    var buffer = ByteBuffer(bytes: bytes)
    var frames: [ReceivedFrame] = []
    while let frame = try? ReceivedFrame.next(in: &buffer, limit: limit) { frames.append(frame) }
    return frames
}

/// A datagram that says that it is a beacon: the input is the address's first four bytes, and the datagram.
///
/// - A sender is found only in what that sender's keys made.
package func fuzzBeacons(_ bytes: [UInt8]) {
    let household = Household.shared
    let (address, datagram) = (Array(bytes.prefix(4)), Array(bytes.dropFirst(4)))
    let keys = BeaconKeys(
        keys: household.keys[1], own: household.bundle(1), journal: household.journal,
        peers: [household.bundle(0)])
    _ = Beacon.pairingPort(datagram)
    guard
        let found = Beacon.sender(
            of: datagram, address: address, on: .none, to: keys, among: [household.bundle(0)])
    else { return }
    require(found.peer == household.bundle(0), "a beacon is from someone who was not asked about")
}

/// A pairing: the input is the frames that come, byte 0 in front of one whose commitments are right.
///
/// - A pairing by an invented peer ends in nothing that would be stored, unless its keys are the peer's.
package func fuzzPairing(_ bytes: [UInt8]) {
    let household = Household.shared
    for side in 0..<2 {
        var session = PairingSession(
            offer: household.offer(side), own: household.certificates[side],
            other: household.certificates[1 - side])
        // With the other side as it ought to be, as far as the input lets it.
        var honest = PairingSession(
            offer: household.offer(1 - side), own: household.certificates[1 - side],
            other: household.certificates[side])
        var inputs = frames(in: bytes, limit: Frame.limitPairing).compactMap {
            try? WireMessage(type: $0.type, payload: $0.payload)
        }[...]
        var queue = (session.connected().map { (true, $0) } + honest.connected().map { (false, $0) })[...]
        var steps = 0
        while steps < 200 {
            steps += 1
            guard let (isOwn, action) = queue.popFirst() else {
                guard let message = inputs.popFirst() else { break }
                queue += session.receive(message).map { (true, $0) }
                continue
            }
            var next: [PairingSession.Action] = []
            switch action {
            case .send(let message):
                if isOwn {
                    queue += honest.receive(message).map { (false, $0) }
                } else {
                    // What comes is now the honest message, and now the input's.
                    let isReplaced = steps % 3 == bytes.count % 3
                    let message = isReplaced ? inputs.popFirst() ?? message : message
                    queue += session.receive(message).map { (true, $0) }
                }
            case .use: next = isOwn ? session.granted(true) : honest.granted(true)
            case .compare: next = isOwn ? session.choose(isEqual: true) : honest.choose(isEqual: true)
            case .store: next = isOwn ? session.stored() : honest.stored()
            case .done, .fail: break
            }
            queue += next.map { (isOwn, $0) }
        }
    }
}
