/// One option of `log`.
///
/// Parsing, help, the manual and completion are all made from the table of these, because ArgumentParser never sees
/// them: `log` is parsed by glibc as journalctl is.
package struct LogOption: Sendable {
    /// What can be completed behind it.
    package enum Values: Sendable {
        case any
        case words([String])
        /// The values that a field has in the journal.
        case field(String)
        /// The archives on this device.
        case archive
        case file
    }

    /// Its name, without the dashes.
    package let long: String
    /// Its letter; nil if it has none.
    package let short: Character?
    /// What its argument is called in the help; nil if it takes none.
    package let argument: String?
    /// Whether its argument may be left out.
    package let isOptional: Bool
    /// What it does, in a line; empty where it has no meaning here.
    package let help: String
    /// What its argument may be, for completion.
    package let values: Values
    /// Why it has no meaning here, and what to use instead.
    package let refusal: String?

    init(
        _ long: String, _ short: Character? = nil, _ argument: String? = nil, optional: Bool = false,
        values: Values = .any, refusal: String? = nil, help: String = ""
    ) {
        (self.long, self.short, self.argument, self.isOptional) = (long, short, argument, optional)
        (self.values, self.refusal, self.help) = (values, refusal, help)
    }

    /// A heading, and the options below it.
    package static let groups: [(title: String, options: [LogOption])] = [
        ("What to show", selection), ("How to show it", presentation), ("Where to begin", places),
        ("What to do instead of showing entries", actions), ("Without meaning here", refused),
    ]

    /// All options, each copied once: this is made at each start.
    package static let table = {
        var all: [LogOption] = []
        all.reserveCapacity(
            selection.count + presentation.count + places.count + actions.count + refused.count)
        all += selection
        all += presentation
        all += places
        all += actions
        all += refused
        return all
    }()

    /// The options of `export`: the same selection, and where it goes.
    package static let exportGroups: [(title: String, options: [LogOption])] = [
        (
            "Where to",
            [
                LogOption(
                    "format", nil, "FORMAT", values: .words(["export", "json", "md"]),
                    help: "export (the Journal Export Format), json or md"),
                LogOption(
                    "to", nil, "FILE", values: .file, help: "a new file, for you only; else standard output"),
                LogOption("force", nil, help: "take the place of a file"),
                LogOption("portable", nil, help: "without what is local to this device"),
                LogOption("utc", nil, help: "times in UTC"),
                LogOption(
                    "socket", nil, "PATH", values: .file, help: "the daemon's socket; also RECONCILE_SOCKET"),
                LogOption("help", "h", help: "this text"),
            ]
        ),
        ("What to export", selection.filter { $0.long != "dmesg" && $0.long != "merge" }),
    ]

    private static let modes = [
        "short", "short-full", "short-iso", "short-iso-precise", "short-precise", "short-monotonic",
        "short-delta", "short-unix", "with-unit", "verbose", "export", "json", "json-pretty", "json-sse",
        "json-seq", "cat", "prose", "md",
    ]

    private static let selection = [
        LogOption("since", "S", "TIME", help: "nothing before this time; the author's clock"),
        LogOption("until", "U", "TIME", help: "nothing after this time"),
        LogOption(
            "unit", "u", "RIFT", values: .field("RIFT_TITLE"),
            help: "a rift by id, title or glob, with its answers"),
        LogOption("rift", nil, "RIFT", values: .field("RIFT_TITLE"), help: "the same"),
        LogOption("identifier", "t", "KIND", values: .field("KIND"), help: "a kind: hurt, amends, ..."),
        LogOption("kind", nil, "KIND", values: .field("KIND"), help: "the same"),
        LogOption("exclude-identifier", "T", "KIND", values: .field("KIND"), help: "all kinds but this one"),
        LogOption("machine", "M", "DEVICE", values: .field("_DEVICE"), help: "what was written on a device"),
        LogOption("device", nil, "DEVICE", values: .field("_DEVICE"), help: "the same"),
        LogOption("facility", nil, "TAG", values: .field("TAG"), help: "rifts with a tag"),
        LogOption("tag", nil, "TAG", values: .field("TAG"), help: "the same"),
        LogOption("author", nil, "NAME", values: .field("AUTHOR"), help: "what one of you wrote"),
        LogOption("me", nil, help: "what you wrote"),
        LogOption("partner", nil, help: "what your partner wrote"),
        LogOption("grep", "g", "PATTERN", help: "texts in which a regular expression is found"),
        LogOption(
            "case-sensitive", nil, "BOOL", optional: true, values: .words(["yes", "no"]),
            help: "whether capitals count; by itself if the pattern has some"),
        LogOption("drafts", nil, help: "only drafts"),
        LogOption("no-drafts", nil, help: "no drafts"),
        LogOption("dmesg", "k", help: "the journal's own events: devices let in, retired, renamed"),
        LogOption(
            "archive", nil, "NAME", values: .archive,
            help: "a journal that was closed here, by its name"),
        LogOption("merge", "m", help: "nothing: both journals are one already"),
    ]

    private static let presentation = [
        LogOption(
            "output", "o", "MODE", values: .words(modes),
            help: "prose on a terminal, else short; -o help lists all"),
        LogOption("output-fields", nil, "LIST", help: "only these fields, in modes that print fields"),
        LogOption(
            "lines", "n", "N", optional: true, help: "the newest N entries (10), +N the oldest, all for all"),
        LogOption("reverse", "r", help: "newest first"),
        LogOption("follow", "f", help: "go on with what comes"),
        LogOption("no-tail", nil, help: "all entries, also with --follow"),
        LogOption("pager-end", "e", help: "begin at the end, in the pager"),
        LogOption("all", "a", help: "unfold what was taken back"),
        LogOption("full", "l", help: "whole texts, as always"),
        LogOption("no-full", nil, help: "texts shortened to the line"),
        LogOption("truncate-newline", nil, help: "the first line of each text"),
        LogOption("no-hostname", nil, help: "without the device's name"),
        LogOption("catalog", "x", help: "with a paragraph on what each kind is for"),
        LogOption("utc", nil, help: "times in UTC"),
        LogOption(
            "color", nil, "WHEN", optional: true, values: .words(["auto", "always", "never"]),
            help: "colours; also off by NO_COLOR"),
        LogOption("quiet", "q", help: "no -- No entries --, and no remarks"),
        LogOption("no-pager", nil, help: "print, don't page"),
        LogOption("portable", nil, help: "without what is local to this device, to compare two journals"),
        LogOption("exit-code", nil, help: "status 0 if something was found, 1 if not, 2 on an error"),
        LogOption("socket", nil, "PATH", values: .file, help: "the daemon's socket; also RECONCILE_SOCKET"),
        LogOption("help", "h", help: "this text"),
        LogOption("version", nil, help: "the version"),
    ]

    private static let places = [
        LogOption("cursor", "c", "CURSOR", help: "from an entry on, and what arrived since that was read"),
        LogOption("after-cursor", nil, "CURSOR", help: "the same without that entry"),
        LogOption(
            "cursor-file", nil, "FILE", values: .file, help: "the same, and note there how far this came"),
        LogOption("show-cursor", nil, help: "say at the end where one may go on"),
    ]

    private static let actions = [
        LogOption("fields", "N", help: "the names of all fields"),
        LogOption(
            "field", "F", "FIELD",
            values: .words(["KIND", "AUTHOR", "RIFT", "RIFT_TITLE", "TAG", "_DEVICE"]),
            help: "the values that a field has"),
        LogOption("list-catalog", nil, help: "what each kind is for"),
        LogOption("disk-usage", nil, help: "what the journal takes up"),
        LogOption("header", nil, help: "what the store is"),
        LogOption("verify", nil, help: "check signatures, chain, words and all that follows from them"),
        LogOption(
            "mend", nil, help: "with --verify: ask for damaged words again, derive anew what is derived"),
        LogOption("sync", nil, help: "meet the partner now, and wait for it"),
        LogOption("flush", nil, help: "write everything back into the database file"),
    ]

    private static let refused = [
        LogOption("boot", "b", "ID", optional: true, refusal: "a journal has no boots. Use --since."),
        LogOption(
            "list-boots", nil, refusal: "a journal has no boots. `reconcile devices` shows who writes."),
        LogOption(
            "priority", "p", "LEVEL", refusal: "no entry matters more than another. Use -t for a kind."),
        LogOption("invocation", "I", refusal: "a rift is not a service that starts. Use -u."),
        LogOption("directory", "D", "DIR", refusal: "the daemon alone opens the journal. Use --socket."),
        LogOption("file", nil, "FILE", refusal: "the daemon alone opens the journal. Use --socket."),
        LogOption("root", nil, "DIR", refusal: "the daemon alone opens the journal. Use --socket."),
        LogOption("image", nil, "FILE", refusal: "the daemon alone opens the journal. Use --socket."),
        LogOption("namespace", nil, "NAME", refusal: "each daemon has one journal. Use --socket."),
        LogOption("rotate", nil, refusal: "nothing is rotated away: the journal is kept whole."),
        LogOption("vacuum-size", nil, "BYTES", refusal: "nothing given is thrown away."),
        LogOption("vacuum-files", nil, "N", refusal: "nothing given is thrown away."),
        LogOption("vacuum-time", nil, "TIME", refusal: "nothing given is thrown away."),
        LogOption("setup-keys", nil, refusal: "each device has its keys since `reconcile init`."),
    ]
}

extension LogOption {
    /// A table of options as the manual and completion are made of it: JSON, for scripts/generate-manual.
    package static func dump(_ groups: [(title: String, options: [LogOption])]) throws -> String {
        struct Row: Encodable {
            var long: String
            var short: String?
            var argument: String?
            var isOptional: Bool
            var help: String
            var words: [String]?
            var field: String?
            var isFile: Bool
            var isArchive: Bool?
            var refusal: String?
        }
        struct Group: Encodable {
            var title: String
            var options: [Row]
        }
        return try encoded(
            groups.map { group in
                Group(
                    title: group.title,
                    options: group.options.map { option in
                        var row = Row(
                            long: option.long, short: option.short.map { String($0) },
                            argument: option.argument,
                            isOptional: option.isOptional, help: option.help, isFile: false,
                            refusal: option.refusal)
                        switch option.values {
                        case .any: break
                        case .words(let words): row.words = words
                        case .field(let field): row.field = field
                        case .file: row.isFile = true
                        case .archive: row.isArchive = true
                        }
                        return row
                    })
            })
    }
}
