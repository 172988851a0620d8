import Causality
import FoundationEssentials
import HTTPTypes
import Hummingbird
import LocalAPI
import NIOCore
import Peering
import Store

/// Bundles: made for the command line to put into a file, and taken in from one.
extension Routes {
    func addBundles(to router: Router<BasicRequestContext>) {
        router.get("/bundle") { request, _ in
            try await answer { try await ledger.payload(try await order(request)) }
        }
        router.post("/bundle") { request, _ in try await create(request) }
        router.post("/bundle/apply") { request, _ in try await apply(request) }
    }

    private func order(_ request: Request) async throws -> Ledger.BundleOrder {
        try await ledger.bundleOrder(
            everything: request.uri.queryParameters.get("everything") != nil,
            settled: await links.meetings.mapValues(\.settled))
    }

    private func create(_ request: Request) async throws -> Response {
        do {
            let bundle = try OutgoingBundle(try await order(request), ledger: ledger)
            return Response(
                status: .ok, headers: [.contentType: "application/octet-stream"],
                body: .init { writer in
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        var bundle = bundle
                        while let bytes = try await bundle.next() {
                            if !bytes.isEmpty { try await writer.write(ByteBuffer(bytes: bytes)) }
                        }
                    }
                    try await writer.finish(nil)
                })
        } catch {
            return try Self.refuse(refusal(for: error))
        }
    }

    private func apply(_ request: Request) async throws -> Response {
        let bundle: IncomingBundle
        do {
            bundle = try await IncomingBundle(request.body, ledger: ledger)
        } catch {
            return try Self.refuse(refusal(for: error))
        }
        return Response(
            status: .ok, headers: [.contentType: "application/x-ndjson"],
            body: .init { writer in
                var bundle = bundle
                while let step = await next(of: &bundle) {
                    try await writer.write(ByteBuffer(bytes: Array(try JSONEncoder().encode(step)) + [0x0A]))
                    if step.failure != nil { break }
                }
                try await writer.finish(nil)
            })
    }
}

extension Routes {
    private func next(of bundle: inout IncomingBundle) async -> BundleStep? {
        do {
            return try await bundle.next()
        } catch {
            var step = BundleStep(step: "failed", events: 0)
            step.failure = refusal(for: error).error
            return step
        }
    }
}

extension BundleFile.Failure {
    /// The failure by the name under which the command line explains it.
    var refusal: ErrorPayload {
        switch self {
        case .notABundle: ErrorPayload("bundle_none")
        case .newerVersion: ErrorPayload("bundle_newer")
        case .notForThisDevice: ErrorPayload("bundle_foreign")
        case .truncated: ErrorPayload("bundle_truncated")
        case .damaged: ErrorPayload("bundle_damaged")
        case .refused: ErrorPayload("bundle_refused")
        case .gap: ErrorPayload("bundle_gap")
        }
    }
}
