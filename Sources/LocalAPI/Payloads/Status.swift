/// How things are.
package struct StatusPayload: Codable, Sendable {
    /// The daemon's version.
    package var version: String
    /// Whether it is known who this device is.
    package var initialised: Bool
    /// This person's name; nil before `init`.
    package var person: String?
    /// What this device is called; nil before `init`.
    package var device: String?
    /// Whether there is a journal here that two share.
    package var paired: Bool
    /// Whether a device of the partner was met since pairing.
    package var met = false
    /// Whether this was restored from a backup without keys, and no device has let it in since.
    package var restoredWithoutKeys = false
    /// Whether this person has stopped sharing with the other one.
    package var apart = false
    /// Further devices of this person that share with the other one while this one doesn't, by name.
    package var sharedOn: [String]?
    /// Whether nothing is shared only because this was restored or put back, and its person has not said since that it
    /// may be.
    package var isCopy: Bool?
    /// Where other devices come in: `HOST:PORT`.
    package var listening: String?
    /// How many events are in the journal here.
    package var events: Int64 = 0
    /// How many drafts are on this device, notes among them.
    package var drafts: Int64 = 0
    /// How many events are here and their words are not; at most 1,000 are counted.
    package var waiting: Int = 0
    /// All devices of the journal, this one and retired ones among them.
    package var devices: [DevicePayload] = []
    /// Who was let in and is new, each told on every front page.
    package var arrivals: [ArrivalPayload] = []
    /// The entries of the partner that they ask to let go, without those of which that was declined here.
    package var erasuresAsked: [String] = []
    /// What both agreed to delete.
    package var erasures: [ErasurePayload] = []
    /// A status of which the rest is set afterwards.
    package init(version: String, initialised: Bool, paired: Bool) {
        self.version = version
        self.initialised = initialised
        self.paired = paired
    }
}

/// An entry whose words both agreed to delete. They are deleted where its person has said so, and else kept unseen.
package struct ErasurePayload: Codable, Sendable {
    /// The entry's id.
    package var entry: String
    /// The other devices that are not known to have deleted them, each with whose it is.
    package var open: [String]
    /// Whether they lie here still, shown to nobody and given to nobody.
    package var isKeptHere = false
    /// An entry that was deleted, and where it may not be yet.
    package init(entry: String, open: [String]) { (self.entry, self.open) = (entry, open) }
}

/// What `sync` came to.
package struct SyncPayload: Codable, Sendable {
    /// The devices that are connected, by the beginnings of their ids.
    package var connected: [String]
    /// Whether each has all that was here, and one is the partner's, or one's own while nothing is shared.
    package var inSync: Bool
    /// What it came to, from its parts.
    package init(connected: [String], inSync: Bool) {
        self.connected = connected
        self.inSync = inSync
    }
}

/// What the journal takes up, and what it spans.
package struct UsagePayload: Codable, Sendable {
    /// The path of the database.
    package var path: String
    /// How many bytes that takes up on the disk, with the log beside it.
    package var bytes: Int64
    /// How many events there are.
    package var events: Int64
    /// How many drafts there are, notes among them.
    package var drafts: Int
    /// The store's random id.
    package var store: String
    /// The earliest time of an event, in milliseconds since 1970; nil if there is none.
    package var first: Int64?
    /// The latest time of an event, in milliseconds since 1970; nil if there is none.
    package var last: Int64?
    /// The last arrival number that was given out; zero at first.
    package var arrival: Int64
    /// How many devices wrote what is here.
    package var devices: Int
    /// What the journal takes up, from its parts.
    package init(
        path: String, bytes: Int64, events: Int64, drafts: Int, store: String, first: Int64?, last: Int64?,
        arrival: Int64, devices: Int
    ) {
        (self.path, self.bytes, self.events, self.drafts) = (path, bytes, events, drafts)
        (self.store, self.first, self.last) = (store, first, last)
        (self.arrival, self.devices) = (arrival, devices)
    }
}
