import FoundationEssentials
import Glibc
import LocalAPI

/// What was typed and could not be sent: kept in a file of the person's own until it can.
enum Unsent {
    /// A write with its idempotency key: sent once more by the same key, it is the same write.
    private struct Kept: Encodable {
        let key: String
        let request: WriteRequest
    }

    static func keep(_ request: WriteRequest, key: String) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let bytes = try? encoder.encode(Kept(key: key, request: request)) else { return }
        keep(Array(bytes) + [0x0A], as: "\(request.kind).json")
    }

    /// Keeps bytes as they were typed, whatever they are.
    static func keep(_ bytes: [UInt8], as name: String) {
        guard !bytes.isEmpty else { return }
        let path =
            PrivateFile.directory + "/unsent-\(time(nil))-\(UInt32.random(in: 0 ... .max))-\(name)"
        if PrivateFile.write(bytes, to: path) {
            Terminal.note("What you wrote is kept in \(path)")
        } else {
            // Better on the screen than nowhere.
            Terminal.note("What you wrote can't be kept in \(path). Here it is:")
            Terminal.note(shown(String(decoding: bytes, as: UTF8.self)))
        }
    }
}
