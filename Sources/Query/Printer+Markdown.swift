/// The mode for other programs of words: a heading for each rift, and each text as a quotation.
extension Printer {
    mutating func appendMarkdown(_ record: LogRecord, to output: inout [UInt8]) {
        if heading != record.heading {
            if heading != nil { output.append(0x0A) }
            heading = record.heading
            for (number, line) in record.heading.split(separator: 0x0A).enumerated() {
                output.append(contentsOf: (number == 0 ? "# " : "\n*").utf8)
                TerminalText.append(line, to: &output, lineBreaks: .spaces)
                output.append(contentsOf: (number == 0 ? "\n" : "*\n").utf8)
            }
        } else if heading == nil {
            heading = []
        }
        output.append(contentsOf: "\n## ".utf8)
        TerminalText.append(record.first(.author) ?? [], to: &output, lineBreaks: .spaces)
        output.append(contentsOf: ", ".utf8)
        output.append(contentsOf: (record.first(.kind) ?? []).map { $0 == UInt8(ascii: "_") ? 0x20 : $0 })
        if let choice = record.first(.choice) {
            output.append(contentsOf: ": ".utf8)
            output.append(contentsOf: choice.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 })
        }
        if record[.state] == "draft" { output.append(contentsOf: " (draft)".utf8) }
        output.append(contentsOf: ", ".utf8)
        appendFullTime(record.realtime, precise: false, to: &output)
        output.append(0x0A)
        let words = record.entries.filter {
            $0.field.isWords && $0.field != .noneHere && $0.field != .written
        }
        if record.isFolded || words.isEmpty {
            appendQuotation(record.first(.message) ?? [], to: &output)
            return
        }
        for entry in words {
            if words.count > 1 {
                output.append(contentsOf: "\n\(Self.label(of: entry.field)):\n".utf8)
            }
            appendQuotation(record.bytes[entry.range], to: &output)
        }
    }

    private func appendQuotation(_ text: ArraySlice<UInt8>, to output: inout [UInt8]) {
        guard !text.isEmpty else { return }
        output.append(0x0A)
        for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
            output.append(contentsOf: (line.isEmpty ? ">" : "> ").utf8)
            TerminalText.append(line, to: &output)
            output.append(0x0A)
        }
    }
}
