import Glibc
import LocalAPI
import Query

/// The options of `log`, read as journalctl reads its own, and what they ask of the daemon.
struct LogOptions {
    /// What is to be done.
    enum Action: Equatable {
        case show, help, version, modes, fields, listCatalog, usage, header, verify, sync, flush
        case values(of: String)
    }

    private(set) var action = Action.show
    /// The parameters of the request.
    private(set) var query: [String] = []
    private(set) var socket: String?
    /// The archive that is read; nil for the present journal.
    private(set) var archive: String?
    private(set) var mode: OutputMode?
    private(set) var isQuiet = false
    private(set) var follows = false
    private(set) var usesPager = true
    private(set) var beginsAtEnd = false
    private(set) var showsCursor = false
    private(set) var usesExitCode = false
    private(set) var mends = false
    private(set) var hasPattern = false
    private(set) var cursorFile: String?
    /// How times were read that leave something open, to be said aloud.
    private(set) var readings: [String] = []
    /// The file that `export` writes, and whether it may take the place of another.
    private(set) var output: (path: String?, isForced: Bool) = (nil, false)
    /// How many values of a field.
    private(set) var limit: Int?

    private var isReversed = false
    private var lines: LogLines?
    private var hasAllLines = false
    private var (since, until): (String?, String?) = (nil, nil)
    private var (cursor, afterCursor): (String?, String?) = (nil, nil)
    private var isUTC = false
    private var colour: String?

    /// Parses the words after `log`. Throws ``LogUsageError`` after glibc has said what is wrong.
    init(_ words: [String], as program: String = "reconcile log", by table: [LogOption] = LogOption.table)
        throws
    {
        let words = try unsafe GetOpt.parse(words, as: program, by: table) { option, value in
            try take(option, value ?? "", isGiven: value != nil)
        }
        if mends, action != .verify { throw LogUsageError("--mend goes with --verify.") }
        if archive != nil {
            if follows {
                throw LogUsageError("--follow: nothing comes into an archive any more.")
            }
            if mends || action == .sync || action == .flush {
                throw LogUsageError(
                    "An archive is closed for good: it can be read, and nothing changes in it.")
            }
        }
        guard action == .show else {
            if let first = words.first {
                throw LogUsageError("Extraneous arguments starting with '\(first)'")
            }
            if case .newest(let count)? = lines { limit = count }
            return
        }
        for word in words { query.append("match=" + percentEncoded(word)) }
        do { _ = try Matches.parse(words) } catch { throw LogUsageError(Self.explained(error)) }
        if follows, isReversed {
            throw LogUsageError("Please specify either --reverse or --follow, not both.")
        }
        try addPlaces()
        addLines()
        if isReversed { query.append("reverse=1") }
        if follows { query.append("follow=1") }
    }

    private mutating func take(_ option: LogOption, _ value: String, isGiven: Bool) throws {
        if let refusal = option.refusal { throw LogUsageError("--\(option.long): \(refusal)") }
        switch option.long {
        case "lines":
            guard let lines = isGiven ? LogLines(value) : .newest(10) else {
                throw LogUsageError("Failed to parse lines '\(value)'")
            }
            self.lines = lines
        case "reverse": isReversed = true
        case "follow": follows = true
        case "no-tail": hasAllLines = true
        case "pager-end": beginsAtEnd = true
        case "quiet": isQuiet = true
        case "no-pager": usesPager = false
        case "socket": socket = value
        case "archive": archive = value
        case "show-cursor": showsCursor = true
        case "exit-code": usesExitCode = true
        case "cursor": cursor = value
        case "after-cursor": afterCursor = value
        case "cursor-file": cursorFile = value
        case "since": since = value
        case "until": until = value
        case "utc":
            isUTC = true
            query.append("utc=1")
        case "color":
            guard !isGiven || ["auto", "always", "never", "yes", "no"].contains(value) else {
                throw LogUsageError("Unknown colour '\(value)'. Say auto, always or never.")
            }
            colour = isGiven ? value : "always"
        case "to": output.path = value
        case "force": output.isForced = true
        case "format":
            guard let mode = OutputMode(rawValue: value), [.export, .json, .markdown].contains(mode) else {
                throw LogUsageError("Unknown format '\(value)'. Say export, json or md.")
            }
            self.mode = mode
        case "output":
            if value == "help" {
                action = .modes
            } else if let mode = OutputMode(rawValue: value) {
                self.mode = mode
            } else {
                throw LogUsageError("Unknown output format '\(value)'. -o help lists them.")
            }
        default: try takeSelection(option, value, isGiven: isGiven)
        }
    }

    private mutating func takeSelection(_ option: LogOption, _ value: String, isGiven: Bool) throws {
        func add(_ name: String) { query.append(name + "=" + percentEncoded(value)) }
        switch option.long {
        case "unit", "rift":
            guard !value.isEmpty else { throw LogUsageError("--\(option.long) needs a rift's title or id.") }
            add("rift")
        case "identifier", "kind": add("kind")
        case "exclude-identifier": add("not_kind")
        case "machine", "device": add("device")
        case "facility", "tag": add("tag")
        case "author": add("author")
        case "output-fields": if !value.isEmpty { add("fields") }
        case "grep":
            query.removeAll { $0.hasPrefix("grep=") }
            add("grep")
            hasPattern = true
        case "case-sensitive":
            guard let isSensitive = isGiven ? Self.truth(value) : true else {
                throw LogUsageError("Bad --case-sensitive= argument \"\(value)\": say yes or no.")
            }
            query.append("case=" + (isSensitive ? "sensitive" : "insensitive"))
        case "me", "partner", "portable", "all", "dmesg": query.append(option.long + "=1")
        case "no-full": query.append("shortened=1")
        case "full": query.removeAll { $0 == "shortened=1" }
        case "truncate-newline": query.append("truncate_newline=1")
        case "no-hostname": query.append("no_hostname=1")
        case "catalog": query.append("catalog=1")
        case "drafts": query.append("drafts=only")
        case "no-drafts": query.append("drafts=none")
        default: try takeAction(option, value)
        }
    }

