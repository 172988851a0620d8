import LocalAPI

/// Text for people about what went wrong: what failed, why, and what to do. All of it is made here.
enum Explanation {
    static func text(of error: any Error) -> String {
        switch error {
        case let error as LocalClientError: client(error)
        case let error as CLIError: own(error)
        default: "\(error)"
        }
    }

    /// What is to be done on a device that was restored without its keys.
    static let newDevice =
        "This was restored without keys, so it is a new device of yours. Let it in: `reconcile pair --mine` here and on another one of yours, or with your recovery words: `reconcile pair --recover` here and on your partner's."

    /// That nothing is shared from here, and how to begin again.
    static func apart(_ status: StatusPayload) -> String {
        let own = status.devices.first(where: \.isThisDevice)?.person
        let partner = status.devices.first { $0.person != own }?.person ?? "your partner"
        if let device = status.sharedOn?.first {
            return shownLine(
                "You share with \(partner) again on the \(device). Here too?  reconcile pair --again")
        }
        if status.isCopy == true {
            return
                "This is a restored copy, or one that was put back, so it shares nothing until you say so:  reconcile pair --again"
        }
        return "You share with nobody. To begin again: reconcile pair, on both machines."
    }

    private static func client(_ error: LocalClientError) -> String {
        switch error {
        case .noDaemon(let path):
            "no daemon answers at \(path). Start it with `reconcile service enable`, or by hand: reconciled"
        case .notAllowed(let path):
            "the socket \(path) belongs to someone else. Name yours with --socket."
        case .pathTooLong(let path):
            "the socket's path is too long for a socket: \(path)"
        case .silent:
            "the daemon says nothing. Start it anew: reconcile service status tells which one it is."
        case .brokenOff:
            "the daemon went away in the middle of its answer. Look at its log, then try again."
        case .malformed:
            "the daemon's answer makes no sense. Are reconcile and reconciled of the same version?"
        case .refused(let refusal): self.refusal(refusal)
        }
    }

    private static func own(_ error: CLIError) -> String {
        switch error {
        case .invalidUTF8: "the text is not valid UTF-8. Convert it first, as with: iconv -t UTF-8"
        case .tooMuchInput: "the text is too long: an entry holds 256 KiB at most. Share it in parts."
        case .unreadableInput: "standard input can't be read to its end, so nothing was taken of it."
        case .nothingWritten: "nothing was written, so nothing was kept."
        case .unanswered(let fields):
            "it isn't whole yet: \(fields.joined(separator: " and ")) \(fields.count == 1 ? "is" : "are") missing."
        case .unplaced("receipt"):
            "say what it is about, and how far it reached you: reconcile receive ID not-yet|partly|enough. `reconcile log` shows the ids."
        case .unplaced(let kind):
            "say what it is about: reconcile \(Unfinished.command(kind)) ID. `reconcile log` shows the ids."
        case .nothingToChoose:
            "there is nothing yet that it could be about. `reconcile log` shows what there is."
        case .editor(let name):
            "the editor \"\(name)\" failed. Set EDITOR, or give the text by flag or on stdin."
        case .pairingFailed(let reason): pairing(failed: reason)
        case .needsTerminal: "the words are shown once, to be written down: that needs a terminal."
        case .needsYes: "that can't be undone. Without a terminal, say that it is meant: --yes"
        case .irregular(let path): "\(path) is no file. Name a new one."
        case .exists(let path): "\(path) is there already. Name another file, or say --force."
        case .unwritable(let path, let code): "\(path) can't be written: \(Terminal.reason(code))"
        case .program(let name, let code): "can't run \(name): \(Terminal.reason(code))"
        case .noPassphrase:
            "a passphrase is needed, of 1 to 1,024 bytes and without control characters. Type it at a terminal, or name a file: --passphrase-file"
        case .damagedBackup(let path, let isKept):
            "the journal is not all as it was written, and so its backup isn't: `reconcile log --verify` says what to do. "
                + (isKept
                    ? "\(path) holds what there is."
                    : "\(path) was left alone: make one with a passphrase and under another name, which holds what there is.")
        case .passphrasesDiffer: "the two differ, so nothing was made. Try again."
        case .noUnits:
            "no units are installed. Install the package, or without root, from the sources: scripts/install --user"
        case .noName:
            "the system's unit can't carry that name. Without root it works: reconcile service enable --user"
        case .service(let failure): service(failure)
        case .output(let code): "can't write the output: \(Terminal.reason(code))"
        case .unreadable(let path, let code): "\(path) can't be read: \(Terminal.reason(code))"
        case .notInSync:
            "your partner's devices don't have all of it yet. `reconcile status` tells who is connected."
        }
    }

