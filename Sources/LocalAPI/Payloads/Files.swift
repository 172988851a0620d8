/// What a bundle would hold.
package struct BundlePayload: Codable, Sendable {
    package var events: UInt64
    /// The devices that can open it, each with whose it is.
    package var devices: [String]
    package init(events: UInt64, devices: [String]) {
        self.events = events
        self.devices = devices
    }
}

/// How far a bundle has been taken in, as the daemon streams it, one a line.
package struct BundleStep: Codable, Sendable {
    /// `applying`, `applied` or `failed`.
    package var step: String
    /// How many events are in it.
    package var events: UInt64
    /// How many of them were looked at.
    package var done: UInt64 = 0
    /// How many of these were not here.
    package var new: UInt64 = 0
    /// The device that made it, with whose it is; nil if it is not known here.
    package var origin: String?
    /// Why it ended early, by the name of a refusal.
    package var failure: String?
    package init(step: String, events: UInt64) {
        self.step = step
        self.events = events
    }
}

/// What became of a file that was taken in, told line by line as it goes.
package struct ImportStep: Codable, Sendable {
    /// `problem` for a line that can't be taken in, then `done`.
    package var step: String
    package var line: Int?
    package var reason: String?
    package var subject: String?
    /// How many are new, drafts among them, how many were here already, and how many the partner wrote.
    package var new = 0
    package var drafts = 0
    package var known = 0
    package var foreign = 0
    /// How many had been taken back.
    package var withdrawn = 0
    package var problems = 0
    /// Whether anything was stored.
    package var isStored = false
    package init(step: String) { self.step = step }
}
