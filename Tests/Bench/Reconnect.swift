import ArgumentParser
import EventLog
import NIOCore
import NIOPosix
import Peering
import Store
import TestSupport
import Transport
import Wire

/// Meets a running daemon as the device of a state directory whose own daemon is stopped, and counts what is said.
struct Reconnect: AsyncParsableCommand {
    @Option var state: String
    @Option var port: Int

    func run() async throws {
        let journal = try StoppedJournal(state: state)
        let identity = try CurrentIdentity()
        let dialler = Dialler(
            identity: identity, among: OpenConnections(Networks()), group: .singleton)
        let replica = journal.replica
        let count = try journal.store.count()
        let told = try await dialler.dial(host: "127.0.0.1", port: port, for: .sync) { connection in
            var talk = Talk(replica: replica, connection: connection)
            return try await talk.run()
        }
        print(
            "reconnect in sync, \(count) events: \(told.bytes) bytes in \(told.messages) messages both ways, of them after AUTH one each way; in sync: \(told.isLive)"
        )
        try journal.store.close()
    }

    /// The session, and what went over the line.
    private struct Talk {
        let replica: Replica<Store>
        let connection: PeerConnection
        var session: SyncSession
        var (bytes, messages) = (0, 0)

        init(replica: Replica<Store>, connection: PeerConnection) {
            self.replica = replica
            self.connection = connection
            session = SyncSession(
                keys: replica.keys, journal: replica.journal,
                peers: replica.membership.active.map(\.bundle).filter { $0.device != replica.device },
                role: .dialler, binding: connection.binding, challenge: [UInt8](repeating: 3, count: 32),
                padding: (0..<8).map { [UInt8](repeating: $0, count: 16) },
                person: replica.membership.person(of: replica.device) ?? replica.genesis.first.person)
        }

        mutating func run() async throws -> (bytes: Int, messages: Int, isLive: Bool) {
            try await perform(session.connected())
            for try await frame in connection.inbound {
                bytes += frame.payload.count + 5
                messages += 1
                try await perform(session.receive(WireMessage(type: frame.type, payload: frame.payload)))
                if session.isLive { break }
            }
            return (bytes, messages, session.isLive)
        }

        private mutating func perform(_ actions: [SyncSession.Action]) async throws {
            for action in actions {
                switch action {
                case .send(let message):
                    let frame = try message.framed()
                    bytes += frame.count
                    messages += 1
                    try await connection.writer.write(frame)
                case .digest:
                    try await perform(
                        session.digests(
                            heads: replica.headsDigest, missing: replica.missingDigest(), ends: replica.heads)
                    )
                default: break
                }
            }
        }
    }
}
