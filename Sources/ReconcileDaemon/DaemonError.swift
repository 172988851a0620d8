/// Why the daemon can't start or go on.
package enum DaemonError: Error, Sendable {
    /// Something about the state directory failed.
    case state(path: String, code: CInt)
    /// The state directory is someone else's, or others may look into it.
    case stateIsOpen(path: String)
    /// The state directory lies on another machine.
    case stateElsewhere(path: String, kind: String)
    /// The state directory is in a folder that another program copies to other machines.
    case stateIsSynced(path: String, program: String)
    /// Another daemon has the state directory.
    case stateInUse(path: String)
    /// The beginning of the journal can't be read.
    case damagedGenesis
    /// The identity file can't be read.
    case damagedIdentity
    /// There is a journal, and no identity file.
    case lostIdentity
    /// The socket's path can't be bound.
    case socket(path: String, code: CInt)
    /// Another daemon answers at the socket.
    case socketInUse(path: String)
    /// The address to listen on is malformed.
    case address(String)
    /// Nobody may listen on the address.
    case listen(String, code: CInt)
    /// The address to listen on is none of this machine's, as it is now.
    case absent(String)
    /// The address to listen on is taken.
    case port(String)
    /// A word on the command line that is no flag, or a flag without its value.
    case flag(String)
    /// A setting makes no sense.
    case setting(String)
    /// What the service manager handed over is no socket to serve on.
    case inherited
    /// The file with the settings can't be read.
    case file(path: String, code: CInt)
    /// The file with the settings is no YAML, or no list of settings, at a line.
    case yaml(path: String, line: Int)
    /// A line of the file names what is no setting.
    case unknownSetting(String, path: String, line: Int)
}
