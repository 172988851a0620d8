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
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Adds the cursor as it is printed: every record of every entry has one.
    func append(to bytes: inout [UInt8]) {
        let log = key.position.log
        func part(_ name: UInt8, _ number: UInt64) {
            bytes.append(contentsOf: [UInt8(ascii: ";"), name, UInt8(ascii: "=")])
            bytes.append(shortHexadecimal: number)
        }
        func part(_ name: UInt8, high: UInt64, low: UInt64) {
            bytes.append(contentsOf: [UInt8(ascii: ";"), name, UInt8(ascii: "=")])
            bytes.append(hexadecimal: high)
            bytes.append(hexadecimal: low)
        }
        bytes.append(contentsOf: "s=".utf8)
        bytes.append(contentsOf: store.utf8)
        part(UInt8(ascii: "a"), UInt64(bitPattern: arrival))
        part(UInt8(ascii: "t"), UInt64(bitPattern: key.at))
        part(UInt8(ascii: "h"), key.stamp.rawValue)
        part(UInt8(ascii: "d"), high: log.device.high, low: log.device.low)
        part(UInt8(ascii: "e"), log.epoch)
        part(UInt8(ascii: "q"), key.position.sequence)
        if log != log.trunk { part(UInt8(ascii: "f"), high: log.branch.high, low: log.branch.low) }
    }
}
