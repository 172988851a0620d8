/// Who this device is: what `init` asks.
package struct InitRequest: Codable, Sendable {
    package var person: String
    package var device: String
    package init(person: String, device: String) {
        self.person = person
        self.device = device
    }
}

/// One field of an entry, by the name that people type.
package struct FieldPayload: Codable, Equatable, Sendable {
    package var name: String
    package var text: String
    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}

extension FieldPayload {
    /// Whether there is more in it than blanks.
    package var hasWords: Bool { !text.allSatisfy(\.isWhitespace) }
}

/// An entry to be written: a draft, or shared at once.
package struct WriteRequest: Codable, Sendable {
    package var kind: String
    /// The rift, by id, draft id or title.
    package var rift: String?
    /// What it is about, by id or the beginning of one.
    package var about: [String] = []
    /// A receipt's choice.
    package var choice: String?
    package var fields: [FieldPayload] = []
    package var share = false
    /// Private fields that are to go along if it is shared, by name.
    package var include: [String] = []
    /// Up to which arrival number each rift was last read, by the rift's id.
    package var asOf: [String: Int64]?
    package init(kind: String) { self.kind = kind }
}

/// What a draft looks like when it is shared.
package struct ShareRequest: Codable, Sendable {
    /// Private fields that are to go along, by name.
    package var include: [String] = []
    /// Up to which arrival number each rift was last read, by the rift's id.
    package var asOf: [String: Int64]?
    package init(include: [String] = [], asOf: [String: Int64]? = nil) {
        self.include = include
        self.asOf = asOf
    }
}

/// A draft that is to be shared by itself.
package struct HoldRequest: Codable, Sendable {
    /// When, as its author said it; nil takes it back.
    package var until: String?
    /// Their zone, as `TZ` has it.
    package var zone: String?
    /// Private fields that are to go along, by name.
    package var include: [String]
    /// Up to which arrival number each rift was last read, by the rift's id.
    package var asOf: [String: Int64]?
    /// Whether only the time is wanted.
    package var isTrial = false
    package init(until: String? = nil, zone: String? = nil, include: [String] = []) {
        (self.until, self.zone, self.include) = (until, zone, include)
    }
}

/// What writing something came to.
package struct WriteResponse: Codable, Sendable {
    /// The entry's id, or the draft's: `d7`.
    package var id: String
    package var kind: String
    package var isDraft: Bool
    package var rift: String?
    /// Whether words were deleted for good.
    package var isErased: Bool?
    package init(id: String, kind: String, isDraft: Bool, rift: String? = nil) {
        self.id = id
        self.kind = kind
        self.isDraft = isDraft
        self.rift = rift
    }
}

/// A draft, on this device only.
package struct DraftPayload: Codable, Sendable {
    package var id: String
    package var kind: String
    package var rift: String?
    package var about: [String]
    package var choice: String?
    package var fields: [FieldPayload]
    /// Milliseconds since 1970.
    package var written: Int64
    /// When it will be shared by itself, in milliseconds since 1970.
    package var heldUntil: Int64?
    /// Why it could not be shared by itself, by the name of a refusal.
    package var trouble: String?
    package init(
        id: String, kind: String, rift: String?, about: [String], choice: String?, fields: [FieldPayload],
        written: Int64
    ) {
        self.id = id
        self.kind = kind
        self.rift = rift
        self.about = about
        self.choice = choice
        self.fields = fields
        self.written = written
    }
}

/// A version of a title or an agreement.
package struct WordingPayload: Codable, Sendable {
    package var id: String
    package var text: String
    package var author: String
    package init(id: String, text: String, author: String) {
        self.id = id
        self.text = text
        self.author = author
    }
}

/// A rift and where it stands.
package struct RiftPayload: Codable, Sendable {
    package var id: String
    package var state: String
    package var title: WordingPayload?
    package var titlesApart: [WordingPayload] = []
    package var agreement: WordingPayload?
    package var agreementsApart: [WordingPayload] = []
    package var resting: [String] = []
    package var entries: [EntryPayload] = []
    /// The arrival number up to which this was read.
    package var arrival: Int64 = 0
    package init(id: String, state: String) {
        self.id = id
        self.state = state
    }
}

/// An entry and where it stands.
package struct EntryPayload: Codable, Sendable {
    package var id: String
    package var kind: String
    package var author: String
    package var device: String
    /// Milliseconds since 1970.
    package var at: Int64
    package var about: [String] = []
    package var choice: String?
    package var fields: [FieldPayload] = []
    /// A hurt's state.
    package var state: String?
    package var takenBack = false
    /// When it was taken back, in milliseconds since 1970.
    package var takenBackAt: Int64?
    /// Whether its words are nowhere any more.
    package var isErased = false
    /// Whether its author asks for it to be erased.
    package var isToBeErased = false
    package var reworded = false
    /// The wordings that it answers, where these are not the ones that count now.
    package var pinned: [WordingPayload] = []
    /// Whether something that it is about was taken back, and whose that was.
    package var wasTakenBack = false
    package var aboutAuthor: String?
    package var apart: [WordingPayload] = []
    /// Why it has no effect, or that it waits for something: `waiting`, `newer`, `cut_off`, or the name of a rule.
    package var note: String?
    package init(id: String, kind: String, author: String, device: String, at: Int64) {
        self.id = id
        self.kind = kind
        self.author = author
        self.device = device
        self.at = at
    }
}

