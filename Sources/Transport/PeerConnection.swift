package import Causality
package import EventLog
import Glibc
package import NIOCore
import NIOSSL
import NIOTLS
package import Peering
import Wire

/// A TLS connection to someone who has not said yet who they are.
package struct PeerConnection: Sendable {
    /// What it is for.
    package let purpose: Purpose
    /// Which end this is.
    package let role: Role
    /// This side's certificate.
    package let own: Digest
    /// The other side's.
    package let other: Digest
    /// The other side's host.
    package let host: String
    /// The port from which it came, or at which it was called.
    package let port: Int
    /// The network over which it came about; nil where that is unknown.
    package let network: NetworkID?
    /// The frames that come.
    package let inbound: NIOAsyncChannelInboundStream<ReceivedFrame>
    /// Where frames are written.
    package let writer: FrameWriter
    let channel: any Channel
    let limit: FrameLimit

    /// Both certificates, by role.
    package var binding: Binding {
        role == .dialler ? Binding(dialler: own, listener: other) : Binding(dialler: other, listener: own)
    }

    /// Lets frames be as long as they may be among devices that know each other.
    package func allowLongFrames() { limit.set(to: Frame.limit) }

    /// Does something after a time, on the connection's event loop.
    package func schedule(in time: TimeAmount, _ work: @escaping @Sendable () -> Void) {
        _ = channel.eventLoop.scheduleTask(in: time, work)
    }

    /// Closes the connection at once.
    package func close() { channel.close(promise: nil) }

    /// Closes a connection on which nobody answers any more: nothing is sent that the kernel would send again and again.
    package func drop() { Farewell.drop(channel) }
}

/// Writes frames; returns once they may be followed by more.
package struct FrameWriter: Sendable {
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

    /// Writes a frame's bytes.
    package func write(_ frame: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: frame)) }
}

/// Why there is no connection.
package enum ConnectionError: Error, Sendable {
    /// TLS did not come about, or showed no certificate.
    case handshake
    /// It took too long.
    case timeout
}

/// How long TLS may take.
package let handshakePatience = TimeAmount.seconds(3)

/// A connection on which TLS has not been agreed on yet.
///
/// It becomes a `NIOAsyncChannel` only once someone runs it: one that is dropped instead, as when the listener stops
/// while somebody comes in, would end the process.
struct PendingConnection: Sendable {
    let channel: any Channel
    let handshake: EventLoopFuture<Handshake>
    /// The certificate shown, by its key.
    let own: Digest
    let limit: FrameLimit
    private let connections: OpenConnections
    private let gate: NIOLoopBound<Gate>

    struct Handshake: Sendable {
        let other: Digest
        let purpose: Purpose
    }

    /// Puts TLS and framing on a channel, which is one of the open connections from here on.
    static func prepare(
        _ channel: any Channel, role: Role, purposes: [Purpose], identity: ThrowawayIdentity,
        among connections: OpenConnections
    ) throws -> PendingConnection {
        // A fresh context for each connection: a resumed session would come in without showing a certificate.
        let context = try NIOSSLContext(configuration: configuration(role, purposes, identity))
        let accept: NIOSSLCustomVerificationCallback = { _, promise in promise.succeed(.certificateVerified) }
        let promise = channel.eventLoop.makePromise(of: Handshake.self)
        let limit = FrameLimit(Frame.limitBeforeAuth)
        let gate = Gate()
        let pipeline = channel.pipeline.syncOperations
        connections.enter(channel)
        try pipeline.addHandler(Exit())
        switch role {
        case .dialler:
            try pipeline.addHandler(
                NIOSSLClientHandler(context: context, serverHostname: nil, customVerificationCallback: accept)
            )
        case .listener:
            try pipeline.addHandler(NIOSSLServerHandler(context: context, customVerificationCallback: accept))
        }
        try pipeline.addHandler(HandshakeHandler(promise: promise, limit: limit))
        try pipeline.addHandler(ByteToMessageHandler(SingleStep(decoder: FrameDecoder(limit: limit))))
        try pipeline.addHandler(gate)
        try pipeline.addHandler(Farewell())
        return PendingConnection(
            channel: channel, handshake: promise.futureResult, own: identity.digest, limit: limit,
            connections: connections, gate: NIOLoopBound(gate, eventLoop: channel.eventLoop))
    }

    private static func configuration(
        _ role: Role, _ purposes: [Purpose], _ identity: ThrowawayIdentity
    ) -> TLSConfiguration {
        var configuration =
            role == .dialler
            ? TLSConfiguration.makeClientConfiguration()
            : TLSConfiguration.makeServerConfiguration(
                certificateChain: [], privateKey: .privateKey(identity.key))
        configuration.certificateChain = [.certificate(identity.certificate)]
        configuration.privateKey = .privateKey(identity.key)
        configuration.minimumTLSVersion = .tlsv13
        configuration.certificateVerification = .noHostnameVerification
        // No authority vouches for anyone here. The system's would be read for each connection, and where a machine has
        // none there would be no connection.
        configuration.trustRoots = .certificates([])
        configuration.applicationProtocols = purposes.map(\.rawValue)
        return configuration
    }

