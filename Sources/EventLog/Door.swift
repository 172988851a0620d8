package import Causality

/// How many new logs and branches are taken of each device on a day: all of them count, and come in the end, but whoever
/// copied a device's keys can't bring thousands at once.
///
/// A limit on how many there may be at all would depend on which came first, and two copies would never be equal.
package struct Door: Equatable, Sendable {
    /// The day by this device's clock, counted from 1970.
    package private(set) var day: Int64
    /// How many were taken on that day.
    package private(set) var taken: [DeviceID: Int]

    /// A door as it was left; at first nothing was taken yet.
    package init(day: Int64 = 0, taken: [DeviceID: Int] = [:]) {
        self.day = day
        self.taken = taken
    }

    /// The day of a moment, in milliseconds since 1970.
    package static func day(of wall: Int64) -> Int64 {
        wall / Self.length - (wall % Self.length < 0 ? 1 : 0)
    }

    /// A day in milliseconds.
    package static let length: Int64 = 86_400_000

    /// Whether another new log or branch of a device is taken on a day. A clock that was set back begins a day anew too.
    package func admits(_ device: DeviceID, on day: Int64) -> Bool {
        day != self.day || taken[device, default: 0] < Limits.dailyLogs
    }

    /// The door once another one was taken.
    package func letting(_ device: DeviceID, in day: Int64) -> Door {
        var next = day == self.day ? self : Door(day: day)
        next.taken[device, default: 0] += 1
        return next
    }

    /// The devices of which no more are taken on a day, in order.
    package func closed(on day: Int64) -> [DeviceID] {
        taken.keys.filter { !admits($0, on: day) }.sorted()
    }
}
