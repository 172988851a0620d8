import FoundationEssentials
import Glibc

/// The same answer for everyone, of a daemon that can't serve.
package enum LocalRefusal {
    /// Answers all who wait at a listening socket now, and closes their connections.
    package static func answerAll(at descriptor: CInt, with refusal: ErrorPayload) {
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        let body = (try? JSONEncoder().encode(refusal)).map(Array.init) ?? []
        let head =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n"
        while true {
            let client = accept(descriptor, nil, nil)
            guard client >= 0 else { return }
            answer(client, Array(head.utf8) + body)
            _ = close(client)
        }
    }

    private static func answer(_ client: CInt, _ answer: [UInt8]) {
        // A question that is not read would take the answer along when the connection closes.
        readOn(client)
        _ = unsafe answer.withUnsafeBytes {
            unsafe send(client, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
        _ = shutdown(client, CInt(SHUT_WR))
        for _ in 0..<16 where !readOn(client) { break }
    }

    /// Reads what comes within a moment; false at the end.
    @discardableResult
    private static func readOn(_ client: CInt) -> Bool {
        var wait = pollfd(fd: client, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&wait, 1, 200) > 0 else { return false }
        var question = [UInt8](repeating: 0, count: 65_536)
        return unsafe recv(client, &question, question.count, CInt(MSG_DONTWAIT)) > 0
    }
}
