import Foundation
import Testing

/// `help safety` promises nothing that isn't shown: each of its sentences names what shows it.
///
/// A sentence that is changed, or added, has no witness until someone looks again; and a witness that goes leaves its
/// sentence without one.
@Suite struct SafetyTests {
    /// What shows that a sentence is so.
    private enum Witness {
        /// A test, by its file and a part of its text.
        case shown(String, String)
        /// Advice, or a heading of what follows: nothing that the program does.
        case advice
        /// What is true of every program of its kind: there is nothing to be shown by running this one.
        case given
    }

    private static let witnesses: [(sentence: String, by: [Witness])] = [
        (
            "Reconcile is for two people who are safe with each other and hurt all the same.", [.advice]
        ),
        (
            "If you are afraid of your partner, if they hit, threaten, follow or control you, don't write about it "
                + "here, and don't share: what you share, they read.", [.advice]
        ),
        ("Talk to someone outside instead, from a device that they don't use.", [.advice]),
        ("In danger, call the emergency number.", [.advice]),
        (
            "Lines that listen, in many countries and languages: findahelpline.com · nomoredirectory.org",
            [.advice]
        ),
        (
            "Drafts and notes never leave this device, not even by their number or their time.",
            [.shown("scripts/invariant-test", "is \"Joon's log has no gap at Mara's\"")]
        ),
        (
            "What lies underneath and what you would tell a friend stay behind when you share the rest, unless you "
                + "choose them, by --include or when you are asked before sharing: then your partner reads them too.",
            [
                .shown("scripts/invariant-test", "canary-underneath canary-kindness"),
                .shown("Tests/Terminal/sharing.py", "# What lies underneath stays, unless it is chosen"),
            ]
        ),
        (
            "Everything that you shared, for good: it is in their journal too, and can be exported, printed and "
                + "copied.", [.shown("scripts/invariant-test", "is \"what was shared is Mara's still\"")]
        ),
        (
            "Taking something back (retract) folds it away; it does not unsay it, and they can unfold it.",
            [.shown("scripts/invariant-test", "is \"taken back is folded, and unfolded by --all\"")]
        ),
        (
            "Nobody is told what you have read, or when.",
            [.shown("scripts/invariant-test", "quiet look")]
        ),
        (
            "Of your machines they see whether they are connected, whether all has arrived, and the devices that you "
                + "let in; not where they are, since when they are away, or why.",
            [
                .shown(
                    "Tests/ReconcileDaemonTests/PartnerViewTests.swift", "`absent is absent, byte for byte`"),
                .shown(
                    "Tests/ReconcileDaemonTests/ArrivalTests.swift",
                    "`a further device is told on both sides, whatever becomes of it`"),
                .shown("scripts/leaving-test", "bold \"What the other one sees\""),
            ]
        ),
        (
            "You ask, and your partner may agree; nobody ever has to, and a request can be declined for good without "
                + "their being told.",
            [
                .shown("scripts/erase-test", "|| fail \"it was told:"),
                .shown(
                    "Tests/ReconcileDaemonTests/ErasingTests.swift",
                    "`a request that was declined is not asked about again, and can be agreed to`"),
            ]
        ),
        ("The words may be the only record of what happened, for you too.", [.advice]),
        (
            "They are deleted on the device that asked and on the one that agreed; others keep them, shown to nobody, "
                + "until their person deletes them there.",
            [
                .shown(
                    "Tests/ReconcileDaemonTests/ErasingTests.swift",
                    "`who asked and who agreed delete the words`"),
                .shown(
                    "Tests/ReconcileDaemonTests/ErasingTests.swift",
                    "`a device on which nobody said so keeps them, and gives them to nobody`"),
                .shown("scripts/erase-test", "workshop erase --here --yes"),
            ]
        ),
        (
            "That there was an entry stays in both journals.",
            [.shown("scripts/erase-test", "the story tells nothing of it")]
        ),
        ("What was exported or backed up is out of reach.", [.given]),
        (
            "Between the machines everything is encrypted, and only paired devices get in: whoever listens on the "
                + "network learns neither names nor words.",
            [
                .shown(
                    "scripts/network-test",
                    "bold \"Whoever listens learns nothing of who they are or what they write\""),
                .shown("scripts/access-test", "someone got in, or heard more than a stranger may"),
            ]
        ),
        (
            "Other accounts on this machine can't open the journal.",
            [.shown("scripts/invariant-test", "is \"files that other accounts may open\"")]
        ),
        ("Nothing goes to any server; there is none.", [.given]),
        (
            "Whoever watches the network sees that two machines run Reconcile, when they are connected, and about how "
                + "much passes between them.", [.given]
        ),
        (
            "On every network that it joins, this machine calls for the devices that are missing, in bytes that name "
                + "nobody; that it runs Reconcile shows.",
            [
                .shown(
                    "Tests/PeeringTests/BeaconTests.swift",
                    "`two beacons of one device have nothing in common but their version`"),
                .shown("Tests/PeeringTests/BeaconTests.swift", "`nobody else can tell anything`"),
            ]
        ),
        (
            "Where it has met them before it also calls their addresses there, and nowhere else.",
            [.shown("scripts/network-test", "bold \"Joon sits in a café: he calls nobody")]
        ),
        (
            "Whoever can use your account, or takes this machine without its disk being encrypted, can read all of "
                + "it, drafts too.", [.given]
        ),
        (
            "So can administrators of the machine, and programs that you run: the journal is not sealed on the disk.",
            [.given]
        ),
        ("Use a disk that is encrypted and a screen that locks.", [.advice]),
        (
            "That there is a Reconcile on this machine is no secret, and your shell may keep what you type behind -m "
                + "in its history.", [.given]
        ),
        (
            "`reconcile unpair` ends the sharing at once, without a reason and without the other's doing anything.",
            [.shown("scripts/invariant-test", "bold \"10. Leaving is one-sided, immediate, works offline")]
        ),
        (
            "They are not told; they see that you are not connected, as when your machine is off.",
            [.shown("scripts/leaving-test", "bold \"What the other one sees\"")]
        ),
        (
            "From then on only further devices of yours can reach this machine over the network; without any it is "
                + "silent and listens nowhere.",
            [
                .shown(
                    "Tests/ReconcileDaemonTests/PeerPortTests.swift",
                    "`apart a device listens for further ones of its person, and else for nobody`"),
                .shown("Tests/Intruder/matrix.py", "nobody listens"),
            ]
        ),
        (
            "You keep your journal; they keep what was shared.",
            [.shown("scripts/invariant-test", "is \"what was shared is Mara's still\"")]
        ),
    ]

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The sentences of the text, without its headings.
    private static func sentences() throws -> [String] {
        let source = try text(of: "Sources/ReconcileCLI/Safety.swift")
        let text = try #require(source.firstMatch(of: /text = """\n((?s).*?)\n +"""/)).1
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("          ") }
        let words = lines.flatMap { $0.split(separator: " ") }
        return words.reduce(into: [""]) { sentences, word in
            let last = sentences.count - 1
            sentences[last] += (sentences[last].isEmpty ? "" : " ") + word
            if word.hasSuffix(".") || word.hasSuffix(".org") { sentences.append("") }
        }.filter { !$0.isEmpty }
    }

    @Test func `each sentence has been looked at, as it stands`() throws {
        #expect(try Self.sentences() == Self.witnesses.map(\.sentence))
    }

    @Test func `what shows a sentence is there`() throws {
        for (sentence, witnesses) in Self.witnesses {
            for case .shown(let file, let part) in witnesses {
                #expect(try Self.text(of: file).contains(part), "\(sentence) — \(file) has no \(part)")
            }
        }
    }
}
