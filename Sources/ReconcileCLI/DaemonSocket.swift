import Glibc
import LocalAPI

/// Where the daemon is reached.
enum DaemonSocket {
    /// Who started the daemon that listens at a socket, by where that lies.
    enum Origin: Equatable {
        /// A person, or a script.
        case hand
        /// The service manager of the person's session.
        case session
        /// The system's service manager.
        case system
    }

    /// A place where a socket may be.
    struct Place: Equatable {
        let path: String
        let origin: Origin
    }

    /// The places where this person's socket may be, the likeliest first.
    static var places: [Place] {
        let state = Terminal.environment("RECONCILE_STATE") ?? home + "/.local/state/reconcile"
        var places = [Place(path: state + "/socket", origin: .hand)]
        if let runtime = Terminal.environment("XDG_RUNTIME_DIR") {
            places.append(Place(path: runtime + "/reconcile/socket", origin: .session))
        }
        // Its owner tells whose it is: a static program asks no name service what this person is called.
        for name in names(inDirectory: systemDirectory).sorted() where name.hasSuffix(".socket") {
            let path = systemDirectory + "/" + name
            if FileStatus(of: path)?.owner == geteuid() { places.append(Place(path: path, origin: .system)) }
        }
        return places
    }

    /// The socket that is named, or that the environment names, or the first at which someone listens.
    static func path(_ named: String?) -> String {
        if let named = named ?? Terminal.environment("RECONCILE_SOCKET") { return named }
        let places = places
        // A state directory that is named is meant, whoever else listens elsewhere.
        guard Terminal.environment("RECONCILE_STATE") == nil else { return places[0].path }
        let found = places.filter { FileStatus(of: $0.path) != nil }
        guard found.count > 1 else { return found.first?.path ?? places[0].path }
        return (found.first { LocalClient.probe(path: $0.path) == 0 } ?? found[0]).path
    }

    /// Who started the daemon that listens at a socket.
    static func origin(of path: String) -> Origin {
        if path.hasPrefix(systemDirectory + "/") { return .system }
        return places.first { $0.path == path }?.origin ?? .hand
    }

    private static let systemDirectory = "/run/reconcile"

    private static var home: String { Terminal.environment("HOME") ?? "/" }
}
