/// Why words are no matches.
package enum MatchError: Error, Equatable, Sendable {
    /// A word without a `=`.
    case bare(String)
    /// A field's name is uppercase letters, digits and `_`.
    case badField(String)
    /// A field that addresses the entry instead of being part of it.
    case address(String)
    /// A `+` with nothing on one side.
    case looseDisjunction
}

/// Matches as `journalctl` takes them: different fields are ANDed, the same field is ORed, and a word `+` ORs the groups
/// around it. Beyond it: `FIELD!=VALUE`, each of which has to hold, and `FIELD=*` for presence.
package enum Matches {
    /// The condition that some words make; everything if there are none.
    package static func parse(_ words: [String]) throws(MatchError) -> Filter {
        guard !words.isEmpty else { return .everything }
        var groups: [Filter] = []
        for group in words.split(separator: "+", omittingEmptySubsequences: false) {
            guard !group.isEmpty else { throw .looseDisjunction }
            groups.append(try conjunction(group))
        }
        return groups.count == 1 ? groups[0] : .any(groups)
    }

    private static func conjunction(_ words: ArraySlice<String>) throws(MatchError) -> Filter {
        // Unknown fields are valid, and no entry has them.
        var wanted: [(name: String, filters: [Filter])] = []
        var unwanted: [Filter] = []
        for word in words {
            let (name, value, isNegated) = try term(word)
            let filter: Filter =
                switch LogField(name: name) {
                case let field?: value == "*" ? .present(field) : .equals(field, Array(value.utf8))
                case nil: .any([])
                }
            if isNegated {
                unwanted.append(.not(filter))
            } else if let index = wanted.firstIndex(where: { $0.name == name }) {
                wanted[index].filters.append(filter)
            } else {
                wanted.append((name, [filter]))
            }
        }
        let parts = wanted.map { $0.filters.count == 1 ? $0.filters[0] : .any($0.filters) } + unwanted
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private static func term(
        _ word: String
    ) throws(MatchError) -> (name: String, value: String, isNegated: Bool) {
        guard let sign = word.utf8.firstIndex(of: UInt8(ascii: "=")) else { throw .bare(word) }
        var name = word[..<sign]
        let isNegated = name.hasSuffix("!")
        if isNegated { name.removeLast() }
        let isValid =
            (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (65...90).contains(byte) || (48...57).contains(byte) || byte == 95
            }
        guard isValid else { throw .badField(String(name)) }
        guard !name.hasPrefix("__") else { throw .address(String(name)) }
        return (String(name), String(word[word.utf8.index(after: sign)...]), isNegated)
    }
}
