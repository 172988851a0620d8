package import SwiftProtobuf

/// A message that comes from outside, with the fields that `reconcile.proto` gives it.
package protocol WireReadable: SwiftProtobuf.Message {
    /// By which ``WireFormat`` says whether bytes are such a message.
    static var shape: MessageShape { get }
}

extension WireHeader: WireReadable {
    package static let shape: MessageShape = [
        1: .uint32, 2: .fixed64, 3: .messages(WireSeen.shape), 4: .sint64, 5: .sint32, 6: .uint32, 7: .bytes,
        8: .messages(WireRef.shape), 9: .uint32, 10: .bytes, 11: .bytes, 12: .uint32, 13: .bytes, 14: .bytes,
        15: .bytes, 16: .bytes,
    ]
}
extension WireSeen: WireReadable {
    package static let shape: MessageShape = [1: .bytes, 2: .fixed64, 3: .uint64, 4: .bytes]
}
extension WireRef: WireReadable {
    package static let shape: MessageShape = [1: .bytes, 2: .bytes]
}
extension WireBody: WireReadable {
    package static let shape: MessageShape = [1: .bytes, 2: .messages(WireWords.shape)]
}
extension WireWords: WireReadable {
    package static let shape: MessageShape = [1: .uint32, 2: .string]
}
extension WireCarried: WireReadable {
    package static let shape: MessageShape = [
        1: .fixed64, 2: .uint64, 3: .bytes, 4: .bytes, 5: .messages(WireSeen.shape),
    ]
}
extension WireBundle: WireReadable {
    package static let shape: MessageShape = [1: .bytes, 2: .bytes, 3: .bytes]
}
extension WireAdmission: WireReadable {
    package static let shape: MessageShape = [1: .message(WireBundle.shape), 2: .bytes]
}
extension WireRetirement: WireReadable {
    package static let shape: MessageShape = [1: .bytes]
}
extension WireRecovery: WireReadable {
    package static let shape: MessageShape = [
        1: .bytes, 2: .bytes, 3: .message(WireBundle.shape), 4: .bytes,
    ]
}
extension WireGenesis: WireReadable {
    package static let shape: MessageShape = [
        1: .message(WireBundle.shape), 2: .message(WireBundle.shape), 3: .bytes, 4: .bytes, 5: .bytes,
        6: .bool,
    ]
}
extension WireHead: WireReadable {
    package static let shape: MessageShape = [1: .bytes, 2: .fixed64, 3: .uint64, 4: .bytes, 5: .bytes]
}
extension WireHello: WireReadable {
    package static let shape: MessageShape = [1: .bytes, 2: .numbers, 3: .uint32, 4: .bytes]
}
extension WireAuth: WireReadable {
    package static let shape: MessageShape = [1: .bytes, 2: .bytes]
}
extension WireAuthOK: WireReadable {
    package static let shape: MessageShape = [
        1: .bytes, 2: .bytes, 3: .uint32, 4: .message(WirePartnership.shape), 5: .bytes,
    ]
}
extension WireSummary: WireReadable {
    package static let shape: MessageShape = [
        1: .sint64, 2: .messages(WireHead.shape), 3: .bool, 4: .bytes,
    ]
}
extension WirePlan: WireReadable {
    package static let shape: MessageShape = [1: .uint64, 2: .uint64]
}
extension WireRun: WireReadable {
    package static let shape: MessageShape = [
        1: .bytes, 2: .fixed64, 3: .uint64, 4: .bytes, 5: .bytes, 6: .bytes, 7: .message(WireHead.shape),
    ]
}
extension WireWant: WireReadable {
    package static let shape: MessageShape = [1: .bytes]
}
extension WireBodies: WireReadable {
    package static let shape: MessageShape = [1: .bytes, 2: .bytes]
}
extension WireAck: WireReadable {
    package static let shape: MessageShape = [1: .messages(WireHead.shape)]
}
extension WireLive: WireReadable {
    package static let shape: MessageShape = [:]
}
extension WireFork: WireReadable {
    package static let shape: MessageShape = [
        1: .bytes, 2: .fixed64, 3: .messages(WireSample.shape), 4: .bool,
    ]
}
extension WireSample: WireReadable {
    package static let shape: MessageShape = [1: .uint64, 2: .bytes]
}
extension WirePing: WireReadable {
    package static let shape: MessageShape = [1: .uint64]
}
extension WirePong: WireReadable {
    package static let shape: MessageShape = [1: .uint64]
}
extension WireError: WireReadable {
    package static let shape: MessageShape = [1: .uint32, 2: .uint32]
}
extension WireClose: WireReadable {
    package static let shape: MessageShape = [1: .uint32]
}
extension WirePartnership: WireReadable {
    package static let shape: MessageShape = [1: .bytes, 2: .bool]
}
extension WirePairHello: WireReadable {
    package static let shape: MessageShape = [1: .numbers, 2: .enumeration, 5: .bytes]
}
extension WirePairCommit: WireReadable {
    package static let shape: MessageShape = [1: .bytes, 2: .bytes]
}
extension WirePairNonce: WireReadable {
    package static let shape: MessageShape = [1: .bytes]
}
extension WirePairReveal: WireReadable {
    package static let shape: MessageShape = [1: .bytes]
}
extension WirePairJournal: WireReadable {
    package static let shape: MessageShape = [1: .bytes]
}
extension WirePairConfirm: WireReadable {
    package static let shape: MessageShape = [
        1: .bytes, 2: .bytes, 3: .string, 4: .string, 5: .bytes, 6: .bytes, 7: .message(WireBundle.shape),
        8: .bytes, 9: .messages(WirePairRecovery.shape), 10: .bytes,
    ]
}
extension WirePairRecovery: WireReadable {
    package static let shape: MessageShape = [1: .bytes, 2: .bytes, 3: .bytes]
}
extension WirePairDone: WireReadable {
    package static let shape: MessageShape = [:]
}
extension WirePairAbort: WireReadable {
    package static let shape: MessageShape = [1: .uint32]
}
extension WireEnvelope: WireReadable {
    package static let shape: MessageShape = [1: .messages(WireSealedKey.shape)]
}
extension WireSealedKey: WireReadable {
    package static let shape: MessageShape = [1: .bytes, 2: .bytes]
}
extension WireBundleStart: WireReadable {
    package static let shape: MessageShape = [1: .bytes, 2: .bytes, 3: .uint64]
}

