package import ArgumentParser

/// The command line of the journal.
package struct Reconcile: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "A journal that two partners share, for repair after a rift.",
        discussion: "Everything starts as a draft on this device; nothing leaves it until you share it.",
        version: "reconcile 0.1.0",
        subcommands: [
            Init.self, Pair.self, Unpair.self, Devices.self, Recovery.self, Status.self, Sync.self,
            Bundle.self, Rift.self,
            Account.self,
            Hurt.self,
            Reflect.self, Recognize.self, Amends.self, Receive.self, LetBe.self, Kept.self, Reply.self,
            Thanks.self,
            Note.self, Drafts.self, Share.self, Hold.self, Revise.self, Retract.self, Erase.self,
            Consent.self, Rest.self, Reopen.self,
            Log.self,
            Export.self, Import.self, BackupCommand.self, Archive.self,
            ServiceCommand.self, Doctor.self, Asides.self,
            PromptsCommand.self, Watch.self,
            Safety.self,
        ])

    /// The command with nothing given yet.
    package init() {}

    /// With nothing given: how things stand, or the first steps.
    package func run() throws { try explaining(Glance.show) }
}
