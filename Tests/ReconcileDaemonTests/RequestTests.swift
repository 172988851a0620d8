import EventLog
import Foundation
import HTTPTypes
import Hummingbird
import Journal
import LocalAPI
import NIOCore
import NIOPosix
import Query
import TestSupport
import Testing

@testable import ReconcileDaemon
@testable import Store

/// Whatever a client asks, the daemon answers or refuses: nothing in a request stops it.
@Suite struct RequestTests {
    private let scratch: Scratch
    private let ledger: Ledger

    init() throws {
        scratch = try Scratch()
        let directory = try StateDirectory(path: scratch.path("state"))
        let secrets = DeviceKeys().secrets
        try directory.save(
            DeviceIdentity(
                person: String(repeating: "a1", count: 16), personName: "Ada", deviceName: "laptop",
                eventKey: secrets.event, meetKey: secrets.meet))
        ledger = try Ledger(
            directory: directory, on: LedgerExecutor(MultiThreadedEventLoopGroup.singleton.next()))
    }

    /// Reads the log as a request asks for it; false where it is refused.
    @discardableResult
    private func entries(_ query: String, _ headers: HTTPFields = [:]) async throws -> Bool {
        let head = HTTPRequest(
            method: .get, scheme: "http", authority: "localhost", path: "/entries?" + query,
            headerFields: headers)
        do {
            let parsed = try await EntriesQuery(
                Request(head: head, body: .init(buffer: ByteBuffer())), ledger: ledger)
            guard !parsed.follows else { return true }
            _ = try await EntriesReading.open(parsed, of: ledger)
            return true
        } catch is ErrorPayload {
            return false
        }
    }

    private func write(_ kind: String, _ text: String) async throws {
        var request = WriteRequest(kind: kind)
        request.fields = [FieldPayload(name: kind == "rift" ? "title" : "text", text: text)]
        request.share = false
        _ = try await ledger.write(request, key: nil)
    }

    @Test(arguments: ["", ",", ";", " ", ",;,", "text/plain", "*/*;q=1", "x/y"])
    func `an Accept header may say anything`(accept: String) async throws {
        try await entries("", [.accept: accept])
    }

    private static let numbers = [
        "0", "-1", "1", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
        "18446744073709551615", "99999999999999999999999", "2147483647", "-2147483648", "4294967296", "1e9",
        "",
    ]

    @Test(arguments: numbers) func `a number may be any`(number: String) async throws {
        try await write("rift", "The evening")
        for _ in 0..<3 { try await write("account", String(repeating: "words and ", count: 40)) }
        for name in ["newest", "oldest", "width", "since", "until", "cursor", "after_cursor", "rift", "zone"]
        {
            try await entries("\(name)=\(number)&shortened")
            try await entries("\(name)=@\(number)&reverse&width=\(number)&output=prose")
            try await entries("\(name)=%2B\(number)y&output=short-delta&zone=Europe/Vienna")
        }
        for range in [
            "entries=:\(number)", "entries=:\(number):\(number)", "entries=::", "entries=x:\(number)",
        ] {
            try await entries("shortened&width=\(number)", [.range: range])
        }
    }

    @Test func `a cursor may be any`() async throws {
        try await write("account", "words")
        let store = try await ledger.storeID()
        let extremes = ["0", "1", "7fffffffffffffff", "8000000000000000", "ffffffffffffffff", "-1", ""]
        for number in extremes {
            for other in extremes {
                let cursor =
                    "s=\(store);a=\(number);t=\(other);h=\(number);d=\(String(repeating: "f", count: 32));"
                    + "e=\(other);q=\(number)"
                try await entries("cursor=\(cursor)")
                try await entries("after_cursor=\(cursor)&reverse&newest=3")
            }
        }
    }

    @Test func `what was changed at random is answered or refused`() async throws {
        try await write("rift", "The evening")
        for number in 0..<4 { try await write("account", "words \(number)") }
        let whole = [
            "newest=3&since=yesterday&until=%2B1d&kind=account&output=json&utc",
            "match=KIND=account&grep=w.*s&all",
            "rift=The%20evening&tag=x&author=Ada&device=laptop&reverse&width=40&shortened",
            "portable&dmesg&fields=KIND",
            "zone=CET-1CEST,M3.5.0,M10.5.0/3&output=short-iso-precise&oldest=2&drafts=only&KIND=account",
        ]
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<1_500 {
            var bytes = Array(whole.randomElement(using: &generator)?.utf8 ?? "".utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0...bytes.count, using: &generator)
                let byte =
                    Array("0123456789-+=&;:,.%*()[]{}/@ abcfx\u{7F}".utf8).randomElement(using: &generator)
                    ?? 0
                if place < bytes.count, Bool.random(using: &generator) {
                    bytes[place] = byte
                } else {
                    bytes.insert(byte, at: place)
                }
            }
            try await entries(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test func `what is written may be anything that decodes`() async throws {
        let odd = [
            "d1", "d-1", "d9223372036854775807", "d9223372036854775808", "", "x",
            String(repeating: "0", count: 32),
        ]
        for kind in Kind.allCases.map(\.name) + ["", "x"] {
            for about in odd {
                let json = """
                    {"kind": "\(kind)", "about": ["\(about)"], "rift": "\(about)", "choice": "enough", "share": true,
                     "fields": [{"name": "text", "text": "w"}], "include": ["underneath"],
                     "asOf": {"\(about)": -9223372036854775808}}
                    """
                let request = try? JSONDecoder().decode(WriteRequest.self, from: Data(json.utf8))
                guard let request else { continue }
                _ = try? await ledger.write(request, key: about)
                _ = try? await ledger.hold(about, HoldRequest(until: about, zone: about, include: [about]))
                _ = try? await ledger.story(of: about)
            }
        }
        #expect(try await ledger.drafts().count < 100)
    }
}
