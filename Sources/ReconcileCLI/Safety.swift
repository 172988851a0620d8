package import ArgumentParser

/// What this protects and what it can't; also `reconcile help safety`.
package struct Safety: ParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "What this protects, what it can't, and what it is not for.",
        discussion: "Example: reconcile help safety")

    /// The command with nothing given yet.
    package init() {}

    package func run() throws { Self.tell() }

    /// Prints it.
    package static func tell() { Terminal.print(text) }

    private static let text = """
        What this is not for
          Reconcile is for two people who are safe with each other and hurt all the
          same. If you are afraid of your partner, if they hit, threaten, follow or
          control you, don't write about it here, and don't share: what you share,
          they read. Talk to someone outside instead, from a device that they don't
          use. In danger, call the emergency number. Lines that listen, in many
          countries and languages:
            findahelpline.com  ·  nomoredirectory.org

        What stays with you
          Drafts, notes, and what lies underneath never leave this device, not even by
          their number or their time. You choose entry by entry what is shared.

        What your partner gets
          Everything that you shared, for good: it is in their journal too, and can be
          exported, printed and copied. Taking something back folds it away; it does
          not unsay it. Nobody is told what you have read, or when.

        What it protects
          Between the machines everything is encrypted, and only paired devices get
          in: whoever listens on the network learns neither names nor words. Other
          accounts on this machine can't open the journal. Nothing goes to any server;
          there is none.

        What it can't protect
          Whoever can use your account, or takes this machine without its disk being
          encrypted, can read all of it, drafts too. So can administrators of the
          machine, and programs that you run. Use a disk that is encrypted and a
          screen that locks. That there is a Reconcile on this machine is no secret,
          and your shell may keep what you type behind -m in its history.

        Leaving
          `reconcile unpair` ends the sharing at once, without a reason and without
          the other's doing anything. You keep your journal; they keep what was
          shared.
        """
}
