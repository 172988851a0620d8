import FoundationEssentials
import HTTPTypes
import Hummingbird
import LocalAPI
import NIOCore
import Query

/// Reading the log: `/entries` and `/fields`, by the conventions of systemd-journal-gatewayd.
extension Routes {
    func addEntries(to router: Router<BasicRequestContext>) {
        router.get("/entries") { request, _ in try await entries(request) }
        router.get("/fields") { request, _ in
            try await lines { try await FieldsReading(of: journal(of: request)).names() }
        }
        router.get("/fields/:name") { request, context in
            try await lines {
                guard let name = context.parameters.get("name"), let field = LogField(name: name),
                    !field.isAddress
                else { return [] }
                return try await FieldsReading(of: journal(of: request)).values(of: field)
            }
        }
        router.get("/usage") { request, _ in try await answer { try await journal(of: request).usage() } }
        router.post("/flush") { _, _ in
            try await answer {
                try await ledger.flush()
                return try await ledger.usage()
            }
        }
    }

    private func entries(_ request: Request) async throws -> Response {
        let begun: EntriesReading
        var headers: HTTPFields
        do {
            let ledger = try await journal(of: request)
            let query = try await EntriesQuery(request, ledger: ledger)
            begun = try await EntriesReading.open(query, of: ledger)
            headers = [.contentType: query.printing.mode.mediaType]
        } catch {
            return try Self.refuse(refusal(for: error))
        }
        if let whole = begun.whole {
            headers.append(contentsOf: begun.outcome)
            return Response(
                status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: whole)))
        }
        return Response(
            status: .ok, headers: headers,
            body: .init { writer in
                let trailers = try await request.body.consumeWithCancellationOnInboundClose { _ in
                    var reading = begun
                    while let piece = try await reading.next() {
                        // Small pieces: a writer runs about a hundred of them ahead of a slow reader.
                        var rest = piece[...]
                        while !rest.isEmpty {
                            try await writer.write(ByteBuffer(bytes: rest.prefix(1 << 16)))
                            rest = rest.dropFirst(1 << 16)
                        }
                    }
                    return reading.outcome
                }
                try await writer.finish(trailers)
            })
    }

    private func lines(_ read: () async throws -> [[UInt8]]) async throws -> Response {
        do {
            var bytes: [UInt8] = []
            for value in try await read() {
                bytes += value
                bytes.append(0x0A)
            }
            return Response(
                status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        } catch {
            return try Self.refuse(refusal(for: error))
        }
    }
}
