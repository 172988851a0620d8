/// One entry as `log` shows it: fields with their values, a field once for each value.
package struct LogRecord: Sendable {
    /// The fields in the order in which they are printed.
    package private(set) var fields: [(name: String, value: String)] = []

    /// An empty record.
    package init() {}

    /// Adds a field; nothing for nil.
    package mutating func add(_ name: String, _ value: String?) {
        if let value { fields.append((name, value)) }
    }

    /// The first value of a field.
    package subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// Whether a field is local to this device: left out where two journals are to be compared.
    static func isLocal(_ name: String) -> Bool {
        name == "_TRANSPORT" || name == "__CURSOR" || name.hasPrefix("__SEQNUM")
    }

    /// The record without what is local to this device.
    package var portable: LogRecord {
        var record = LogRecord()
        record.fields = fields.filter { !Self.isLocal($0.name) }
        return record
    }
}