    private static func service(_ failure: ServiceFailure) -> String {
        switch failure {
        case .cannotStart(let reason?): "the daemon can't start: \(shownLine(reason))"
        case .cannotStart(nil): "the daemon doesn't start. `reconcile service logs` tells why."
        case .needsRoot(let action):
            "systemd didn't allow that. As root: sudo reconcile service \(action). Or without root: reconcile service \(action) --user"
        case .noSession:
            "no service manager of yours is running. Log in at a terminal, or let it run without: loginctl enable-linger"
        case .refused: "systemd refused, as it says above."
        case .whose: "say whose journal that is, with --for NAME: root has none of its own."
        case .notAsRoot: "--user is for the one who runs it: without sudo, and without --for."
        case .other(let path):
            "there is a journal in \(path) already, which the system's service wouldn't know. Go on with it, without sudo: reconcile service enable --user. Or take it along: reconcile backup create, then reconcile service disable --user, move that directory away, enable the system's service, and: reconcile backup restore"
        }
    }

    /// What is not as it has to be in the journal, and what to do.
    static func damage(_ kind: String, count: UInt64) -> String {
        let anew =
            "Stop the daemon, keep a copy of its directory, and set this device up anew: `reconcile pair --mine` from another of yours, or by your recovery words with --recover."
        return switch kind {
        case "missing":
            (count > 0
                ? "\(counted(count, "event")) before it \(count == 1 ? "is" : "are") gone. "
                : "the end of that log is gone. ") + anew
        case "header": "its header isn't the one that was signed. " + anew
        case "columns": "what is kept beside its header says something else. " + anew
        case "body":
            "its words aren't the ones that were written. `reconcile log --verify --mend` asks the other devices for them again."
        case "signature": "a signature over it isn't its device's. " + anew
        case "standing":
            "what is kept of this rift doesn't follow from its entries. `reconcile log --verify --mend` derives it anew."
        case "index": "an index of the database doesn't hold all events. " + anew
        case "busy": "another check is under way. Wait until it is done."
        case "disk_full":
            "there is no room on the disk for the copy that is checked. Make room, then try again."
        default: "the database can't be read. " + anew
        }
    }

    /// Why a line of a file can't be taken in.
    static func problem(_ reason: String, _ subject: String) -> String {
        switch reason {
        case "not_text": "that is no UTF-8."
        case "not_a_field": "that is no field: a line is FIELD=VALUE, or a name with a length and bytes."
        case "too_long": "that is longer than any field of an entry."
        case "truncated": "the file ends in the middle of a field."
        case "not_an_object": "that is no JSON object of strings and arrays of strings."
        case "bad_date": "its date can't be read."
        case "future": "its date lies in the future."
        case "before_first": "there is text before the first date in brackets."
        case "not_importable": "a \(subject) changes something, and only entries can be taken in."
        case "only_shared": "a \(subject) is no draft; it needs --share."
        case "not_in_file": "it names \(shown(short(subject))), which is neither here nor above in the file."
        case "names_problem": "it names what is on line \(subject), which can't be taken in."
        case "about_a_draft": "it answers \(subject), which is only a draft. Share that first."
        case "unknown_rift": "no rift is called \"\(shownLine(subject))\", here or above in the file."
        case "missing_field": "it has no \(subject.uppercased())."
        default: refusal(ErrorPayload(reason, subject))
        }
    }

