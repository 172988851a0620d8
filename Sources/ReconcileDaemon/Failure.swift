import Glibc
import Store

/// Why the daemon can't start or go on, for people: what failed, why, and what to do. All of it is made here.
package struct Failure: Sendable {
    /// One line.
    package let text: String
    /// What the program ends with: 78 where starting it again can't mend it, 75 where it may.
    package let status: CInt

    /// What is to be said of an error.
    package init(_ error: any Error) {
        (text, status) =
            switch error {
            case let error as DaemonError: (Self.text(of: error), Self.mayPass(error) ? 75 : 78)
            case StoreError.notOurs:
                (
                    "the file journal.sqlite is not a Reconcile journal. It was left as it is; move it away.",
                    78
                )
            case StoreError.newer(let version):
                (
                    "the journal was written by a newer version (layout \(version)). Install that version; nothing was changed.",
                    78
                )
            case StoreError.inUse: ("the journal is open in another program. Close that first.", 75)
            case StoreError.full:
                ("there is no room on the journal's disk. Make some; nothing was changed.", 75)
            case StoreError.disk(let code):
                (
                    "the journal's disk failed (SQLite \(code)). `journalctl -k` may tell what is wrong with it.",
                    75
                )
            case StoreError.corrupt, StoreError.damaged: ("the journal is damaged. \(Self.anew)", 78)
            case StoreError.setting(let name, _):
                ("this system's SQLite does not take \(name). Install another version of it.", 78)
            case StoreError.unusable(let code):
                (
                    "SQLite can't open journal.sqlite (\(code)). Check that it and its directory belong to you.",
                    78
                )
            // Its kind only: what an error says of itself may hold words of the journal.
            default: ("stopped by \(type(of: error)), which is a defect of this program.", 1)
            }
    }

    /// Whether it may be otherwise soon: an address that is not there yet as the machine starts, a program that ends.
    private static func mayPass(_ error: DaemonError) -> Bool {
        switch error {
        case .absent, .port, .stateInUse, .socketInUse: true
        case .listen(_, let code): [EMFILE, ENFILE, ENOBUFS, ENOMEM, ENETDOWN].contains(code)
        case .state(_, let code): [ENOSPC, EDQUOT, EIO, EROFS].contains(code)
        default: false
        }
    }

    private static func text(of error: DaemonError) -> String {
        switch error {
        case .state(let path, let code):
            "can't use \(path): \(reason(code)). Check that it belongs to you and that there is room."
        case .stateIsOpen(let path):
            "\(path) is not yours alone. Make it so with: chmod 700 \(path), or choose another --state."
        case .stateElsewhere(let path, let kind):
            "\(path) lies on another machine (\(kind)), where a database may be damaged. Choose a --state on a disk of this one."
        case .stateIsSynced(let path, let program):
            "\(path) is in a folder that \(program) copies, which damages a database. Choose another --state; the devices sync by themselves."
        case .stateInUse(let path):
            "another daemon is using \(path). Stop it, or give this one a --state of its own."
        case .damagedGenesis: "the beginning of the journal is damaged. \(anew)"
        case .damagedIdentity: "the identity file in the state directory is damaged. \(anew)"
        case .lostIdentity:
            "there is a journal in the state directory, and its identity file is gone. Put that back. Or else: \(anew)"
        case .socket(let path, let code):
            "can't open the socket \(path): \(reason(code)). Choose another with --socket."
        case .socketInUse(let path):
            "another daemon answers at \(path). Stop it, or choose another --socket."
        case .inherited:
            "what was handed over is not one listening Unix socket. Compare the socket unit with reconciled@.socket."
        case .address(let address):
            "can't listen on \(address). Give an address of this machine, as in --listen [::]:7747."
        case .listen(let address, let code):
            "can't listen on \(address): \(reason(code)). "
                + (code == EACCES
                    ? "Choose a port above 1023, with --listen." : "Choose another with --listen.")
        case .absent(let address):
            "can't listen on \(address): this machine does not have that address now."
        case .port(let address):
            "\(address) is taken by another program. Choose another port with --listen; for a system's service, RECONCILE_LISTEN in /etc/reconcile/NAME.env."
        case .flag(let word):
            "\"\(word)\" is no flag with a value. `reconciled --help` lists all."
        case .setting(let name):
            "the setting \"\(name)\" can't be read. \(shown) how it is written."
        case .file(let path, let code):
            "\(path) can't be read: \(reason(code)). Mend it, or name another file with --config."
        case .yaml(let path, let line):
            "\(path), line \(line): that is no YAML. \(shown) how settings are written."
        case .unknownSetting(let name, let path, let line):
            "\(path), line \(line): there is no setting \"\(name)\". \(shown) all."
        }
    }

    private static let anew =
        "Move the state directory away, start the daemon, and then: reconcile backup restore FILE"

    private static let shown = "`man reconciled.yaml` shows"

    private static func reason(_ code: CInt) -> String {
        // Safe: strerror's text is read before anything else could call it.
        unsafe String(cString: strerror(code))
    }
}
