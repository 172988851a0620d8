/// A message of the peer protocol, before or after framing.
package enum WireMessage: Sendable {
    case hello(WireHello)
    case auth(WireAuth)
    case authOK(WireAuthOK)
    case summary(WireSummary)
    case plan(WirePlan)
    case run(WireRun)
    case want(WireWant)
    case bodies(WireBodies)
    case ack(WireAck)
    case live(WireLive)
    case fork(WireFork)
    case ping(WirePing)
    case pong(WirePong)
    case error(WireError)
    case close(WireClose)
    case partnership(WirePartnership)
    /// The exact bytes, as transcripts are over these.
    case pairHello([UInt8])
    case pairCommit(WirePairCommit)
    case pairNonce(WirePairNonce)
    case pairReveal(WirePairReveal)
    case pairConfirm(WirePairConfirm)
    case pairJournal(WirePairJournal)
    case pairDone(WirePairDone)
    case pairAbort(WirePairAbort)
    case bundleStart(WireBundleStart)
    /// A message of a later version: passed over.
    case unknown(UInt8)

    /// A message from a frame's type and payload.
    package init(type: UInt8, payload: [UInt8]) throws(EncodingError) {
        self =
            switch type {
            case 1: .hello(try .init(decoding: payload))
            case 2: .auth(try .init(decoding: payload))
            case 3: .authOK(try .init(decoding: payload))
            case 4: .summary(try .init(decoding: payload))
            case 5: .plan(try .init(decoding: payload))
            case 6: .run(try .init(decoding: payload))
            case 7: .want(try .init(decoding: payload))
            case 8: .bodies(try .init(decoding: payload))
            case 9: .ack(try .init(decoding: payload))
            case 10: .live(try .init(decoding: payload))
            case 11: .fork(try .init(decoding: payload))
            case 12: .ping(try .init(decoding: payload))
            case 13: .pong(try .init(decoding: payload))
            case 14: .error(try .init(decoding: payload))
            case 15: .close(try .init(decoding: payload))
            case 16: .partnership(try .init(decoding: payload))
            case 32: .pairHello(payload)
            case 33: .pairCommit(try .init(decoding: payload))
            case 34: .pairNonce(try .init(decoding: payload))
            case 35: .pairReveal(try .init(decoding: payload))
            case 36: .pairConfirm(try .init(decoding: payload))
            case 37: .pairDone(try .init(decoding: payload))
            case 38: .pairAbort(try .init(decoding: payload))
            case 39: .pairJournal(try .init(decoding: payload))
            case 48: .bundleStart(try .init(decoding: payload))
            default: .unknown(type)
            }
    }

    /// The frame: u32 big-endian length of what follows, u8 type, payload.
    package func framed() throws(EncodingError) -> [UInt8] {
        let (type, payload) = try encoded()
        // Can't trap: no message is longer than a frame may be.
        let length = UInt32(payload.count + 1)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + [type] + payload
    }

    private func encoded() throws(EncodingError) -> (UInt8, [UInt8]) {
        switch self {
        case .hello(let message): (1, try message.encodedBytes())
        case .auth(let message): (2, try message.encodedBytes())
        case .authOK(let message): (3, try message.encodedBytes())
        case .summary(let message): (4, try message.encodedBytes())
        case .plan(let message): (5, try message.encodedBytes())
        case .run(let message): (6, try message.encodedBytes())
        case .want(let message): (7, try message.encodedBytes())
        case .bodies(let message): (8, try message.encodedBytes())
        case .ack(let message): (9, try message.encodedBytes())
        case .live(let message): (10, try message.encodedBytes())
        case .fork(let message): (11, try message.encodedBytes())
        case .ping(let message): (12, try message.encodedBytes())
        case .pong(let message): (13, try message.encodedBytes())
        case .error(let message): (14, try message.encodedBytes())
        case .close(let message): (15, try message.encodedBytes())
        case .partnership(let message): (16, try message.encodedBytes())
        case .pairHello(let bytes): (32, bytes)
        case .pairCommit(let message): (33, try message.encodedBytes())
        case .pairNonce(let message): (34, try message.encodedBytes())
        case .pairReveal(let message): (35, try message.encodedBytes())
        case .pairConfirm(let message): (36, try message.encodedBytes())
        case .pairDone(let message): (37, try message.encodedBytes())
        case .pairAbort(let message): (38, try message.encodedBytes())
        case .pairJournal(let message): (39, try message.encodedBytes())
        case .bundleStart(let message): (48, try message.encodedBytes())
        case .unknown(let type): (type, [])
        }
    }
}

/// Which protocol this is, as HELLO and PAIR_HELLO say it; labels and ALPN name it too.
package enum ProtocolVersion {
    /// The only version that is spoken.
    package static let current: UInt32 = 2
}

/// How frames are measured.
package enum Frame {
    /// The bytes of the length before each frame.
    package static let prefix = 4
    /// The longest frame before authentication.
    package static let limitBeforeAuth = 4_096
    /// The longest frame of a pairing.
    package static let limitPairing = 4_096
    /// The longest frame after authentication: a run of 1 MiB, and what frames it.
    package static let limit = 1_048_576 + 65_536
}
