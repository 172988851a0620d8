/// One entry as a file tells it: fields by their names in records, and the line on which it begins.
package struct FileRecord: Sendable {
    /// The line on which it begins, from 1.
    package let line: Int
    /// The fields in their order; one may stand several times.
    package private(set) var fields: [(name: String, value: String)] = []

    /// An entry without fields.
    package init(line: Int) { self.line = line }

    /// Adds a field.
    package mutating func add(_ name: String, _ value: String) { fields.append((name, value)) }

    /// The first value of a field.
    package subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// All values of a field.
    package func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
}

/// Why something in a file is no entry, by the names that the local API gives.
package enum FileFailure: String, Error, Equatable, Sendable {
    /// The bytes are no UTF-8.
    case notText = "not_text"
    /// A line that is neither a field nor the end of an entry.
    case notAField = "not_a_field"
    /// A field is longer than any entry holds.
    case tooLong = "too_long"
    /// The file ends in the middle of a field.
    case truncated
    /// A line that is no JSON object of strings and arrays of strings.
    case notAnObject = "not_an_object"
    /// A date that can't be read.
    case badDate = "bad_date"
    /// Text before the first entry.
    case beforeFirst = "before_first"
}

/// What a reader found: an entry, or a place where there should be one.
package enum FileItem: Sendable {
    case record(FileRecord)
    case failure(line: Int, FileFailure)
}

/// The formats that can be imported.
package enum FileFormat: String, CaseIterable, Sendable {
    /// The Journal Export Format, as `log -o export` writes it.
    case export
    /// An object a line, as `log -o json` writes it.
    case json
    /// The text of a jrnl journal.
    case jrnl
}

/// A field longer than this is no field of ours, whatever it says.
let longestField = 1 << 20
