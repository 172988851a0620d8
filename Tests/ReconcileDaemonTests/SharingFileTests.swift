import Causality
import Foundation
import Peering
import Testing

@testable import ReconcileDaemon

/// Whether the file without which nothing is shared holds for what was made here, and for nothing else.
@Suite struct SharingFileTests {
    private let path =
        FileManager.default.temporaryDirectory.path + "/sharing-\(UInt64.random(in: 0 ... .max))"
    private let id = PartingID(high: 1, low: 2)

    /// What a daemon finds at its next start.
    private func reopened(_ body: (StateDirectory) throws -> Void) throws {
        try body(try StateDirectory(path: path))
    }

    @Test func `sharing is off until it is allowed, and then stays on over restarts`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try reopened {
            #expect(!$0.isShared)
            try $0.share(by: id)
            #expect($0.isShared)
        }
        try reopened { #expect($0.isShared) }
    }

    @Test func `leaving holds over restarts, and keeps its id until that is stored`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try reopened {
            try $0.share(by: id)
            let parting = try $0.leave()
            #expect(parting == id)
            #expect(!$0.isShared)
        }
        try reopened {
            #expect(!$0.isShared)
            let unstored = try $0.unstoredParting()
            #expect(unstored == id)
            $0.forgetParting()
            let again = try $0.leave()
            #expect(again == nil)
        }
    }

    @Test func `a copy that is put back shares nothing`() throws {
        let (manager, aside) = (FileManager.default, path + "-aside")
        defer { for path in [path, aside] { try? manager.removeItem(atPath: path) } }
        try reopened { directory in try directory.share(by: id) }
        try manager.copyItem(atPath: path, toPath: aside)
        try manager.removeItem(atPath: path)
        try manager.moveItem(atPath: aside, toPath: path)
        try reopened { #expect(!$0.isShared) }
    }

    @Test func `a copy that is started elsewhere shares nothing`() throws {
        let (manager, copy) = (FileManager.default, path + "-copy")
        defer { for path in [path, copy] { try? manager.removeItem(atPath: path) } }
        try reopened { try $0.share(by: id) }
        try manager.copyItem(atPath: path, toPath: copy)
        let directory = try StateDirectory(path: copy)
        #expect(!directory.isShared)
        // The one that it is a copy of goes on.
        try reopened { #expect($0.isShared) }
    }

    @Test func `a directory that only moved goes on sharing`() throws {
        let (manager, moved) = (FileManager.default, path + "-moved")
        defer { try? manager.removeItem(atPath: moved) }
        try reopened { try $0.share(by: id) }
        try manager.moveItem(atPath: path, toPath: moved)
        let directory = try StateDirectory(path: moved)
        #expect(directory.isShared)
    }

    @Test func `what a crash left half written is gone after a start`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try reopened { try $0.write([1], to: "identity") }
        try Data([2]).write(to: URL(filePath: path + "/identity.new"))
        try reopened { directory in
            let kept = try directory.read("identity")
            #expect(kept == [1])
        }
        #expect(!FileManager.default.fileExists(atPath: path + "/identity.new"))
    }

    @Test func `a damaged file allows nothing`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        for text in ["", "1 2 3", "together"] {
            try reopened { try $0.write(Array(text.utf8), to: "together") }
            try reopened { #expect(!$0.isShared) }
        }
    }
}
