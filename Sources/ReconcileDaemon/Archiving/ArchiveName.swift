import EventLog
import Query

/// What an archive is called: also the name of its directory.
package enum ArchiveName {
    /// The longest name, in bytes.
    package static let longest = 64

    /// Whether something can be a name: letters, digits, and `-`, `_` and `.` behind the first of them.
    package static func isValid(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, isWord(first), text.utf8.count <= longest else {
            return false
        }
        return text.unicodeScalars.allSatisfy { isWord($0) || ["-", "_", "."].contains($0) }
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
    }

    /// A name where its person gives none, as in `with-ben-2026-11`.
    ///
    /// - Parameters:
    ///   - partner: the partner's name, if it is known.
    ///   - seconds: the time by the wall, counted as since 1970.
    package static func usual(partner: String?, at seconds: Int64) -> String {
        var words = ""
        for scalar in (partner ?? "").lowercased().unicodeScalars {
            guard words.utf8.count < 40 else { break }
            if isWord(scalar)
                || scalar.properties.generalCategory == .nonspacingMark && words.last?.isLetter == true
            {
                words.unicodeScalars.append(scalar)
            } else if !words.isEmpty, words.last != "-" {
                words.append("-")
            }
        }
        while words.last == "-" { words.removeLast() }
        let time = CivilTime(seconds: seconds)
        let month = (time.month < 10 ? "0" : "") + "\(time.month)"
        let name = "with-\(words.isEmpty ? "partner" : words)-\(time.year)-\(month)"
        return isValid(name) ? name : "with-partner-\(time.year)-\(month)"
    }
}
