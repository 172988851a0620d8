import Causality
import EventLog
import HTTPTypes
import Hummingbird
import Journal
import LocalAPI
import Query
import Store

/// What is to be read of the timeline and how it is printed, as a request asks for it.
///
/// The conventions are systemd-journal-gatewayd's: `Accept` chooses the mode, `Range: entries=CURSOR:SKIP:COUNT` a
/// stretch, and `FIELD=VALUE` in the URL is a match. Lowercase parameters are the options of `log`.
struct EntriesQuery: Sendable {
    /// How many entries are told, and from which end they are counted.
    enum Count: Sendable {
        case all
        case newest(Int)
        case oldest(Int)
    }

    /// Which drafts are told.
    enum Drafts: Sendable { case also, only, none }

    private(set) var printing = Printer.Options()
    private(set) var isReversed = false
    private(set) var follows = false
    private(set) var isPortable = false
    private(set) var isMembership = false
    /// Whether what was taken back is told all the same.
    private(set) var unfolds = false
    private(set) var count = Count.all
    /// How many are passed over first.
    private(set) var skip = 0
    private(set) var drafts = Drafts.also
    private(set) var cursor: (place: Cursor, isIncluded: Bool)?
    /// In microseconds since 1970, both included.
    private(set) var since: Int64?
    private(set) var until: Int64?
    private(set) var pattern: Pattern?
    private(set) var filter = Filter.everything
    /// The part of the filter that the database can tell.
    private(set) var condition: Condition?
    /// Whether that part is all of it.
    private(set) var isExact = true
    /// Names by which no rift is known.
    private(set) var unknownRifts: [String] = []
    private let words: Words

    /// Few enough to be held.
    static let little = 1_000

    /// Whether its first page is told without passing over any number of entries first.
    var isLittle: Bool {
        guard pattern == nil, isExact, !isPortable else { return false }
        switch count {
        case .all: return true
        case .newest(let count), .oldest(let count): return count <= Self.little
        }
    }

    /// Reads a request. Throws ``ErrorPayload`` for what makes no sense.
    init(_ request: Request, ledger: Ledger) async throws {
        var words = Words()
        // As it was sent: Hummingbird takes the percent signs out of it, and a plus that was meant is none any more.
        let parameters = (request.uri.query ?? "").split(separator: "&")
        guard parameters.count <= 500 else { throw ErrorPayload("too_many_parameters") }
        for parameter in parameters {
            let pair = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            try words.take(Self.decoded(pair[0]), Self.decoded(pair.count == 2 ? pair[1] : ""))
        }
        if let accept = request.headers[.accept], words.output == nil {
            // A header may be empty, or all commas.
            let type = accept.prefix { $0 != "," && $0 != ";" }
            guard let mode = OutputMode(mediaType: type.filter { $0 != " " }) else {
                throw ErrorPayload("unknown_output", String(type))
            }
            words.output = mode
        }
        self.words = words
        printing.mode = words.output ?? .short
        printing.zone = words.isUTC ? .utc : SystemZones.local(words.zone)
        (printing.fields, printing.isColoured) = (words.fields, words.isColoured)
        if let width = words.width { printing.width = min(max(width, 1), 1 << 16) }
        printing.isFull = !words.isShortened
        printing.showsDevice = !words.hidesDevice
        printing.truncatesNewline = words.truncatesNewline
        printing.explains = words.explains
        (isReversed, follows, unfolds) = (words.isReversed, words.follows, words.unfolds)
        (isPortable, isMembership, drafts) = (words.isPortable, words.isMembership, words.drafts)
        if isPortable || isMembership { drafts = .none }
        if follows, isReversed { throw ErrorPayload("follow_reversed") }
        if follows, ledger.isArchive { throw ErrorPayload("archive_follow") }
        try readStretch(words)
        if let place = try readPlace(words, range: request.headers[.range]) {
            guard let found = Cursor(place.text) else { throw ErrorPayload("bad_cursor") }
            // Arrival numbers mean nothing elsewhere: by them something would be missed.
            guard try await found.store == ledger.storeID() else { throw ErrorPayload("foreign_cursor") }
            cursor = (found, place.isIncluded)
        }
        if let text = words.grep {
            pattern = try Pattern(text, isCaseless: words.isCaseless ?? Pattern.isCaseless(text))
        }
        try await resolve(in: ledger)
    }

