extension BackupFile {
    /// Reads the bytes of a backup, piece by piece. Nothing comes out of it that is not authentic.
    package struct Reader {
        /// What comes next in the file.
        package enum Piece: Equatable {
            /// An item begins that has so many bytes.
            case item(Item, length: UInt64)
            /// Some bytes of it.
            case bytes([UInt8])
        }

        private let passphrase: [UInt8]?
        private var raw: [UInt8] = []
        private var content: [UInt8] = []
        private var seal: ChunkSeal?
        private var isOver = false
        /// Bytes of the item under way that have not come yet.
        private var left: UInt64 = 0

        /// Whether only a passphrase opens it; known once its header came.
        package private(set) var isSealed = false

        /// A file that is opened by a passphrase, or by none.
        package init(passphrase: [UInt8]?) { self.passphrase = passphrase }

        /// Takes some more of the file. Throws ``BackupFile/Failure``.
        package mutating func receive(_ bytes: [UInt8]) throws {
            raw += bytes
            if seal == nil {
                guard try readHeader() else { return }
            }
            var start = raw.startIndex
            while raw.count - start >= 5 {
                guard !isOver, raw[start] <= 1 else { throw Failure.damaged }
                // Can't trap: four bytes make no more than an Int holds.
                let length = Int(number(raw[start + 1..<start + 5], as: UInt32.self))
                guard length <= chunkLength + digestLength else { throw Failure.damaged }
                guard raw.count - start - 5 >= length else { break }
                isOver = raw[start] == 1
                let sealed = Array(raw[start + 5..<start + 5 + length])
                content += try seal?.open(sealed, isLast: isOver) ?? []
                start += 5 + length
            }
            raw.removeFirst(start)
            guard !isOver || raw.isEmpty else { throw Failure.damaged }
        }

        private mutating func readHeader() throws -> Bool {
            let begun = raw.prefix(magic.count)
            // A newer layout says another number in the same place.
            let name = magic.dropLast(2)
            guard begun.prefix(name.count).elementsEqual(name.prefix(begun.count)) else {
                throw Failure.notABackup
            }
            guard raw.count >= headerLength else { return false }
            guard begun.elementsEqual(magic) else { throw Failure.newerVersion }
            let (kind, cost) = (raw[magic.count], raw[magic.count + 1])
            guard kind <= 1 else { throw Failure.newerVersion }
            guard kind == 0 || cost <= highestCost && cost > 0 else { throw Failure.damaged }
            isSealed = kind == 1
            guard isSealed == (passphrase != nil) else {
                throw isSealed ? Failure.needsPassphrase : .needsNone
            }
            let header = Array(raw[..<headerLength])
            seal = try ChunkSeal(
                header: header, passphrase: passphrase, cost: cost,
                salt: Array(header.suffix(saltLength)))
            raw.removeFirst(headerLength)
            return true
        }

        /// What comes next of what was received; nil if more is needed. Throws ``BackupFile/Failure/damaged``.
        package mutating func next() throws -> Piece? {
            if left > 0 {
                guard !content.isEmpty else { return nil }
                // Can't trap: where it is asked for, less is left than is here.
                let piece = content.count <= left ? content : Array(content.prefix(Int(left)))
                content.removeFirst(piece.count)
                // Can't trap: a piece is no longer than what is left.
                left -= UInt64(piece.count)
                return .bytes(piece)
            }
            guard content.count >= 9 else { return nil }
            guard let item = Item(rawValue: content[0]) else { throw Failure.newerVersion }
            left = number(content[1..<9], as: UInt64.self)
            content.removeFirst(9)
            return .item(item, length: left)
        }

        /// The file has ended. Throws ``BackupFile/Failure`` if that was too early.
        package func finish() throws {
            guard seal != nil else { throw raw.isEmpty ? Failure.notABackup : .truncated }
            guard isOver, left == 0, raw.isEmpty else { throw Failure.truncated }
            guard content.isEmpty else { throw Failure.damaged }
        }
    }
}
