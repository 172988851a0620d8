import EventLog
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Interchange
import LocalAPI
import NIOCore
import Query

/// Taking in a file of entries: it is sent as it is, and answered by a line for each problem and one for the whole.
extension Routes {
    func addImport(to router: Router<BasicRequestContext>) {
        router.post("/import") { request, _ in
            do { return try await takeIn(request) } catch { return try Self.refuse(refusal(for: error)) }
        }
    }

    /// A file that is longer is taken in parts.
    private static let longest = 1 << 30

    private func takeIn(_ request: Request) async throws -> Response {
        let parameters = request.uri.queryParameters
        guard let format = parameters.get("format").flatMap(FileFormat.init(rawValue:)) else {
            throw ErrorPayload("unknown_format", parameters.get("format") ?? "")
        }
        let order = Ledger.ImportOrder(
            format: format, isShared: parameters.get("share") != nil, isDry: parameters.get("dry_run") != nil,
            skips: parameters.get("skip") != nil,
            zone: SystemZones.local(parameters.get("zone").flatMap { percentDecoded($0) }))
        let planner = try await ledger.planner(order)
        let (plan, last): (ImportPlan, ImportStep)
        do {
            (plan, last) = try await read(request, order, planner)
            await ledger.endImport()
        } catch {
            await ledger.endImport()
            throw error
        }
        var lines: [UInt8] = []
        for problem in plan.problems {
            var step = ImportStep(step: "problem")
            (step.line, step.reason) = (problem.line, problem.refusal.error)
            step.subject = problem.refusal.subject
            lines += Array(try JSONEncoder().encode(step)) + [0x0A]
        }
        lines += Array(try JSONEncoder().encode(last)) + [0x0A]
        return Response(
            status: .ok, headers: [.contentType: "application/x-ndjson"],
            body: .init(byteBuffer: ByteBuffer(bytes: lines)))
    }

    private func read(
        _ request: Request, _ order: Ledger.ImportOrder, _ begun: ImportPlanner
    ) async throws -> (ImportPlan, ImportStep) {
        var planner = begun
        var reader = FileReader(
            order.format,
            in: TimeExpression.Context(
                now: Machine.now().milliseconds * 1_000, zone: order.zone, zoneNamed: SystemZones.named))
        var length = 0
        var items: [FileItem] = []
        var pieces = request.body.makeAsyncIterator()
        while true {
            let piece: ByteBuffer?
            do { piece = try await pieces.next(isolation: #isolation) } catch { throw UploadBrokenOff() }
            guard let piece else { break }
            length += piece.readableBytes
            guard length <= Self.longest else { throw ErrorPayload("file_too_long") }
            items += reader.receive(piece.readableBytesView)
            // In small parts, so that others get their turns; not too small, as each is handed there and back.
            guard items.count >= 2_000 else { continue }
            planner = try await ledger.plan(items, planner)
            items = []
        }
        planner = try await ledger.plan(items + reader.finish(), planner)
        return try await ledger.take(planner.plan, order)
    }
}