    private mutating func takeAction(_ option: LogOption, _ value: String) throws {
        switch option.long {
        case "help": action = .help
        case "version": action = .version
        case "fields": action = .fields
        case "field":
            guard !value.contains("="), (try? Matches.parse([value + "=x"])) != nil else {
                throw LogUsageError("\"\(value)\" is no field: they are uppercase, as KIND. -N lists them.")
            }
            action = .values(of: value)
        case "list-catalog": action = .listCatalog
        case "disk-usage": action = .usage
        case "header": action = .header
        case "verify": action = .verify
        case "mend": mends = true
        case "sync": action = .sync
        case "flush": action = .flush
        // --merge is accepted and does nothing.
        default: break
        }
    }

    private static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "1", "yes", "y", "true", "t", "on": true
        case "0", "no", "n", "false", "f", "off": false
        default: nil
        }
    }

    // MARK: Places

    private mutating func addPlaces() throws {
        if cursor == nil, afterCursor == nil, let cursorFile, let kept = try CursorFile.read(cursorFile) {
            afterCursor = kept
        }
        guard
            [since != nil && cursorFile == nil, cursor != nil, afterCursor != nil].count(where: \.self) <= 1
        else {
            throw LogUsageError("Please specify only one of --since=, --cursor=, and --after-cursor=.")
        }
        // As in journalctl, --utc says how times are told and not how they are meant.
        if let zone = Terminal.environment("TZ") { query.append("zone=" + percentEncoded(zone)) }
        try addTimes()
        if let cursor { query.append("cursor=" + percentEncoded(cursor)) }
        if let afterCursor { query.append("after_cursor=" + percentEncoded(afterCursor)) }
        if [cursor, afterCursor].compactMap(\.self).contains(where: { Cursor($0) == nil }) {
            throw LogUsageError("Failed to seek to cursor: that is no cursor of this journal.")
        }
    }

    private mutating func addTimes() throws {
        guard since != nil || until != nil else { return }
        let zone = SystemZones.local(Terminal.environment("TZ"))
        let context = TimeExpression.Context(
            now: SystemClock.now(), zone: zone, zoneNamed: SystemZones.named)
        var times: [Int64] = []
        for (name, text) in [("since", since), ("until", until)] {
            guard let text else { continue }
            let time: Int64
            do { time = try TimeExpression.microseconds(text, in: context) } catch {
                throw LogUsageError(
                    error == .wrongWeekday
                        ? "Failed to parse timestamp: \(text): that day is another day of the week."
                        : "Failed to parse timestamp: \(text). Say it as 2025-03-07 21:52, yesterday, -2h or monday."
                )
            }
            times.append(time)
            query.append("\(name)=@\(time / 1_000_000).\(Self.padded(time % 1_000_000))")
            let told = Printer.time(time, in: isUTC ? .utc : zone)
            if told != text { readings.append("\(name) \(told)") }
        }
        if times.count == 2, times[0] > times[1] { throw LogUsageError("--since= must be before --until=.") }
    }

    private static func padded(_ microseconds: Int64) -> String {
        let digits = String(microseconds)
        return String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }

    private mutating func addLines() {
        // As journalctl: with a pattern the newest are wanted, newest first; at the end of the pager the last thousand.
        if hasPattern, case .newest? = lines, !follows { isReversed = true }
        if beginsAtEnd, lines == nil { lines = .newest(1_000) }
        switch hasAllLines ? .all : lines ?? (follows ? .newest(10) : .all) {
        case .all: break
        case .newest(let count):
            let isFromCursor = (cursor ?? afterCursor) != nil && !isReversed
            query.append((isFromCursor ? "oldest=" : "newest=") + "\(count)")
        case .oldest(let count): query.append("oldest=\(count)")
        }
    }

    /// The request, once it is known on what it is shown.
    func target(isTerminal: Bool, width: Int, mode chosen: OutputMode? = nil) -> String {
        let mode = chosen ?? mode ?? (isTerminal ? .prose : .short)
        let isColoured =
            switch colour {
            case "always", "yes": true
            case "never", "no": false
            default:
                isTerminal && Terminal.environment("NO_COLOR").map(\.isEmpty) ?? true
                    && Terminal.environment("TERM") != "dumb"
            }
        var target = "/entries?output=\(mode.rawValue)&width=\(width)" + (isColoured ? "&colour=1" : "")
        if let archive { target += "&archive=" + percentEncoded(archive) }
        for parameter in query { target += "&" + parameter }
        return target
    }

    /// A request that is no reading of entries, of the same journal.
    func target(_ path: String) -> String {
        path + (archive.map { "?archive=" + percentEncoded($0) } ?? "")
    }

    /// Whether it is said that nothing was found.
    func saysNothingFound(isTerminal: Bool) -> Bool {
        !isQuiet && !(mode ?? (isTerminal ? .prose : .short)).isData
    }

    private static func explained(_ error: MatchError) -> String {
        switch error {
        case .bare(let word):
            "Failed to add match '\(word)': a match is FIELD=VALUE, as KIND=hurt. For words in texts there is -g."
        case .badField(let field):
            "Failed to add match '\(field)=...': fields are uppercase, as KIND. -N lists them."
        case .address(let field):
            "Failed to add match '\(field)=...': that field addresses an entry. Use --cursor or --since."
        case .looseDisjunction: "\"+\" can only be used between terms"
        }
    }
}