/// A device of the journal.
package struct DevicePayload: Codable, Sendable {
    package var id: String
    package var name: String
    package var person: String
    package var isThisDevice: Bool
    package var connected: Bool
    /// How many of its own events are here.
    package var events: UInt64
    /// Where it was last reached.
    package var address: String?
    /// Its clock less ours at the last meeting, in milliseconds.
    package var skew: Int64?
    /// Whether it was taken out of the journal, or let in by one that had been.
    package var retired = false
    /// When it was let in, in milliseconds since 1970; nil for a founding device.
    package var added: Int64?
    /// The device that let it in, with whose it is; nil for a founding device.
    package var voucher: String?
    /// The name of the lost device whose place it took, for which the other person's device vouched.
    package var replaces: String?
    /// Whether it is met no more because it sent too much on a day.
    package var paused = false
    /// When it was connected last, in milliseconds since 1970; nil for never.
    package var seen: Int64?
    /// How many events are here that it is not known to have.
    package var toSend: Int64 = 0
    /// How many events it has announced and not sent yet.
    package var toReceive: UInt64 = 0
    /// Why it could not be met, or why the last connection ended: `no_answer`, `not_proved`, `refused_run`, `violation`,
    /// `disk_full` (there) or `no_room` (here).
    package var trouble: String?
    package init(
        id: String, name: String, person: String, isThisDevice: Bool, connected: Bool, events: UInt64,
        address: String?, skew: Int64?
    ) {
        self.id = id
        self.name = name
        self.person = person
        self.isThisDevice = isThisDevice
        self.connected = connected
        self.events = events
        self.address = address
        self.skew = skew
    }
}

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

/// A step of a pairing, as the daemon streams it, one a line.
package struct PairingStep: Codable, Sendable {
    /// `waiting`, `alone`, `misfit` (someone came who can't be paired with), `compare`, `paired` or `failed`.
    package var step: String
    /// What is being paired for: `newJournal`, `continueJournal`, `samePerson` or `replace`.
    package var intent: String?
    package var port: Int?
    /// Whether the other side has to call, as nothing is looked for here.
    package var isBlind: Bool?
    package var code: String?
    package var choices: [String]?
    package var partner: String?
    package var device: String?
    package var failure: String?
    package init(step: String) { self.step = step }
}

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

/// Another name for a device.
package struct RenameRequest: Codable, Sendable {
    package var name: String
    package init(name: String) { self.name = name }
}

/// The person's answer to a comparison: the other side's code.
package struct ConfirmRequest: Codable, Sendable {
    /// Nil for none of those offered.
    package var code: String?
    package init(code: String?) { self.code = code }
}

/// A refusal, by a name that the program that shows it turns into words.
package struct ErrorPayload: Codable, Error, Sendable {
    package var error: String
    /// What it is about: an id, a field, a path. Never words of the journal.
    package var subject: String?
    /// What is new in a rift since it was read.
    package var news: [EntryPayload]?
    package var arrival: Int64?
    /// The rift that it is about, by its whole id.
    package var rift: String?
    package init(_ error: String, _ subject: String? = nil) {
        self.error = error
        self.subject = subject
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

/// How far a check of the journal is, and what it found.
package struct VerifyStep: Codable, Sendable {
    /// `copying`, `checking`, `problem`, then `done`.
    package var step: String
    package var done = 0
    package var all = 0
    package var problems = 0
    /// How many of them were put right.
    package var mended = 0
    /// How many texts stay as they are, damaged, since nobody else can have them.
    package var kept = 0
    /// What is not as it has to be.
    package var kind: String?
    package var entry: String?
    package var author: String?
    /// Milliseconds since 1970.
    package var at: Int64?
    package var count: UInt64?
    package init(step: String) { self.step = step }
}

/// What a backup is one of; it stands in the file.
package struct BackupManifest: Codable, Equatable, Sendable {
    /// The version of the program that made it.
    package var program: String
    /// When it was made, in milliseconds since 1970.
    package var made: Int64
    /// Whose journal it is, by id and name.
    package var person: String
    package var personName: String
    package var deviceName: String
    /// Whether the device's secret keys are in it.
    package var hasKeys: Bool

    package init(
        program: String, made: Int64, person: String, personName: String, deviceName: String, hasKeys: Bool
    ) {
        (self.program, self.made, self.hasKeys) = (program, made, hasKeys)
        (self.person, self.personName, self.deviceName) = (person, personName, deviceName)
    }
}

/// How far a backup is: made, checked or restored.
package struct BackupStep: Codable, Sendable {
    /// `copying` and `checking`; `problem`; `file`, behind which the file itself comes; at the end `done` or `failed`.
    package var step: String
    package var done = 0
    package var all = 0
    /// What is not as it has to be.
    package var problem: VerifyStep?
    /// How many there were, at the end.
    package var problems = 0
    package var manifest: BackupManifest?
    /// What is in it, at the end.
    package var events: Int64 = 0
    package var drafts: Int64 = 0
    /// Why it ended early, by the name of a refusal.
    package var failure: String?
    package init(step: String) { self.step = step }
}

/// Something that was tried to find out how things are, and what came of it; people's text for it is made elsewhere.
package struct ProbePayload: Codable, Sendable {
    /// What was tried.
    package var name: String
    /// What came of it, in a word.
    package var outcome: String
    /// A path, an address or a device in it; none of them is anyone's words, and all are left out of a report.
    package var subject: String?
    /// A number in it: bytes, milliseconds, or how many.
    package var number: Int64?

    package init(_ name: String, _ outcome: String, subject: String? = nil, number: Int64? = nil) {
        (self.name, self.outcome, self.subject, self.number) = (name, outcome, subject, number)
    }
}

/// What the daemon found out about itself.
package struct DoctorPayload: Codable, Sendable {
    package var version: String
    /// The port on which devices come in.
    package var port: Int
    package var probes: [ProbePayload]
    package init(version: String, port: Int, probes: [ProbePayload]) {
        (self.version, self.port, self.probes) = (version, port, probes)
    }
}