    /// Why a pairing came to nothing.
    static func pairing(failed reason: String) -> String {
        switch reason {
        case "mismatch":
            "the codes differ, so nothing was paired. The code is used up; run `reconcile pair` on both again."
        case "cancelled":
            "pairing was stopped; nothing has changed. Run `reconcile pair` on both to try again."
        case "unequalIntents": "the two sides want different things. Run the same `reconcile pair` on both."
        case "sameDevice":
            "both devices belong to the same person, or are one and the same. A journal needs two; for a further device of yours there is --mine."
        case "busy":
            "another pairing is going on there. Wait until it ends, then run `reconcile pair` on both."
        case "nobody":
            "nobody came in five minutes. Run `reconcile pair` on both, one with --address HOST:PORT."
        case "timeout":
            "the other side did not answer in time, so nothing was paired. A code that was shown is used up; run `reconcile pair` on both again."
        case "storage":
            "there is no room left on one of the two disks, or it failed, so nothing was paired. Make room, then run `reconcile pair` on both again."
        case "alreadyPaired":
            "one of the two has a journal already, and the other has none. Is the new one a further device of its person? Add it from the device that they have, with --mine on both. Is that one lost? Then `reconcile pair --recover` on both lets it in by recovery words."
        case "otherJournal":
            "both have a journal, and not the same one. Two journals can't be made one."
        case "noJournal":
            "neither of the two has a journal yet. Pair one of them with your partner first, with `reconcile pair`."
        case "retired":
            "that device was retired, for good. Set it up anew in a fresh state directory, then add it with --mine."
        case "changedKeys":
            "that device shows other keys than this journal knows, so nothing was paired. Set it up anew if it was reset."
        case "unknownWords":
            "these words belong to no paper of this journal, or to one that was withdrawn. Look whether it is the right one."
        case "brokenCommitment":
            "someone is tampering with the connection, so nothing was paired. Use another network."
        case "disconnected":
            "the connection broke, so nothing was paired. The code is used up; run `reconcile pair` on both again."
        default:
            "the other side sent something unexpected, so nothing was paired. Are both of the same version?"
        }
    }

    /// Who came while a pairing waits, and failed.
    static func stranger(at address: String, _ reason: String) -> String {
        let deed =
            switch reason {
            case "timeout": "and then said nothing"
            case "protocolViolation", "brokenCommitment": "with messages that make no sense"
            default: "and gave up"
            }
        return "Someone at \(address) tried to pair \(deed). That may be a stranger."
    }

    /// What two people agree to by a pairing, before anything is shown that they compare.
    static func pairing(for intent: String) -> String {
        switch intent {
        case "samePerson":
            "One of the two has your journal, and the other will have it too: everything that was shared.\nDrafts and notes stay on the device on which they were written."
        case "recover":
            "The new device comes back by its person's recovery words, and gets everything that was shared.\nDrafts and notes of the lost one are lost with it."
        case "continueJournal":
            "From now on you share again, in the same journal: what either of you shares is in both.\nDrafts and notes stay here, also those written while you were apart."
        default:
            "From now on, what either of you shares is in both journals.\nDrafts and notes stay here, also those that you have written already."
        }
    }

    /// What to try when nobody has come for ten seconds.
    ///
    /// - Parameter address: the one that is called, if one was named.
    static func alone(port: Int, calling address: String?) -> String {
        let last =
            address.map { "Nobody answers at \($0): is that the other machine's address, and its port?" }
                ?? """
                Or name this machine on the other one, where its address is known (`ip address` shows it):
                  reconcile pair --address ADDRESS:\(port)
                """
        return """
            Nobody yet. Does the other side run `reconcile pair` too? The usual causes:
              - The Wi-Fi keeps its guests apart. Use another network, or a cable.
              - A firewall is in the way. Open it on both, with one of:
                  sudo ufw allow \(port)/tcp && sudo ufw allow 7747/udp
                  sudo firewall-cmd --permanent --add-port=\(port)/tcp \\
                    --add-port=7747/udp && sudo firewall-cmd --reload
              - A VPN takes all traffic. Pause it.
            \(last)
            """
    }

