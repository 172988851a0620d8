import Testing

@testable import Backup

@Suite struct BackupFileTests {
    private static let salt = Array<UInt8>(0..<16)
    private static let passphrase = Array("correct horse battery staple".utf8)

    private static func file(_ passphrase: [UInt8]?, lengths: [Int] = [100, 200_000]) throws -> [UInt8] {
        // The real cost is for the one who guesses.
        var writer = try BackupFile.Writer(passphrase: passphrase, salt: salt, cost: 4)
        var bytes: [UInt8] = []
        for (number, length) in lengths.enumerated() {
            let item: BackupFile.Item = number == 0 ? .manifest : .database
            bytes += try writer.begin(item, length: UInt64(length))
            bytes += try writer.append((0..<length).map { UInt8(truncatingIfNeeded: $0 * 7 + number) })
        }
        return bytes + (try writer.finish())
    }

    private static func read(
        _ file: [UInt8], _ passphrase: [UInt8]?, step: Int = 10_007
    ) throws -> [BackupFile.Reader.Piece] {
        var reader = BackupFile.Reader(passphrase: passphrase)
        var pieces: [BackupFile.Reader.Piece] = []
        for start in stride(from: 0, to: file.count, by: step) {
            try reader.receive(Array(file[start..<min(start + step, file.count)]))
            while let piece = try reader.next() {
                if case .bytes(let more) = piece, case .bytes(let begun)? = pieces.last {
                    pieces[pieces.count - 1] = .bytes(begun + more)
                } else {
                    pieces.append(piece)
                }
            }
        }
        try reader.finish()
        return pieces
    }

    @Test(arguments: [nil, passphrase], [1, 5, 65_536, 1 << 20])
    func `what was put in comes out, however the bytes come`(passphrase: [UInt8]?, step: Int) throws {
        let file = try Self.file(passphrase, lengths: step == 1 ? [3, 70_000] : [100, 200_000])
        let pieces = try Self.read(file, passphrase, step: step)
        let second = step == 1 ? 70_000 : 200_000
        #expect(pieces.count == 4)
        #expect(pieces[2] == .item(.database, length: UInt64(second)))
        #expect(pieces[3] == .bytes((0..<second).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }))
    }

    @Test(arguments: [0, 65_536 - 18, 65_536 - 17, 65_536, 131_072])
    func `a content that ends with a chunk is whole`(length: Int) throws {
        let pieces = try Self.read(Self.file(nil, lengths: [0, length]), nil)
        #expect(
            pieces.last
                == (length == 0
                    ? .item(.database, length: 0)
                    : .bytes((0..<length).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) })))
    }

    @Test(arguments: [nil, passphrase])
    func `a file that ends anywhere before its end is refused`(passphrase: [UInt8]?) throws {
        let file = try Self.file(passphrase)
        // Where a chunk ends, and all around the header.
        var ends = Set(0..<60).union([65_600, 65_594, 65_595, 65_611, 131_187, file.count - 1])
        ends.formUnion(stride(from: 71, to: file.count, by: 9_973))
        for end in ends {
            #expect(throws: BackupFile.Failure.self, "\(end)") {
                try Self.read(Array(file[..<end]), passphrase)
            }
        }
    }

    @Test(arguments: [nil, passphrase])
    func `a bit that is flipped anywhere is found`(passphrase: [UInt8]?) throws {
        let file = try Self.file(passphrase)
        var places = Set(stride(from: 0, to: 70, by: 3))
        places.formUnion(stride(from: 71, to: file.count, by: 9_973))
        // The cost itself is no matter of a bit: a higher one only takes longer.
        for place in places where place != BackupFile.magic.count + 1 {
            var changed = file
            changed[place] ^= 1 << UInt8(place % 8)
            #expect(throws: (any Error).self, "\(place)") { try Self.read(changed, passphrase) }
        }
    }

    @Test func `chunks can't be moved, repeated or left away`() throws {
        let file = try Self.file(nil, lengths: [0, 200_000])
        let (header, length) = (BackupFile.headerLength, 5 + BackupFile.chunkLength + BackupFile.digestLength)
        let chunk = { (number: Int) in Array(file[header + number * length..<header + (number + 1) * length])
        }
        let (start, end) = (Array(file[..<header]), Array(file[(header + 3 * length)...]))
        for order in [[1, 0, 2], [0, 0, 1, 2], [0, 2], [0, 1, 2, 2]] {
            #expect(throws: BackupFile.Failure.damaged) {
                try Self.read(start + order.flatMap(chunk) + end, nil)
            }
        }
        #expect(throws: BackupFile.Failure.damaged) { try Self.read(file + [0], nil) }
    }

    @Test func `the passphrase has to be the same`() throws {
        let file = try Self.file(Self.passphrase, lengths: [3])
        #expect(throws: BackupFile.Failure.needsPassphrase) { try Self.read(file, nil) }
        #expect(throws: BackupFile.Failure.needsNone) {
            try Self.read(try Self.file(nil, lengths: [3]), Self.passphrase)
        }
        #expect(throws: BackupFile.Failure.wrongPassphrase) {
            try Self.read(file, Array("correct horse".utf8))
        }
    }

    @Test func `what is no backup, or a newer one, is told apart`() throws {
        #expect(throws: BackupFile.Failure.notABackup) { try Self.read(Array("SQLite format 3".utf8), nil) }
        #expect(throws: BackupFile.Failure.notABackup) { try Self.read([], nil) }
        let newer = Array("reconcile backup 2\n".utf8) + [UInt8](repeating: 0, count: 100)
        #expect(throws: BackupFile.Failure.newerVersion) { try Self.read(newer, nil) }
        var greedy = try Self.file(Self.passphrase, lengths: [3])
        greedy[BackupFile.magic.count + 1] = 40
        #expect(throws: BackupFile.Failure.damaged) { try Self.read(greedy, Self.passphrase) }
    }
}