extension WireFormat {
    /// All shapes by the names that `reconcile.proto` gives them.
    package static let shapes: [String: MessageShape] = [
        "Header": WireHeader.shape,
        "Seen": WireSeen.shape,
        "Ref": WireRef.shape,
        "Body": WireBody.shape,
        "Words": WireWords.shape,
        "Carried": WireCarried.shape,
        "Bundle": WireBundle.shape,
        "Admission": WireAdmission.shape,
        "Retirement": WireRetirement.shape,
        "Recovery": WireRecovery.shape,
        "Genesis": WireGenesis.shape,
        "Head": WireHead.shape,
        "Hello": WireHello.shape,
        "Auth": WireAuth.shape,
        "AuthOK": WireAuthOK.shape,
        "Summary": WireSummary.shape,
        "Plan": WirePlan.shape,
        "Run": WireRun.shape,
        "Want": WireWant.shape,
        "Bodies": WireBodies.shape,
        "Ack": WireAck.shape,
        "Live": WireLive.shape,
        "Fork": WireFork.shape,
        "Sample": WireSample.shape,
        "Ping": WirePing.shape,
        "Pong": WirePong.shape,
        "Error": WireError.shape,
        "Close": WireClose.shape,
        "Partnership": WirePartnership.shape,
        "PairHello": WirePairHello.shape,
        "PairCommit": WirePairCommit.shape,
        "PairNonce": WirePairNonce.shape,
        "PairReveal": WirePairReveal.shape,
        "PairJournal": WirePairJournal.shape,
        "PairConfirm": WirePairConfirm.shape,
        "PairRecovery": WirePairRecovery.shape,
        "PairDone": WirePairDone.shape,
        "PairAbort": WirePairAbort.shape,
        "Envelope": WireEnvelope.shape,
        "SealedKey": WireSealedKey.shape,
        "BundleStart": WireBundleStart.shape,
    ]
}
