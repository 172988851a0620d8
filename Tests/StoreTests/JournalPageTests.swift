import Causality
import EventLog
import Journal
import TestSupport
import Testing

@testable import Store

/// Checking a log page by page finds just what one walk through it finds, wherever the pages part.
@Suite struct JournalPageTests {
    private struct Finding: Hashable {
        let sequence: UInt64
        let fault: String
    }

    private func pages(of stretch: Store.Stretch, in store: Store, _ journal: Digest, bytes: Int) throws
        -> [JournalPage]
    {
        var (pages, place): ([JournalPage], JournalPage.Place?) = ([], nil)
        while let page = try store.page(of: stretch, after: place, journal: journal, bytes: bytes) {
            pages.append(page)
            place = page.end
        }
        return pages
    }

    private func findings(_ pages: [JournalPage]) -> [Finding] {
        pages.flatMap { page in
            page.check().faults.map { Finding(sequence: $0.event.sequence, fault: "\($0.fault)") }
        }
    }

    @Test func `a log is read as a whole whatever the size of a page`() throws {
        let (scratch, couple) = (try Scratch(), try Couple())
        let store = try Store.forked(scratch, couple)
        let stretches = try store.stretches()
        #expect(stretches.count == 3)
        for stretch in stretches {
            let whole = try pages(of: stretch, in: store, couple.genesis.journal, bytes: .max)
            let single = try pages(of: stretch, in: store, couple.genesis.journal, bytes: 1)
            #expect(whole.count == 1 && single.allSatisfy { $0.events.count == 1 })
            #expect(single.flatMap(\.events).map(\.sequence) == whole[0].events.map(\.sequence))
            #expect(findings(whole).isEmpty && findings(single).isEmpty)
        }
        var derived = DerivedRows()
        for stretch in stretches {
            for page in try pages(of: stretch, in: store, couple.genesis.journal, bytes: 1) {
                derived.add(page.check().derived)
            }
        }
        #expect(try derived == store.derivedRows())
    }

    @Test func `damage is found whatever the size of a page`() throws {
        let (scratch, couple) = (try Scratch(), try Couple())
        let store = try Store.forked(scratch, couple)
        let damages: [(name: String, damage: (inout [ChainVerifier.Stored], Int) -> Void)] = [
            ("header", { events, place in events[place].header[9] ^= 1 }),
            ("hash", { events, place in events[place].hash = .zero }),
            ("body", { events, place in events[place].body?[4] ^= 1 }),
            ("column", { events, place in events[place].at += 1 }),
            ("missing", { events, place in events.remove(at: place) }),
        ]
        for stretch in try store.stretches() {
            let whole = try pages(of: stretch, in: store, couple.genesis.journal, bytes: .max)[0]
            for (name, damage) in damages {
                for place in whole.events.indices {
                    var events = whole.events
                    damage(&events, place)
                    let expected = findings(split(events, by: .max, of: stretch, couple))
                    // What is missing at the end of a log is told by its head.
                    if name != "missing" || place < events.count {
                        #expect(!expected.isEmpty, "\(name) \(place)")
                    }
                    for size in 1...3 {
                        let found = findings(split(events, by: size, of: stretch, couple))
                        #expect(found == expected, "\(name) \(place) by \(size)")
                    }
                }
            }
        }
    }

    private func split(
        _ events: [ChainVerifier.Stored], by size: Int, of stretch: Store.Stretch, _ couple: Couple
    ) -> [JournalPage] {
        var (pages, rest): ([JournalPage], [ChainVerifier.Stored]) = ([], events)
        var place = JournalPage.Place(sequence: stretch.after, hash: stretch.hash)
        while let last = rest.prefix(size).last {
            let end = JournalPage.Place(sequence: last.sequence, hash: last.hash)
            pages.append(
                JournalPage(
                    journal: couple.genesis.journal, stretch: stretch, after: place,
                    events: Array(rest.prefix(size)), end: end))
            rest = Array(rest.dropFirst(size))
            place = end
        }
        return pages
    }
}
