import Foundation
import Testing

/// Numbers from a peer, a file, the API, the database or the clock never stop the process.
///
/// What can trap is found by its look: conversions between integers, sums of converted numbers, tables built of keys that
/// might repeat, parts taken where there may be none, and GRDB's subscripts. Each that stays says beside it why it can't:
/// `// Can't trap: …`, in the line or in the two above.
@Suite struct NumberTests {
    private static let targets = [
        "Backup", "Causality", "EventLog", "Interchange", "Journal", "LocalAPI", "Peering", "Probes", "Query",
        "ReconcileCLI", "ReconcileDaemon", "Store", "Transport", "Wire",
    ]

    /// Calendar arithmetic, on numbers that are bounded when they are read; it is fuzzed as a whole, by `times`.
    private static let calendar = [
        "CivilTime", "FamiliarTime", "PosixZone", "TimeExpression", "TimeScanner", "TimeSpan",
        "TimeZoneRules",
    ]

    private struct Line {
        let place: String
        let code: String
        let isExplained: Bool
    }

    private static let lines: [(target: String, lines: [Line])] = targets.map { target in
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources").appending(path: target)
        let files =
            FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?
            .compactMap { $0 as? URL }.filter {
                $0.pathExtension == "swift" && !$0.path().contains("/Generated/")
                    && !calendar.contains($0.deletingPathExtension().lastPathComponent)
            } ?? []
        return (target, files.flatMap(lines(of:)))
    }

    private static func lines(of file: URL) -> [Line] {
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.compactMap { index in
            let code = lines[index].prefix { $0 != "/" }
            let isComment = lines[index].drop { $0 == " " }.hasPrefix("//")
            guard !isComment else { return nil }
            return Line(
                place: "\(file.lastPathComponent):\(index + 1)",
                code: String(
                    code.count < lines[index].count && lines[index].contains(" // ") ? code : lines[index]),
                isExplained: lines[max(0, index - 2)...index].contains { $0.contains("Can't trap:") })
        }
    }

    // MARK: Conversions

    private static var conversion: Regex<(Substring, type: Substring, argument: Substring)> {
        /\b(?<type>U?Int(?:8|16|32|64)?)\((?<argument>(?:[^()]|\((?:[^()]|\([^()]*\))*\))+)\)/
    }

    /// Whether a conversion can't trap by what stands there: it says what becomes of what doesn't fit, or gives nil, or
    /// what it converts is narrower by its kind.
    private static func isSafe(_ type: Substring, _ argument: Substring, before: Substring, after: Substring)
        -> Bool
    {
        // exactly, clamping, truncatingIfNeeded, bitPattern, ascii, radix: none of them traps.
        if argument.contains(/^\w+:/) || argument.contains(", radix: ") { return true }
        // Of a text: what is no number is nil, and the compiler takes this for nothing else.
        if before.contains(/(if|guard|,) *let \w+ = $/) || before.contains(/flatMap ?[({]+ ?$/) {
            return true
        }
        if after.contains(/^ ?(\?\?|!= nil|== nil)/) { return true }
        if argument.contains(/^[0-9_]+$|^0x|^[A-Z][A-Z_| ]+$/) { return true }
        // Bytes, digits of them, and what widens by its name.
        if argument.contains(/^(byte|digit|bytes\[.*\]|\$1)( [-&] \w+)?$/) || before.hasSuffix("<< 8 | ") {
            return true
        }
        guard ["Int", "Int64", "UInt64"].contains(type) else { return false }
        return argument.contains(/(\.count|\bcount)$/)
            || argument.contains(/([kK]ind(\.\w+)?\.rawValue|kindNumber|[pP]ort|\.offset)$/)
            // What the C library says, by its own widths.
            || argument.contains(/(\w+)\.(st|tv|f|ws)_\w+$/)
    }

    @Test(arguments: targets) func `a conversion of a number can't trap, or says why`(target: String) throws {
        for line in Self.lines.first(where: { $0.target == target })?.lines ?? [] where !line.isExplained {
            for match in line.code.matches(of: Self.conversion) {
                let (before, after) = (
                    line.code[..<match.range.lowerBound], line.code[match.range.upperBound...]
                )
                #expect(
                    Self.isSafe(match.type, match.argument, before: before, after: after),
                    "\(line.place): \(match.0)")
            }
        }
    }

    @Test func `the rule knows what traps`() {
        func isSafe(_ code: String) -> Bool {
            code.matches(of: Self.conversion).allSatisfy {
                Self.isSafe(
                    $0.type, $0.argument, before: code[..<$0.range.lowerBound],
                    after: code[$0.range.upperBound...])
            }
        }
        for trap in [
            "Int64(event.position.sequence)", "UInt64(row[1] as Int64)", "UInt64(view.id)",
            "UInt32(bytes.count)",
            "Int(left)", "time = Int32(milliseconds / 1_000)", "sum += UInt64(found.events)",
        ] {
            #expect(!isSafe(trap), "\(trap) is taken for safe")
        }
        for safe in [
            "Int64(exactly: sequence)", "UInt64(clamping: view.id)", "UInt64(bytes.count)",
            "guard let id = Int64(text) else",
            "parts.flatMap { UInt64($0) }", "Int(text) ?? 0", "UInt8(ascii: \"x\")",
        ] {
            #expect(isSafe(safe), "\(safe) is taken for a trap")
        }
    }

    // MARK: Other traps

    @Test(
        arguments: [
            (#"uniqueKeysWithValues"#, "a key may come twice"),
            (#"[^&][-+*]= .*\bU?Int(64|32)?\((?!clamping|truncating)"#, "a sum may overflow"),
            (
                #"[-+*]= [\w.?]*\.(expected|received|toSend|toReceive|sequence|milliseconds)\b"#,
                "a sum may overflow"
            ),
            (#"\$0 [-+*] \$1(?!\.([\w.?]*count|runLength)\b)"#, "a sum may overflow"),
            (
                #"\b(suffix|prefix|dropFirst|dropLast)\([^)]* - [A-Za-z]"#,
                "there may be fewer than none"
            ),
            (#"\.split\([^)]*\)\["#, "there may be no parts"),
            (#"\b(first|last|max\(\)|min\(\))!"#, "it may be empty"),
            (#"\btry! "#, "it may throw"), (#"row\[["0-9]"#, "GRDB traps on another type"),
            (#"\[0\] as |\] as (Int64|Data|String)\b"#, "GRDB traps on another type"),
        ])
    func `what traps on odd input is not there, or says why it can't`(pattern: String, why: String) throws {
        let expression = try Regex(pattern)
        for line in Self.lines.flatMap(\.lines) where !line.isExplained {
            #expect(line.code.firstMatch(of: expression) == nil, "\(line.place): \(why)")
        }
    }
}
