/// How things are.
package struct StatusPayload: Codable, Sendable {
    package var version: String
    package var initialised: Bool
    package var person: String?
    package var device: String?
    package var paired: Bool
    /// Whether a device of the partner was met since pairing.
    package var met = false
    /// Whether this person has stopped sharing with the other one.
    package var apart = false
    package var listening: String?
    package var events: Int64 = 0
    package var drafts: Int64 = 0
    package var waiting: Int = 0
    package var devices: [DevicePayload] = []
    /// The entries of the partner that they ask to let go.
    package var erasuresAsked: [String] = []
    /// What both agreed to delete.
    package var erasures: [ErasurePayload] = []
    package init(version: String, initialised: Bool, paired: Bool) {
        self.version = version
        self.initialised = initialised
        self.paired = paired
    }
}

/// An entry whose words both agreed to delete.
package struct ErasurePayload: Codable, Sendable {
    package var entry: String
    /// The devices that are not known to have deleted them, each with whose it is.
    package var open: [String]
    package init(entry: String, open: [String]) { (self.entry, self.open) = (entry, open) }
}

/// What `sync` came to.
package struct SyncPayload: Codable, Sendable {
    package var connected: [String]
    package var inSync: Bool
    package init(connected: [String], inSync: Bool) {
        self.connected = connected
        self.inSync = inSync
    }
}

/// What the journal takes up, and what it spans.
package struct UsagePayload: Codable, Sendable {
    package var path: String
    package var bytes: Int64
    package var events: Int64
    package var drafts: Int
    /// The store's random id.
    package var store: String
    /// Milliseconds since 1970.
    package var first: Int64?
    package var last: Int64?
    package var arrival: Int64
    package var logs: Int
    package init(
        path: String, bytes: Int64, events: Int64, drafts: Int, store: String, first: Int64?, last: Int64?,
        arrival: Int64, logs: Int
    ) {
        (self.path, self.bytes, self.events, self.drafts) = (path, bytes, events, drafts)
        (self.store, self.first, self.last) = (store, first, last)
        (self.arrival, self.logs) = (arrival, logs)
    }
}
