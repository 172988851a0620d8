import ArgumentParser
import Foundation
import LocalAPI
import Synchronization

/// From asking one daemon to write until the other one's follower shows it: both commits and the way between them.
struct Latency: AsyncParsableCommand {
    @Option(help: "The socket of the daemon that writes.") var from: String
    @Option(help: "The socket of the daemon that receives.") var to: String
    @Option var times = 300

    func run() async throws {
        let arrivals = Arrivals()
        let receiver = to
        Thread.detachNewThread {
            var buffer: [UInt8] = []
            _ = try? LocalClient(path: receiver).stream("GET", "/entries?output=cat&follow=1&newest=0") {
                piece in
                buffer += piece
                while let end = buffer.firstIndex(of: 0x0A) {
                    arrivals.note(String(decoding: buffer[..<end], as: UTF8.self))
                    buffer.removeSubrange(...end)
                }
                return true
            }
        }
        let client = LocalClient(path: from)
        var times: [Double] = []
        // The first one only makes sure that the follower listens.
        for number in 0...self.times {
            var request = WriteRequest(kind: "thanks")
            request.share = true
            let text = "thanks \(number) \(UInt32.random(in: 0 ... .max))"
            request.fields = [FieldPayload(name: "text", text: text)]
            let start = ContinuousClock.now
            _ = try client.request("POST", "/write", body: request, as: WriteResponse.self)
            var arrived: ContinuousClock.Instant?
            for _ in 0..<100_000 {
                arrived = arrivals.time(of: text)
                if arrived != nil { break }
                usleep(50)
            }
            guard number > 0, let arrived else { continue }
            let time = start.duration(to: arrived).components
            times.append(Double(time.attoseconds) / 1e15 + Double(time.seconds) * 1e3)
        }
        times.sort()
        guard !times.isEmpty else { throw BenchError.skipped }
        func quantile(_ part: Double) -> String {
            String(format: "%.1f", times[min(times.count - 1, Int(Double(times.count) * part))])
        }
        print(
            "write on one side to follower on the other, \(times.count) times: p50 \(quantile(0.5)) ms, p90 \(quantile(0.9)) ms, p99 \(quantile(0.99)) ms"
        )
    }
}

/// When each text arrived.
private final class Arrivals: Sendable {
    private let times = Mutex<[String: ContinuousClock.Instant]>([:])

    func note(_ text: String) { times.withLock { $0[text] = .now } }

    func time(of text: String) -> ContinuousClock.Instant? { times.withLock { $0[text] } }
}
