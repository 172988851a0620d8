import Query

/// What a zone's file calls its times, read a second time.
struct ZoneFile {
    /// A way of keeping time.
    struct Meaning: Hashable {
        let offset: Int
        let isSummer: Bool
    }

    /// What each name, in lowercase, stands for.
    private(set) var names: [String: Set<Meaning>] = [:]

    /// Nil for what is shorter than it says.
    init?(_ bytes: [UInt8]) {
        func number(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
        func counts(_ at: Int) -> [Int] { (0..<6).map { number(at + 20 + 4 * $0) } }
        func length(_ counts: [Int], _ size: Int) -> Int {
            counts[3] * (size + 1) + counts[4] * 6 + counts[5] + counts[2] * (size + 4) + counts[1]
                + counts[0]
        }
        guard bytes.count >= 44 else { return nil }
        let second = 44 + length(counts(0), 4)
        guard bytes.count >= second + 44 else { return nil }
        let counts = counts(second)
        let end = second + 44 + length(counts, 8)
        guard bytes.count >= end else { return nil }
        let start = second + 44 + counts[3] * 9
        let letters = bytes[(start + counts[4] * 6)...].prefix(counts[5])
        for type in stride(from: start, to: start + counts[4] * 6, by: 6) {
            let name = letters.dropFirst(Int(bytes[type + 5])).prefix { $0 != 0 }
            add(name.text, Int(Int32(truncatingIfNeeded: number(type))), bytes[type + 4] != 0)
        }
        let footer = bytes[end...].dropFirst().prefix { $0 != 0x0A }.text
        guard let tail = TimeZoneRules(posix: footer) else { return }
        for name in [tail.names.standard, tail.names.summer] {
            if let period = tail.period(called: name) { add(name, period.offset, period.isSummer) }
        }
    }

    private mutating func add(_ name: String, _ offset: Int, _ isSummer: Bool) {
        names[name.lowercased(), default: []].insert(Meaning(offset: offset, isSummer: isSummer))
    }
}
