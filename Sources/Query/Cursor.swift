package import Causality

/// Up to where someone has read: behind it comes what lies later in the timeline, and what arrived later.
///
/// A timeline key alone would never show what a partner wrote earlier and sent later; an arrival number alone has no
/// order that two devices share.
package struct Cursor: Equatable, Sendable {
    /// The random id of the store that it was read from, in hexadecimal digits: arrival numbers mean nothing elsewhere.
    package let store: String
    /// The last place shown.
    package let key: TimelineKey
    /// Everything that had arrived by then was shown, or lay behind the place.
    package let arrival: Int64

    /// A cursor from its parts.
    package init(store: String, key: TimelineKey, arrival: Int64) {
        (self.store, self.key, self.arrival) = (store, key, arrival)
    }

    /// A cursor as it is printed; nil for anything else.
    package init?(_ text: some StringProtocol) {
        var parts: [Substring: Substring] = [:]
        for part in String(text).split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, parts.updateValue(pair[1], forKey: pair[0]) == nil else { return nil }
        }
        guard let store = parts["s"], (1...32).contains(store.utf8.count),
            store.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
            let arrival = parts["a"].flatMap({ UInt64($0, radix: 16) }).flatMap({ Int64(exactly: $0) }),
            let at = parts["t"].flatMap({ UInt64($0, radix: 16) }),
            let stamp = parts["h"].flatMap({ UInt64($0, radix: 16) }),
            let device = parts["d"].flatMap({ DeviceID(hexadecimal: $0) }),
            let epoch = parts["e"].flatMap({ UInt64($0, radix: 16) }),
            let sequence = parts["q"].flatMap({ UInt64($0, radix: 16) })
        else { return nil }
        var branch = Identifier<BranchSubject>(high: 0, low: 0)
        if let text = parts["f"] {
            guard let named = Identifier<BranchSubject>(hexadecimal: text) else { return nil }
            branch = named
        }
        self.init(
            store: String(store),
            key: TimelineKey(
                at: Int64(bitPattern: at), stamp: Stamp(stamp),
                position: Position(
                    log: LogID(device: device, epoch: epoch, branch: branch), sequence: sequence)),
            arrival: arrival)
    }

    /// The cursor as it is printed, in journald's manner.
    package var text: String {
        let log = key.position.log
        func digits(_ number: UInt64) -> String { String(number, radix: 16) }
        return "s=\(store);a=\(digits(UInt64(bitPattern: arrival)));t=\(digits(UInt64(bitPattern: key.at)))"
            + ";h=\(digits(key.stamp.rawValue));d=\(log.device);e=\(digits(log.epoch))"
            + ";q=\(digits(key.position.sequence))" + (log == log.trunk ? "" : ";f=\(log.branch)")
    }
}
