import FoundationEssentials
import Glibc

/// Why the daemon can't be asked.
package enum LocalClientError: Error, Sendable {
    /// Nobody answers at the socket.
    case noDaemon(path: String)
    /// The socket belongs to someone else.
    case notAllowed(path: String)
    /// The path is too long for a socket.
    case pathTooLong(path: String)
    /// The answer broke off: the daemon went away in the middle.
    case brokenOff
    /// Nothing was said for too long.
    case silent
    /// The answer is none.
    case malformed
    /// The daemon refused, and says why.
    case refused(ErrorPayload)
}

/// A small blocking client of the daemon's API: HTTP/1.1 over a Unix socket.
package struct LocalClient: Sendable {
    private let path: String
    private let patience: Int?

    /// A client for the daemon at a socket.
    ///
    /// - Parameter patience: after how many seconds without a word it gives up with ``LocalClientError/silent``; nil for
    ///   never.
    package init(path: String, patience: Int? = nil) { (self.path, self.patience) = (path, patience) }

    /// Asks for something and decodes the answer.
    package func request<Answer: Decodable>(
        _ method: String, _ target: String, key: String? = nil, as type: Answer.Type
    ) throws -> Answer {
        try decode(type, collect(method, target, body: nil, key: key))
    }

    /// Sends something and decodes the answer.
    package func request<Body: Encodable, Answer: Decodable>(
        _ method: String, _ target: String, body: Body, key: String? = nil, as type: Answer.Type
    ) throws -> Answer {
        try decode(type, collect(method, target, body: Array(JSONEncoder().encode(body)), key: key))
    }

    /// Whether anyone listens at a socket: zero, or the error number of connecting.
    package static func probe(path: String) -> CInt {
        do {
            try LocalSocket(path: path, isBlocking: false).close()
            return 0
        } catch let error as LocalSocket.Failure {
            return error.code
        } catch {
            return ENAMETOOLONG
        }
    }

    /// The process that listens at a socket; nil if that can't be told. A service manager that hands sockets over is the
    /// one that listens.
    package static func process(at path: String) -> Int32? {
        guard let socket = try? LocalSocket(path: path, isBlocking: false) else { return nil }
        defer { socket.close() }
        return socket.peer
    }

    private func decode<Answer: Decodable>(_ type: Answer.Type, _ bytes: [UInt8]) throws -> Answer {
        do { return try JSONDecoder().decode(type, from: Data(bytes)) } catch {
            throw LocalClientError.malformed
        }
    }

    private func collect(_ method: String, _ target: String, body: [UInt8]?, key: String?) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try stream(method, target, body: body, key: key) { piece in
            bytes += piece
            return true
        }
        return bytes
    }

    /// Sends a request and hands over the answer's body piece by piece, until it ends or the closure says false.
    ///
    /// Throws ``LocalClientError``; a refusal comes with the daemon's reason. Returns the headers before the body and
    /// behind it.
    ///
    /// - Parameter upload: gives a body of any length piece by piece, and nothing at its end.
    @discardableResult
    package func stream(
        _ method: String, _ target: String, body: [UInt8]? = nil, key: String? = nil,
        headers: [String] = [], upload: (() throws -> [UInt8])? = nil, receive: ([UInt8]) throws -> Bool
    ) throws -> HeaderFields {
        do {
            return try ask(method, target, body, key, headers, upload, receive)
        } catch is Unanswered {
            // A daemon that was stopped, or started anew, as the question came. Reading does no harm twice, and a write
            // with its key neither.
            guard upload == nil, method == "GET" || key != nil else { throw LocalClientError.brokenOff }
            do {
                return try ask(method, target, body, key, headers, nil, receive)
            } catch is Unanswered {
                throw LocalClientError.brokenOff
            }
        }
    }

    /// The connection ended before a byte of an answer came.
    private struct Unanswered: Error {}

    private func ask(
        _ method: String, _ target: String, _ body: [UInt8]?, _ key: String?, _ headers: [String],
        _ upload: (() throws -> [UInt8])?, _ receive: ([UInt8]) throws -> Bool
    ) throws -> HeaderFields {
        let socket: LocalSocket
        do {
            socket = try LocalSocket(path: path, patience: patience)
        } catch let failure as LocalSocket.Failure {
            if failure.code == EAGAIN { throw LocalClientError.silent }
            throw failure.code == EACCES || failure.code == EPERM
                ? LocalClientError.notAllowed(path: path) : LocalClientError.noDaemon(path: path)
        }
        defer { socket.close() }
        var request = "\(method) \(target) HTTP/1.1\r\nHost: reconcile\r\nConnection: close\r\n"
        if let key { request += "Idempotency-Key: \(key)\r\n" }
        for header in headers { request += header + "\r\n" }
        if let body { request += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n" }
        if upload != nil { request += "Transfer-Encoding: chunked\r\n" }
        try socket.write(Array((request + "\r\n").utf8) + (body ?? []))
        if let upload {
            var isWanted = true
            while isWanted {
                let piece = try upload()
                let chunk = Array((String(piece.count, radix: 16) + "\r\n").utf8) + piece + [0x0D, 0x0A]
                isWanted = try !piece.isEmpty && socket.writeUntilAnswered(chunk)
                if piece.isEmpty { try socket.write(chunk) }
            }
        }
        var reader = ResponseReader(socket: socket)
        do { try reader.awaitFirst() } catch LocalClientError.brokenOff { throw Unanswered() }
        let head = try reader.readHead()
        if (200..<300).contains(head.status) {
            return try reader.readBody(head, receive)
        }
        var bytes: [UInt8] = []
        _ = try reader.readBody(head) { piece in
            bytes += piece
            return true
        }
        throw (try? JSONDecoder().decode(ErrorPayload.self, from: Data(bytes))).map(LocalClientError.refused)
            ?? LocalClientError.refused(ErrorPayload("http", "\(head.status)"))
    }
}

