import Causality
import EventLog
import FoundationEssentials
import Journal
import LocalAPI
import Testing
import TestSupport

@testable import ReconcileDaemon

/// A rift is read in pages, however much is said in it that is told nowhere.
@Suite struct RiftPagesTests {
    private func write(
        _ kind: Kind, in rift: String?, _ fields: [FieldPayload], to ledger: Ledger
    ) async throws -> String {
        var request = WriteRequest(kind: kind.name)
        (request.share, request.rift, request.fields) = (true, rift, fields)
        let answer = try await ledger.write(request, key: nil)
        return try JSONDecoder().decode(WriteResponse.self, from: Data(answer)).id
    }

    @Test func `a page is of what is told, not of tags and votes`() async throws {
        let pair = try await PairedLedger(Couple())
        let rift = try await write(
            .rift, in: nil, [FieldPayload(name: "title", text: "The shelf")], to: pair.ledger)
        for number in 0..<150 {
            _ = try await write(
                .tag, in: rift, [FieldPayload(name: "text", text: "tag\(number)")], to: pair.ledger)
        }
        _ = try await write(
            .account, in: rift, [FieldPayload(name: "text", text: "It was empty.")], to: pair.ledger)
        let id = try #require(EntryID(hexadecimal: rift))
        let page = try await pair.ledger.rift(id)
        #expect(page.entries.map(\.kind) == ["rift", "account"])
        #expect(page.next == nil)
        // Its tags are told with each of its entries: so many, and how many more there are.
        let view = try await pair.ledger.riftView(id)
        #expect(view.tags.count == 32)
        #expect(String(decoding: view.heading, as: UTF8.self).contains("and 118 further tags"))
    }
}
