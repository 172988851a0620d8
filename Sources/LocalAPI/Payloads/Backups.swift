/// What a backup is one of; it stands in the file.
package struct BackupManifest: Codable, Equatable, Sendable {
    /// The version of the program that made it.
    package var program: String
    /// When it was made, in milliseconds since 1970.
    package var made: Int64
    /// Whose journal it is, by the person's id.
    package var person: String
    /// That person's name.
    package var personName: String
    /// What the device is called on which it was made.
    package var deviceName: String
    /// Whether the device's secret keys are in it.
    package var hasKeys: Bool

    /// A manifest from its parts.
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
    /// How far it is: at `copying` in pages of the database, at `checking` in events and rifts.
    package var done = 0
    /// How many of these there are; at `file` the bytes of the database.
    package var all = 0
    /// What is not as it has to be.
    package var problem: VerifyStep?
    /// How many there were, at the end.
    package var problems = 0
    /// What the file says of itself, at the end.
    package var manifest: BackupManifest?
    /// How many events are in it, at the end.
    package var events: Int64 = 0
    /// How many drafts are in it, at the end.
    package var drafts: Int64 = 0
    /// Why it ended early, by the name of a refusal.
    package var failure: String?
    /// A step of that name; what else it tells is set afterwards.
    package init(step: String) { self.step = step }
}
