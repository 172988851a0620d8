import Causality
package import EventLog
package import Journal

extension PairingSession {
    /// A `recovery` event in effect: its id, the key that its words give, and whom they bring back.
    package typealias Recovery = (id: EntryID, publicKey: [UInt8], person: PersonID)

    /// What this side brings.
    package struct Offer: Sendable {
        /// This device's secret keys.
        package let keys: DeviceKeys
        /// What this device shows of itself, and whose it is.
        package let bundle: Bundle
        /// What this side's person is called.
        package let person: String
        /// What this device is called.
        package let device: String
        /// What this side's person means by pairing.
        package let intent: PairingIntent
        /// The journal that this side has; nil if it has none.
        package let membership: (genesis: Genesis, members: Membership)?
        /// The recoveries in effect, the most senior first, on the side with the journal.
        package let recoveries: [Recovery]
        /// The words, on the side that comes back by them.
        package let words: RecoveryWords?
        /// 16 random bytes that hide who this is until its person said yes.
        package let salt: [UInt8]
        /// 32 random bytes.
        package let nonce: [UInt8]

        /// An offer from its parts.
        package init(
            keys: DeviceKeys, bundle: Bundle, person: String, device: String, intent: PairingIntent,
            membership: (genesis: Genesis, members: Membership)? = nil, recoveries: [Recovery] = [],
            words: RecoveryWords? = nil, salt: [UInt8], nonce: [UInt8]
        ) {
            self.keys = keys
            self.bundle = bundle
            self.person = person
            self.device = device
            self.intent = intent
            self.membership = membership
            self.recoveries = Array(recoveries.prefix(PairingSession.recoveryLimit))
            self.words = words
            self.salt = salt
            self.nonce = nonce
        }

        /// The journal's id; nil without one.
        var journal: Digest? { membership?.genesis.journal }

        /// Whether this side is to be let into the other's journal.
        var isNewcomer: Bool { membership == nil && (intent == .samePerson || intent == .recover) }
    }
}
