import AsyncAlgorithms
import Backup
import Causality
import EventLog
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Journal
import LocalAPI
import Logging
import NIOCore
import Peering
import ServiceLifecycle
import Store

/// The local API's routes.
struct Routes: Sendable {
    let ledger: Ledger
    let archives: Archives
    let links: Links
    let dialling: Dialling
    let desk: PairingDesk
    let discovery: Discovery
    let access: PeerAccess
    var listening: HostPort { access.port.address }
    let logger: Logger

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/status") { _, _ in try await answer { try await status() } }
        router.post("/init") { request, _ in
            try await answer {
                try await ledger.initialise(try await decode(InitRequest.self, request))
                return try await status()
            }
        }
        router.post("/write") { request, _ in
            try await raw {
                try await ledger.write(
                    try await decode(WriteRequest.self, request), key: request.idempotencyKey)
            }
        }
        router.get("/entry") { request, _ in
            try await answer {
                try await journal(of: request).story(of: request.uri.queryParameters.get("id") ?? "")
            }
        }
        router.get("/drafts") { _, _ in try await answer { try await ledger.drafts() } }
        router.post("/drafts/:id/hold") { request, context in
            try await answer {
                let id = context.parameters.get("id") ?? ""
                return try await ledger.hold(id, try await decode(HoldRequest.self, request))
            }
        }
        router.post("/drafts/:id/share") { request, context in
            try await raw {
                let share = try await decode(ShareRequest.self, request)
                return try await ledger.share(
                    context.parameters.require("id"), share, key: request.idempotencyKey)
            }
        }
        router.get("/rifts") { request, _ in try await answer { try await journal(of: request).rifts() } }
        router.get("/rift") { request, _ in
            try await answer {
                let name = request.uri.queryParameters.get("name") ?? ""
                let ledger = try await journal(of: request)
                return try await ledger.rift(
                    try await ledger.rift(name), from: request.uri.queryParameters.get("from"))
            }
        }
        router.post("/sync") { request, _ in
            try await answer { try await sync(wait: request.uri.queryParameters.get("wait") != nil) }
        }
        router.post("/pair") { request, _ in try await pair(request) }
        router.post("/pair/confirm") { request, _ in
            try await answer {
                try await desk.confirm(try await decode(ConfirmRequest.self, request).code)
                return try await status()
            }
        }
        router.get("/recovery") { _, _ in try await answer { try await ledger.recoveries() } }
        router.post("/recovery/new") { _, _ in
            try await answer {
                WordsRequest(words: try await ledger.newWords().words.joined(separator: " "))
            }
        }
        router.post("/recovery") { request, _ in
            try await answer {
                try await ledger.announce(
                    try Self.words(try await decode(WordsRequest.self, request).words))
                return try await ledger.recoveries()
            }
        }
        router.post("/recovery/withdraw") { request, _ in
            try await answer {
                let text = try await decode(WordsRequest.self, request).words
                let words = text.isEmpty ? nil : try Self.words(text)
                try await ledger.withdraw(request.uri.queryParameters.get("id"), words: words)
                return try await ledger.recoveries()
            }
        }
        router.post("/pair/words") { request, _ in
            try await answer {
                await desk.take(try Self.words(try await decode(WordsRequest.self, request).words))
                return try await status()
            }
        }
        router.post("/unpair") { _, _ in
            try await answer {
                // At once, whatever the ledger has to do for others first.
                let parting = try ledger.directory.leave()
                // A pairing that waits for the other side would undo it.
                await desk.cancel()
                await links.leavePartner()
                try await ledger.leave(by: parting)
                await links.leaveStrangers()
                await access.adapt()
                return try await status()
            }
        }
        router.post("/together") { _, _ in
            try await answer {
                try await ledger.requireJournal()
                try await ledger.share()
                await access.adapt()
                await dialling.wake()
                return try await status()
            }
        }
        router.post("/devices/retire") { request, _ in
            try await answer {
                if request.uri.queryParameters.get("here") != nil {
                    try await ledger.retireHere()
                } else {
                    try await ledger.retire(
                        request.uri.queryParameters.get("device") ?? "",
                        isAlone: request.uri.queryParameters.get("alone") != nil,
                        settled: await links.meetings.values.map(\.settled).max() ?? 0)
                }
                await links.leaveStrangers()
                return try await status()
            }
        }
        router.post("/devices/looked") { _, _ in
            try await answer {
                try await ledger.lookAtArrivals()
                return try await status()
            }
        }
        router.post("/devices/resume") { request, _ in
            try await answer {
                let name = request.uri.queryParameters.get("device") ?? ""
                try await links.resume(try await ledger.device(name))
                await dialling.wake()
                return try await status()
            }
        }
        router.post("/devices/name") { request, _ in
            try await answer {
                let name = try await decode(RenameRequest.self, request).name
                try await ledger.rename(request.uri.queryParameters.get("device") ?? "", to: name)
                return try await status()
            }
        }
        router.post("/pair/cancel") { _, _ in
            try await answer {
                await desk.cancel()
                return try await status()
            }
        }
        addArchives(to: router)
        addBackups(to: router)
        addBundles(to: router)
        addDoctor(to: router)
        addEntries(to: router)
        addErasing(to: router)
        addImport(to: router)
        addVerification(to: router)
        return router
    }

    // MARK: Answers

    func decode<Payload: Decodable>(_ type: Payload.Type, _ request: Request) async throws -> Payload {
        // Long enough for the longest text, escaped; what is too long for an entry is told apart later.
        let buffer = try await request.body.collect(upTo: 2 << 20)
        do {
            return try JSONDecoder().decode(type, from: Data(buffer.readableBytesView))
        } catch {
            throw ErrorPayload("bad_request")
        }
    }

    func answer(_ make: () async throws -> some Encodable) async throws -> Response {
        try await raw { Array(try JSONEncoder().encode(await make())) }
    }

    private func raw(_ make: () async throws -> [UInt8]) async throws -> Response {
        do {
            return Self.json(.ok, try await make())
        } catch {
            return try Self.refuse(refusal(for: error))
        }
    }

    /// As what a failure is told to the command line.
    func refusal(for error: any Error) -> ErrorPayload {
        switch error {
        case let refusal as ErrorPayload: return refusal
        case let failure as BundleFile.Failure: return failure.refusal
        case let failure as BackupFile.Failure: return failure.refusal
        case is NIOTooManyBytesError: return ErrorPayload("too_long")
        case StoreError.full: return ErrorPayload("disk_full")
        case is UploadBrokenOff:
            logger.debug("a client went away in the middle of a file")
            return ErrorPayload("bundle_truncated")
        default:
            // The kind of error, never its text: that may hold words of the journal.
            logger.error("a request failed", metadata: ["error": "\(type(of: error))"])
            return ErrorPayload("internal")
        }
    }

    static func refuse(_ refusal: ErrorPayload) throws -> Response {
        let status: HTTPResponse.Status =
            switch refusal.error {
            case "news": .preconditionFailed
            case "unknown_id", "unknown_rift", "unknown_draft", "unknown_archive": .notFound
            case "disk_full": .init(code: 507, reasonPhrase: "Insufficient Storage")
            case "internal": .internalServerError
            case "not_initialised", "not_paired", "not_met": .conflict
            default: .unprocessableContent
            }
        return json(status, Array(try JSONEncoder().encode(refusal)))
    }

    private static func json(_ status: HTTPResponse.Status, _ bytes: [UInt8]) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes + [0x0A])))
    }

    // MARK: Status and sync

    func status() async throws -> StatusPayload {
        var status = StatusPayload(
            version: Daemon.version, initialised: await ledger.isInitialised,
            paired: try await ledger.membership() != nil)
        if listening.port > 0 { status.listening = "\(listening)" }
        status.met = await ledger.hasMet
        try await ledger.fill(&status, reports: await links.reports)
        return status
    }

    private func sync(wait: Bool) async throws -> SyncPayload {
        guard let known = try await ledger.membership() else { throw ErrorPayload("not_paired") }
        // While nothing is shared, one's own devices are all that there is to be in sync with.
        let isApart = known.partnership.isApart
        if wait, isApart, known.peers.isEmpty { throw ErrorPayload("apart_sync") }
        let wanted = Set(known.peers.filter { isApart || $0.person != known.own.person }.map(\.device))
        await dialling.wake()
        // What is here now is waited for; what comes later is not.
        let arrival = try await ledger.lastArrival()
        let deadline = ContinuousClock.now + .seconds(wait ? 10 : 0)
        while !(await links.isInSync(through: arrival, with: wanted)), ContinuousClock.now < deadline {
            try await pause(for: .milliseconds(20))
        }
        return SyncPayload(
            connected: await links.connected.map(\.short),
            inSync: await links.isInSync(through: arrival, with: wanted))
    }

    /// Recovery words as a person typed them; a refusal says which is wrong by its place, never by itself.
    private static func words(_ text: String) throws -> RecoveryWords {
        do throws(RecoveryWords.Problem) { return try RecoveryWords(text) } catch {
            switch error {
            case .count(let count): throw ErrorPayload("words_count", "\(count)")
            case .unknown(_, let number): throw ErrorPayload("words_unknown", "\(number)")
            case .checksum: throw ErrorPayload("words_checksum")
            }
        }
    }

    private func pair(_ request: Request) async throws -> Response {
        do {
            var address: HostPort?
            if let text = request.uri.queryParameters.get("address") {
                guard let parsed = HostPort(text), parsed.port > 0 else {
                    throw ErrorPayload("bad_address", text)
                }
                address = parsed
            }
            let wish: PairingWish =
                switch request.uri.queryParameters.get("for") {
                case nil, "partner": .partner
                case "mine": .mine
                case "recover": .recovery(nil)
                default: throw ErrorPayload("bad_request")
                }
            let steps = try await access.whilePairing { [address] port in
                try await desk.open(
                    for: wish, address: address, port: port, isLooking: await discovery.hasBeacons)
            }
            return Response(
                status: .ok, headers: [.contentType: "application/x-ndjson"],
                body: .init { writer in
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        try await withGracefulShutdownHandler {
                            for await step in steps {
                                let line = Array(try JSONEncoder().encode(step)) + [0x0A]
                                try await writer.write(ByteBuffer(bytes: line))
                            }
                        } onGracefulShutdown: {
                            Task { await desk.cancel() }
                        }
                    }
                    try await writer.finish(nil)
                })
        } catch let refusal as ErrorPayload {
            return try Self.refuse(refusal)
        }
    }
}

extension Request {
    fileprivate var idempotencyKey: String? {
        HTTPField.Name("Idempotency-Key").flatMap { headers[$0] }.flatMap { $0.utf8.count <= 128 ? $0 : nil }
    }
}
