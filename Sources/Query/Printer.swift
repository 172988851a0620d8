import Causality

/// Prints records one after the other, byte for byte as journalctl prints the same ones.
package struct Printer: Sendable {
    /// How it is asked to print.
    package struct Options: Sendable {
        /// Which of the modes a record is printed in.
        package var mode = OutputMode.short
        /// The zone of all times.
        package var zone = TimeZoneRules.utc
        /// Only these fields, in the modes that print fields, and in `cat`.
        package var fields: LogFieldSet?
        /// Columns of the terminal, for what is wrapped or shortened.
        package var width = 80
        /// Whether short lines and prose are coloured, by a terminal's escape sequences.
        package var isColoured = false
        /// Whether texts are told in full, or shortened to the width.
        package var isFull = true
        /// Whether short lines name the device.
        package var showsDevice = true
        /// Only the first line of each text.
        package var truncatesNewline = false
        /// With a paragraph on what each kind is for.
        package var explains = false

        /// As journalctl prints when nothing is asked.
        package init() {}
    }

    let options: Options
    /// The time of the record before, for `short-delta`.
    var previous: Int64?
    /// The rift under whose title prose is.
    var heading: [UInt8]?

    /// A printer that has not printed anything yet.
    package init(_ options: Options) { self.options = options }

    /// What a record has to hold to be printed.
    package var fields: LogFieldSet {
        var fields = options.mode.fields
        if let chosen = options.fields {
            switch options.mode {
            case .cat: fields = chosen
            case .verbose, .export, .json, .jsonPretty, .jsonSSE, .jsonSequence:
                fields = chosen.union(LogFieldSet(LogField.allCases.filter(\.isAddress)))
            default: break
            }
        }
        if options.explains { fields.formUnion(LogFieldSet(.kind)) }
        return fields
    }

    /// Appends a record as it is printed, its last newline included.
    package mutating func append(_ record: LogRecord, to output: inout [UInt8]) {
        switch options.mode {
        case .cat: appendValues(of: record, to: &output)
        case .verbose: appendVerbose(record, to: &output)
        case .export: appendExport(record, to: &output)
        case .json:
            appendJSON(record, to: &output)
            output.append(0x0A)
        case .jsonPretty: appendPrettyJSON(record, to: &output)
        case .jsonSSE:
            output.append(contentsOf: "data: ".utf8)
            appendJSON(record, to: &output)
            output.append(contentsOf: "\n\n".utf8)
        case .jsonSequence:
            output.append(0x1E)
            appendJSON(record, to: &output)
            output.append(0x0A)
        case .prose: appendProse(record, to: &output)
        case .markdown: appendMarkdown(record, to: &output)
        default: appendShort(record, to: &output)
        }
        if options.explains, !options.mode.isData { appendCatalog(record, to: &output) }
        previous = record.realtime
    }

    /// Whether a field is printed, in the modes that print fields.
    func shows(_ field: LogField) -> Bool {
        guard let fields = options.fields, !field.isAddress else { return true }
        return fields.contains(field)
    }

    private func appendValues(of record: LogRecord, to output: inout [UInt8]) {
        guard let fields = options.fields else {
            TerminalText.append(record.first(.message) ?? [], to: &output, lineBreaks: messageBreaks(.kept))
            output.append(0x0A)
            return
        }
        for entry in record.entries where fields.contains(entry.field) {
            TerminalText.append(record.bytes[entry.range], to: &output)
            output.append(0x0A)
        }
    }

    func messageBreaks(_ otherwise: TerminalText.LineBreaks) -> TerminalText.LineBreaks {
        options.truncatesNewline ? .cut : otherwise
    }

    private func appendCatalog(_ record: LogRecord, to output: inout [UInt8]) {
        guard let kind = record[.kind], let text = Catalog.text(ofKind: kind) else { return }
        for line in text.split(separator: "\n") {
            output.append(contentsOf: "-- ".utf8)
            output.append(contentsOf: line.utf8)
            output.append(0x0A)
        }
    }

    // MARK: Times

    /// The wall clock at a time in microseconds, and how time is kept there.
    func wall(_ microseconds: Int64) -> (time: CivilTime, period: TimeZoneRules.Period, fraction: Int) {
        let seconds = microseconds.flooredQuotient(by: 1_000_000)
        let period = options.zone.period(at: seconds)
        return (
            CivilTime(seconds: seconds.addingClamped(Int64(period.offset))), period,
            // Can't trap: below a million.
            Int(microseconds.flooredRemainder(by: 1_000_000))
        )
    }

    /// Appends `Fri 2025-03-07 21:52:30 CET`.
    func appendFullTime(_ microseconds: Int64, precise: Bool, to output: inout [UInt8]) {
        let (time, period, fraction) = wall(microseconds)
        output.append(contentsOf: CivilTime.weekdays[time.weekday].utf8)
        output.append(0x20)
        time.appendDate(to: &output)
        output.append(0x20)
        time.appendClock(to: &output)
        if precise {
            output.append(UInt8(ascii: "."))
            output.append(decimal: fraction, width: 6)
        }
        output.append(0x20)
        output.append(contentsOf: period.abbreviation.utf8)
    }

    /// A time as `log` prints it and takes it back: `Fri 2025-03-07 21:52:30 CET`.
    package static func time(_ microseconds: Int64, in zone: TimeZoneRules) -> String {
        var options = Options()
        options.zone = zone
        var bytes: [UInt8] = []
        let isWhole = microseconds % 1_000_000 == 0
        Printer(options).appendFullTime(microseconds, precise: !isWhole, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
