/// The mode for reading: like a letter, not like a log.
extension Printer {
    mutating func appendProse(_ record: LogRecord, to output: inout [UInt8]) {
        if heading != record.heading {
            if heading != nil { output.append(0x0A) }
            heading = record.heading
            for (number, line) in record.heading.split(separator: 0x0A).enumerated() {
                appendStyled(number == 0 ? Colour.bold : Colour.faint, to: &output)
                appendWrapped(line, to: &output, indent: number == 0 ? 0 : 2)
                appendStyled(Colour.none, to: &output)
            }
        } else if heading == nil {
            heading = []
        }
        output.append(0x0A)
        appendByline(of: record, to: &output)
        if record.isFolded {
            appendWrapped(record.first(.message) ?? [], to: &output, indent: 4)
            return
        }
        let words = record.entries.filter {
            $0.field.isWords && $0.field != .noneHere && $0.field != .written
        }
        for entry in words {
            // One text needs no name; of several, each says what it is unless its kind makes that plain.
            if words.count > 1, entry.field != .act, entry.field != .heard, entry.field != .own {
                output.append(contentsOf: "    ".utf8)
                appendStyled(Colour.faint, to: &output)
                output.append(contentsOf: Self.label(of: entry.field).utf8)
                appendStyled(Colour.none, to: &output)
                output.append(0x0A)
            }
            appendWrapped(record.bytes[entry.range], to: &output, indent: 4)
        }
        if words.isEmpty, let message = record.first(.message), !message.isEmpty {
            appendWrapped(message, to: &output, indent: 4)
        }
    }

    private func appendByline(of record: LogRecord, to output: inout [UInt8]) {
        output.append(contentsOf: "  ".utf8)
        appendStyled(Colour.author(isOwn: record.isOwn), to: &output)
        TerminalText.append(record.first(.author) ?? [], to: &output, lineBreaks: .spaces)
        appendStyled(Colour.none, to: &output)
        output.append(contentsOf: ", ".utf8)
        let kind = record.first(.kind) ?? []
        appendStyled(Colour.kind(kind), to: &output)
        output.append(contentsOf: kind.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 })
        appendStyled(Colour.none, to: &output)
        if let choice = record.first(.choice) {
            output.append(contentsOf: ": ".utf8)
            output.append(contentsOf: choice.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 })
        }
        if record[.state] == "draft" { output.append(contentsOf: " (a draft, only here)".utf8) }
        if record.first(.cutOff) != nil {
            output.append(contentsOf: " (written after this device was retired)".utf8)
        }
        output.append(contentsOf: " · ".utf8)
        let (time, _, _) = wall(record.realtime)
        output.append(contentsOf: CivilTime.weekdays[time.weekday].utf8)
        output.append(contentsOf: " \(time.day) \(CivilTime.months[time.month - 1]) ".utf8)
        output.append(decimal: time.year)
        output.append(0x20)
        output.append(decimal: time.hour, width: 2)
        output.append(UInt8(ascii: ":"))
        output.append(decimal: time.minute, width: 2)
        output.append(0x0A)
    }

    /// What a field is called to its readers, by the name that people type.
    package static func label(of name: String) -> String {
        let plain = String(name.map { $0 == "-" ? "_" : $0 }).uppercased()
        return (name == "effect" ? .reflectionEffect : LogField(name: plain)).map(label) ?? name
    }

    static func label(of field: LogField) -> String {
        switch field {
        case .impact: "what it did to me"
        case .ask: "what I ask"
        case .felt: "felt"
        case .part: "my part"
        case .reflectionEffect: "what it did"
        case .underneath: "underneath"
        case .kindness: "kindness"
        case .makesSense: "it makes sense"
        case .remorse: "remorse"
        case .repair: "repair"
        case .by: "by"
        case .change: "from now on"
        case .stillNeed: "what I still need"
        default: field.name.lowercased()
        }
    }

    private func appendStyled(_ code: String, to output: inout [UInt8]) {
        if options.isColoured { output.append(contentsOf: code.utf8) }
    }

    /// Appends a text in lines that fit, each indented; a word that is too long for a line stays whole.
    private func appendWrapped(_ text: ArraySlice<UInt8>, to output: inout [UInt8], indent: Int) {
        var safe: [UInt8] = []
        TerminalText.append(text, to: &safe)
        let room = max(options.width - indent, 10)
        for line in safe.split(separator: 0x0A, omittingEmptySubsequences: false) {
            for part in TextWidth.wrap(String(decoding: line, as: UTF8.self), to: room) {
                if !part.isEmpty { output.append(contentsOf: String(repeating: " ", count: indent).utf8) }
                output.append(contentsOf: part.utf8)
                output.append(0x0A)
            }
        }
    }
}
