import Causality
import NIOCore
import Synchronization

/// All connections with other devices, from the call to the last byte of the farewell, and over which network each came
/// about.
///
/// What the kernel still has to send it sends wherever the machine is by then, and tells whoever is there whom this device
/// was connected with. So a connection of another network has to end without a packet, also while it is only called, agrees
/// on TLS or is being closed.
package final class OpenConnections: Sendable {
    private enum Place {
        /// It is called, or TLS is not agreed on.
        case underWay
        /// It came about; nil where the network is unknown.
        case on(NetworkID?)
    }

    private let networks: Networks
    private let open = Mutex<[ObjectIdentifier: (channel: any Channel, place: Place)]>([:])

    /// None yet.
    package init(_ networks: Networks) { self.networks = networks }

    /// A connection begins, and is one of them until it is closed.
    func enter(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        open.withLock { $0[id] = (channel, .underWay) }
        channel.closeFuture.whenComplete { _ in self.open.withLock { $0[id] = nil } }
    }

    /// A connection has come about; the network over which that was, nil if it is unknown.
    func settle(_ channel: any Channel) async -> NetworkID? {
        let network = await networks.network(towards: channel.remoteAddress?.host ?? "")
        open.withLock { $0[ObjectIdentifier(channel)]?.place = .on(network) }
        return network
    }

    /// Ends, without a packet, the connections of other networks than this device is on now, and those of which that can't
    /// be told.
    package func leaveOtherNetworks() async {
        for (channel, place) in open.withLock({ Array($0.values) }) {
            guard case .on(let network) = place else { continue }
            if let network, await networks.network(towards: channel.remoteAddress?.host ?? "") == network {
                continue
            }
            Farewell.vanish(channel)
        }
    }

    /// Ends, without a packet, the connections that have not come about yet, on a network that is another one now.
    package func abandon() {
        for case (let channel, .underWay) in open.withLock({ Array($0.values) }) { Farewell.vanish(channel) }
    }
}
