import Causality
import EventLog
import FoundationEssentials
import Journal
import Peering
import Testing
import Wire

/// Files that are not whole, or not what was written.
extension RejectVectorTests {
    private func files() throws -> [Case] {
        let file = try VectorFile.read("golden/bundle.json", as: [File].self)[0].file.bytes
        let chunks = 19 + 4 + (Int(file[19]) << 24 | Int(file[20]) << 16 | Int(file[21]) << 8 | Int(file[22]))
        return [
            Case("a bundle", file, isRefused: false),
            Case("nothing", []),
            Case("another magic", [0x52] + file.dropFirst()),
            Case("a later version", file[..<17] + [0x32] + file[18...]),
            Case("cut behind the magic", Array(file[..<19])),
            Case("cut behind the envelope", Array(file[..<chunks])),
            Case("cut by a byte", Array(file.dropLast())),
            Case("a byte more", file + [0]),
            Case("the last chunk twice", file + file[chunks...]),
            Case("an envelope of 65,537 bytes", file[..<19] + [0, 1, 0, 1] + file[23...]),
            Case("a chunk with a bit changed", file.dropLast() + [(file.last ?? 0) ^ 1]),
            Case("a chunk of 1,048,577 bytes", file[..<chunks] + [0, 0x10, 0, 1] + Fixture.bytes(0, 64)),
        ]
    }

    private struct File: Codable { let file, meetSecret: Hex }

    @Test func `files that no one may take`() throws {
        let secret = try VectorFile.read("golden/bundle.json", as: [File].self)[0].meetSecret.bytes
        let keys = try DeviceKeys(event: Fixture.bytes(9, 32), meet: secret)
        try check(try VectorFile.cases("reject/bundles.json", files)) { one in
            do {
                var reader = BundleFile.Reader(keys: keys, journal: fixture.journal)
                try reader.receive(one.bytes.bytes)
                while try reader.next() != nil {}
                try reader.finish()
                return false
            } catch is BundleFile.Failure {
                return true
            }
        }
    }
}
