extension BackupFile {
    /// Makes the bytes of a backup, piece by piece.
    package struct Writer {
        private let header: [UInt8]
        private var seal: ChunkSeal
        private var pending: [UInt8] = []
        private var hasBegun = false

        /// A backup that only those can open who know a passphrase; nil for one that everyone can.
        ///
        /// Deriving the key takes half a second and 128 MiB.
        ///
        /// - Parameter salt: 16 random bytes.
        package init(passphrase: [UInt8]?, salt: [UInt8]) throws {
            try self.init(passphrase: passphrase, salt: salt, cost: cost)
        }

        init(passphrase: [UInt8]?, salt: [UInt8], cost: UInt8) throws {
            precondition(salt.count == saltLength)
            header = magic + [passphrase == nil ? 0 : 1, passphrase == nil ? 0 : cost] + salt
            seal = try ChunkSeal(header: header, passphrase: passphrase, cost: cost, salt: salt)
        }

        /// Begins an item; so many bytes have to follow.
        package mutating func begin(_ item: Item, length: UInt64) throws -> [UInt8] {
            try append([item.rawValue] + bytes(of: length))
        }

        /// Adds bytes of the item that was begun; what is to be written by now.
        package mutating func append(_ bytes: [UInt8]) throws -> [UInt8] {
            var written: [UInt8] = hasBegun ? [] : header
            hasBegun = true
            pending += bytes
            // The last chunk is known only at the end.
            while pending.count > chunkLength {
                written += try chunk(Array(pending.prefix(chunkLength)), isLast: false)
                pending.removeFirst(chunkLength)
            }
            return written
        }

        /// Ends the file.
        package mutating func finish() throws -> [UInt8] {
            let written = hasBegun ? [] : header
            return written + (try chunk(pending, isLast: true))
        }

        private mutating func chunk(_ content: [UInt8], isLast: Bool) throws -> [UInt8] {
            let sealed = try seal.seal(content, isLast: isLast)
            // Can't trap: a chunk has 64 KiB and a tag.
            return [isLast ? 1 : 0] + bytes(of: UInt32(sealed.count)) + sealed
        }
    }
}
