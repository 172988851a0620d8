import Causality
import EventLog
import GRDB
import Journal
import TestSupport
import Testing

@testable import Store

/// What is remembered of a device, and what it lacks.
@Suite struct MeetingTests {
    @Test func `what a device lacks is counted as one row after the other would be`() throws {
        let (scratch, couple) = (try Scratch(), try Couple())
        let store = try Store.forked(scratch, couple)
        var replica = try couple.replica(1, store)
        for _ in 0..<4 {
            let batch = try replica.append(
                [NewEvent(.account), NewEvent(.account)], at: WallTime(milliseconds: 1_741_380_000_001))
            try store.commit(batch)
            try replica.applied(batch)
        }
        let rows = try store.queue.read { db in
            try Row.fetchAll(
                db, sql: "SELECT arrival, device FROM event JOIN log ON log.id = log ORDER BY arrival")
        }
        let events = rows.map { (arrival: $0[0] as Int64, device: $0.bytes("device")) }
        let writers = Set(events.map(\.device))
        #expect(writers.count == 2)
        for device in writers.union([[UInt8](repeating: 9, count: 16)]) {
            let id = try #require(DeviceID(device))
            for arrival in -1...(try #require(events.last?.arrival)) + 1 {
                let lacking = events.count { $0.arrival > arrival && $0.device != device }
                #expect(try store.count(after: arrival, exceptBy: id) == Int64(lacking), "after \(arrival)")
            }
        }
    }
}
