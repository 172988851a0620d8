package import Causality
package import Journal

extension Membership {
    /// An event that says who takes part, as it stands in a log.
    package struct Claim: Sendable {
        /// What it says.
        package enum Content: Sendable {
            /// A device of the same person is let in.
            case admission(EventHeader.Admission)
            /// A device of the same person takes part no longer.
            case retirement(DeviceID)
            /// Whoever has these words can let a device of the same person in.
            case recovery(Announcement)
            /// Such words count no longer.
            case withdrawal(Withdrawal)
            /// Its own device is let in by such words.
            case comeback(Comeback)
        }

        /// The event.
        package let id: EntryID
        /// Where it stands; its device is the writer.
        package let position: Position
        /// Where it goes among others of the same depth.
        package let precedence: Precedence
        /// What it says.
        package let content: Content
        /// What its device had when it wrote it, of an event that was carried; else its place tells.
        let carriedSeen: [Mention]?

        /// A claim from its parts.
        package init(
            id: EntryID, position: Position, precedence: Precedence, content: Content,
            carriedSeen: [Mention]? = nil
        ) {
            self.id = id
            self.position = position
            self.precedence = precedence
            self.content = content
            self.carriedSeen = carriedSeen
        }

        /// The claim that an event makes, if it makes one.
        package init?(_ event: PlacedEvent) {
            self.init(event.effective, at: event.position)
        }

        init?(_ event: EffectiveEvent, at position: Position) {
            let header = event.header
            let content: Content? =
                switch header.kind {
                case .admit: header.admission.map(Content.admission)
                case .retire: header.retired.map(Content.retirement)
                case .recovery: header.recovery.flatMap(Announcement.init).map(Content.recovery)
                case .withdraw: header.recovery.flatMap(Withdrawal.init).map(Content.withdrawal)
                case .recover: header.recovery.flatMap(Comeback.init).map(Content.comeback)
                default: nil
                }
            guard let content else { return nil }
            self.init(
                id: event.id, position: position,
                precedence: Precedence(stamp: header.stamp, position: position), content: content,
                carriedSeen: event.carriedSeen)
        }

        var writer: DeviceID { position.log.device }

        var isRetirement: Bool {
            if case .retirement = content { true } else { false }
        }
    }
}

extension Membership {
    /// Recovery words that can let a device in from here on.
    package struct Announcement: Sendable {
        /// Their Ed25519 public key.
        package let key: [UInt8]
        /// 64 bytes by the words themselves.
        package let signature: [UInt8]

        /// An announcement from its parts.
        package init(key: [UInt8], signature: [UInt8]) {
            self.key = key
            self.signature = signature
        }

        init?(_ said: EventHeader.Recovery) {
            guard let key = said.key, let signature = said.signature else { return nil }
            self.init(key: key, signature: signature)
        }
    }

    /// Recovery words that count no longer.
    package struct Withdrawal: Sendable {
        /// The event that announced them.
        package let recovery: EntryID
        /// By the words themselves, 64 bytes; nil where the writer may withdraw them without.
        package let signature: [UInt8]?

        /// A withdrawal from its parts.
        package init(recovery: EntryID, signature: [UInt8]?) {
            self.recovery = recovery
            self.signature = signature
        }

        init?(_ said: EventHeader.Recovery) {
            guard let announced = said.announced else { return nil }
            self.init(recovery: announced, signature: said.signature)
        }
    }

    /// A device that is let in by recovery words alone.
    package struct Comeback: Sendable {
        /// What the device shows of itself, and whose it is.
        package let bundle: Bundle
        /// The event that announced the words.
        package let recovery: EntryID
        /// 64 bytes by the words' key.
        package let signature: [UInt8]

        /// A comeback from its parts.
        package init(bundle: Bundle, recovery: EntryID, signature: [UInt8]) {
            self.bundle = bundle
            self.recovery = recovery
            self.signature = signature
        }

        init?(_ said: EventHeader.Recovery) {
            guard let bundle = said.bundle, let announced = said.announced, let signature = said.signature
            else { return nil }
            self.init(bundle: bundle, recovery: announced, signature: signature)
        }
    }
}

/// The claims that say something: of each log the first 64, and of retirements the first of each device.
///
/// A bound by number within a log, as one on the whole set or by stamps could be used to push out what has counted.
struct ClaimIndex: Sendable {
    private(set) var claims: [Membership.Claim] = []
    /// How many claims each stretch holds with what it continues, retirements apart.
    private var counts: [LogID: Int] = [:]
    private var retired: Set<Retirement> = []

    private struct Retirement: Hashable {
        let log: LogID
        let device: DeviceID
    }

    /// The claims of a journal, in whatever order.
    init(_ claims: [Membership.Claim] = [], in forest: LogForest) {
        let ordered = claims.sorted {
            ($0.position.sequence, $0.position.log) < ($1.position.sequence, $1.position.log)
        }
        for claim in ordered { add(claim, in: forest) }
    }

    /// Adds a claim that comes after all others of its log; false if it says nothing.
    @discardableResult
    mutating func add(_ claim: Membership.Claim, in forest: LogForest) -> Bool {
        let log = claim.position.log
        if case .retirement(let device) = claim.content {
            guard retired.insert(Retirement(log: log, device: device)).inserted else { return false }
        } else {
            let count = counts[log] ?? inherited(by: log, in: forest)
            guard count < Limits.claims else { return false }
            counts[log] = count + 1
        }
        claims.append(claim)
        return true
    }

    /// The claims in front of a branch.
    private func inherited(by log: LogID, in forest: LogForest) -> Int {
        guard let parent = forest[log]?.parent else { return 0 }
        let path = forest.path(to: parent)
        return claims.count { claim in
            !claim.isRetirement
                && path.contains {
                    $0.log == claim.position.log && claim.position.sequence <= $0.sequence
                }
        }
    }
}
