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
          Drafts and notes never leave this device, not even by their number or their
          time. What lies underneath and what you would tell a friend stay behind when
          you share the rest, unless you choose them, by --include or when you are
          asked before sharing: then your partner reads them too.

        What your partner gets
          Everything that you shared, for good: it is in their journal too, and can be
          exported, printed and copied. Taking something back (retract) folds it away;
          it does not unsay it, and they can unfold it. Nobody is told what you have
          read, or when. Of your machines they see whether they are connected, whether
          all has arrived, and the devices that you let in; not where they are, since
          when they are away, or why.

        What erasing does
          You ask, and your partner may agree; nobody ever has to, and a request can
          be declined for good without their being told. The words may be the only
          record of what happened, for you too. They are deleted on the device that
          asked and on the one that agreed; others keep them, shown to nobody, until
          their person deletes them there. That there was an entry stays in both
          journals. What was exported or backed up is out of reach.

        What it protects
          Between the machines everything is encrypted, and only paired devices get
          in: whoever listens on the network learns neither names nor words. Other
          accounts on this machine can't open the journal. Nothing goes to any server;
          there is none.

        What it can't protect
          Whoever watches the network sees that two machines run Reconcile, when they
          are connected, and about how much passes between them.
          On every network that it joins, this machine calls for the devices that are
          missing, in bytes that name nobody; that it runs Reconcile shows. Where it
          has met them before it also calls their addresses there, and nowhere else.
          Whoever can use your account, or takes this machine without its disk being
          encrypted, can read all of it, drafts too. So can administrators of the
          machine, and programs that you run: the journal is not sealed on the disk.
          Use a disk that is encrypted and a screen that locks. That there is a
          Reconcile on this machine is no secret, and your shell may keep what you type
          behind -m in its history.

        Leaving
          `reconcile unpair` ends the sharing at once, without a reason and without
          the other's doing anything. They are not told; they see that you are not
          connected, as when your machine is off. From then on only further devices of
          yours can reach this machine over the network; without any it is silent and
          listens nowhere. You keep your journal; they keep what was shared.
        """
}
