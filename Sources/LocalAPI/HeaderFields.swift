/// The headers of an answer, before its body and behind it.
///
/// Two lists and no dictionary: there are few of them, and to make a dictionary's type takes the runtime longer than to
/// look through them, in a process that lives for milliseconds.
package struct HeaderFields: Sendable {
    private var names: [String] = []
    private var values: [String] = []

    /// The value of one by its name in lowercase, the last one of several; nil where the daemon said nothing of it.
    package subscript(name: String) -> String? {
        names.lastIndex(of: name).map { values[$0] }
    }

    /// Takes over a line of the form `name: value`; what is none is passed over.
    mutating func append(_ line: String) {
        guard let colon = line.firstIndex(of: ":") else { return }
        names.append(line[..<colon].lowercased())
        values.append(String(line[line.index(after: colon)...].drop { $0 == " " }))
    }
}
