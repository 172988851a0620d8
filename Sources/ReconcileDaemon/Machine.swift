import EventLog
import Glibc
import LocalAPI

/// What this machine says of time and chance; the only place that asks it.
enum Machine {
    /// Now, with the local offset from UTC.
    static func now() -> WallTime {
        let milliseconds = SystemClock.now() / 1_000
        return WallTime(
            // Can't trap: the C library has no offset of more than a week.
            milliseconds: milliseconds, zone: Int32(offset(at: milliseconds / 1_000) / 60))
    }

    /// The local offset from UTC at a moment, in seconds.
    static func offset(at seconds: Int64) -> Int {
        var time = time_t(seconds)
        var parts = unsafe tm()
        // Safe: both pointers are to variables of this call.
        guard unsafe localtime_r(&time, &parts) != nil else { return 0 }
        return unsafe parts.tm_gmtoff
    }

    /// Random bytes.
    static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
