import ArgumentParser
import FoundationEssentials
import Glibc
import LocalAPI

/// Hands a write over, and keeps what was typed if that fails.
enum Writing {
    static func send(_ request: WriteRequest, _ options: SocketOptions, json: Bool) throws {
        let response = try write(Unfinished(request), options)
        if json {
            Terminal.print(try encoded(response))
        } else {
            Terminal.say(told(response, isRemoval: request.kind == "retract"))
        }
    }

    /// Sends it and says nothing; what can't be stored is kept.
    static func write(_ written: Unfinished, _ options: SocketOptions) throws -> WriteResponse {
        var written = written
        written.content.isWhole = true
        do {
            let response = try submit(written.content.request, written.content.key, options)
            written.forget()
            return response
        } catch {
            if case LocalClientError.refused = error { written.reopen() }
            written.keepAloud()
            throw error
        }
    }

    /// What a write came to, on one line.
    static func told(_ response: WriteResponse, isRemoval: Bool = false) -> String {
        let (id, kind) = (response.id, response.kind)
        guard response.isDraft else {
            return "\(short(id))  " + (kind == "revise" ? "reworded, and shared" : "\(kind), shared")
        }
        if isRemoval { return "\(id)  \(kind), thrown away" }
        if kind == "note" { return "\(id)  note, for yourself; it stays on this device" }
        return "\(id)  \(kind), a draft on this device. Share it with: reconcile share \(id)"
    }

    /// Asks the daemon; where something new has come, shows it and asks again.
    private static func submit(
        _ request: WriteRequest, _ key: String, _ options: SocketOptions
    ) throws -> WriteResponse {
        var request = request
        return try askingAboutNews(options) { arrivals in
            if request.asOf != nil { request.asOf = arrivals }
            return try repeating {
                try options.client.request("POST", "/write", body: request, key: key, as: WriteResponse.self)
            }
        }
    }

    /// Does something that counts for what was read; shows what is new in between, and does it only if still wanted.
    static func askingAboutNews<Answer>(
        _ options: SocketOptions, _ work: ([String: Int64]) throws -> Answer
    ) throws -> Answer {
        while true {
            do {
                return try work(Shown.arrivals(socket: options.path))
            } catch LocalClientError.refused(let refusal) where refusal.error == "news" {
                for entry in refusal.news ?? [] { Terminal.note(Story.entry(entry)) }
                if let arrival = refusal.arrival, let rift = refusal.rift {
                    Shown.record(arrival, of: rift, socket: options.path)
                }
                guard Terminal.isInputTerminal,
                    let answer = Terminal.askAnew(
                        "This is new since you last looked. Do it all the same? [y/N] "),
                    answer.lowercased().hasPrefix("y")
                else { throw LocalClientError.refused(refusal) }
            }
        }
    }

    /// Asks again for a few seconds where the answer got lost: by the same key it is the same write.
    static func repeating<Answer>(_ work: () throws -> Answer) throws -> Answer {
        for _ in 0..<10 {
            do {
                return try work()
            } catch LocalClientError.brokenOff {
                usleep(300_000)
            }
        }
        return try work()
    }
}
