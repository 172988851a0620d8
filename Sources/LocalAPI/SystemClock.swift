import Glibc

/// The machine's clocks.
///
/// Here, where nothing of SwiftNIO is imported: beside it the compiler takes `timespec` for NIO's own.
package enum SystemClock {
    /// The wall clock, in microseconds since 1970.
    package static func now() -> Int64 { read(CLOCK_REALTIME) }

    /// How long the machine has been up, in microseconds.
    package static func uptime() -> Int64 { read(CLOCK_MONOTONIC) }

    /// How long ago the machine started, sleep included, in microseconds.
    package static func sinceBoot() -> Int64 { read(CLOCK_BOOTTIME) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
