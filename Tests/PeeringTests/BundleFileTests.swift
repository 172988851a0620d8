import Causality
import EventLog
import Journal
import Peering
import Testing
import Wire

@Suite struct BundleFileTests {
    private let keys = (0..<3).map { _ in DeviceKeys() }
    private let journal = Digest((0..<32).map { _ in UInt8.random(in: 0...255) }) ?? .zero
    private var devices: [Bundle] {
        keys.map { $0.bundle(of: PersonID(prefix: Array(repeating: 7, count: 16))) }
    }

    private func file(for devices: [Bundle], bodies: [Int]) throws -> [UInt8] {
        var writer = try BundleFile.Writer(for: devices, journal: journal)
        var bytes = try writer.begin()
        for length in bodies {
            var message = WireBodies()
            message.bodies = [[UInt8](repeating: UInt8(truncatingIfNeeded: length), count: length).wireBytes]
            bytes += try writer.append(.bodies(message))
        }
        return try bytes + writer.finish()
    }

    /// The lengths of the bodies in a file that comes in pieces.
    private func read(_ bytes: [UInt8], _ keys: DeviceKeys, journal: Digest? = nil, pieces: Int = .max) throws
        -> [Int]
    {
        var reader = BundleFile.Reader(keys: keys, journal: journal ?? self.journal)
        var (lengths, rest) = ([Int](), bytes[...])
        while !rest.isEmpty {
            try reader.receive(rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
            while let message = try reader.next() {
                if case .bodies(let bodies) = message { lengths += bodies.bodies.map(\.count) }
            }
        }
        try reader.finish()
        return lengths
    }

    @Test(arguments: [1, 7, 65_536, .max])
    func `each device that a file is for reads all of it, in pieces of any size`(pieces: Int) throws {
        // None, several in a chunk, and one that spans four; at the edges of a chunk too.
        for bodies in [[], [1, 2, 3], [262_130, 262_144, 5], [1_000_000, 1]]
        where pieces > 1 || bodies.count == 3 {
            let bytes = try file(for: Array(devices.prefix(2)), bodies: bodies)
            for keys in keys.prefix(2) { #expect(try read(bytes, keys, pieces: pieces) == bodies) }
        }
    }

    @Test func `nobody else opens it, nor the same device in another journal`() throws {
        let bytes = try file(for: Array(devices.prefix(2)), bodies: [1])
        #expect(throws: BundleFile.Failure.notForThisDevice) { try read(bytes, keys[2]) }
        #expect(throws: BundleFile.Failure.notForThisDevice) { try read(bytes, keys[0], journal: .zero) }
    }

    @Test func `how many devices it is for can't be told from it`() throws {
        let lengths = try (1...3).map { try file(for: Array(devices.prefix($0)), bodies: [9]).count }
        #expect(Set(lengths).count == 1)
    }

    @Test func `cut anywhere, it is no file`() throws {
        let bytes = try file(for: devices, bodies: [4, 300])
        for length in bytes.indices {
            #expect(throws: BundleFile.Failure.self) { try read(Array(bytes.prefix(length)), keys[0]) }
        }
        // Cut between two chunks, nothing in it is wrong but that the last is missing.
        let long = try file(for: devices, bodies: [300_000])
        let first = long.count - 16 - 4 - (300_000 + 4 + 1 + 4 - 262_144)
        #expect(throws: BundleFile.Failure.truncated) { try read(Array(long.prefix(first)), keys[0]) }
    }

    @Test func `with any bit changed that concerns this device, it is no file`() throws {
        let bytes = try file(for: [devices[0]], bodies: [40])
        let envelope = 19 + 4
        // The keys for nobody stand behind the first one.
        let own = envelope + 2 + 2 + 32 + 2 + 48
        let others = envelope + (Int(bytes[21]) << 8 | Int(bytes[22]))
        for place in Array(0..<own) + Array(others..<bytes.count) {
            for bit in 0..<8 {
                var bytes = bytes
                bytes[place] ^= 1 << UInt8(bit)
                // X25519 passes over the highest bit of a key; HPKE binds the bytes all the same.
                #expect(throws: BundleFile.Failure.self, "byte \(place), bit \(bit)") {
                    try read(bytes, keys[0])
                }
            }
        }
    }

    @Test func `chunks can't be swapped, repeated or left out, and nothing may follow`() throws {
        let bytes = try file(for: [devices[0]], bodies: [262_144 * 2 + 100])
        let begin = 19 + 4 + (Int(bytes[21]) << 8 | Int(bytes[22]))
        let length = 4 + 262_144 + 16
        let edges = [0, begin, begin + length, begin + 2 * length, bytes.count]
        let parts = zip(edges, edges.dropFirst()).map { Array(bytes[$0..<$1]) }
        func joined(_ order: [Int]) -> [UInt8] { order.flatMap { parts[$0] } }
        #expect(try read(joined([0, 1, 2, 3]), keys[0]) == [262_144 * 2 + 100])
        for wrong in [[0, 2, 1, 3], [0, 1, 3], [0, 1, 1, 2, 3], [0, 3], [0, 1, 2, 3, 3]] {
            #expect(throws: BundleFile.Failure.damaged) { try read(joined(wrong), keys[0]) }
        }
        #expect(throws: BundleFile.Failure.damaged) { try read(bytes + [0], keys[0]) }
    }

    @Test func `other files are told apart from those of a later version`() {
        #expect(throws: BundleFile.Failure.notABundle) { try read(Array("anything else".utf8), keys[0]) }
        #expect(throws: BundleFile.Failure.notABundle) { try read([], keys[0]) }
        #expect(throws: BundleFile.Failure.newerVersion) {
            try read(Array("reconcile bundle 2\nwhatever".utf8), keys[0])
        }
        // A length that no envelope has costs nothing.
        #expect(throws: BundleFile.Failure.damaged) {
            try read(Array("reconcile bundle 1\n".utf8) + [0xFF, 0xFF, 0xFF, 0xFF, 1], keys[0])
        }
    }
}