    /// Finds out what the words stand for now: a rift, a tag or a device may have come since.
    mutating func resolve(in ledger: Ledger) async throws {
        unknownRifts = []
        try await readFilter(words, ledger)
    }

    private static func decoded(_ text: Substring) throws -> String {
        guard let text = percentDecoded(text) else {
            throw ErrorPayload("bad_request")
        }
        return text
    }

    // MARK: Which stretch

    private mutating func readStretch(_ words: Words) throws {
        count = words.count
        guard words.since != nil || words.until != nil else { return }
        let context = TimeExpression.Context(
            now: Machine.now().milliseconds * 1_000, zone: SystemZones.local(words.zone),
            zoneNamed: SystemZones.named)
        func time(_ text: String?) throws -> Int64? {
            guard let text else { return nil }
            do { return try TimeExpression.microseconds(text, in: context) } catch {
                throw ErrorPayload("bad_time", text)
            }
        }
        (since, until) = (try time(words.since), try time(words.until))
        if let since, let until, since > until { throw ErrorPayload("since_after_until") }
    }

    /// The place from which is read, if one is named.
    private mutating func readPlace(_ words: Words, range: String?) throws -> Words.Place? {
        var places = [words.cursor, words.afterCursor].compactMap(\.self)
        if let range { try readRange(range, &places) }
        guard places.count <= 1 else { throw ErrorPayload("one_beginning") }
        return places.first
    }

    /// `entries=[CURSOR][[:SKIP]:COUNT]`; a negative skip counts from the end.
    private mutating func readRange(_ text: String, _ places: inout [Words.Place]) throws {
        guard text.hasPrefix("entries=") else { throw ErrorPayload("bad_range") }
        let parts = text.dropFirst(8).split(separator: ":", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count) else { throw ErrorPayload("bad_range") }
        if !parts[0].isEmpty { places.append(Words.Place(text: String(parts[0]), isIncluded: true)) }
        let numbers = try parts.dropFirst().map { part in
            guard part.isEmpty || Int32(part) != nil else { throw ErrorPayload("bad_range") }
            // Can't trap: an Int is wider.
            return Int32(part).map { Int($0) }
        }
        let wanted = numbers.last ?? nil
        let skipped = numbers.count == 2 ? numbers[0] ?? 0 : 0
        if let wanted, wanted < 0 { throw ErrorPayload("bad_range") }
        if skipped < 0 {
            guard parts[0].isEmpty, wanted.map({ $0 >= -skipped }) ?? true else {
                throw ErrorPayload("bad_range")
            }
            count = .newest(-skipped)
        } else {
            skip = skipped
            if let wanted { count = .oldest(wanted) }
        }
    }

    // MARK: Which entries

    private mutating func readFilter(_ words: Words, _ ledger: Ledger) async throws {
        do { filter = try Matches.parse(words.matches) } catch { throw Self.refusal(for: error) }
        if !words.rifts.isEmpty {
            var rifts: [Filter] = []
            for name in words.rifts {
                do {
                    rifts += try await ledger.riftsAndDrafts(named: name).map {
                        .equals(.rift, Array($0.utf8))
                    }
                } catch let refusal as ErrorPayload
                    where refusal.error == "unknown_rift" && !Glob.isPattern(name)
                {
                    // As in journalctl, a name that isn't there finds nothing; whoever asks is told all the same.
                    unknownRifts.append(name)
                }
            }
            filter = filter.and(.any(rifts))
        }
        for (values, field) in [
            (words.kinds, LogField.kind), (words.devices, .device), (words.authors, .author),
            (words.tags, .tag),
        ] where !values.isEmpty {
            filter = filter.and(.one(of: values, field))
        }
        for kind in words.excludedKinds { filter = filter.and(.not(.equals(.kind, Array(kind.utf8)))) }
        if let isOwn = words.isOwn { filter = filter.and(.own(isOwn)) }
        (condition, isExact) =
            filter == .everything ? (nil, true) : try await ledger.condition(for: filter)
    }

