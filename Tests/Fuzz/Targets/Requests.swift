import Causality
import EventLog
import FoundationEssentials
import Glibc
import Journal
import LocalAPI
import Logging
import NIOCore
import NIOPosix
import Peering
import ReconcileDaemon
import Store
import Synchronization

/// Requests to the local API: the first line has the method and what is asked, those up to an empty one are headers, and
/// the rest is the body.
///
/// - Whatever is asked is answered or refused; nothing is the daemon's own fault.
package func fuzzRequests(_ bytes: [UInt8]) {
    guard let question = Question(bytes) else { return }
    AskedJournal.shared.withLock { journal in
        if journal == nil { journal = AskedJournal() }
        if journal?.ask(question) == false { journal = nil }
    }
}

/// A request that may be sent to nobody but this machine.
private struct Question {
    let method: String
    let target: String
    let headers: [String]
    let body: [UInt8]

    init?(_ bytes: [UInt8]) {
        let head = bytes.firstRange(of: [0x0A, 0x0A]) ?? bytes.endIndex..<bytes.endIndex
        let lines = bytes[..<head.lowerBound].split(separator: 0x0A)
        guard let first = lines.first else { return nil }
        let words = first.split(separator: 0x20, maxSplits: 1).map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 2, words[0] == "GET" || words[0] == "POST" else { return nil }
        // The HTTP parser lets no other bytes through.
        guard words[1].utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        let path = words[1].prefix { $0 != "?" }
        let query = words[1].dropFirst(path.utf8.count).lowercased()
        // Whom a pairing may call and what a doctor tries is outside of this machine, and both take seconds; so do
        // whoever waits, and a key made of a passphrase.
        let isElsewhere =
            path == "/doctor" || path == "/pair" && (query.contains("address") || query.contains("%"))
            || query.contains("wait") || query.contains("follow") || query.contains("w%")
        guard !isElsewhere else { return nil }
        (method, target, body) = (words[0], words[1], Array(bytes[head.upperBound...]))
        headers = lines.dropFirst().map(\.text).filter { line in
            let name = line.prefix { $0 != ":" }.lowercased()
            // What is part of the message itself is the client's.
            return ["accept", "range", "idempotency-key", "content-type"].contains(name)
                && line.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        }
    }
}

/// A journal of two, on the memory disk, with a rift, an entry and a draft, that is asked until something in it changes.
private final class AskedJournal: Sendable {
    static let shared = Mutex<AskedJournal?>(nil)
    private static let directory = FuzzedJournal.path("asked")

    private let client: LocalClient
    private let running: Task<Void, Never>

    init() {
        do {
            try? FileManager.default.removeItem(atPath: Self.directory)
            try Self.makeJournal()
            let logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
            let directory = Self.directory
            let daemon = Self.wait { try await LocalDaemon(state: directory, logger: logger) }
            client = LocalClient(path: daemon.socket, patience: 20)
            running = Task.detached { await daemon.run() }
            say("POST /together\n\n")
            say(
                "POST /write\n\n"
                    + #"{"kind":"thanks","fields":[{"name":"text","text":"A draft."}],"share":false,"about":[],"include":[]}"#
            )
        } catch { fatalError("no journal can be asked: \(error)") }
    }

    deinit { try? FileManager.default.removeItem(atPath: Self.directory) }

    /// Asks; false where the journal may not be as it was.
    func ask(_ question: Question) -> Bool {
        do {
            try send(question)
            if question.method == "GET" { return true }
            say("GET /status\n\n")
        } catch LocalClientError.refused(let refusal) {
            require(
                refusal.error != "internal" && refusal.subject != "500",
                "\(question.method) \(question.target) is the daemon's fault: \(refusal)")
            return true
        } catch { fatalError("violated: no answer to \(question.method) \(question.target): \(error)") }
        let running = running
        running.cancel()
        Self.wait { await running.value }
        return false
    }

    private func send(_ question: Question) throws {
        var left = 1 << 16
        // A pairing would wait for the other side.
        if question.target.hasPrefix("/pair?") || question.target == "/pair" { left = 0 }
        try client.stream(
            question.method, question.target, body: question.body, headers: question.headers
        ) { piece in
            left -= piece.count
            return left > 0
        }
    }

    /// Asks for something that can't be refused.
    private func say(_ text: String) {
        guard let question = Question(Array(text.utf8)) else { return }
        do { try send(question) } catch { fatalError("violated: \(question.target): \(error)") }
    }

    /// A state directory as a daemon leaves it that has paired and met the other one.
    private static func makeJournal() throws {
        let household = Household.shared
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let keys = household.keys[0].secrets
        let identity = Identity(
            person: household.persons[0].description, personName: "Elin", deviceName: "desk",
            eventKey: keys.event, meetKey: keys.meet)
        try Self.write(identity, to: "identity")
        let store = try Store(path: directory + "/journal.sqlite")
        try store.set(.genesis, to: household.genesis.encoded())
        try store.set(.store, to: Household.bytes(0x31, 16))
        try store.set(.partnership, to: Partnership.initial.encoded())
        try store.set(.met, to: [1])
        var replica = try household.replica(0, store)
        let salt = Household.bytes(0x12, 16)
        func append(_ event: NewEvent) throws -> EntryID {
            let batch = try replica.append([event], at: Household.wall)
            try store.commit(batch)
            try replica.applied(batch)
            return batch.events[batch.events.count - 1].effective.id
        }
        let rift = try append(NewEvent(.rift, body: Body([Field(.title, "The dinner")], salt: salt)))
        _ = try append(
            NewEvent(
                .hurt, rift: rift,
                body: Body([Field(.act, "You left."), Field(.impact, "I was alone.")], salt: salt)))
        let mark = replica.currentMark
        try Self.write(
            StoredMark(
                epoch: mark.epoch,
                sequences: Dictionary(
                    mark.sequences.map { ("\($0.key)", $0.value) }, uniquingKeysWith: { first, _ in first })),
            to: "mark")
        try store.close()
    }

    private struct Identity: Encodable {
        let person, personName, deviceName: String
        let eventKey, meetKey: [UInt8]
    }

    private struct StoredMark: Encodable {
        let epoch: UInt64?
        let sequences: [String: UInt64]
    }

    private static func write(_ value: some Encodable, to name: String) throws {
        try JSONEncoder().encode(value).write(to: URL(filePath: directory + "/" + name))
    }

    private static func wait<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) -> Result {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        do { return try loop.makeFutureWithTask(work).wait() } catch { fatalError("it ended: \(error)") }
    }
}
