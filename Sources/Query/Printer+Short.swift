/// The modes of one line an entry.
extension Printer {
    func appendShort(_ record: LogRecord, to output: inout [UInt8]) {
        let start = output.count
        appendTime(of: record.realtime, to: &output)
        if options.showsDevice, let device = record.first(.device) {
            output.append(0x20)
            TerminalText.append(device, to: &output, lineBreaks: .spaces)
        }
        output.append(0x20)
        let kind = record.first(.kind) ?? []
        if options.mode == .withUnit, let title = record.first(.riftTitle) {
            TerminalText.append(title, to: &output, lineBreaks: .spaces)
        } else if options.isColoured {
            output.append(contentsOf: Colour.kind(kind).utf8)
            output.append(contentsOf: kind)
            output.append(contentsOf: Colour.none.utf8)
        } else {
            output.append(contentsOf: kind)
        }
        if record.first(.cutOff) != nil {
            output.append(contentsOf: " (written after this device was retired)".utf8)
        }
        output.append(contentsOf: ": ".utf8)
        var message = record.first(.message) ?? []
        // The end of the last line is the end of the entry.
        if message.last == 0x0A { message.removeLast() }
        if options.isFull {
            if options.isColoured { output.append(contentsOf: Colour.author(isOwn: record.isOwn).utf8) }
            TerminalText.append(message, to: &output, lineBreaks: messageBreaks(.indented(4)))
            if options.isColoured { output.append(contentsOf: Colour.none.utf8) }
        } else {
            appendFirstLines(of: message, behind: TextWidth.width(of: output[start...]), to: &output)
        }
        output.append(0x0A)
    }

    /// Appends at most three lines, each as wide as what is left of the terminal, or the beginning at least.
    private func appendFirstLines(of message: ArraySlice<UInt8>, behind used: Int, to output: inout [UInt8]) {
        let lines = message.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (number, text) in lines.prefix(options.truncatesNewline ? 1 : 3).enumerated() {
            if number > 0 { output.append(contentsOf: "\n    ".utf8) }
            var line: [UInt8] = []
            TerminalText.append(text, to: &line, lineBreaks: .indented(4))
            appendShortened(line[...], to: &output, width: max(options.width - used, 10))
            if number == 2, lines.count > 3 { output.append(contentsOf: "...".utf8) }
        }
    }

    private func appendTime(of realtime: Int64, to output: inout [UInt8]) {
        switch options.mode {
        case .shortFull, .withUnit: appendFullTime(realtime, precise: false, to: &output)
        case .shortISO, .shortISOPrecise: appendISOTime(realtime, to: &output)
        case .shortUnix: appendSeconds(realtime, width: 0, to: &output)
        case .shortMonotonic, .shortDelta:
            output.append(UInt8(ascii: "["))
            appendSeconds(realtime, width: 12, to: &output)
            if options.mode == .shortDelta { appendDelta(realtime, to: &output) }
            output.append(UInt8(ascii: "]"))
        default:
            let (time, _, fraction) = wall(realtime)
            time.appendDay(to: &output)
            output.append(0x20)
            time.appendClock(to: &output)
            if options.mode == .shortPrecise {
                output.append(UInt8(ascii: "."))
                output.append(decimal: fraction, width: 6)
            }
        }
    }

    private func appendISOTime(_ realtime: Int64, to output: inout [UInt8]) {
        let (time, period, fraction) = wall(realtime)
        time.appendDate(to: &output)
        output.append(UInt8(ascii: "T"))
        time.appendClock(to: &output)
        if options.mode == .shortISOPrecise {
            output.append(UInt8(ascii: "."))
            output.append(decimal: fraction, width: 6)
        }
        output.append(UInt8(ascii: period.offset < 0 ? "-" : "+"))
        output.append(decimal: abs(period.offset) / 3_600, width: 2)
        output.append(decimal: abs(period.offset) / 60 % 60, width: 2)
    }

    /// Entries have no monotonic time: the clock on the wall takes its place.
    private func appendSeconds(_ microseconds: Int64, width: Int, to output: inout [UInt8]) {
        var number: [UInt8] = []
        let seconds = microseconds.flooredQuotient(by: 1_000_000)
        number.append(decimal: seconds)
        number.append(UInt8(ascii: "."))
        // Can't trap: below a million.
        number.append(decimal: Int(microseconds.flooredRemainder(by: 1_000_000)), width: 6)
        for _ in 0..<max(0, width - number.count) { output.append(0x20) }
        output.append(contentsOf: number)
    }

    private func appendDelta(_ realtime: Int64, to output: inout [UInt8]) {
        guard let previous else {
            output.append(contentsOf: String(repeating: " ", count: 16).utf8)
            return
        }
        output.append(contentsOf: " <".utf8)
        let (delta, isTooMuch) = realtime.subtractingReportingOverflow(previous)
        appendSeconds(isTooMuch ? 0 : max(0, delta), width: 12, to: &output)
        output.append(contentsOf: " >".utf8)
    }

    /// Appends a line with its middle left out where it is wider than it may be, as systemd's `ellipsize` at 90 %.
    func appendShortened(_ line: ArraySlice<UInt8>, to output: inout [UInt8], width: Int) {
        let characters = Array(String(decoding: line, as: UTF8.self))
        let widths = characters.map(TextWidth.width)
        guard widths.reduce(0, +) > width else {
            output.append(contentsOf: line)
            return
        }
        let front = ((width - 1) * 90 + 50) / 100
        let back = width - 1 - front
        var (head, used) = (0, 0)
        while head < characters.count, used + widths[head] <= front {
            used += widths[head]
            head += 1
        }
        var tail = characters.count
        used = 0
        while tail > head, used + widths[tail - 1] <= back {
            tail -= 1
            used += widths[tail]
        }
        output.append(contentsOf: String(characters[..<head]).utf8)
        output.append(contentsOf: "…".utf8)
        output.append(contentsOf: String(characters[tail...]).utf8)
    }
}

/// The few colours there are: two calm hues for the two who write, and one for each kind of move. None of them is red.
enum Colour {
    static let none = "\u{1B}[0m"
    static let bold = "\u{1B}[1m"
    static let faint = "\u{1B}[2m"

    static func author(isOwn: Bool) -> String { isOwn ? "\u{1B}[38;5;110m" : "\u{1B}[38;5;180m" }

    static func kind(_ name: some Collection<UInt8>) -> String {
        switch String(decoding: name, as: UTF8.self) {
        case "hurt": "\u{1B}[38;5;179m"
        case "recognition": "\u{1B}[38;5;109m"
        case "amends", "receipt", "kept": "\u{1B}[38;5;108m"
        case "reflection": "\u{1B}[38;5;139m"
        default: "\u{1B}[38;5;246m"
        }
    }
}
