import Causality
import EventLog
import Journal
import Query
import Store

/// A page of the timeline with all that its events' records need besides their own bytes.
struct LogPage: Sendable {
    var stored: StoredPage
    /// What the logs' devices are called, by the store's numbers of the logs.
    var logs: [Int64: LogView] = [:]
    /// The rifts of these events.
    var rifts: [EntryID: RiftView] = [:]
    /// Where events outside of any rift stand, if anything was said of them.
    var loose: [EntryID: RiftView] = [:]
    /// What events about devices come to, by arrival.
    var deeds: [Int64: Deed] = [:]
    /// Events behind the end at which their device was retired, by arrival.
    var cutOff: Set<Int64> = []
}

/// What an event about a device says.
struct Deed: Sendable {
    let text: [UInt8]
    /// Whether it is so: anyone can write that a device takes part.
    let counts: Bool
}

/// A log's writer, as records name it.
struct LogView: Sendable {
    let log: LogID
    let author: [UInt8]
    let device: [UInt8]
    /// Whether this device's person wrote it.
    let isOwn: Bool
}

/// What a rift's entries say of it, and what was said of them.
struct RiftView: Sendable {
    var title: [UInt8]?
    /// Its title and state, and below them what was written apart.
    var heading: [UInt8] = []
    var tags: [[UInt8]] = []
    /// What was taken back or erased, by whom and when; the words of an erased entry are nowhere any more.
    var folded: [EntryID: Fold] = [:]
    /// Why some entries have no effect.
    var effects: [EntryID: String] = [:]

    /// Who folded an entry away, and when, in milliseconds since 1970.
    struct Fold: Sendable {
        let author: [UInt8]
        let at: Int64
        let isErased: Bool

        /// Both have let it be erased.
        static let erased = Fold(author: [], at: 0, isErased: true)
    }
}