    /// Waits for TLS within a time limit and hands the connection over; it is closed when the closure returns.
    ///
    /// Throws ``ConnectionError``, or what the closure throws.
    func run<Result>(
        role: Role, within time: TimeAmount,
        _ body: (PeerConnection) async throws -> Result
    ) async throws -> Result {
        let (channel, own) = (channel, own)
        let timer = channel.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
        defer { timer.cancel() }
        let result = try await handshake.get()
        timer.cancel()
        let network = await connections.settle(channel)
        return try await open().executeThenClose { inbound, outbound in
            try await body(
                PeerConnection(
                    purpose: result.purpose, role: role, own: own, other: result.other,
                    host: channel.remoteAddress?.host ?? "", port: channel.remoteAddress?.port ?? 0,
                    network: network, inbound: inbound, writer: FrameWriter(outbound: outbound),
                    channel: channel, limit: limit)
            )
        }
    }

    /// Makes the channel one that tasks can read, and lets the frames through that came before.
    private func open() async throws -> NIOAsyncChannel<ReceivedFrame, ByteBuffer> {
        let (channel, gate) = (channel, gate)
        return try await channel.eventLoop.submit {
            // One that has closed meanwhile would never say so again.
            guard channel.isActive else { throw ConnectionError.handshake }
            let wrapped = try NIOAsyncChannel<ReceivedFrame, ByteBuffer>(
                wrappingChannelSynchronously: channel)
            gate.value.open()
            return wrapped
        }.get()
    }
}

/// Holds frames back until somebody reads them. The decoder before it bounds each, and the other side has little to
/// say before it is answered: more than that ends the connection.
private final class Gate: ChannelInboundHandler {
    typealias InboundIn = ReceivedFrame
    typealias InboundOut = ReceivedFrame

    private static let limit = 4
    private var held: [ReceivedFrame] = []
    private var isOpen = false
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOpen else {
            context.fireChannelRead(data)
            return
        }
        held.append(Self.unwrapInboundIn(data))
        if held.count > Self.limit { context.channel.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Also where nobody reads yet: a frame that is too long must not leave a connection that waits for ever.
        context.fireErrorCaught(error)
        context.channel.close(promise: nil)
    }

    func open() {
        isOpen = true
        for frame in held { context?.fireChannelRead(Self.wrapInboundOut(frame)) }
        held = []
        context?.fireChannelReadComplete()
    }
}

/// Waits until TLS is agreed on and takes the other side's certificate.
private final class HandshakeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let promise: EventLoopPromise<PendingConnection.Handshake>
    private let limit: FrameLimit

    init(promise: EventLoopPromise<PendingConnection.Handshake>, limit: FrameLimit) {
        self.promise = promise
        self.limit = limit
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let name) = event as? TLSUserEvent {
            do {
                guard let purpose = name.flatMap(Purpose.init),
                    let certificate = try context.pipeline.syncOperations.nioSSL_peerCertificate()
                else { throw ConnectionError.handshake }
                // Before the first frame is cut.
                if purpose == .pairing { limit.set(to: Frame.limitPairing) }
                promise.succeed(.init(other: try ThrowawayIdentity.digest(of: certificate), purpose: purpose))
            } catch {
                promise.fail(error)
                context.channel.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.fireErrorCaught(error)
        context.channel.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(ConnectionError.timeout)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // A channel that was refused never was active: neither of the two above is called for it.
        promise.fail(ConnectionError.handshake)
    }
}

/// Lets a decoder that makes one frame at a time run in a channel.
private struct SingleStep: ByteToMessageDecoder {
    typealias InboundOut = ReceivedFrame

    var decoder: FrameDecoder

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let frame = try decoder.decode(buffer: &buffer) else { return .needMoreData }
        context.fireChannelRead(Self.wrapInboundOut(frame))
        return .continue
    }

    mutating func decodeLast(
        context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
    ) throws -> DecodingState {
        .needMoreData
    }
}

extension SocketAddress {
    /// The host without a port; one that came by IPv4 to a socket for both families is shown as what it is, and one of a
    /// link with its interface.
    var host: String? {
        guard let text = ipAddress else { return nil }
        let mapped = "::ffff:"
        if text.hasPrefix(mapped), text.contains(".") { return String(text.dropFirst(mapped.count)) }
        guard case .v6(let address) = self else { return text }
        // sin6_scope_id, the last of a sockaddr_in6. Safe: the bytes of a local value, which has as many.
        let scope = unsafe withUnsafeBytes(of: address.address) {
            unsafe $0.loadUnaligned(fromByteOffset: 24, as: UInt32.self)
        }
        guard scope != 0 else { return text }
        let name = unsafe [CChar](unsafeUninitializedCapacity: 16) { buffer, count in
            // Safe: the buffer has IF_NAMESIZE bytes, which if_indextoname fills at most.
            let found = unsafe if_indextoname(scope, buffer.baseAddress)
            count = unsafe found.map { unsafe strlen($0) } ?? 0
        }
        return name.isEmpty
            ? text : text + "%" + String(decoding: name.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