    private static func refusal(for error: MatchError) -> ErrorPayload {
        switch error {
        case .bare(let word): ErrorPayload("bad_match", word)
        case .badField(let field): ErrorPayload("bad_field", field)
        case .address(let field): ErrorPayload("address_field", field)
        case .looseDisjunction: ErrorPayload("loose_plus")
        }
    }

    /// The parameters of a request as they stand there.
    private struct Words: Sendable {
        struct Place: Sendable {
            let text: String
            let isIncluded: Bool
        }

        var output: OutputMode?
        var zone: String?
        var (isUTC, isColoured, isShortened, hidesDevice) = (false, false, false, false)
        var (truncatesNewline, explains, isReversed, follows) = (false, false, false, false)
        var (unfolds, isPortable, isMembership) = (false, false, false)
        var fields: LogFieldSet?
        var width: Int?
        var count = Count.all
        var drafts = Drafts.also
        var (since, until, grep): (String?, String?, String?) = (nil, nil, nil)
        var isCaseless: Bool?
        var (cursor, afterCursor): (Place?, Place?) = (nil, nil)
        var (matches, rifts, kinds, excludedKinds) = ([String](), [String](), [String](), [String]())
        var (devices, authors, tags) = ([String](), [String](), [String]())
        var isOwn: Bool?

        mutating func take(_ name: String, _ value: String) throws {
            switch name {
            case "output":
                guard let mode = OutputMode(rawValue: value) else {
                    throw ErrorPayload("unknown_output", value)
                }
                output = mode
            case "zone": zone = value
            case "utc": isUTC = true
            case "colour": isColoured = true
            case "shortened": isShortened = true
            case "no_hostname": hidesDevice = true
            case "truncate_newline": truncatesNewline = true
            case "catalog": explains = true
            case "reverse": isReversed = true
            case "follow": follows = true
            case "all": unfolds = true
            case "portable": isPortable = true
            case "dmesg": isMembership = true
            // Can't trap: of a text, nil where it is no number.
            case "width": width = Int(value)
            case "fields":
                let names = value.split(separator: ",").compactMap { LogField(name: $0) }
                fields = (fields ?? []).union(LogFieldSet(names))
            case "drafts": drafts = value == "only" ? .only : value == "none" ? .none : .also
            case "newest", "oldest":
                // Can't trap: an Int is wider.
                guard let number = Int32(value).map({ Int($0) }), number >= 0 else {
                    throw ErrorPayload("bad_number", value)
                }
                count = name == "newest" ? .newest(number) : .oldest(number)
            case "case": isCaseless = value == "insensitive"
            default: try takeSelection(name, value)
            }
        }

        private mutating func takeSelection(_ name: String, _ value: String) throws {
            switch name {
            case "since": since = value
            case "until": until = value
            case "grep": grep = value
            case "cursor": cursor = Place(text: value, isIncluded: true)
            case "after_cursor": afterCursor = Place(text: value, isIncluded: false)
            case "match": matches.append(value)
            case "rift": rifts.append(value)
            case "kind": kinds.append(value)
            case "not_kind": excludedKinds.append(value)
            case "device": devices.append(value)
            case "author": authors.append(value)
            case "tag": tags.append(value)
            case "me": isOwn = true
            // Which journal it is was found out before.
            case "archive": break
            case "partner": isOwn = false
            default:
                // As in gatewayd: what is uppercase is a match.
                guard name.first?.isUppercase ?? false || name.hasPrefix("_") else {
                    throw ErrorPayload("bad_parameter", name)
                }
                matches.append(name + "=" + value)
            }
        }
    }
}
