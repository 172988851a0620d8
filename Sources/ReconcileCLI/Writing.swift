import ArgumentParser
import FoundationEssentials
import Glibc
import LocalAPI

/// Sends a write, and keeps what was typed if it fails.
enum Writing {
    static func send(_ request: WriteRequest, _ options: SocketOptions, json: Bool) throws {
        let response = try write(request, options)
        if json {
            Terminal.print(try encoded(response))
        } else {
            Terminal.print(told(request, response))
        }
    }

    /// Sends it and says nothing.
    static func write(_ request: WriteRequest, _ options: SocketOptions) throws -> WriteResponse {
        let key = newKey()
        do {
            return try submit(request, key, options)
        } catch {
            if !request.fields.isEmpty { Unsent.keep(request, key: key) }
            throw error
        }
    }

    private static func told(_ request: WriteRequest, _ response: WriteResponse) -> String {
        let (id, kind) = (response.id, response.kind)
        guard response.isDraft else { return "\(short(id))  \(kind), shared" }
        if request.kind == "retract" { return "\(id)  \(kind), thrown away" }
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
                    let answer = Terminal.ask(
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

/// The person's editor, on a private file that is gone afterwards.
enum Editor {
    static func write(_ prompt: String) throws -> String {
        let editor = Terminal.environment("VISUAL") ?? Terminal.environment("EDITOR") ?? "editor"
        let directory = Terminal.environment("XDG_RUNTIME_DIR") ?? "/dev/shm"
        let path = directory + "/reconcile-\(getpid())-\(UInt32.random(in: 0 ... .max)).txt"
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CLIError.editor(editor) }
        defer { _ = unsafe unlink(path) }
        let hint = Array(
            "\n# \(prompt)\n# Lines that begin with # are left out. An empty text writes nothing.\n".utf8)
        Terminal.write(hint, to: descriptor)
        _ = close(descriptor)
        let status = unsafe system("\(editor) '\(path)'")
        let bytes = PrivateFile.read(path) ?? []
        guard status == 0 else {
            if bytes != hint { Unsent.keep(bytes, as: "editor.txt") }
            throw CLIError.editor(editor)
        }
        let lines = try Terminal.text(bytes).split(separator: "\n", omittingEmptySubsequences: false)
        var text = lines.filter { !$0.hasPrefix("#") }.joined(separator: "\n")[...]
        while text.last?.isNewline == true { text.removeLast() }
        guard !text.isEmpty else { throw CLIError.nothingWritten }
        return String(text)
    }
}