/// A connected Unix socket.
struct LocalSocket {
    /// Why there is no connection.
    struct Failure: Error {
        let code: CInt
    }

    private let descriptor: CInt

    /// Connects. Throws ``Failure``, or ``LocalClientError/pathTooLong(path:)``.
    init(path: String, isBlocking: Bool = true, patience: Int? = nil) throws {
        guard let address = UnixAddress(Array(path.utf8)) else {
            throw path.isEmpty ? Failure(code: ENOENT) : LocalClientError.pathTooLong(path: path)
        }
        let flags = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        descriptor = Glibc.socket(
            AF_UNIX, isBlocking ? flags : flags | CInt(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(code: errno) }
        if let patience {
            var time = timeval(tv_sec: patience, tv_usec: 0)
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                _ = unsafe setsockopt(
                    descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
            }
        }
        guard unsafe address.read(by: { unsafe connect(descriptor, $0, $1) }) == 0 else {
            let code = errno
            _ = Glibc.close(descriptor)
            throw Failure(code: code)
        }
    }

    /// The process at the other end.
    var peer: Int32? {
        // The struct ucred of unix(7), which Glibc's module leaves out.
        var found = (process: Int32(0), user: UInt32(0), group: UInt32(0))
        var length = socklen_t(MemoryLayout.size(ofValue: found))
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &found, &length) == 0, found.process > 0
        else { return nil }
        return found.process
    }

    func close() { _ = Glibc.close(descriptor) }

    /// Writes bytes; false if the other side wants no more of them.
    @discardableResult
    func write(_ bytes: [UInt8]) throws -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe send(
                    descriptor, buffer.baseAddress.map { unsafe $0 + sent }, bytes.count - sent,
                    CInt(MSG_NOSIGNAL))
            }
            // A refusal may come before the whole request was read: what was answered is still read.
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Writes bytes; false if the other side has answered before it read them all, as it does to refuse them.
    func writeUntilAnswered(_ bytes: [UInt8]) throws -> Bool {
        var sent = 0
        while sent < bytes.count {
            var poll = pollfd(fd: descriptor, events: Int16(POLLIN | POLLOUT), revents: 0)
            guard unsafe Glibc.poll(&poll, 1, -1) > 0 || errno == EINTR else { return false }
            if poll.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 { return false }
            guard poll.revents & Int16(POLLOUT) != 0 else { continue }
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe send(
                    descriptor, buffer.baseAddress.map { unsafe $0 + sent }, bytes.count - sent,
                    CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Some bytes; empty at the end.
    func read() throws -> [UInt8] {
        guard let bytes = readSome(from: descriptor) else {
            throw errno == EAGAIN ? LocalClientError.silent : LocalClientError.brokenOff
        }
        return bytes
    }
}

/// Reads an HTTP/1.1 response.
struct ResponseReader {
    struct Head {
        let status: Int
        var fields = HeaderFields()
    }

    private let socket: LocalSocket
    private var buffer: [UInt8] = []
    private var start = 0

    init(socket: LocalSocket) { self.socket = socket }

    /// Waits until the answer begins. Throws ``LocalClientError/brokenOff`` if none does.
    mutating func awaitFirst() throws { try fill() }

    mutating func readHead() throws -> Head {
        let first = try readLine()
        guard let space = first.firstIndex(of: " "),
            // Can't trap: of a text, nil where it is no number.
            let status = Int(first[first.index(after: space)...].prefix { $0 != " " })
        else { throw LocalClientError.malformed }
        var head = Head(status: status)
        try readFields(&head.fields)
        return head
    }

    private mutating func readFields(_ fields: inout HeaderFields) throws {
        while true {
            let line = try readLine()
            if line.isEmpty { return }
            fields.append(line)
        }
    }

    /// Reads the body, and returns the headers before and behind it; none behind it where the reader wanted no more.
    mutating func readBody(_ head: Head, _ receive: ([UInt8]) throws -> Bool) throws -> HeaderFields {
        var fields = head.fields
        if fields["transfer-encoding"]?.lowercased() == "chunked" {
            while true {
                guard let count = Int(try readLine().prefix { $0 != ";" }, radix: 16), count >= 0 else {
                    throw LocalClientError.malformed
                }
                if count == 0 {
                    try readFields(&fields)
                    return fields
                }
                guard try readCounted(count, receive) else { return fields }
                _ = try readLine()
            }
        }
        _ = try readCounted(fields["content-length"].flatMap { Int($0) } ?? 0, receive)
        return fields
    }

    private mutating func readCounted(_ count: Int, _ receive: ([UInt8]) throws -> Bool) throws -> Bool {
        var left = count
        while left > 0 {
            if start == buffer.count { try fill() }
            let piece = Array(buffer[start...].prefix(left))
            start += piece.count
            left -= piece.count
            guard try receive(piece) else { return false }
        }
        return true
    }

    private mutating func readLine() throws -> String {
        var line: [UInt8] = []
        while true {
            if start == buffer.count { try fill() }
            let byte = buffer[start]
            start += 1
            if byte == 0x0A { break }
            line.append(byte)
            guard line.count < 16_384 else { throw LocalClientError.malformed }
        }
        if line.last == 0x0D { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
    }

    private mutating func fill() throws {
        buffer = try socket.read()
        start = 0
        if buffer.isEmpty { throw LocalClientError.brokenOff }
    }
}
