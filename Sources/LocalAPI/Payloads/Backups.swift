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
