import Hummingbird
import LocalAPI
import Logging

/// Archives: closing the journal here, and which were closed.
extension Routes {
    func addArchives(to router: Router<BasicRequestContext>) {
        router.get("/archives") { _, _ in try await answer { try await archives.list() } }
        router.post("/archive") { request, _ in
            try await answer { try await archive(try await decode(ArchiveRequest.self, request).name) }
        }
    }

    /// The journal that a request is about: the present one, or the archive that it names.
    func journal(of request: Request) async throws -> Ledger {
        guard let name = request.uri.queryParameters.get("archive") else { return ledger }
        return try await archives.ledger(name)
    }

    private func archive(_ name: String?) async throws -> ArchivePayload {
        guard !(await desk.isOpen) else { throw ErrorPayload("pairing_busy") }
        let archive = try await ledger.archive(as: name)
        // It is done, whatever follows: who opened a window meanwhile meant the journal that is closed.
        await desk.cancel()
        await archives.settle()
        do { try await links.beginAgain() } catch {
            logger.error("connections were not taken over", metadata: ["error": "\(type(of: error))"])
        }
        await dialling.wake()
        await discovery.beginAgain()
        logger.notice("the journal was archived", metadata: ["drafts": "\(archive.drafts)"])
        return archive
    }
}
