/// Which entries a query is about: a condition on the fields of a record.
///
/// Storage may narrow down by it what it reads; what decides is ``matches(_:)``.
package indirect enum Filter: Equatable, Sendable {
    /// Some value of the field is exactly this.
    case equals(LogField, [UInt8])
    /// The field is there.
    case present(LogField)
    /// Written by the person of this device, or not.
    case own(Bool)
    /// The opposite.
    case not(Filter)
    /// All of them; everything if there are none.
    case all([Filter])
    /// At least one of them; nothing if there are none.
    case any([Filter])

    /// Every entry.
    package static let everything = Filter.all([])

    /// A field with one of several values.
    package static func one(of values: [String], _ field: LogField) -> Filter {
        .any(values.map { .equals(field, Array($0.utf8)) })
    }

    /// Whether a record is meant. It has to hold all of ``fields``.
    package func matches(_ record: LogRecord) -> Bool {
        switch self {
        case .equals(let field, let value):
            record.entries.contains { $0.field == field && record.bytes[$0.range].elementsEqual(value) }
        case .present(let field): record.entries.contains { $0.field == field }
        case .own(let isOwn): record.isOwn == isOwn
        case .not(let filter): !filter.matches(record)
        case .all(let filters): filters.allSatisfy { $0.matches(record) }
        case .any(let filters): filters.contains { $0.matches(record) }
        }
    }

    /// The fields that decide.
    package var fields: LogFieldSet {
        switch self {
        case .equals(let field, _), .present(let field): LogFieldSet(field)
        case .own: []
        case .not(let filter): filter.fields
        case .all(let filters), .any(let filters): filters.reduce(into: []) { $0.formUnion($1.fields) }
        }
    }

    /// Both conditions, without needless layers.
    package func and(_ other: Filter) -> Filter {
        if self == .everything { return other }
        if other == .everything { return self }
        // Flat: a condition of a hundred layers is too deep for the database.
        if case .all(let filters) = self { return .all(filters + [other]) }
        return .all([self, other])
    }
}
