/// Who this device is: what `init` asks.
package struct InitRequest: Codable, Sendable {
    /// The person's name.
    package var person: String
    /// What this device is called.
    package var device: String
    /// A request from both names.
    package init(person: String, device: String) {
        self.person = person
        self.device = device
    }
}

/// A device of the journal.
package struct DevicePayload: Codable, Sendable {
    /// Its id, in hexadecimal digits.
    package var id: String
    /// What it is called; the beginning of its id where its name isn't here.
    package var name: String
    /// The name of the person whose it is.
    package var person: String
    /// Whether it is this person's. Of the partner's no address, time or reason is told: whether they are off,
    /// elsewhere or have left is theirs to say.
    package var isOwn = false
    /// Whether it is the one that answers.
    package var isThisDevice: Bool
    /// Whether it is connected to this one now.
    package var connected: Bool
    /// How many of its own events are here.
    package var events: UInt64
    /// Where it was last reached; one's own only.
    package var address: String?
    /// Its clock less ours at the last meeting, in milliseconds; for the partner's in whole hours, nil below one.
    package var skew: Int64?
    /// Whether it was taken out of the journal, or let in by one that had been.
    package var retired = false
    /// When it was let in, in milliseconds since 1970; nil for a founding device.
    package var added: Int64?
    /// The device that let it in, with whose it is; nil for a founding device.
    package var voucher: String?
    /// The id of that device.
    package var voucherID: String?
    /// Whether it came back by recovery words, without anyone who let it in.
    package var isByWords = false
    /// Whether only devices junior to it have retired it, so that it can answer.
    package var retiredByJunior = false
    /// The name of the most senior device that has retired it; nil if none has.
    package var retiredBy: String?
    /// Whether it is met no more because it sent too much on a day.
    package var paused = false
    /// Whether it has begun more logs and branches than restoring it explains: its keys may have been copied.
    package var hasManyLogs = false
    /// When it was connected last, in milliseconds since 1970; one's own only, nil for never.
    package var seen: Int64?
    /// How many events are here that it is not known to have.
    package var toSend: Int64 = 0
    /// How many events it has announced and not sent yet.
    package var toReceive: UInt64 = 0
    /// What is wrong here, or was with what it sent: `no_room`, `cannot_send` or `refused_run`. Of one's own also why it
    /// could not be met, or why the last connection ended: `no_answer`, `not_proved`, `violation` or `disk_full` (there).
    package var trouble: String?
    /// A device with what is told of every one; the rest is set afterwards.
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

/// Another name for a device.
package struct RenameRequest: Codable, Sendable {
    /// What it is to be called.
    package var name: String
    /// A request for that name.
    package init(name: String) { self.name = name }
}
