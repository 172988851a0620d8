/// Why the daemon can't start or go on.
package enum DaemonError: Error, Sendable {
    /// Something about the state directory failed.
    case state(path: String, code: CInt)
    /// The state directory is someone else's, or others may look into it.
    case stateIsOpen(path: String)
    /// Another daemon has the state directory.
    case stateInUse(path: String)
    /// The beginning of the journal can't be read.
    case damagedGenesis
    /// The identity file can't be read.
    case damagedIdentity
    /// The socket's path can't be bound.
    case socket(path: String, code: CInt)
    /// Another daemon answers at the socket.
    case socketInUse(path: String)
    /// The address to listen on is malformed.
    case address(String)
    /// The address to listen on is taken.
    case port(String)
    /// A word on the command line that is no flag, or a flag without its value.
    case flag(String)
    /// A setting makes no sense.
    case setting(String)
}
