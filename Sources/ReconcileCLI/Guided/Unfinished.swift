import FoundationEssentials
import Glibc
import LocalAPI

/// A text that was begun, or that could not be handed over: kept in a file of its person's until it is a draft.
struct Unfinished {
    /// What such a file holds.
    struct Content: Codable {
        /// The write's idempotency key: handed over twice, it is the same write.
        var key: String
        var request: WriteRequest
        /// Whether nothing more was to be asked.
        var isWhole: Bool
        /// When it was begun, in milliseconds since 1970.
        var begun: Int64
    }

    var content: Content
    private let path: String

    /// Begins one. Nothing is written before ``keep()``.
    init(_ request: WriteRequest) {
        content = Content(key: newKey(), request: request, isWhole: false, begun: SystemClock.now() / 1_000)
        path = Self.prefix + "\(content.begun)-\(UInt32.random(in: 0 ... .max)).json"
    }

    private init?(path: String) {
        guard let bytes = PrivateFile.read(path),
            let content = try? JSONDecoder().decode(Content.self, from: Data(bytes))
        else { return nil }
        (self.content, self.path) = (content, path)
    }

    private static var prefix: String { PrivateFile.directory + "/unfinished-" }

    /// All that there are, the newest first.
    static func all() -> [Unfinished] {
        PrivateFile.names(beginningWith: "unfinished-").filter { $0.hasSuffix(".json") }
            .compactMap { Unfinished(path: PrivateFile.directory + "/" + $0) }
            .filter(\.hasWords)
            .sorted { $0.content.begun > $1.content.begun }
    }

    /// Whether there is anything in it to be lost.
    var hasWords: Bool { content.request.fields.contains(where: \.hasWords) }

    /// Makes it durable; false if that failed.
    @discardableResult
    func keep() -> Bool {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let bytes = try? encoder.encode(content) else { return false }
        return PrivateFile.write(Array(bytes) + [0x0A], to: path)
    }

    /// Lets all be asked again: what was said could not be taken as it was.
    mutating func reopen() {
        content.isWhole = false
        content.key = newKey()
        guard isDraftable else { return }
        (content.request.rift, content.request.about, content.request.choice) = (nil, [], nil)
    }

    /// The same to go on with, in a file of its own: whoever still types the other one overwrites nothing.
    func taken() -> Unfinished {
        var new = Unfinished(content.request)
        new.content.begun = content.begun
        new.content.isWhole = content.isWhole
        // What may have been stored already is the same write still.
        if content.isWhole { new.content.key = content.key }
        // It was kept by a script, perhaps; here it is shown before it is shared.
        if isDraftable {
            (new.content.request.share, new.content.request.include, new.content.request.asOf) = (
                false, [], nil
            )
        }
        if new.keep() { forget() }
        return new
    }

    /// Whether it becomes a draft first.
    private var isDraftable: Bool { !["revise", "title", "agreement", "tag"].contains(content.request.kind) }

    /// Says where it is, or says all of it where it can't be kept: better on the screen than nowhere.
    func keepAloud() {
        guard hasWords else { return forget() }
        if content.request.kind == "tag" {
            // Nothing asks for these.
            return Self.keep(
                Array(content.request.fields.map(\.text).joined(separator: "\n").utf8), as: "tag.txt")
        }
        if keep() {
            Terminal.note("What you wrote is kept; reconcile \(resumption) goes on with it.")
        } else {
            Terminal.note("What you wrote can't be kept in \(path). Here it is:")
            for field in content.request.fields { Terminal.note(shown("\(field.name): \(field.text)")) }
        }
    }

    /// Throws it away, or lets it go because it is a draft now.
    func forget() { _ = unsafe unlink(path) }

    /// Its first words, on one line.
    var excerpt: String {
        guard let text = content.request.fields.first(where: { !$0.text.isEmpty })?.text else { return "" }
        let line = shownLine(String(text.prefix { !$0.isNewline }))
        return line.count > 40 ? line.prefix(40) + "..." : line
    }

    /// Whether it is what a command would begin: of the same kind, and about the same where that is said.
    func isLike(_ request: WriteRequest) -> Bool {
        let own = content.request
        return own.kind == request.kind && (request.about.isEmpty || own.about == request.about)
            && (own.rift == request.rift || !["title", "agreement"].contains(own.kind))
    }

    /// The command that goes on with it.
    var resumption: String {
        let request = content.request
        return switch request.kind {
        case "revise": "revise \(request.about.first ?? "")"
        case "title", "agreement": "\(Self.command(request.kind)) \(request.rift ?? "")"
        default: Self.command(request.kind)
        }
    }

    /// The command that writes a kind.
    static func command(_ kind: String) -> String {
        switch kind {
        case "reflection": "reflect"
        case "recognition": "recognize"
        case "receipt": "receive"
        case "let_be": "let-be"
        case "rift": "rift open"
        case "title", "agreement": "rift \(kind == "title" ? "title" : "agree")"
        default: kind
        }
    }

    /// Keeps bytes as they were typed, whatever they are, where they can't be anyone's words.
    static func keep(_ bytes: [UInt8], as name: String) {
        guard !bytes.isEmpty else { return }
        let path = PrivateFile.directory + "/unsent-\(time(nil))-\(UInt32.random(in: 0 ... .max))-\(name)"
        if PrivateFile.write(bytes, to: path) {
            Terminal.note("What you wrote is kept in \(path)")
        } else {
            Terminal.note("What you wrote can't be kept in \(path). Here it is:")
            Terminal.note(shown(String(decoding: bytes, as: UTF8.self)))
        }
    }
}
