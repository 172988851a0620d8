/// The limits of the format. Whatever is over one of them is refused by everyone, so nobody may write it.
package enum Limits {
    /// Bytes of a header.
    package static let header = 4_096
    /// Bytes of a header that is not a carry: one that is written now must fit into a carry later.
    package static let writtenHeader = 2_048
    /// Logs that a header names in `seen`.
    package static let seen = 64
    /// References of a header.
    package static let references = 32
    /// Bytes of a title.
    package static let title = 1_024
    /// Bytes of a body that holds a title, as its header tells them.
    package static let titleBody: UInt32 = 1_280
    /// Bytes of a body.
    package static let body = 262_144
    /// Events of a run.
    package static let runEvents = 1_000
    /// Bytes of a run, counted by ``EventBytes/runLength``: by whoever sends one and by whoever takes it.
    package static let runBytes = 1_048_576 - 1_024
    /// Events and bytes after which an author signs a head, so that every run fits.
    package static let headEvents = 1_000
    /// See ``headEvents``.
    package static let headBytes = 524_288
    /// Membership events of a log that say something, retirements apart: the first ones by sequence number.
    package static let claims = 64
    /// New logs and branches of a device that are taken on a day.
    package static let dailyLogs = 4
    /// Ends of a device's logs beyond which its person is told that its keys may have been copied.
    package static let expectedEnds = 16
    /// Heads in one part of a summary.
    package static let summaryHeads = 4_096
    /// Parts of a summary.
    package static let summaryParts = 16
    /// Samples by which it is looked for where a log departs.
    package static let samples = 256
    /// Ends of a log from which samples are taken.
    package static let sampledEnds = 16
    /// The step to which a body's length is rounded in its header.
    package static let padding = 256
}
