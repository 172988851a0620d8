import Causality
import EventLog
import FoundationEssentials
import Journal
import Peering
import Testing
import Wire

/// What any implementation has to refuse. Each file also holds what must be accepted, right at the limit: a reader that
/// refuses everything would pass otherwise.
@Suite struct RejectVectorTests {
    let fixture: Fixture

    init() throws { fixture = try Fixture() }

    struct Case: Codable {
        let name: String
        let bytes: Hex
        let isRefused: Bool

        init(_ name: String, _ bytes: [UInt8], isRefused: Bool = true) {
            self.name = name
            self.bytes = Hex(bytes)
            self.isRefused = isRefused
        }
    }

    func check(_ cases: [Case], isRefused: (Case) throws -> Bool) throws {
        #expect(cases.contains { !$0.isRefused } && cases.contains(where: \.isRefused))
        for one in cases { #expect(try isRefused(one) == one.isRefused, "\(one.name)") }
    }
}
