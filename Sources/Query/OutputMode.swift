/// How records are printed. The names are journalctl's, but for ``prose`` and ``markdown``.
package enum OutputMode: String, CaseIterable, Sendable {
    case short
    case shortFull = "short-full"
    case shortISO = "short-iso"
    case shortISOPrecise = "short-iso-precise"
    case shortPrecise = "short-precise"
    case shortMonotonic = "short-monotonic"
    case shortDelta = "short-delta"
    case shortUnix = "short-unix"
    case withUnit = "with-unit"
    case verbose
    case export
    case json
    case jsonPretty = "json-pretty"
    case jsonSSE = "json-sse"
    case jsonSequence = "json-seq"
    case cat
    case prose
    case markdown = "md"

    /// Whether it is read by programs: then nothing is said that is no entry.
    package var isData: Bool {
        switch self {
        case .export, .json, .jsonPretty, .jsonSSE, .jsonSequence, .cat, .markdown: true
        default: false
        }
    }

    /// What a record has to hold to be printed so, where no fields are chosen.
    package var fields: LogFieldSet {
        switch self {
        case .verbose, .export, .json, .jsonPretty, .jsonSSE, .jsonSequence: .all
        case .cat: LogFieldSet(.message)
        case .withUnit: LogFieldSet([.message, .device, .kind, .riftTitle, .cutOff])
        case .prose, .markdown:
            LogFieldSet(LogField.allCases.filter(\.isWords)).union(
                LogFieldSet([
                    .message, .author, .device, .kind, .choice, .riftTitle, .rift, .entryID, .state, .cutOff,
                ]))
        default: LogFieldSet([.message, .device, .kind, .cutOff])
        }
    }

    /// The media type of it as an answer over HTTP, as systemd-journal-gatewayd has it.
    package var mediaType: String {
        switch self {
        case .export: "application/vnd.fdo.journal"
        case .json, .jsonPretty: "application/json"
        case .jsonSSE: "text/event-stream"
        case .jsonSequence: "application/json-seq"
        default: "text/plain; charset=utf-8"
        }
    }

    /// The mode that a media type asks for; nil for one that is not known.
    package init?(mediaType: some StringProtocol) {
        switch mediaType {
        case "application/vnd.fdo.journal": self = .export
        case "application/json", "application/x-ndjson": self = .json
        case "text/event-stream": self = .jsonSSE
        case "application/json-seq": self = .jsonSequence
        case "text/plain", "*/*", "text/*": self = .short
        default: return nil
        }
    }
}
