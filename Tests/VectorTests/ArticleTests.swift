import EventLog
import Foundation
import Journal
import Peering
import Testing
import Wire

/// The article Protocol.md is what others build by: its tables say what the code says, and all of it.
@Suite struct ArticleTests {
    private let text: String

    init() throws {
        text = try String(
            contentsOf: VectorFile.root.appending(
                path: "Sources/ReconcileDaemon/Documentation.docc/Protocol.md"), encoding: .utf8)
    }

    /// The rows of the table with this heading, without their marks of emphasis and code.
    private func table(_ heading: String) throws -> [[String]] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.hasPrefix(heading) }, "no table \(heading)")
        return lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map { line in
            line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map {
                $0.filter { $0 != "`" && $0 != "*" }.trimmingCharacters(in: .whitespaces)
            }
        }
    }

    private func numbers(_ heading: String) throws -> [UInt32: [String]] {
        try table(heading).reduce(into: [:]) { rows, row in
            let number = try #require(UInt32(row[0]), "\(row)")
            #expect(rows.updateValue(row, forKey: number) == nil, "\(number) twice")
        }
    }

    @Test func labels() throws {
        // That one is never sent.
        let expected = Set(Label.allCases.map(\.rawValue)).subtracting([Label.imported.rawValue])
        #expect(Set(try table("| Name here | Text |").map { $0[1] }) == expected)
        let proto = try String(
            contentsOf: VectorFile.root.appending(path: "Sources/Wire/reconcile.proto"), encoding: .utf8)
        let names = try #require(proto.firstMatch(of: /followed by:((?:\n\/\/.*)+?)\n\/\/   role/)).1
            .replacing("//", with: "").split { $0 == "," || $0 == "\n" }.map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        #expect(Set(names.filter { !$0.isEmpty }.map { "reconcile/2 " + $0 }) == expected)
    }

    @Test func kinds() throws {
        let rows = try numbers("| No. | Kind |")
        #expect(Set(rows.keys) == Set(Kind.allCases.map(\.rawValue)))
        for kind in Kind.allCases {
            let row = try #require(rows[kind.rawValue])
            #expect(row[1] == kind.name)
            #expect((row[2] == "yes") == kind.needsRift, "\(kind.name)")
        }
    }

    @Test func `fields of a body`() throws {
        let list = try #require(text.firstMatch(of: /Field numbers in a body:([^.]*(?:\([^)]*\)[^.]*)*)\./)).1
        let plain = list.replacing(/\([^)]*\)/, with: "").replacing("\n", with: " ")
        let pairs = plain.matches(of: /(\d+) (\w+)/).map { (UInt32($0.1), String($0.2)) }
        let expected = FieldName.allCases.map { ($0.rawValue, $0.recordName.lowercased()) }
        #expect(pairs.map(\.0) == expected.map(\.0))
        #expect(pairs.map(\.1) == expected.map(\.1))
    }

    @Test func `types of messages`() throws {
        let rows = try numbers("| Type | Message |")
        for type in UInt8.min ... .max {
            let message = try WireMessage(type: type, payload: [])
            let name: String?
            if case .unknown = message {
                name = nil
            } else {
                name = Mirror(reflecting: message).children.first?.label
            }
            #expect(rows[UInt32(type)]?[1].lowercased() == name?.lowercased(), "type \(type)")
            if let said = rows[UInt32(type)]?[1] { #expect(WireFormat.shapes[said] != nil, "\(said)") }
        }
    }

    @Test func limits() throws {
        let code: [String: Int] = [
            "bytes of a header": Limits.header,
            "bytes of a header when it is written": Limits.writtenHeader,
            "membership events of a log that say something, retirements apart": Limits.claims,
            "entries of seen": Limits.seen,
            "refs": Limits.references,
            "bytes of a title": Limits.title,
            "body_length of a title": Int(Limits.titleBody),
            "bytes of a body": Limits.body,
            "events of a run": Limits.runEvents,
            "bytes of a run, with 8 for each event": Limits.runBytes,
            "events between two heads": Limits.headEvents,
            "bytes after which a head is signed": Limits.headBytes,
            "new logs and branches of a device on a day": Limits.dailyLogs,
            "heads in a SUMMARY": Limits.summaryHeads,
            "SUMMARY messages for one summary": Limits.summaryParts,
            "samples in a FORK": Limits.samples,
            "ends that are sampled": Limits.sampledEnds,
            "bytes of a frame before authentication": Frame.limitBeforeAuth,
            "bytes of a frame in pairing": Frame.limitPairing,
            "bytes of a frame in sync": Frame.limit,
        ]
        let said = try table("| Limit | Most |")
        #expect(Set(said.map { $0[0] }) == Set(code.keys))
        for row in said { #expect(Int(row[1].filter { $0 != "," }) == code[row[0]], "\(row[0])") }
    }

    @Test func `why an event has no effect`() throws {
        // The last one is asked at writing only.
        let rules = Set(Rule.allCases.map(\.rawValue)).subtracting([Rule.otherRift.rawValue])
        let said = try table("| Name | Why |").map { $0[0] }
        #expect(Set(said) == rules.union(["unknownKind", "waiting", "notCounted"]))
    }

    @Test func `reasons for an end`() throws {
        #expect(
            Set(try numbers("| Number | Meaning |").keys) == Set(CloseReason.allCases.map(\.rawValue)))
        #expect(
            Set(try numbers("| Reason | Meaning |").keys) == Set(PairingFailure.allCases.map(\.rawValue)))
    }
}
