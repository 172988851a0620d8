import Glibc
import LocalAPI
package import Logging
import Synchronization

/// The least severe lines that are written, which may change while the daemon runs.
package final class LogThreshold: Sendable {
    private let stored: Mutex<Logger.Level>

    /// A threshold.
    package init(_ level: Logger.Level) { stored = Mutex(level) }

    /// The level.
    package var level: Logger.Level {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}

/// Log lines on standard error: for the system's journal with the priority in front, by sd-daemon(3), and otherwise with
/// the time, which the journal adds by itself.
package struct JournalLog: LogHandler {
    package var metadata: Logger.Metadata = [:]
    private let threshold: LogThreshold
    /// The level of this copy, if it has one of its own.
    private var ownLevel: Logger.Level?
    private let isForJournal: Bool

    /// Lines on standard error.
    ///
    /// - Parameter isForJournal: whether standard error leads to the system's journal, see ``leadsToJournal(_:)``.
    package init(threshold: LogThreshold, isForJournal: Bool) {
        (self.threshold, self.isForJournal) = (threshold, isForJournal)
    }

    package var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level }
        set { ownLevel = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let details = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let prefix = isForJournal ? "" : Self.time() + " \(event.level) "
        Self.write(prefix + "\(event.message)" + details, event.level, isForJournal: isForJournal)
    }

    /// Whether standard error leads to the system's journal: `JOURNAL_STREAM` tells which file the journal's is.
    package static func leadsToJournal(_ stream: String?) -> Bool {
        guard let stream, let status = FileStatus(descriptor: 2) else { return false }
        return stream == status.identity.map(String.init).joined(separator: ":")
    }

    /// Writes one line, whatever is in it.
    package static func write(_ text: String, _ level: Logger.Level, isForJournal: Bool) {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        let bytes = Array(((isForJournal ? "<\(priority(level))>" : "") + line + "\n").utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, bytes.count) }
    }

    /// By syslog(3).
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    private static func time() -> String {
        var (now, parts) = (Glibc.time(nil), unsafe tm())
        var buffer = [CChar](repeating: 0, count: 40)
        // Safe: all pointers are to variables of this call.
        unsafe localtime_r(&now, &parts)
        let count = unsafe strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S%z", &parts)
        return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