    /// Why a device isn't connected, as far as that is known.
    static func trouble(of device: DevicePayload) -> String? {
        switch device.trouble {
        case "no_answer": device.address.map { "no answer at \($0)" }
        case "not_proved": "at its address is someone else"
        case "refused_run": "it sent what can't be verified, so the connection was ended"
        case "violation": "the two don't understand each other; are both of the same version?"
        case "disk_full": "its disk is full, so it takes nothing"
        case "cannot_send":
            "something that is here can't be sent to it: `reconcile log --verify` tells what, and what to do"
        case "no_room": "this disk is nearly full, so nothing is taken from it"
        default: nil
        }
    }

    private static func refusal(_ refusal: ErrorPayload) -> String {
        let subject = refusal.subject ?? ""
        return switch refusal.error {
        case "restore_over":
            "there is a journal here already, and nothing is overwritten. Restore with a daemon whose state directory is new."
        case "restore_unfinished":
            "a backup was being restored here, and that was broken off. Do it again: reconcile backup restore FILE"
        case "restored_without_keys":
            "this journal was restored without keys. Let this device in with --mine, from another of yours, or by your recovery words with --recover. To begin another journal, export this one and use a new state directory."
        case "backup_none": "that is no backup of Reconcile's."
        case "backup_newer": "that backup was made by a newer version. Install that one first."
        case "backup_sealed": "that backup has a passphrase. Name a file with it: --passphrase-file"
        case "backup_plain":
            "that backup is sealed by nothing, and you name a passphrase for it. Is it the file that you mean? Then leave --passphrase-file out."
        case "backup_passphrase": "that is not its passphrase, or the file is damaged at its beginning."
        case "backup_unproved":
            "what is in that backup isn't all as it was written, and no passphrase proves whose it is. Nothing was taken of it; use another backup."
        case "backup_damaged":
            "the file is not as it was written. Nothing was taken of it; use another backup."
        case "backup_truncated":
            "the end of the file is missing. Nothing was taken of it; use another backup."
        case "check_busy": "the journal is being copied already. Try again when that is done."
        case "cannot_start": "the daemon can't start: \(shownLine(subject))"
        case "not_initialised": "this device is not set up yet. Run: reconcile init --name YOU"
        case "already_initialised": "this device is set up already; `reconcile status` shows as whom."
        case "not_paired":
            "not paired yet, so nothing is shared, and there are no other devices. Write drafts, or run: reconcile pair"
        case "not_met":
            "your partner's device has not been met since pairing, so nothing can be shared yet. Write a draft, without --share. If the other side isn't paired, run `reconcile pair` again on both."
        case "already_paired":
            "you are paired, and your partner's device is connected. For a further device of yours there is --mine."
        case "apart":
            "you have stopped sharing, so this can only be a draft. To share again, run `reconcile pair` on both machines."
        case "journal_changed":
            "another journal took the place of this one while it was read. Ask again."
        case "archived":
            "the journal that it was for is in an archive now, and it stayed here."
        case "archive_closed": "an archive is closed for good: it can be read, and nothing changes in it."
        case "archive_follow":
            "nothing comes into an archive any more, so there is nothing to follow. Leave -f out."
        case "archive_taken": "there is an archive called \"\(subject)\" already. Choose another name."
        case "archive_unreadable": "the archive \(subject) can't be opened. The daemon's log tells more."
        case "bad_archive_name":
            "\"\(subject)\" can't be the name of an archive. Letters, digits, -, _ and . can, 64 bytes at most, with a letter or a digit first."
        case "unknown_archive": "no archive is called \"\(subject)\". `reconcile archive --list` shows them."
        case "apart_sync":
            "you have stopped sharing, so there is nobody to be in sync with. `reconcile pair`, on both machines, begins again."
        case "retired": "this device was retired from the journal. What is here can be read, and no more."
        case "no_recovery":
            "nobody has recovery words in this journal. Another device of the same person can let the new one in, with --mine on both."
        case "words_needed":
            "this device has no journal, so it takes your recovery words. Run `reconcile pair --recover`."
        case "words_count":
            "recovery words are twelve, and these are \(subject). Write all of them, in order."
        case "words_unknown":
            "word \(subject) is none of the list. Look at the paper again: its first four letters suffice."
        case "words_checksum":
            "these words don't go together: one is another one of the list, or two changed places. Look at the paper again."
        case "unknown_device": "no device is called \"\(subject)\". `reconcile devices` shows them."
        case "ambiguous_device":
            "several devices are called \"\(subject)\". Name the one by the beginning of its id."
        case "not_your_device": "\(subject) is not yours. Only its person can do that, on a device of theirs."
        case "already_retired": "\(subject) is retired already."
        case "retire_elsewhere":
            "that is this machine. If it is given away: reconcile devices retire --here. Else do it on another one."
        case "withdraw_elsewhere":
            "those words were made on \(subject), which was let in before this device. Withdraw them there, or here with the words themselves: reconcile recovery withdraw --words"
        case "which_words":
            "you have several papers. Say which by the beginning of its id: reconcile recovery list"
        case "retire_before_sync":
            "this device has not met another one since it was let in, and would cut off what it has not seen. Meet one first: reconcile sync --wait"
        case "bad_name": "a name is one line of 1 to 128 bytes."
        case "unknown_id":
            "no entry begins with \"\(subject)\". `reconcile log -o json` shows ids; four digits are enough."
        case "ambiguous_id": "\"\(subject)\" fits more than one. Give more of it."
        case "unknown_rift": "no rift is called \"\(subject)\". `reconcile rift list` shows them."
        case "not_a_rift": "\(subject) is no rift. `reconcile rift list` and `reconcile drafts` show rifts."
        case "unknown_draft": "there is no draft \(subject). `reconcile drafts` shows them."
        case "about_a_draft": "\(subject) is still a draft. Share it first: reconcile share \(subject)"
        case "unknown_kind": "\"\(subject)\" is no kind of entry."
        case "unknown_field": "this kind of entry has no field \"\(subject)\"."
        case "repeated_field": "the field \"\(subject)\" may stand only once."
        case "missing_field": "this kind of entry needs --\(subject)."
        case "unknown_choice": "\"\(subject)\" is no choice. Say not-yet, partly or enough."
        case "unknown_output": "\"\(subject)\" is no output mode. `reconcile log -o help` lists them."
        case "no_pcre2": "-g needs the library PCRE2. Install it, for one with: sudo apt install libpcre2-8-0"
        case "bad_pattern": "Bad pattern: \(subject)."
        case "bad_time": "Failed to parse timestamp: \(subject)"
        case "not_private": "\(subject) is no private field. Those are underneath and kindness."
        case "already_erased": "the words of \(subject) are erased already."
        case "already_asked": "you asked for \(subject) to be erased already. It is once your partner agrees."
        case "not_erased":
            "\(subject) is not erased, so its words stay. To ask for that: reconcile erase \(subject)"
        case "nothing_to_consent": "nobody asks for \(subject) to be erased."
        case "clock_moved":
            "this machine's clock was set by more than an hour since you held it, so whether its time has come is yours to say. Share it with reconcile share, or hold it again."
        case "clock_unsure":
            "whether this machine's clock is right isn't known since it started. It goes once the clock follows others, or a device is met whose clock agrees; or with reconcile share, now."
        case "restored":
            "this journal was put back from a copy since, and it may have been shared already. Look first: reconcile log"
        case "no_time_to_come":
            "\"\(subject)\" is no time to come. Say one as in \"tomorrow 9:00\", \"sunday 18:00\" or 2h."
        case "past": "that is over: \(subject). Say a time to come, as in \"tomorrow 9:00\"."
        case "too_many_parameters": "that is more than 500 options and matches at once."
        case "bad_parameter": "the daemon knows no parameter \"\(subject)\". Are both of the same version?"
        case "import_busy": "another file is being taken in. Wait until that is done."
        case "bad_cursor": "Failed to seek to cursor: that is no cursor of this journal."
        case "foreign_cursor":
            "Failed to seek to cursor: it is another device's, or from before this one was restored. Begin anew, with --since."
        case "unknown_format": "\"\(subject)\" is no format. Say export, json or jrnl."
        case "file_too_long": "that file is longer than 1 GiB. Take it in in parts."
        case "damaged":
            "something in the store can't be read. `reconcile log --verify` tells what, and what to do."
        case "disk_full":
            "there is no room left on the disk, so nothing was saved. Make room, then try again."
        case "internal": "the daemon could not do it. Its log tells more."
        case "too_long": "the text is too long: an entry holds 256 KiB at most. Share it in parts."
        case "title_too_long": "the title is too long: 1 KiB at most."
        case "notes_stay": "a note is for yourself and always stays on this device."
        case "notTheAuthor": "only its author may do that."
        case "ownEntry": "this answers the other's entry, and that one is your own."
        case "wrongSubject": wrongSubject(subject)
        case "wrongCount": wrongCount(subject)
        case "riftExpected": "this needs a rift. Name it with --rift; `reconcile rift list` shows them."
        case "otherRift": "what it names belongs to another rift."
        case "unknownChoice": "say not-yet, partly or enough."
        case "not_here": "what it names has not arrived here yet."
        case "taken_back": "\(subject) was taken back by its author, so it can't be answered."
        case "which_hurt": "\(subject) answers several hurts. Name the one you mean with --hurt."
        case "news_many":
            "many things were added to this rift that you had not seen. Read them first: reconcile rift show \(subject)"
        case "news":
            "something was added to this rift that you had not seen; it stands above. Run the command again if you still mean it."
        case "bad_address": "\"\(subject)\" is no address. Write it as HOST:PORT."
        case "pairing_busy":
            "a pairing is going on already. Finish it, or stop it with: reconcile pair --cancel"
        case "pairing_locked": "three comparisons failed. Wait ten minutes before the next one."
        case "no_pairing": "no code is waiting to be compared. Run `reconcile pair` on both sides first."
        case "codes_differ": pairing(failed: "mismatch")
        case "bad_code": "a code has nine digits, as in 482 019 337."
        case "no_devices":
            "your partner has no device in the journal that could open it. Run `reconcile pair --recover` with the new one."
        case "bundle_none":
            "that file is no bundle. `reconcile bundle create --to FILE` makes one, on your partner's machine."
        case "bundle_newer":
            "a newer version made that bundle. Install the same one here; nothing has changed."
        case "bundle_foreign":
            "that bundle is not for this device, or its first bytes were changed. If it was made before this device was let in, ask for another; nothing has changed."
        case "bundle_truncated":
            "that bundle is not whole: its end is missing. Copy it again; nothing has changed."
        case "bundle_damaged":
            "that bundle is not what was written: bytes in it have changed. Copy it again; nothing has changed here."
        case "bundle_refused":
            "something in that bundle isn't signed by who it says wrote it, so nothing was taken. Ask for another one."
        case "bundle_gap":
            "that bundle continues what is missing here, so nothing was taken. On the other machine: reconcile bundle create --everything --to FILE"
        case "bad_request": "the daemon could not read the request. Are both of the same version?"
        default: "the daemon could not do it (\(refusal.error) \(subject)). Its log tells more."
        }
    }

    private static func wrongSubject(_ kind: String) -> String {
        switch kind {
        case "recognition", "amends":
            "that is no hurt: a recognition or an amends answers a hurt of the other."
        case "receipt": "that is no recognition or amends that answers a hurt of yours."
        case "kept": "that is no amends of yours."
        case "let_be": "that is no hurt."
        default: "that is not something this can be about."
        }
    }

    private static func wrongCount(_ kind: String) -> String {
        switch kind {
        case "recognition", "amends", "let_be": "name the hurt that it is about, by its id."
        default: "name exactly what it is about, by its id."
        }
    }
}
