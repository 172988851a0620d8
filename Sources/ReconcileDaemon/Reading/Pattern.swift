import CPattern
import LocalAPI
import Synchronization

/// A regular expression as journalctl's `--grep` takes it, by the machine's PCRE2, with texts in Unicode.
///
/// Safe: the library's handle is freed with this object, and used under the lock only.
@safe final class Pattern: Sendable {
    /// What the library made of it. Unchecked: only the holder of the lock around it uses it.
    @unsafe private struct Handle: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private let handle: Mutex<Handle>

    /// Whether letters of either case are meant: a pattern without capitals means both.
    static func isCaseless(_ pattern: String) -> Bool {
        !pattern.unicodeScalars.contains { $0.properties.isUppercase }
    }

    /// Compiles a pattern. Throws ``ErrorPayload`` with what is wrong, or that the library is missing.
    init(_ pattern: String, isCaseless: Bool) throws {
        var message: [CChar] = Array(repeating: 0, count: 256)
        let bytes = Array(pattern.utf8)
        // Safe: both arrays live until the call returns, and their lengths are given.
        guard
            let pointer = unsafe reconcile_pattern_make(
                bytes.isEmpty ? [0] : bytes, bytes.count, isCaseless ? 1 : 0, &message, message.count)
        else {
            let reason = String(
                decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            throw reason.isEmpty ? ErrorPayload("no_pcre2") : ErrorPayload("bad_pattern", reason)
        }
        unsafe handle = Mutex(Handle(pointer: pointer))
    }

    deinit { unsafe handle.withLock { unsafe reconcile_pattern_free($0.pointer) } }

    /// Whether it is found in a text, which has to be valid UTF-8.
    func isFound(in text: ArraySlice<UInt8>) -> Bool {
        // Safe: the text's bytes live until the call returns, and their number is given.
        unsafe text.withUnsafeBufferPointer { buffer in
            unsafe handle.withLock { handle in
                unsafe reconcile_pattern_found(handle.pointer, buffer.baseAddress, buffer.count) != 0
            }
        }
    }
}
