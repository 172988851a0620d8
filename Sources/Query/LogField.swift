/// A field that `log` knows: what records hold, matches name and `--fields` lists.
///
/// As in journald, `_X` is set by the daemon and `__X` addresses the entry. `systemd.journal-fields(7)` has the same
/// shape; `SYSLOG_IDENTIFIER` and `_HOSTNAME` are there for programs that read journald's.
package enum LogField: UInt8, CaseIterable, Sendable {
    case cursor
    case realtimeTimestamp
    case sequenceNumber
    case sequenceNumberID
    case transport
    case entryID
    case kind
    case syslogIdentifier
    case author
    case device
    case deviceID
    case hostname
    case sequence
    case cutOff
    case rift
    case riftTitle
    case tag
    case answers
    case revises
    case state
    case choice
    case noEffect

    // The fields of kinds, in the order of their numbers.
    case title
    case text
    case felt
    case act
    case impact
    case ask
    case part
    case noneHere
    case reflectionEffect
    case underneath
    case kindness
    case heard
    case makesSense
    case own
    case remorse
    case repair
    case by
    case change
    case stillNeed
    case written

    case message

    /// The field's name as it is printed and matched.
    package var name: String {
        switch self {
        case .cursor: "__CURSOR"
        case .realtimeTimestamp: "__REALTIME_TIMESTAMP"
        case .sequenceNumber: "__SEQNUM"
        case .sequenceNumberID: "__SEQNUM_ID"
        case .transport: "_TRANSPORT"
        case .entryID: "ENTRY_ID"
        case .kind: "KIND"
        case .syslogIdentifier: "SYSLOG_IDENTIFIER"
        case .author: "AUTHOR"
        case .device: "_DEVICE"
        case .deviceID: "_DEVICE_ID"
        case .hostname: "_HOSTNAME"
        case .sequence: "_SEQ"
        case .cutOff: "_CUT_OFF"
        case .rift: "RIFT"
        case .riftTitle: "RIFT_TITLE"
        case .tag: "TAG"
        case .answers: "ANSWERS"
        case .revises: "REVISES"
        case .state: "STATE"
        case .choice: "CHOICE"
        case .noEffect: "_NO_EFFECT"
        case .title: "TITLE"
        case .text: "TEXT"
        case .felt: "FELT"
        case .act: "ACT"
        case .impact: "IMPACT"
        case .ask: "ASK"
        case .part: "PART"
        case .noneHere: "NONE_HERE"
        case .reflectionEffect: "EFFECT"
        case .underneath: "UNDERNEATH"
        case .kindness: "KINDNESS"
        case .heard: "HEARD"
        case .makesSense: "MAKES_SENSE"
        case .own: "OWN"
        case .remorse: "REMORSE"
        case .repair: "REPAIR"
        case .by: "BY"
        case .change: "CHANGE"
        case .stillNeed: "STILL_NEED"
        case .written: "WRITTEN"
        case .message: "MESSAGE"
        }
    }

    /// A field by its name; nil for a name that no entry has.
    package init?(name: some StringProtocol) {
        guard let field = LogField.allCases.first(where: { $0.name == name }) else { return nil }
        self = field
    }

    /// The field for a kind's field by that one's number on the wire, 1 to 20.
    package init?(wordsNumber number: UInt32) {
        guard (1...20).contains(number) else { return nil }
        // Can't trap: the number is one of the fields that people write, as was just looked.
        self.init(rawValue: LogField.title.rawValue + UInt8(number) - 1)
    }

    /// Whether it is local to this device, and left out where two journals are to be compared.
    package var isLocal: Bool {
        switch self {
        case .cursor, .sequenceNumber, .sequenceNumberID, .transport: true
        default: false
        }
    }

    /// Whether it addresses the entry instead of being part of it: shown, but not matched or listed.
    package var isAddress: Bool { rawValue <= LogField.sequenceNumberID.rawValue }

    /// Whether it holds words that a person wrote.
    package var isWords: Bool { rawValue >= LogField.title.rawValue && self != .message }
}

/// Some fields: which of them a record is to be made of.
package struct LogFieldSet: OptionSet, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Just these.
    package init(_ fields: some Sequence<LogField>) {
        // Can't trap: a byte.
        rawValue = fields.reduce(0) { $0 | 1 << UInt64($1.rawValue) }
    }

    /// Just this one.
    // Can't trap: a byte.
    package init(_ field: LogField) { rawValue = 1 << UInt64(field.rawValue) }

    /// All there are.
    package static let all = LogFieldSet(LogField.allCases)

    /// Whether a field is among them.
    // Can't trap: a byte.
    package func contains(_ field: LogField) -> Bool { rawValue & 1 << UInt64(field.rawValue) != 0 }
}
