/// What a bundle would hold.
package struct BundlePayload: Codable, Sendable {
    /// How many events it would hold.
    package var events: UInt64
    /// The devices that can open it, each with whose it is.
    package var devices: [String]
    /// What a bundle would hold, from its parts.
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
    /// A step of that name, of a bundle with so many events.
    package init(step: String, events: UInt64) {
        self.step = step
        self.events = events
    }
}

/// What became of a file that was taken in, told line by line as it goes.
package struct ImportStep: Codable, Sendable {
    /// `problem` for a line that can't be taken in, then `done`.
    package var step: String
    /// At `problem`: the line of the file that it is about, from 1.
    package var line: Int?
    /// Why that can't be taken in, by the name of a refusal.
    package var reason: String?
    /// What the reason is about: a field, a kind, an id, or another line.
    package var subject: String?
    /// How many are new, drafts among them.
    package var new = 0
    /// How many of the new ones are drafts.
    package var drafts = 0
    /// How many were here already, or stand in the file once more.
    package var known = 0
    /// How many somebody else wrote.
    package var foreign = 0
    /// How many had been taken back.
    package var withdrawn = 0
    /// How many can't be taken in.
    package var problems = 0
    /// Whether anything was stored.
    package var isStored = false
    /// A step of that name; what else it tells is set afterwards.
    package init(step: String) { self.step = step }
}
