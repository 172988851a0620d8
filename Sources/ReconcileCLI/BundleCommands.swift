import ArgumentParser
import FoundationEssentials
import Glibc
import LocalAPI

struct Bundle: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Share by a file, for a USB stick or a mail, where the machines never meet.",
        discussion: """
            A bundle holds what your partner's devices lack, and only they can open it. It may be taken in twice, late, \
            or never: what is missing comes with the next one, or when the machines meet.

            Example:
              reconcile bundle create --to /media/stick/for-mara.bundle
              reconcile bundle apply /media/stick/for-mara.bundle    # Mara, there
            """,
        subcommands: [CreateBundle.self, ApplyBundle.self])
}

struct CreateBundle: Command {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Put what your partner's devices lack into a file that only they can open.",
        discussion: "Example: reconcile bundle create --to for-mara.bundle")
    @OptionGroup var socket: SocketOptions
    @Option(help: ArgumentHelp("The file to make.", valueName: "file")) var to: String
    @Flag(help: "Put everything in that was shared, also what they are known to have.") var everything = false
    @Flag(help: "Take the place of a file that is there already.") var force = false
    @Flag(help: "Print JSON.") var json = false

    func execute() throws {
        try Arguments.check()
        let query = everything ? "?everything=1" : ""
        let payload = try socket.client.request("GET", "/bundle" + query, as: BundlePayload.self)
        let devices = payload.devices.joined(separator: " and ")
        guard payload.events > 0 else {
            if json { return Terminal.print(try encoded(Made(file: nil, bytes: 0, bundle: payload))) }
            Terminal.print(
                shownLine(
                    "No bundle is needed: \(devices) \(payload.devices.count == 1 ? "has" : "have") all that was shared here. --everything makes one anyway."
                ))
            return
        }
        let file = try NewFile(to, replacing: force)
        var progress = Progress()
        defer { progress.end() }
        var bytes = 0
        try socket.client.stream("POST", "/bundle" + query) { piece in
            try file.write(piece)
            bytes += piece.count
            progress.show("\(Progress.size(bytes)) written")
            return true
        }
        progress.end()
        try file.finish()
        if json { return Terminal.print(try encoded(Made(file: to, bytes: bytes, bundle: payload))) }
        Terminal.print(
            shownLine(
                "\(to): \(counted(payload.events, "event")) for \(devices), \(Progress.size(bytes)). Only they can open it."
            ))
        Terminal.print("There: reconcile bundle apply FILE")
    }

    private struct Made: Encodable {
        let file: String?
        let bytes: Int
        let bundle: BundlePayload
    }
}

struct ApplyBundle: Command {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Take in a bundle that your partner made for your devices.",
        discussion: """
            The whole file is checked first: one that is damaged, incomplete or not for you changes nothing. The same \
            one may be taken in again.

            Example: reconcile bundle apply /media/stick/for-mara.bundle
            """)
    @OptionGroup var socket: SocketOptions
    @Argument(help: "The file.") var file: String
    @Flag(help: "Print JSON.") var json = false

    func execute() throws {
        try Arguments.check()
        let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CLIError.unreadable(file, errno) }
        defer { _ = close(descriptor) }
        var status = stat()
        let size = unsafe fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
        var (progress, sent, lines, last) = (Progress(), 0, [UInt8](), BundleStep?.none)
        defer { progress.end() }
        try socket.client.stream(
            "POST", "/bundle/apply",
            upload: {
                guard let bytes = Terminal.read(descriptor) else { throw CLIError.unreadable(file, errno) }
                sent += bytes.count
                if size > 0 { progress.show("checking, \(min(100, sent * 100 / size)) %") }
                return bytes
            },
            receive: { piece in
                lines += piece
                while let end = lines.firstIndex(of: 0x0A) {
                    let step = try JSONDecoder().decode(BundleStep.self, from: Data(lines[..<end]))
                    lines.removeSubrange(...end)
                    if let failure = step.failure { throw LocalClientError.refused(ErrorPayload(failure)) }
                    if step.step == "applying" { progress.show("\(step.done) of \(step.events) events") }
                    last = step
                }
                return true
            })
        progress.end()
        guard let last, last.step == "applied" else { throw LocalClientError.brokenOff }
        if json { return Terminal.print(try encoded(last)) }
        let origin = last.origin ?? "a device that is not known here"
        Terminal.print(
            shownLine(
                last.new == 0
                    ? "Nothing new from \(origin): all of its \(counted(last.events, "event")) were here already."
                    : "\(counted(last.new, "new event")) from \(origin), of \(last.events) in the file."))
    }
}
