/// Why a database can't be opened or used.
package enum StoreError: Error, Equatable, Sendable {
    /// The file is some other program's, or no database.
    case notOurs
    /// A newer version of this program wrote it.
    case newer(version: Int32)
    /// Another process has it open.
    case inUse
    /// A setting that durability or privacy rests on could not be made.
    case setting(name: String, value: String)
    /// There is no room left on the disk; nothing was changed.
    case full
    /// The disk failed: what is on it is not known, so nothing may be acknowledged any more.
    case disk(code: Int32)
    /// The database is damaged.
    case corrupt
    /// SQLite can't open the database, by its extended code.
    case unusable(code: Int32)
    /// A stored event can't be read back.
    case damaged(arrival: Int64)
}
