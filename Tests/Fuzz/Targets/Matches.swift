import Causality
import Query

/// Matches and cursors: the input is words, parted by newlines or zero bytes.
///
/// - What is accepted, and which record is meant, is what a second reading of the page on matches says.
/// - A record that holds no more than the fields that decide is meant or not as the whole one is.
/// - A cursor that is accepted is printed as one that is accepted, and is the same.
package func fuzzMatches(_ bytes: [UInt8]) {
    let words = bytes.split(omittingEmptySubsequences: false) { $0 == 0x0A || $0 == 0 }.map(\.text)
    checkMatches(words)
    checkMatches(words.filter { !$0.isEmpty })
    for word in words { checkCursor(word) }
    checkCursor(bytes.text)
}

private func checkMatches(_ words: [String]) {
    let filter: Filter
    do {
        filter = try Matches.parse(words)
    } catch {
        require(Reference.accepts(words) == false, "\(words) is refused: \(error)")
        return
    }
    require(Reference.accepts(words), "\(words) is accepted")
    for (index, record) in records(words).enumerated() {
        let isMeant = filter.matches(record)
        require(isMeant == Reference.isMeant(record, by: words), "\(words) means record \(index): \(isMeant)")
        var deciding = record
        deciding.keep { filter.fields.contains($0) }
        require(filter.matches(deciding) == isMeant, "\(words) is decided by more than its fields")
        require(Filter.not(filter).matches(record) != isMeant, "\(words) and its opposite")
        require(Filter.everything.and(filter).matches(record) == isMeant, "\(words) and everything")
        require(filter.and(filter).matches(record) == isMeant, "\(words) and itself")
    }
}

/// Records that the words may mean: none of them, some of them, all of them, and one of its own.
private func records(_ words: [String]) -> [LogRecord] {
    var records = [LogRecord(), LogRecord(), LogRecord(), LogRecord()]
    for (place, word) in words.enumerated() {
        guard let sign = word.utf8.firstIndex(of: UInt8(ascii: "=")),
            let field = LogField(name: word[..<sign].prefix { $0 != "!" })
        else { continue }
        let value = word.utf8[word.utf8.index(after: sign)...]
        if place.isMultiple(of: 2) { records[1].add(field, Array(value)) }
        records[2].add(field, Array(value))
    }
    for (field, value) in [
        (LogField.author, "ana"), (.kind, "hurt"), (.tag, "old"), (.tag, "Zeit"), (.text, "é"), (.text, ""),
        (.choice, "*"),
    ] { records[3].add(field, value) }
    return records
}

/// Matches, read a second time and otherwise: on bytes, word by word, without making a condition of them.
private enum Reference {
    struct Term {
        let name: ArraySlice<UInt8>
        let value: ArraySlice<UInt8>
        let isNegated: Bool

        /// Nil for a word that is none.
        init?(_ word: String) {
            let bytes = Array(word.utf8)
            guard let sign = bytes.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            isNegated = bytes[..<sign].last == UInt8(ascii: "!")
            name = bytes[..<(isNegated ? sign - 1 : sign)]
            value = bytes[(sign + 1)...]
            let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_".utf8)
            guard !name.isEmpty, name.count <= 64, name.allSatisfy(letters.contains),
                !name.starts(with: "__".utf8)
            else { return nil }
        }

        func holds(of record: LogRecord) -> Bool {
            let isPresence = value.elementsEqual("*".utf8)
            return record.entries.contains { entry in
                name.elementsEqual(entry.field.name.utf8)
                    && (isPresence || record.bytes[entry.range].elementsEqual(value))
            }
        }
    }

    static func accepts(_ words: [String]) -> Bool { groups(words) != nil }

    static func isMeant(_ record: LogRecord, by words: [String]) -> Bool {
        guard let groups = groups(words) else { return false }
        return groups.isEmpty
            || groups.contains { terms in
                terms.allSatisfy { term in
                    if term.isNegated { return !term.holds(of: record) }
                    return terms.contains {
                        !$0.isNegated && $0.name.elementsEqual(term.name) && $0.holds(of: record)
                    }
                }
            }
    }

    /// The groups that a `+` parts; nil where the words are refused.
    private static func groups(_ words: [String]) -> [[Term]]? {
        if words.isEmpty { return [] }
        var groups: [[Term]] = [[]]
        for word in words {
            if Array(word.utf8) == [UInt8(ascii: "+")] {
                groups.append([])
            } else if let term = Term(word) {
                groups[groups.count - 1].append(term)
            } else {
                return nil
            }
        }
        return groups.contains(where: \.isEmpty) ? nil : groups
    }
}

private func checkCursor(_ text: String) {
    guard let cursor = Cursor(text) else { return }
    guard let again = Cursor(cursor.text) else {
        fatalError(
            "violated: the cursor \(text.debugDescription) is printed as \(cursor.text), which is none")
    }
    require(again == cursor, "the cursor \(text.debugDescription) is another one when read back")
    require(again.text.hasBytes(of: cursor.text), "the cursor \(text.debugDescription) is printed otherwise")
}
