import FoundationEssentials
import HTTPTypes
import Hummingbird
import LocalAPI
import NIOCore

/// Checking the journal: told line by line while it goes on.
extension Routes {
    func addVerification(to router: Router<BasicRequestContext>) {
        router.post("/verify") { request, _ in
            let mends = request.uri.queryParameters.get("mend") != nil
            let ledger: Ledger
            do {
                ledger = try await journal(of: request)
                guard !(mends && ledger.isArchive) else { throw ErrorPayload("archive_closed") }
                try await ledger.requireJournal()
            } catch { return try Self.refuse(refusal(for: error)) }
            return Response(
                status: .ok, headers: [.contentType: "application/x-ndjson"],
                body: .init { writer in
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        var verification = Verification(of: ledger, mends: mends, logger: logger)
                        do {
                            while let step = await verification.next() {
                                let line = Array(try JSONEncoder().encode(step)) + [0x0A]
                                try await writer.write(ByteBuffer(bytes: line))
                            }
                        } catch {
                            // Whoever asked went away: the copy must not stay open.
                            await verification.stop()
                            throw error
                        }
                    }
                    try await writer.finish(nil)
                })
        }
    }
}
