import ArgumentParser
import FoundationEssentials
import Glibc
import LocalAPI

/// Sends a write, and keeps what was typed if it fails.
enum Writing {
    static func send(_ request: WriteRequest, _ options: SocketOptions, json: Bool) throws {
        let response: WriteResponse
        do {
            response = try submit(request, options)
        } catch {
            if !request.fields.isEmpty { Unsent.keep(request) }
            throw error
        }
        if json {
            Terminal.print(String(decoding: try JSONEncoder().encode(response), as: UTF8.self))
        } else if response.isDraft {
            Terminal.print(
                "\(response.id)  \(response.kind), a draft on this device. Share it with: reconcile share \(response.id)"
            )
        } else {
            Terminal.print("\(short(response.id))  \(response.kind), shared")
        }
    }

    /// Asks the daemon; where something new has come, shows it and asks again.
    private static func submit(_ request: WriteRequest, _ options: SocketOptions) throws -> WriteResponse {
        var request = request
        let key = newKey()
        while true {
            do {
                return try options.client.request(
                    "POST", "/write", body: request, key: key, as: WriteResponse.self)
            } catch LocalClientError.refused(let refusal) where refusal.error == "news" {
                for entry in refusal.news ?? [] { Terminal.note(Story.entry(entry)) }
                if let arrival = refusal.arrival { Shown.record(arrival, socket: options.path) }
                guard Terminal.isInputTerminal,
                    let answer = Terminal.ask(
                        "This is new since you last looked. Do it all the same? [y/N] "),
                    answer.lowercased().hasPrefix("y")
                else { throw LocalClientError.refused(refusal) }
                request.asOf = refusal.arrival
            }
        }
    }
}

/// What was typed and could not be sent: kept in a file of the person's own until it can.
enum Unsent {
    static var directory: String {
        (Terminal.environment("XDG_STATE_HOME") ?? (Terminal.environment("HOME") ?? "/tmp") + "/.local/state")
            + "/reconcile-unsent"
    }

    static func keep(_ request: WriteRequest) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let bytes = try? encoder.encode(request) else { return }
        makeDirectory(directory)
        let path = directory + "/\(request.kind)-\(time(nil))-\(UInt32.random(in: 0 ... .max)).json"
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { _ = close(descriptor) }
        let content = Array(bytes) + [0x0A]
        let count = unsafe content.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, content.count) }
        guard count == content.count, fsync(descriptor) == 0 else { return }
        Terminal.note("What you wrote is kept in \(path)")
    }

    private static func makeDirectory(_ path: String) {
        var made = ""
        for part in path.split(separator: "/") {
            made += "/" + part
            _ = unsafe mkdir(made, 0o700)
        }
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
        _ = unsafe hint.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, hint.count) }
        _ = close(descriptor)
        guard unsafe system("\(editor) '\(path)'") == 0 else { throw CLIError.editor(editor) }
        let bytes = try Data(contentsOf: .init(filePath: path))
        let lines = try Terminal.text(Array(bytes)).split(separator: "\n", omittingEmptySubsequences: false)
        var text = lines.filter { !$0.hasPrefix("#") }.joined(separator: "\n")[...]
        while text.last?.isNewline == true { text.removeLast() }
        guard !text.isEmpty else { throw CLIError.nothingWritten }
        return String(text)
    }
}
